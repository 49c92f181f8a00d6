"""`absah audit verify`: recomputes every row of the ledger.

`--checkpoint FILE` (the other party's copy) comes with the Merkle log, issue J; until then it is refused with that
sentence rather than ignored.
"""

import argparse
from pathlib import Path

from absah.cli.terminal import Exit, Terminal
from absah.kernel.errors import NotAllowed
from absah_site.cli.instance import open_instance


class CheckpointLater(NotAllowed):
    """Comparing with the other party's copy needs the Merkle log, which is the work of a later release."""

    code = "cli.checkpoint-later"


def arguments(parser: argparse.ArgumentParser, /) -> None:
    parser.add_argument("action", choices=["verify"])
    parser.add_argument("--checkpoint", type=Path, metavar="FILE", help="the other party's tree head (a later release)")


def run(options: argparse.Namespace, terminal: Terminal, /) -> Exit:
    if options.checkpoint:
        raise CheckpointLater
    open_instance(options.data)
    from absah_site.audit.access import verify_ledger  # noqa: PLC0415  (Django is set up only now)

    report = verify_ledger()
    terminal.result(**report.to_dict())
    if not report.intact:
        numbers = ", ".join(str(row.number) for row in report.damaged[:10])
        terminal.say("cli.ledger-broken", rows=report.rows, broken=numbers)
        return Exit.REFUSED
    terminal.say("cli.ledger-intact", rows=report.rows)
    return Exit.DONE
