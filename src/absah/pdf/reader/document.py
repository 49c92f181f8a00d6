"""A document of which only the asked-for objects are read: trailer, catalog, one page, a form.

The chain of cross-reference sections is walked when the document is opened (each costs one small read); entries and
objects are fetched when somebody wants them, and once. Nothing is repaired: the first thing that is not as the
standard has it is refused with its code.
"""

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from absah.pdf.reader.indirect import IndirectObject, object_at
from absah.pdf.reader.refusals import (
    EndMisplaced,
    HeaderMisplaced,
    LimitExceeded,
    ObjectMisplaced,
    ShapeWrong,
    StreamBroken,
    SyntaxBroken,
    XrefBroken,
    XrefLoop,
)
from absah.pdf.reader.source import ByteSource, ExtendedSource
from absah.pdf.reader.streams import MOST_ENCODED, decoded
from absah.pdf.reader.syntax import (
    WHITE,
    Entries,
    Incomplete,
    Raw,
    Reference,
    as_array,
    as_dictionary,
    as_integer,
    as_reference,
    value_at,
)
from absah.pdf.reader.xref import (
    MOST_OBJECTS,
    Entry,
    Free,
    InFile,
    InStream,
    Section,
    Stream,
    section_at,
    stream_section,
)

MOST_SECTIONS: Final = 1024
MOST_WORK: Final = 128 << 20
_STEP = 64
_MOST_CACHED = 64 << 20
_MOST_REFERENCES_DEEP = 16
_TAIL = 1024
_HEADER = re.compile(rb"%PDF-([12])\.([0-9])")
_END = re.compile(rb"startxref" + WHITE + rb"++([0-9]{1,15}+)" + WHITE + rb"++%%EOF" + WHITE + rb"*+$")
_ENDSTREAM = re.compile(rb"(?:\r\n|\n|\r)?endstream(?![A-Za-z])")
_UNREAD: Final = IndirectObject(Reference(0, 0), None, b"")
"""Stands for what has not been read yet; a number without an object is None."""


class Oddity(StrEnum):
    """What we can read, and what others are known to read differently."""

    HYBRID = "hybrid"
    """A table with a cross-reference stream beside it (§7.5.8.4): which of the two counts depends on the reader."""
    SIZES = "sizes"
    """A /Size that is smaller than the numbers in use (§7.5.5): what lies above exists for some and not for others."""


@dataclass(frozen=True, slots=True)
class _Container:
    """An object stream: the numbers of its objects, where each begins, and the data (§7.5.7)."""

    numbers: tuple[int, ...]
    starts: tuple[int, ...]
    data: bytes


