"""`absah audit`: checks the ledger and its log, and gives out what others need to check it without us.

verify [--checkpoint FILE …]    every row, the whole log, its heads; and checkpoints that the other party kept
checkpoint -o FILE              the newest signed head with all hashes, for the other party
proof ROW -o FILE               that a row is entry n of the log [--archive FILE: where it was archived]
archive -o FILE                 every entry under the newest head, for the offline verifier
retire --before DATE            moves entries older than a day into a file, and out of the database
rotate-key                      gives the log a new key, which the old one announces
grants --role NAME               SQL that lets a PostgreSQL role run the instance and rewrite no row
"""

import argparse
from datetime import date, datetime, time
from pathlib import Path
from typing import Final

from absah.adapters.files import replace_file
from absah.audit.checkpoint import LARGEST_FILE, Checkpoint, parse_checkpoint
from absah.audit.comparison import Comparison
from absah.audit.ledger import LedgerReport
from absah.cli.terminal import Exit, Terminal, UsageWrong, read_file
from absah.kernel.clock import JAKARTA, instant
from absah.kernel.dates import moment_word
from absah.kernel.errors import NotFound, WrongState
from absah_site.actors import Operator
from absah_site.cli.instance import open_instance


class NoHeadYet(WrongState):
    """No head of the log was signed yet: the sequencer does that within a second of the first row."""

    code = "ledger.no-head-yet"


class RowUnknown(NotFound):
    """The ledger has no such row."""

    code = "ledger.row-unknown"


_HELP: Final = (
    "verify: compute everything again; checkpoint: write what the other party keeps; proof: of one row; "
    "retire: move old entries into a file; archive: write every entry for an auditor; "
    "rotate-key: the log gets a new key; grants: SQL that lets the instance only add rows"
)


def arguments(parser: argparse.ArgumentParser, /) -> None:
    parser.add_argument("action", choices=sorted(_ACTIONS), help=_HELP)
    parser.add_argument("row", nargs="?", type=int, metavar="ROW", help="proof: the number of a row")
    parser.add_argument(
        "--checkpoint",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="verify: a file the other party kept",
    )
    parser.add_argument(
        "--archive",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="verify, proof: a file of an archived part that is kept elsewhere",
    )
    parser.add_argument("--before", type=date.fromisoformat, metavar="DATE", help="retire: a day (YYYY-MM-DD)")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="retire: where the file goes (DATA/ledger/archive)")
    parser.add_argument("--archivist", action="store_true", help="grants: the role may also retire entries")
    parser.add_argument("--role", metavar="NAME", help="grants: the role that runs the instance")
    parser.add_argument("--output", "-o", type=Path, metavar="FILE", help="where the file goes; '-' is not allowed")


def run(options: argparse.Namespace, terminal: Terminal, /) -> Exit:
    action = _ACTIONS[options.action]
    if action not in {verify, grants, retire, rotate_key} and options.output is None:
        raise UsageWrong(problem="--output FILE")
    open_instance(options.data)
    return action(options, terminal)


def verify(options: argparse.Namespace, terminal: Terminal, /) -> Exit:
    """Rows against their own hashes, then rows, log and heads against one another."""
    checkpoints = [parse_checkpoint(read_file(path, limit=LARGEST_FILE)) for path in options.checkpoint]
    from absah_site import composition
    from absah_site.audit.access import verify_ledger
    from absah_site.ledger.access import verify_log

    rows = verify_ledger()
    log = verify_log(composition.log_names(), checkpoints, archives=options.archive)
    terminal.result(**{**rows.to_dict(), "intact": rows.intact and log.intact, "log": log.to_dict()})
    _say_rows(rows, terminal)
    for finding in log.findings[:_MOST]:
        terminal.say(finding.damage.value, entry=finding.position, row=finding.row)
    for one in log.comparisons:
        _say_comparison(one, log.rows, terminal)
    for setback in log.setbacks[:_MOST]:
        row = log.rows.get(setback.begin, 0)
        terminal.say(
            "ledger.time-backwards", begin=setback.begin, end=setback.end - 1, row=row, seconds=setback.seconds
        )
    if log.archived:
        terminal.say("ledger.parts-seen", archived=log.archived, unseen=log.unseen)
    if log.intact:
        terminal.say("ledger.log-intact", entries=log.size)
    return Exit.DONE if rows.intact and log.intact else Exit.REFUSED


_MOST = 20


def _say_rows(report: LedgerReport, terminal: Terminal, /) -> None:
    if report.intact:
        terminal.say("cli.ledger-intact", rows=report.rows)
    else:
        numbers = ", ".join(str(row.number) for row in report.damaged[:_MOST])
        terminal.say("cli.ledger-broken", rows=report.rows, broken=numbers)


