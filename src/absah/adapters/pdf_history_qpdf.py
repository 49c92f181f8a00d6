"""The same states as qpdf sees them: for files that our own reader declines, and as the second parser of all others.

Each state is the file cut off where its revision ends, opened by itself and without repair. That costs a reading of
the file for each, so it is the slow way.
"""

import hashlib
import zlib
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field
from typing import Any, Final

import pikepdf

from absah.adapters.document_bytes import DocumentBytes, cut
from absah.adapters.pdf_evidence_opening import HOSTILE, open_revision
from absah.adapters.pdf_history import RevisionState
from absah.pdf.reader.refusals import LimitExceeded, ObjectMisplaced, StreamBroken
from absah.pdf.reader.syntax import Entries, as_dictionary, as_integer
from absah.validation.changes.views import Node, ObjectView, canonical, canonical_entries

MOST_STATES: Final = 40
MOST_OBJECTS: Final = 200_000
_MOST_GENERATIONS: Final = 3


@dataclass(slots=True)
class QpdfView:
    """One state, as qpdf sees it. Raises `pdf.object-misplaced` where qpdf stumbles over an object."""

    pdf: pikepdf.Pdf
    _nodes: dict[int, Node | None] = field(default_factory=dict)

    @property
    def trailer(self) -> Entries:
        found = as_dictionary(self.pdf.trailer.unparse())
        return found or {}

    @property
    def size(self) -> int:
        """One more than the highest number in use."""
        highest = len(self.pdf.objects)
        said = as_integer(self.trailer.get(b"Size")) or 0
        return max(said, highest + 1)

    def node(self, number: int, /) -> Node | None:
        if number not in self._nodes:
            try:
                self._nodes[number] = self._read(number)
            except HOSTILE as problem:
                raise ObjectMisplaced(number=number) from problem
        return self._nodes[number]

    def _read(self, number: int) -> Node | None:
        # Asked one by one: reading all objects lets a wrong entry of the table put one of them in another's place.
        found: Any = None
        for generation in range(_MOST_GENERATIONS):
            found = self.pdf.get_object(number, generation)
            if found is not None:
                break
        if found is None:
            return None
        if not isinstance(found, pikepdf.Object):
            return Node(0, None, str(found).lower().encode("ascii"))
        # Written out from a copy: qpdf reads what an object refers to while it writes, and a wrong entry of the table
        # may exchange the object under its hands.
        if isinstance(found, pikepdf.Stream):
            return Node(found.objgen[1], as_dictionary(copy(found.stream_dict).unparse()), b"", stream=True)
        raw = copy(found).unparse(resolved=True)
        return None if raw == b"null" else Node(found.objgen[1], as_dictionary(raw), raw)

    def data_digest(self, number: int, /) -> bytes:
        return hashlib.sha256(self._data(number)).digest()

    def unpacked(self, number: int, most: int, /) -> bytes:
        node, data = self.node(number), self._data(number)
        wrapped = (node.entries or {}).get(b"Filter", b"null").strip(b"[] ") if node is not None else b""
        if wrapped == b"null":
            if len(data) > most:
                raise LimitExceeded(limit="stream")
            return data
        if wrapped != b"/FlateDecode" or node is None or b"DecodeParms" in (node.entries or {}):
            raise StreamBroken(problem="filter")
        opener = zlib.decompressobj()
        try:
            unpacked = opener.decompress(data, most)
        except zlib.error as problem:
            raise StreamBroken(problem="flate") from problem
        if opener.unconsumed_tail:
            raise LimitExceeded(limit="inflation")
        return unpacked

    def _data(self, number: int) -> bytes:
        node = self.node(number)
        found = None if node is None else self.pdf.get_object(number, node.generation)
        if not isinstance(found, pikepdf.Stream):
            raise StreamBroken(problem="no stream")
        try:
            return bytes(found.read_raw_bytes())
        except HOSTILE as problem:
            raise StreamBroken(problem="length") from problem


@dataclass(frozen=True, slots=True)
class QpdfHistory:
    """A document cut off at each of these revisions (number from 1, end), oldest first; the last is the present one."""

    document: DocumentBytes
    password: str | None
    revisions: tuple[tuple[int, int], ...]

    def states(self) -> Iterator[RevisionState]:
        """The states. Each is good until the next but one is asked for. Raises `pdf.…` and what pikepdf raises."""
        if len(self.revisions) > MOST_STATES:
            raise LimitExceeded(limit="sections")
        older: QpdfView | None = None
        for revision, end in self.revisions:
            view = QpdfView(open_revision(cut(self.document, end), self.password, repair=False))
            yield RevisionState(revision, view, frozenset() if older is None else differing(older, view))
            older = view


def differing(one: QpdfView, other: QpdfView, /) -> frozenset[int]:
    """The numbers of all objects that are not the same in two states."""
    size = max(one.size, other.size)
    if size > MOST_OBJECTS:
        raise LimitExceeded(limit="objects")
    return frozenset(number for number in range(1, size) if not _equal(one, other, number))


def _equal(one: QpdfView, other: QpdfView, number: int) -> bool:
    was, now = one.node(number), other.node(number)
    if was is None or now is None:
        return was is now
    if was.stream and now.stream:
        return one.data_digest(number) == other.data_digest(number) and _same_content(was, now)
    return was.stream == now.stream and _same_content(was, now)


def _same_content(one: Node, other: Node, missing: frozenset[int] = frozenset()) -> bool:
    """Whether two readings of an object say the same."""
    if one.entries is None or other.entries is None:
        same = canonical(one.raw, missing=missing) == canonical(other.raw, missing=missing)
        return one.entries is other.entries and same
    return canonical_entries(one.entries, missing=missing) == canonical_entries(other.entries, missing=missing)


def same_reading(ours: ObjectView, theirs: QpdfView, number: int, /) -> bool:
    """Whether two parsers read the same object. A stream's length is theirs to find, a reference to nothing is null."""
    one, other = ours.node(number), theirs.node(number)
    if one is None or other is None:
        return one is other
    missing = frozenset(target for target in one.references if ours.node(target) is None)
    return one.stream == other.stream and _same_content(_without_length(one), _without_length(other), missing)


def _without_length(node: Node) -> Node:
    if not node.stream or node.entries is None:
        return node
    entries = {key: value for key, value in node.entries.items() if key != b"Length"}
    return Node(node.generation, entries, b"")
