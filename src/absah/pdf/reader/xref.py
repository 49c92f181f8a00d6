"""Cross-reference sections: where each object is, found by arithmetic instead of by reading the table.

A table has entries of exactly twenty bytes (ISO 32000-1 §7.5.4), so an entry is one small read. A cross-reference
stream (§7.5.8) is inflated at its first use. A hybrid file (§7.5.8.4) has both in one section: what the table calls
free may be in the stream.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, NamedTuple, TypeAlias

from absah.pdf.reader.indirect import object_at
from absah.pdf.reader.refusals import LimitExceeded, XrefBroken
from absah.pdf.reader.source import ByteSource
from absah.pdf.reader.streams import MOST_ENCODED, Rows
from absah.pdf.reader.syntax import WHITE, Entries, Incomplete, as_array, as_integer, dictionary_at

MOST_SUBSECTIONS: Final = 4096
MOST_OBJECTS: Final = 8_388_607  # ISO 32000-1, Annex C, Table C.1
_ENTRY_SIZE = 20
_HEAD = 4096
_MOST_TRAILER = 64 * _HEAD
_KEYWORD = re.compile(rb"xref" + WHITE + rb"*?(?:\r\n|\n|\r)" + WHITE + rb"*+")
_SUBSECTION = re.compile(WHITE + rb"*+([0-9]{1,10})\x20+([0-9]{1,10})\x20*(?:\r\n|\n|\r)")
_TRAILER = re.compile(WHITE + rb"*+trailer(?=[\x00\t\n\x0c\r <])")
_ENTRY = re.compile(rb"([0-9]{10}) ([0-9]{5}) ([nf])(?: \r| \n|\r\n)")


class Free(NamedTuple):
    """No such object; its next incarnation has this generation."""

    generation: int


class InFile(NamedTuple):
    """The object begins at this offset."""

    offset: int
    generation: int


class InStream(NamedTuple):
    """The object is number `place` in object stream `container`."""

    container: int
    place: int


Entry: TypeAlias = Free | InFile | InStream
Subsections: TypeAlias = tuple[tuple[int, int, int], ...]
"""First number, count, and where the first entry is, by number."""


class Table(NamedTuple):
    """A classic section: (first number, count, offset of the first entry) for each subsection, and the trailer."""

    source: ByteSource
    subsections: Subsections
    trailer: Entries

    @property
    def highest(self) -> int:
        """The highest object number it speaks of."""
        return _highest(self.subsections)

    def find(self, number: int) -> Entry | None:
        """What it says about an object; None when it says nothing. Raises XrefBroken."""
        base = _place(self.subsections, number, _ENTRY_SIZE)
        if base is None:
            return None
        match = _ENTRY.fullmatch(self.source.read(base, _ENTRY_SIZE))
        if match is None:
            raise XrefBroken(problem="entry")
        offset, generation, kind = match.groups()
        return InFile(int(offset), int(generation)) if kind == b"n" else Free(int(generation))


@dataclass(slots=True, kw_only=True)
class Stream:
    """A cross-reference stream: (first number, count, first row) for each subsection. Its dictionary is the trailer."""

    source: ByteSource
    subsections: Subsections
    widths: tuple[int, int, int]
    trailer: Entries
    data: tuple[int, int]
    _rows: Rows | None = field(default=None, init=False)

    @property
    def highest(self) -> int:
        """The highest object number it speaks of."""
        return _highest(self.subsections)

    def find(self, number: int) -> Entry | None:
        """What it says about an object; None when it says nothing. Raises XrefBroken, StreamBroken, LimitExceeded."""
        index = _place(self.subsections, number, 1)
        return None if index is None else self._entry(index)

    def _entry(self, index: int) -> Entry:
        if self._rows is None:
            self._rows = Rows(self.trailer, self.source.read(*self.data), sum(self.widths))
        if index >= len(self._rows):
            raise XrefBroken(problem="rows")
        row = self._rows.row(index)
        first, second, _ = self.widths
        kind = int.from_bytes(row[:first], "big") if first else 1  # Table 17: type 1 by default
        where = int.from_bytes(row[first : first + second], "big")
        last = int.from_bytes(row[first + second :], "big")
        match kind:
            case 0:
                return Free(last)
            case 1:
                return InFile(where, last)
            case 2:
                return InStream(where, last)
            case _:
                raise XrefBroken(problem="type")


Section: TypeAlias = Table | Stream


def _highest(subsections: Subsections) -> int:
    return subsections[-1][0] + subsections[-1][1] - 1 if subsections else 0


def _place(subsections: Subsections, number: int, step: int) -> int | None:
    """Where the entry of an object is, if a subsection has it."""
    index = bisect_left(subsections, (number + 1,)) - 1
    if index < 0:
        return None
    first, count, start = subsections[index]
    return start + step * (number - first) if number < first + count else None


def _sorted(subsections: list[tuple[int, int, int]]) -> Subsections:
    """In the order of their numbers. Two that speak of the same object are refused: readers differ on which counts."""
    ordered = [subsection for subsection in subsections if subsection[1]]
    if len(ordered) > 1:
        ordered.sort()
        if any(first + count > after for (first, count, _), (after, _, _) in pairwise(ordered)):
            raise XrefBroken(problem="overlap")
    return tuple(ordered)


def section_at(source: ByteSource, offset: int, /) -> Section:
    """The section that begins at an offset, of either kind. Raises XrefBroken and what its parts raise."""
    if not 0 < offset < source.size:
        raise XrefBroken(problem="offset")
    head = source.read(offset, _HEAD)
    match = _KEYWORD.match(head)
    if match is not None:
        return _table(source, offset, head, match.end())
    return stream_section(source, offset)


def stream_section(source: ByteSource, offset: int, /) -> Stream:
    """The cross-reference stream at an offset."""
    found = object_at(source, offset)
    entries, where = found.entries, found.stream
    if entries is None or where is None or entries.get(b"Type") != b"/XRef":
        raise XrefBroken(problem="section")
    length = as_integer(entries.get(b"Length"))  # §7.5.8.2: direct, or nobody could read it
    if length is None or not 0 <= length <= MOST_ENCODED:
        raise XrefBroken(problem="length")
    widths = tuple(as_integer(width) for width in as_array(entries.get(b"W")) or ())
    if len(widths) != 3 or not all(width is not None and 0 <= width <= 8 for width in widths) or not widths[1]:
        raise XrefBroken(problem="widths")
    return Stream(
        source=source,
        subsections=_index(entries),
        widths=widths,  # type: ignore[arg-type]  # three integers, just checked
        trailer=entries,
        data=(where, length),
    )


def _index(entries: Entries) -> Subsections:
    numbers = [as_integer(number) for number in as_array(entries.get(b"Index")) or (b"0", entries.get(b"Size"))]
    if len(numbers) % 2 or len(numbers) > 2 * MOST_SUBSECTIONS:
        raise XrefBroken(problem="index")
    subsections: list[tuple[int, int, int]] = []
    row = 0
    for first, count in zip(numbers[::2], numbers[1::2], strict=True):
        if first is None or count is None or first < 0 or count < 0 or first + count > MOST_OBJECTS:
            raise XrefBroken(problem="index")
        subsections.append((first, count, row))
        row += count
    return _sorted(subsections)


def _table(source: ByteSource, offset: int, head: bytes, position: int) -> Table:
    """Jump from subsection to subsection without looking at an entry, until the trailer comes."""
    subsections: list[tuple[int, int, int]] = []
    while (match := _SUBSECTION.match(head, position)) is not None:
        first, count, base = int(match[1]), int(match[2]), offset + match.end()
        if first + count > MOST_OBJECTS or len(subsections) == MOST_SUBSECTIONS:
            raise LimitExceeded(limit="objects")
        subsections.append((first, count, base))
        after = base + _ENTRY_SIZE * count
        position = after - offset
        if position + 64 > len(head):
            offset, position, head = after, 0, source.read(after, _HEAD)
    match = _TRAILER.match(head, position)
    if match is None or not subsections:
        raise XrefBroken(problem="table")
    if subsections[0][0]:
        _check_first(source, subsections[0])
    try:
        trailer, _ = dictionary_at(head, match.end())
    except Incomplete:
        trailer = _long_trailer(source, offset + match.end())
    return Table(source=source, subsections=_sorted(subsections), trailer=trailer)


def _check_first(source: ByteSource, subsection: tuple[int, int, int]) -> None:
    """A known mistake: the section begins with the free entry of object 0 and says that this is object 1."""
    _, count, base = subsection
    if count and source.read(base, _ENTRY_SIZE).startswith(b"0000000000 65535 f"):
        raise XrefBroken(problem="numbering")


def _long_trailer(source: ByteSource, offset: int) -> Entries:
    data = source.read(offset, _MOST_TRAILER)
    try:
        return dictionary_at(data, 0)[0]
    except Incomplete:
        raise XrefBroken(problem="trailer") from None