@dataclass(slots=True)
class LazyDocument:
    """An opened document. `sections` are the cross-reference sections, newest first; `size` numbers are in use."""

    source: ByteSource
    version: tuple[int, int]
    start: int
    sections: tuple[Section, ...]
    size: int
    oddities: frozenset[Oddity]
    _objects: dict[int, IndirectObject | None] = field(default_factory=dict)
    _containers: dict[int, _Container] = field(default_factory=dict)
    _cached: int = 0
    _spent: int = 0
    _root: Reference | None = None
    _catalog: Entries | None = None

    @property
    def trailer(self) -> Entries:
        """The newest trailer dictionary."""
        return self.sections[0].trailer

    @property
    def encrypted(self) -> bool:
        """Whether strings and streams are encrypted."""
        return b"Encrypt" in self.trailer

    @property
    def root(self) -> Reference:
        """The catalog. Raises ShapeWrong."""
        if self._root is None:
            self._root = as_reference(self.trailer.get(b"Root"))
            if self._root is None:
                raise ShapeWrong(entry="Root")
        return self._root

    @property
    def catalog(self) -> Entries:
        """The catalog's entries."""
        if self._catalog is None:
            found = self.object(self.root)
            if found is None or found.entries is None:
                raise ShapeWrong(entry="Root")
            self._catalog = found.entries
        return self._catalog

    def entry(self, number: int) -> Entry | None:
        """Where an object is, by the newest section that knows it (§7.5.6; §7.5.8.4 for hybrid files)."""
        free: Entry | None = None
        for section in self.sections:
            entry = section.find(number)
            if entry is None:
                continue
            if not isinstance(entry, Free) or Oddity.HYBRID not in self.oddities:
                return entry
            free = free or entry
        return free

    def object(self, reference: Reference) -> IndirectObject | None:
        """An object; None when it does not exist, which stands for null (§7.3.10). Raises the reader's refusals."""
        found = self._objects.get(reference.number, _UNREAD)
        if found is _UNREAD:
            found = self._read(reference.number)
        if found is not None and found.reference != reference:
            return None  # another generation: a reference to something that no longer exists
        return found

    def resolved(self, raw: Raw | None) -> Raw | IndirectObject | None:
        """What a value stands for: itself, or the object that it refers to. Null and nothing are None."""
        for _ in range(_MOST_REFERENCES_DEEP):
            if raw is None or raw == b"null":
                return None
            if not raw.endswith(b"R"):
                return raw
            reference = as_reference(raw)
            if reference is None:
                return raw
            found = self.object(reference)
            if found is None or found.entries is not None:
                return found
            raw = found.raw
        raise LimitExceeded(limit="references")

    def written(self, raw: Raw | None) -> Raw | None:
        """The same for what is no dictionary: the written value behind any reference."""
        found = self.resolved(raw)
        return None if isinstance(found, IndirectObject) else found

    def dictionary(self, raw: Raw | None) -> Entries | None:
        """The entries of a dictionary, direct or by reference; None when there is none."""
        found = self.resolved(raw)
        return found.entries if isinstance(found, IndirectObject) else as_dictionary(found)

    def dictionary_of(self, raw: Raw | None, entry: str) -> Entries:
        """The same where a dictionary has to be. Raises ShapeWrong with the name of the entry."""
        found = self.dictionary(raw)
        if found is None:
            raise ShapeWrong(entry=entry)
        return found

    def array(self, raw: Raw | None) -> list[Raw] | None:
        """The items of an array, direct or by reference; None when there is none."""
        return as_array(self.written(raw))

    def stream_data(self, found: IndirectObject, /, *, most: int = MOST_ENCODED) -> bytes:
        """The data of a stream as it stands in the file, still encoded. Raises StreamBroken, LimitExceeded."""
        if found.stream is None or found.entries is None:
            raise StreamBroken(problem="no stream")
        length = as_integer(self.written(found.entries.get(b"Length")))
        if length is None or length < 0:
            raise StreamBroken(problem="length")
        if length > most:
            raise LimitExceeded(limit="stream")
        data = self.source.read(found.stream, length)
        if len(data) < length or not _ENDSTREAM.match(self.source.read(found.stream + length, 16)):
            raise StreamBroken(problem="length")
        return data

    def extended(
        self, appended: bytes, start: int, /, *, known: dict[int, IndirectObject], unread: AbstractSet[int]
    ) -> "LazyDocument":
        """The document with one more section, whose cross-reference is at `start`. What was read of it stays read.

        `known` are objects of the new section and what they say there; `unread` the numbers of its others.
        """
        source = ExtendedSource(self.source, appended)
        made = LazyDocument(
            source=source,
            version=self.version,
            start=start,
            sections=(section := section_at(source, start), *self.sections),
            size=max(self.size, section.highest + 1),
            oddities=self.oddities - {Oddity.SIZES},
        )
        made._objects = {number: found for number, found in self._objects.items() if number not in unread}
        made._objects.update(known)
        made._containers = self._containers
        return made

    def _read(self, number: int) -> IndirectObject | None:
        """The object of a number, for the first time."""
        entry = self.entry(number)
        found: IndirectObject | None = None
        if isinstance(entry, InFile):
            try:
                found = object_at(self.source, entry.offset)
            except ObjectMisplaced:
                raise ObjectMisplaced(number=number) from None
            if found.reference != (number, entry.generation):
                raise ObjectMisplaced(number=number)
        elif isinstance(entry, InStream):
            found = self._contained(number, entry.container, entry.place)
        self._objects[number] = found
        # Work is accounted for, in bytes: objects may overlap, and reading them all takes more than the file is long.
        self._spent += _STEP * len(self.sections) + (len(found.raw) if found is not None else 0)
        if self._spent > MOST_WORK:
            raise LimitExceeded(limit="work")
        return found

    def _contained(self, number: int, container: int, index: int) -> IndirectObject:
        held = self._containers.get(container)
        if held is None:
            held = self._containers[container] = self._opened(container)
        if not index < len(held.numbers) or held.numbers[index] != number:
            raise ObjectMisplaced(number=number)
        try:
            raw, _ = value_at(held.data, held.starts[index])
        except Incomplete as problem:
            raise SyntaxBroken(offset=problem.position) from None
        return IndirectObject(Reference(number, 0), as_dictionary(raw), raw)

    def _opened(self, container: int) -> _Container:
        # §7.5.7: an object stream is not itself in an object stream.
        if not isinstance(self.entry(container), InFile):
            raise ObjectMisplaced(number=container)
        found = self.object(Reference(container, 0))
        if found is None or found.entries is None or found.entries.get(b"Type") != b"/ObjStm":
            raise ObjectMisplaced(number=container)
        data = decoded(found.entries, self.stream_data(found))
        self._cached += len(data)
        if self._cached > _MOST_CACHED:
            raise LimitExceeded(limit="object streams")
        count = as_integer(self.written(found.entries.get(b"N")))
        first = as_integer(self.written(found.entries.get(b"First")))
        if count is None or first is None or not 0 <= count <= len(data) or not 0 <= first <= len(data):
            raise StreamBroken(problem="object stream")
        words = data[:first].replace(b"\0", b" ").split()
        if len(words) < 2 * count or not all(word.isdigit() and len(word) <= 10 for word in words[: 2 * count]):
            raise StreamBroken(problem="object stream")
        return _Container(
            numbers=tuple(map(int, words[: 2 * count : 2])),
            starts=tuple(first + int(start) for start in words[1 : 2 * count : 2]),
            data=data,
        )


