"""A document in memory or on disk, asked in the same words: where something stands, and what stands there.

A large file is never in memory as a whole; its parts are read when somebody asks.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias, final

from absah.pdf.reader.source import ByteSource, Document

PIECE: Final = 1 << 20
_WHITE: Final = b"\x00\t\n\x0c\r "


@final
@dataclass(frozen=True, slots=True)
class Stretch:
    """The first bytes of a source, as if they were bytes: they have a length, and slices. A `ByteSource`, too."""

    source: ByteSource
    size: int

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, wanted: slice, /) -> bytes:
        start, stop, _ = wanted.indices(self.size)
        return self.read(start, stop - start)

    def read(self, offset: int, length: int, /) -> bytes:
        wanted = max(min(length, self.size - offset), 0)
        return self.source.read(offset, wanted) if wanted else b""


DocumentBytes: TypeAlias = bytes | Stretch


def document_bytes(document: Document, /) -> DocumentBytes:
    """A document as it is looked at here."""
    return document if isinstance(document, bytes) else Stretch(document, document.size)


def cut(document: DocumentBytes, end: int, /) -> DocumentBytes:
    """A document up to a position."""
    return document[:end] if isinstance(document, bytes) else Stretch(document.source, min(end, document.size))


def pieces(document: DocumentBytes, start: int, end: int, /) -> Iterator[memoryview]:
    """The bytes between two positions, a piece at a time."""
    if isinstance(document, bytes):
        yield memoryview(document)[start:end]
        return
    for at in range(start, end, PIECE):
        yield memoryview(document[at : min(at + PIECE, end)])


def find(document: DocumentBytes, needle: bytes, start: int, end: int | None = None, /) -> int:
    """The first place of some bytes from a position on (and before another); -1 where there is none."""
    stop = len(document) if end is None else min(end, len(document))
    if isinstance(document, bytes):
        return document.find(needle, start, stop)
    for at in range(start, stop, PIECE):
        found = document[at : min(at + PIECE + len(needle) - 1, stop)].find(needle)
        if found >= 0:
            return at + found
    return -1


def places(document: DocumentBytes, needle: bytes, /) -> list[int]:
    """Every place of some bytes."""
    return places_of_all(document, (needle,))[0]


def places_of_all(
    document: DocumentBytes, needles: tuple[bytes, ...], /, heard: Callable[[memoryview], None] | None = None
) -> tuple[list[int], ...]:
    """Every place of each of them, in one reading. `heard` gets all of the document on the way, piece by piece."""
    found: tuple[list[int], ...] = tuple([] for _ in needles)
    step, longest = (len(document) or 1) if isinstance(document, bytes) else PIECE, max(map(len, needles))
    for start in range(0, len(document), step):
        piece = document[start : start + step + longest - 1]
        if heard is not None:
            heard(memoryview(piece)[:step])
        for needle, listed in zip(needles, found, strict=True):
            edge = step + len(needle) - 1  # what begins behind it is found in the next piece
            at = piece.find(needle, 0, edge)
            while at >= 0:
                listed.append(start + at)
                at = piece.find(needle, at + 1, edge)
    return found


def last(document: DocumentBytes, needle: bytes, /) -> int:
    """The last place of some bytes; -1 where there is none."""
    if isinstance(document, bytes):
        return document.rfind(needle)
    end = len(document)
    while end > 0:
        start = max(0, end - PIECE)
        found = document[start : end + len(needle) - 1].rfind(needle)
        if found >= 0:
            return start + found
        end = start
    return -1


def is_blank(document: DocumentBytes, start: int, end: int | None = None, /) -> bool:
    """Whether nothing but white space stands between two positions."""
    stop, at, length = len(document) if end is None else end, start, 4096
    while at < stop:
        if document[at : min(at + length, stop)].strip(_WHITE):
            return False
        at, length = at + length, PIECE
    return True
