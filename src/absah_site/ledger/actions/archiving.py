"""Archives: the log's entries in files that anybody checks without us, and old entries that live in files only.

A part leaves the database in four steps, of which each may be the last that a killed process did: the file is written
and waited for; read back and held against the head; recorded, with its SHA-256, in a row that nobody changes; and then
its rows are let go, some at a time. Whoever starts again finds what is left to do. Hashes stay: of every proof, only
the entry itself has then to come from the file.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from django.db import DatabaseError, transaction

from absah.adapters.files import unfinished_file
from absah.audit.archive import LONGEST_LINE, ArchiveHeader, check_archive, entries_in, header_for, parse_header
from absah.audit.entry import FactValue, parse_entry
from absah.audit.heads import SignedHead
from absah.audit.tags import LedgerTag, SigningTag
from absah.kernel.clock import Instant
from absah.kernel.errors import NotFound, RuleBroken
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import Actor, Operator
from absah_site.audit.access import rows_of
from absah_site.audit.actions import RowsNotLetGo, let_go, record
from absah_site.ledger.store import heads, leaves, parts
from absah_site.ledger.store.nodes import reading
from absah_site.ledger.store.parts import Part, Signpost
from absah_site.roles import Permission

#: What pages and receipts still ask for by what it is about.
_LOOKED_FOR: Final = frozenset({SigningTag.SIGNATURE_MADE, SigningTag.DOCUMENT_COMPLETED, SigningTag.DOCUMENT_EXTENDED})
_CHUNK: Final = 2_000


class RowsDamaged(RuleBroken):
    """Rows that were to be archived are not what was written, or are gone: first find out why. Parameter: entry."""

    code = "ledger.rows-damaged"


class PartNotHere(NotFound):
    """The file of an archived part is not in its folder, or is not the one that was recorded. Parameter: file."""

    code = "ledger.part-not-here"


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """What was done: the part, its file, and how many rows left the database now."""

    part: Part
    file: Path
    removed: int


def write_archive(path: Path, /, *, by: Actor) -> int:
    """Write every entry that is in the database, under the newest head, whole or not at all.

    Returns how many; 0 when there is no head or nothing under it. Nothing leaves the database.
    """
    authorise(by, Permission.LEDGER_READ)
    newest, begin = heads.newest_head(), parts.archived()
    if newest is None or newest[1].head.size <= begin:
        return 0
    header = _header(newest[1], begin, newest[1].head.size)
    _write(path, header)
    facts: dict[str, FactValue] = {"begin": begin, "size": header.end, "root": header.signed.head.root.hex()}
    with transaction.atomic():
        _record(header.signed, facts, by)
    return header.end - begin


def archive_part(folder: Path, /, *, before: Instant, by: Operator) -> Archived | None:
    """Move entries that are older than a moment into a file in this folder; then their rows leave the database.

    None when there is nothing so old. What an earlier run left undone is done first. Raises RowsDamaged, PartNotHere,
    RowsNotLetGo.
    """
    done = _finish(folder) or _move(folder, before=before, by=by)
    _sweep(folder)
    return done


def _sweep(folder: Path) -> None:
    """Remove what a run left that was killed before it recorded its file: its entries are in another, recorded one."""
    recorded, archived = {part.file_name for part in parts.parts()}, parts.archived()
    for path in folder.glob(parts.EVERY_FILE):
        if path.name not in recorded and parts.begin_of(path.name) < archived:
            path.unlink()


def _move(folder: Path, *, before: Instant, by: Operator) -> Archived | None:
    begin, signed = parts.archived(), heads.head_for_archive()
    end = 0 if signed is None else min(leaves.first_since(before, begin), signed.head.size)
    if signed is None or end <= begin:
        return None
    header = _header(signed, begin, end)
    path = folder / parts.name_of(begin, end)
    _write(path, header)
    part = Part(begin=begin, end=end, sha256=_checked(path))
    try:
        with transaction.atomic():
            parts.add(part, by=by.reference, now=composition.clock().now())
            _record(signed, {"begin": begin, "end": end, "sha256": part.sha256}, by)
    except DatabaseError as problem:  # a role that is no archivist
        raise RowsNotLetGo from problem
    return Archived(part=part, file=path, removed=_let_go(part, path))


def _finish(folder: Path) -> Archived | None:
    """Let go what the last run recorded and did not."""
    for part in reversed(parts.parts()):
        if rows_of(leaves.entries_between(part.end - 1, part.end)):
            path = folder / part.file_name
            if not path.is_file() or _checked(path) != part.sha256:
                raise PartNotHere(file=part.file_name)
            return Archived(part=part, file=path, removed=_let_go(part, path))
    return None


def _header(signed: SignedHead, begin: int, end: int) -> ArchiveHeader:
    issuer = composition.config().name
    return reading(lambda read: header_for(signed, begin, end, read, issuer=issuer))


def _write(path: Path, header: ArchiveHeader) -> None:
    with unfinished_file(path) as file:
        file.write(header.to_line())
        for begin in range(header.begin, header.end, _CHUNK):
            entries = leaves.entries_between(begin, min(begin + _CHUNK, header.end))
            rows = rows_of(entries)
            if missing := [place for place, entry in enumerate(entries, start=begin) if entry not in rows]:
                raise RowsDamaged(entry=missing[0])
            file.writelines(rows[entry] + b"\n" for entry in entries)


def _checked(path: Path) -> str:
    """The SHA-256 of a file that holds what its head was signed over. Raises ArchiveBroken."""
    with path.open("rb") as file:
        return check_archive(parse_header(file.readline(LONGEST_LINE)), entries_in(file))


def _record(signed: SignedHead, facts: dict[str, FactValue], by: Actor) -> None:
    now = composition.clock().now()
    subject = f"log:{signed.head.log}"
    record(at=now, tag=LedgerTag.PART_ARCHIVED, actor=by.reference, subject=subject, facts=facts)


def _let_go(part: Part, path: Path) -> int:
    """Delete the rows of a part, the oldest first, so that the last is there until all others are gone."""
    removed = 0
    with path.open("rb") as file:
        posts = _signposts(file, part.begin)
        for begin in range(part.begin, part.end, _CHUNK):
            end = min(begin + _CHUNK, part.end)
            entries = leaves.entries_between(begin, end)
            with transaction.atomic():
                parts.keep_signposts(_until(posts, end - begin))
                removed += let_go(entries)
    return removed


def _signposts(file: BinaryIO, begin: int) -> Iterator[Signpost | None]:
    """For each line of a file: where it is, if somebody will look for it."""
    offset = len(file.readline(LONGEST_LINE))
    for position, line in enumerate(file, start=begin):
        entry = parse_entry(line[:-1])
        wanted = entry.tag in _LOOKED_FOR
        yield Signpost(position=position, subject=entry.subject, offset=offset) if wanted else None
        offset += len(line)


def _until(posts: Iterator[Signpost | None], count: int) -> Iterable[Signpost]:
    found = (next(posts) for _ in range(count))
    return [one for one in found if one is not None]