def open_document(source: ByteSource, /) -> LazyDocument:
    """Find the trailer and the chain of cross-reference sections. Raises the reader's refusals."""
    header = _HEADER.match(source.read(0, 16))
    if header is None:
        raise HeaderMisplaced
    start = _last_section(source)
    sections, oddities = _chain(source, start)
    size = _size(sections)
    if sections[0].trailer[b"Size"] != b"%d" % size:
        oddities.add(Oddity.SIZES)
    return LazyDocument(
        source=source,
        version=(int(header[1]), int(header[2])),
        start=start,
        sections=sections,
        size=size,
        oddities=frozenset(oddities),
    )


def _last_section(source: ByteSource) -> int:
    tail = source.read(max(0, source.size - _TAIL), _TAIL)
    match = _END.match(tail, max(tail.rfind(b"startxref"), 0))
    if match is None:
        raise EndMisplaced
    return int(match[1])


def _chain(source: ByteSource, start: int) -> tuple[tuple[Section, ...], set[Oddity]]:
    sections: list[Section] = []
    seen: set[int] = set()
    oddities: set[Oddity] = set()
    offset: int | None = start
    while offset is not None:
        if offset in seen:
            raise XrefLoop
        if len(seen) > MOST_SECTIONS:
            raise LimitExceeded(limit="sections")
        seen.add(offset)
        section = section_at(source, offset)
        sections.append(section)
        beside = section.trailer.get(b"XRefStm")
        if beside is not None and not isinstance(section, Stream):
            oddities.add(Oddity.HYBRID)
            sections.append(stream_section(source, _offset(beside)))
        before = section.trailer.get(b"Prev")
        offset = None if before is None else _offset(before)
    return tuple(sections), oddities


def _offset(raw: Raw) -> int:
    value = as_integer(raw)
    if value is None or value <= 0:
        raise XrefBroken(problem="offset")
    return value


def _size(sections: tuple[Section, ...]) -> int:
    """One more than the highest number that any section speaks of: what is new must not revive anything old."""
    size = 0
    for section in sections:
        said = as_integer(section.trailer.get(b"Size"))
        if said is None or said < 1:
            raise XrefBroken(problem="size")
        size = max(size, said, section.highest + 1)
    if size > MOST_OBJECTS:
        raise LimitExceeded(limit="objects")
    return size
