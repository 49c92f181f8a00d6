"""`absah catch-up`: shows a restored instance what was published since its backup, after which it may serve again."""

import argparse
from pathlib import Path

from absah.adapters.signer_client import ensure_signer
from absah.cli.terminal import Exit, Terminal, UsageWrong, read_file
from absah.kernel.clock import SystemClock
from absah.kernel.errors import WrongState
from absah_site.cli.instance import open_instance
from absah_site.config import Config, Role

_LARGEST_LIST = 512 * 1024 * 1024


class ListMissing(WrongState):
    """Of some issuing CA no list was shown. Parameter: issuers."""

    code = "backup.list-missing"


def arguments(parser: argparse.ArgumentParser, /) -> None:
    parser.add_argument(
        "--crl", type=Path, action="append", default=[], metavar="F", help="newest published list of an issuing CA"
    )
    parser.add_argument(
        "--nothing-newer", action="store_true", help="I answer for it: nothing was published since the backup"
    )


def run(options: argparse.Namespace, terminal: Terminal, /) -> Exit:
    if bool(options.crl) == options.nothing_newer:
        raise UsageWrong(problem="--crl F … | --nothing-newer")
    config = open_instance(options.data)
    if config.role is not Role.AGENCY:
        ensure_signer(config.data)
    learned = [] if options.nothing_newer else learn(options.crl, terminal)
    settle(config, nothing_newer=options.nothing_newer, shown={str(found["issuer"]) for found in learned})
    terminal.result(lists=learned)
    terminal.say("backup.caught-up")
    return Exit.DONE


def learn(files: list[Path], terminal: Terminal, /) -> list[dict[str, str | int]]:
    """Take over every list."""
    from absah_site.actors import Operator  # noqa: PLC0415  (Django is set up only now)
    from absah_site.pki.actions import catch_up  # noqa: PLC0415

    learned: list[dict[str, str | int]] = []
    for file in files:
        found = catch_up(read_file(file, limit=_LARGEST_LIST), by=Operator())
        told: dict[str, str | int] = {
            "issuer": found.issuer,
            "number": found.number,
            "changed": found.changed,
            "unknown": found.unknown,
        }
        terminal.say("backup.list-taken", **told)
        learned.append(told)
    return learned


def settle(config: Config, /, *, nothing_newer: bool, shown: set[str]) -> None:
    """Let the instance serve again. Raises ListMissing, and what `check_may_serve` raises about numbers."""
    from absah_site.actors import Operator  # noqa: PLC0415  (Django is set up only now)
    from absah_site.backup.standing import check_numbers, drop_note  # noqa: PLC0415
    from absah_site.pki.access import AuthorityKind, every_authority  # noqa: PLC0415
    from absah_site.pki.actions import declare_nothing_newer  # noqa: PLC0415

    check_numbers(config)
    if nothing_newer:
        declare_nothing_newer(by=Operator())
    else:
        now = SystemClock().now()
        issuing = [found for found in every_authority() if found.kind is AuthorityKind.ISSUING]
        needed = {found.slug for found in issuing if now <= found.not_after}
        if missing := sorted(needed - shown):
            raise ListMissing(issuers=", ".join(missing))
    drop_note(config.data)
