"""The states of a document, one for each revision, as our own reader sees them (`absah.pdf.reader`).

An object that stays where it was is read once for all states that know it. What a revision touches is what its own
cross-reference section speaks of; so the work grows with what was appended, and not with every state again.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from absah.pdf.reader.document import LazyDocument, Oddity, open_document
from absah.pdf.reader.refusals import LimitExceeded, ShapeWrong, StreamBroken, XrefBroken
from absah.pdf.reader.source import ByteSource
from absah.pdf.reader.streams import decoded
from absah.pdf.reader.syntax import Entries, Reference
from absah.pdf.reader.xref import Entry, Free, InFile, InStream, Section
from absah.validation.changes.views import Node, ObjectView, State

MOST_ENTRIES: Final = 2_000_000
_MOST_DATA: Final = 64 << 20

_Place = tuple[int, int, int]
"""Where an object lies: its offset and generation; or the offset of its stream, -1 and its index there."""


class RevisionView(ObjectView, Protocol):
    """A state that can also unpack the streams of validation material."""

    def unpacked(self, number: int, most: int, /) -> bytes:
        """The data of a stream behind its filter. Raises a coded error where that is too much or not possible."""
        ...


@dataclass(frozen=True, slots=True)
class RevisionState:
    """A state and its number, counted from 1; `touched` may differ from the state before."""

    revision: int
    view: RevisionView
    touched: frozenset[int]

    @property
    def state(self) -> State:
        """The same, with the questions that the comparison asks."""
        return State(self.view)


@dataclass(slots=True)
class _Known:
    """What is shared by all states: objects by where they lie, and the digests of their data."""

    nodes: dict[_Place, Node] = field(default_factory=dict)
    digests: dict[_Place, bytes] = field(default_factory=dict)


class _Entries(Protocol):
    """Where objects are."""

    def get(self, number: int, /) -> Entry | None: ...


@dataclass(frozen=True, slots=True)
class _Asked:
    """The cross-reference sections asked one object at a time: enough where nothing is compared."""

    document: LazyDocument

    def get(self, number: int, /) -> Entry | None:
        return self.document.entry(number)


@dataclass(frozen=True, slots=True)
class _OwnView:
    """One state. `entries` say where its objects are; `seen` are those that were asked for."""

    document: LazyDocument
    entries: _Entries
    newer: _Entries
    known: _Known
    seen: dict[int, Node | None] = field(default_factory=dict)

    @property
    def trailer(self) -> Entries:
        return self.document.trailer

    def _entry(self, number: int) -> Entry | None:
        return self.newer.get(number) or self.entries.get(number)

    def _place(self, number: int) -> _Place | None:
        match self._entry(number):
            case InFile(offset, generation):
                return (offset, generation, 0)
            case InStream(container, index):
                outer = self._entry(container)
                return (outer.offset, -1, index) if isinstance(outer, InFile) else None
            case _:
                return None

    def node(self, number: int, /) -> Node | None:
        if number not in self.seen:
            self.seen[number] = self._read(number)
        return self.seen[number]

    def _read(self, number: int) -> Node | None:
        place = self._place(number)
        if place is None:
            return None
        known = self.known.nodes.get(place)
        if known is None:
            generation = max(place[1], 0)
            found = self.document.object(Reference(number, generation))
            if found is None:
                return None
            known = Node(generation, found.entries, found.raw, found.stream is not None)
            self.known.nodes[place] = known
        return known

    def data_digest(self, number: int, /) -> bytes:
        place = self._place(number)
        if place is None:
            return b""
        known = self.known.digests.get(place)
        if known is None:
            known = self.known.digests[place] = hashlib.sha256(self._data(number, place)).digest()
        return known

    def unpacked(self, number: int, most: int, /) -> bytes:
        place, node = self._place(number), self.node(number)
        if place is None or node is None or node.entries is None:
            raise StreamBroken(problem="no stream")
        return decoded(node.entries, self._data(number, place), most=most)

    def _data(self, number: int, place: _Place) -> bytes:
        found = self.document.object(Reference(number, max(place[1], 0)))
        if found is None:
            raise StreamBroken(problem="no stream")
        return self.document.stream_data(found, most=_MOST_DATA)


@dataclass(frozen=True, slots=True)
class OwnHistory:
    """The document and its cross-reference sections by revision: the oldest first, in each the newest first."""

    document: LazyDocument
    sections: tuple[tuple[Section, ...], ...]

    def states(self, first: int, /) -> Iterator[RevisionState]:
        """The states from a revision on. Each is good until the next but one is asked for."""
        if first == len(self.sections):
            yield RevisionState(first, _OwnView(self.document, _Asked(self.document), {}, _Known()), frozenset())
            return
        entries: dict[int, Entry] = {}
        for own in reversed(self.sections[:first]):
            for number, entry in _entries_of(own):
                entries.setdefault(number, entry)
        known = _Known()
        view = _OwnView(self._until(first), entries, {}, known)
        yield RevisionState(first, view, frozenset())
        containers = {entry.container for entry in entries.values() if isinstance(entry, InStream)}
        for revision in range(first + 1, len(self.sections) + 1):
            newer: dict[int, Entry] = {}
            for number, entry in _entries_of(self.sections[revision - 1]):
                newer.setdefault(number, entry)
            touched = _touched(entries, newer, containers)
            seen = {number: node for number, node in view.seen.items() if number not in touched}
            view = _OwnView(self._until(revision), entries, newer, known, seen)
            yield RevisionState(revision, view, touched)
            entries.update(newer)
            containers |= {entry.container for entry in newer.values() if isinstance(entry, InStream)}

    def _until(self, revision: int) -> LazyDocument:
        sections = tuple(section for own in reversed(self.sections[:revision]) for section in own)
        whole = self.document
        return LazyDocument(
            source=whole.source,
            version=whole.version,
            start=whole.start,
            sections=sections,
            size=whole.size,
            oddities=whole.oddities,
        )


def open_history(source: ByteSource, ends: tuple[int, ...], /) -> OwnHistory:
    """Open a document whose revisions end here, oldest first. Raises what the reader raises.

    Files that two readers may see differently by design are left to the second reader: hybrid ones, encrypted ones.
    """
    document = open_document(source)
    if Oddity.HYBRID in document.oddities or document.encrypted:
        raise ShapeWrong(entry="XRefStm" if Oddity.HYBRID in document.oddities else "Encrypt")
    found: list[list[Section]] = [[] for _ in ends]
    offset, last = document.start, len(ends)
    for section in document.sections:
        revision = bisect_right(ends, offset)
        if revision > last or revision >= len(ends):
            raise XrefBroken(problem="order")  # an older section that lies behind a newer one
        found[revision].append(section)
        last = revision
        offset = int(section.trailer.get(b"Prev", b"0"))
    return OwnHistory(document, tuple(map(tuple, found)))


def _entries_of(sections: tuple[Section, ...]) -> Iterator[tuple[int, Entry]]:
    """What the sections of one revision say, the newest first."""
    count = 0
    for section in sections:
        for first, length, _ in section.subsections:
            count += length
            if count > MOST_ENTRIES:
                raise LimitExceeded(limit="objects")
            for number in range(first, first + length):
                entry = section.find(number)
                if entry is not None:
                    yield number, entry


def _touched(older: Mapping[int, Entry], newer: Mapping[int, Entry], containers: set[int]) -> frozenset[int]:
    """Every object that lies elsewhere than before, or in a stream that does."""
    moved = {number for number, entry in newer.items() if not _same(older.get(number), entry)}
    exchanged = moved & containers
    if exchanged:
        moved |= {
            number for number, entry in older.items() if isinstance(entry, InStream) and entry.container in exchanged
        }
    return frozenset(moved)


def _same(one: Entry | None, other: Entry) -> bool:
    return one == other or (one is None and isinstance(other, Free))