def _say_comparison(one: Comparison, rows: dict[int, int], terminal: Terminal, /) -> None:
    head = one.checkpoint.signed.head
    terminal.say(one.verdict.value, entries=head.size, at=moment_word(head.at))
    for part in one.entries[:_MOST]:
        message = "ledger.entries-differ" if part.exact else "ledger.entries-between"
        known = sorted({rows[at] for at in (part.begin, part.end - 1) if at in rows})
        terminal.say(message, begin=part.begin, end=part.end - 1, rows=" … ".join(map(str, known)) or "-")


def checkpoint(options: argparse.Namespace, terminal: Terminal, /) -> Exit:
    """The newest head with all hashes."""
    from absah_site.ledger.actions import checkpoint_for

    found: Checkpoint | None = checkpoint_for(None, by=Operator())
    if found is None:
        raise NoHeadYet
    replace_file(options.output, found.to_bytes())
    terminal.result(size=found.size, root=found.signed.head.root.hex(), log=found.signed.head.log)
    terminal.say("ledger.checkpoint-written", entries=found.size, file=str(options.output))
    return Exit.DONE


def proof(options: argparse.Namespace, terminal: Terminal, /) -> Exit:
    """That a row is in the log."""
    from absah_site.audit.access import EntryUnknown
    from absah_site.ledger.access import prove_entry

    if options.row is None:
        raise UsageWrong(problem="proof ROW")
    try:
        found = prove_entry(options.row, files=options.archive)
    except EntryUnknown:
        raise RowUnknown from None
    replace_file(options.output, found.to_bytes())
    terminal.result(entry=found.position, row=options.row, size=found.signed.head.size)
    terminal.say("ledger.proof-written", row=options.row, entry=found.position, file=str(options.output))
    return Exit.DONE


def archive(options: argparse.Namespace, terminal: Terminal, /) -> Exit:
    """Every entry under the newest head."""
    from absah_site.ledger.actions import write_archive

    size = write_archive(options.output, by=Operator())
    if not size:
        raise NoHeadYet
    terminal.result(entries=size)
    terminal.say("ledger.archive-written", entries=size, file=str(options.output))
    return Exit.DONE


def retire(options: argparse.Namespace, terminal: Terminal, /) -> Exit:
    """Old entries into a file, and their rows out of the database; started again, it goes on where it was ended."""
    from absah_site.ledger.access import archive_folder
    from absah_site.ledger.actions import archive_part

    if options.before is None:
        raise UsageWrong(problem="--before DATE")
    before = instant(datetime.combine(options.before, time(), tzinfo=JAKARTA))
    found = archive_part(options.folder or archive_folder(), before=before, by=Operator())
    if found is None:
        terminal.result(entries=0)
        terminal.say("ledger.nothing-to-retire", day=options.before.isoformat())
        return Exit.DONE
    part = found.part
    terminal.result(begin=part.begin, end=part.end, sha256=part.sha256, file=str(found.file), removed=found.removed)
    terminal.say("ledger.part-retired", begin=part.begin, end=part.end - 1, file=str(found.file), sha256=part.sha256)
    return Exit.DONE


def rotate_key(_options: argparse.Namespace, terminal: Terminal, /) -> Exit:
    """A new key for the log, announced by the old one; whoever watches the log follows."""
    from absah_site.ledger.actions import rotate_log_key

    found = rotate_log_key(by=Operator())
    terminal.result(before=found.before, after=found.after, entries=found.size)
    terminal.say("ledger.key-rotated", before=_spelt(found.before), after=_spelt(found.after), entries=found.size)
    return Exit.DONE


def grants(options: argparse.Namespace, terminal: Terminal, /) -> Exit:
    """What the owner of the database runs once; `absah migrate` does it again when there are new tables."""
    from django.db import connection

    from absah_site.append_only import grants_for

    if not options.role:
        raise UsageWrong(problem="--role NAME")
    if connection.vendor != "postgresql":
        raise UsageWrong(problem="grants need PostgreSQL")
    statements = grants_for(options.role, connection, archivist=options.archivist)
    for statement in statements:
        terminal.line(statement)
    terminal.result(statements=list(statements))
    return Exit.DONE


_ACTIONS = {
    "archive": archive,
    "checkpoint": checkpoint,
    "grants": grants,
    "proof": proof,
    "retire": retire,
    "rotate-key": rotate_key,
    "verify": verify,
}


def _spelt(fingerprint: str) -> str:
    """A fingerprint as the pages write it, for people who compare the two: `5B:91:0C`."""
    return ":".join(fingerprint[at : at + 2] for at in range(0, len(fingerprint), 2)).upper()
