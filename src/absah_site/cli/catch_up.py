"""`absah catch-up`: shows a restored instance what was published since its backup, after which it may serve again."""

import argparse
from pathlib import Path

from absah.adapters.signer_life import ensure_signer
from absah.audit.checkpoint import LARGEST_FILE
from absah.cli.terminal import Exit, Terminal, UsageWrong, read_file
from absah.kernel.clock import SystemClock
from absah.kernel.errors import WrongState
from absah_site.actors import Operator
from absah_site.cli.instance import open_instance
from absah_site.config import Config, Role

_LARGEST_LIST = 512 * 1024 * 1024


class ListMissing(WrongState):
    """Of some issuing CA no list was shown. Parameter: issuers."""

    code = "backup.list-missing"


class HeadMissing(WrongState):
    """Another party keeps heads of this log, and none was shown."""

    code = "backup.head-missing"


def arguments(parser: argparse.ArgumentParser, /) -> None:
    parser.add_argument(
        "--crl", type=Path, action="append", default=[], metavar="F", help="newest published list of an issuing CA"
    )
    parser.add_argument(
        "--checkpoint", type=Path, metavar="F", help="newest checkpoint of our log that the other party keeps"
    )
    parser.add_argument(
        "--nothing-newer", action="store_true", help="I answer for it: nothing was published since the backup"
    )


def run(options: argparse.Namespace, terminal: Terminal, /) -> Exit:
    if bool(options.crl or options.checkpoint) == options.nothing_newer:
        raise UsageWrong(problem="--crl F … --checkpoint F | --nothing-newer")
    config = open_instance(options.data)
    if config.role is not Role.AGENCY:
        ensure_signer(config.data)
    learned = learn(options.crl, terminal)
    head = None if options.checkpoint is None else take_over(options.checkpoint, terminal)
    if not options.nothing_newer:
        check_shown({str(found["issuer"]) for found in learned}, head_shown=head is not None)
    settle(config, nothing_newer=options.nothing_newer)
    terminal.result(lists=learned, head=head)
    terminal.say("backup.caught-up")
    return Exit.DONE


def learn(files: list[Path], terminal: Terminal, /) -> list[dict[str, str | int]]:
    """Take over every list."""
    from absah_site.pki.actions import catch_up

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


def take_over(file: Path, terminal: Terminal, /) -> dict[str, int]:
    """Hold the log against the newest head that somebody kept."""
    from absah_site.ledger.actions import take_over_head

    found = take_over_head(read_file(file, limit=LARGEST_FILE), by=Operator())
    told = {"size": found.size, "lost": found.lost}
    terminal.say("backup.head-taken", **told)
    return told


def check_shown(issuers: set[str], /, *, head_shown: bool) -> None:
    """Whether everything that the world may have was shown. Raises ListMissing, HeadMissing."""
    from absah_site.ledger.access import is_watched
    from absah_site.pki.access import AuthorityKind, every_authority

    now = SystemClock().now()
    issuing = [found for found in every_authority() if found.kind is AuthorityKind.ISSUING]
    needed = {found.slug for found in issuing if now <= found.not_after}
    if missing := sorted(needed - issuers):
        raise ListMissing(issuers=", ".join(missing))
    if is_watched() and not head_shown:
        raise HeadMissing


def settle(config: Config, /, *, nothing_newer: bool) -> None:
    """Let the instance serve again. Raises what `check_may_serve` raises about numbers."""
    from absah_site.backup.standing import check_numbers, drop_note
    from absah_site.pki.actions import declare_nothing_newer

    check_numbers(config)
    if nothing_newer:
        declare_nothing_newer(by=Operator())
    drop_note(config.data)
