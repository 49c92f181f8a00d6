"""Entries that live in archived parts only: read from the parts' files, where these are at hand.

They are looked for in `DIR/ledger/archive`, under the names they were given. Files that are kept elsewhere can be given
to `absah audit verify` and `absah audit proof`.
"""

from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO, final

from absah.audit.archive import LONGEST_LINE, check_archive, entries_in, parse_header
from absah.audit.entry import Entry, hash_of, parse_entry
from absah.audit.merkle import Hash
from absah.kernel.errors import AbsahError, NotFound
from absah_site import composition
from absah_site.audit.access import EntryUnknown, rows_of
from absah_site.ledger.store import leaves, parts
from absah_site.ledger.store.parts import Part


class RowArchived(NotFound):
    """The row is in an archived part whose file is not at hand. Parameters: file, entry."""

    code = "ledger.row-archived"


def archive_folder() -> Path:
    """Where parts lie unless somebody moved them."""
    return composition.config().data / "ledger" / "archive"


def entry_of_row(row: int, /) -> Entry:
    """A row, from the database or from a part's file. Raises EntryUnknown, RowArchived."""
    return parse_entry(canonical_of_row(row))


def canonical_of_row(row: int, files: Collection[Path] = (), /) -> bytes:
    """The bytes of a row, likewise."""
    found = rows_of((row,)).get(row)
    if found is not None:
        return found
    position = leaves.position_of(row)
    part = None if position is None else parts.part_with(position)
    if position is None or part is None:
        raise EntryUnknown
    path = _files(files).get((part.begin, part.end))
    found = None if path is None else _line(path, part, position)
    if found is None or Hash(hash_of(found)) != leaves.hash_at(position):
        raise RowArchived(file=part.file_name, entry=position)
    return found


def _line(path: Path, part: Part, position: int) -> bytes | None:
    post = parts.signpost_at(position)
    with path.open("rb") as file:
        if post is not None:
            file.seek(post.offset)
            return file.readline(LONGEST_LINE)[:-1]
        file.readline(LONGEST_LINE)
        return next((line[:-1] for line in islice(file, position - part.begin, None)), None)


def _files(given: Collection[Path]) -> dict[tuple[int, int], Path]:
    """Files by the entries that their first line says they hold. What is no archive is passed over."""
    folder = archive_folder()
    found: dict[tuple[int, int], Path] = {}
    for path in (*(sorted(folder.glob("*.jsonl")) if folder.is_dir() else ()), *given):
        with path.open("rb") as file:
            try:
                header = parse_header(file.readline(LONGEST_LINE))
            except AbsahError:
                continue
        found[header.begin, header.end] = path
    return found


def parts_elsewhere() -> tuple[Part, ...]:
    """Archived parts whose files are not in the folder."""
    here = _files(())
    return tuple(one for one in parts.parts() if (one.begin, one.end) not in here)


@final
class ArchiveReader:
    """Gives entries of archived parts in the order of the log, to one walk through all of it."""

    def __init__(self, given: Collection[Path] = ()) -> None:
        self._parts = parts.parts()
        self._files = _files(given)
        self.archived = self._parts[-1].end if self._parts else 0
        self._open: Part | None = None
        self._lines: Iterator[bytes] = iter(())
        self._next = 0

    def broken(self) -> Iterator[Part]:
        """Parts whose file is at hand and is not the one that was recorded."""
        for part in self._parts:
            path = self._files.get((part.begin, part.end))
            if path is not None and not _is_recorded(path, part):
                yield part

    def take(self, position: int, /) -> bytes | None:
        """An entry; None when its file is not at hand. Positions only grow."""
        if self._open is None or position >= self._open.end:
            self._turn_to(position)
        if self._open is None:
            return None
        line = next(islice(self._lines, position - self._next, None), None)
        self._next = position + 1
        return None if line is None else line[:-1]

    def _turn_to(self, position: int) -> None:
        self._open = next((one for one in self._parts if one.begin <= position < one.end), None)
        path = None if self._open is None else self._files.get((self._open.begin, self._open.end))
        if self._open is None or path is None:
            self._open = None
            return
        self._lines, self._next = _lines_of(path), self._open.begin


def _lines_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.readline(LONGEST_LINE)
        yield from file


def _is_recorded(path: Path, part: Part) -> bool:
    def checked(file: BinaryIO) -> str:
        return check_archive(parse_header(file.readline(LONGEST_LINE)), entries_in(file))

    try:
        with path.open("rb") as file:
            return checked(file) == part.sha256
    except AbsahError:
        return False
