"""Where bytes of a document come from: a range at a time, so that a large file is never in memory as a whole.

A source does not change while it is read. Reading past the end gives fewer bytes, as a file does.
"""

from dataclasses import dataclass
from typing import Protocol


class ByteSource(Protocol):
    """Bytes that can be asked for by range."""

    @property
    def size(self) -> int:
        """How many bytes there are."""
        ...

    def read(self, offset: int, length: int, /) -> bytes:
        """The bytes from `offset`, at most `length` of them."""
        ...


@dataclass(frozen=True, slots=True)
class BytesSource:
    """A document that is in memory already."""

    content: bytes

    @property
    def size(self) -> int:
        return len(self.content)

    def read(self, offset: int, length: int, /) -> bytes:
        return self.content[offset : offset + length]


@dataclass(frozen=True, slots=True)
class ExtendedSource:
    """A document and the section appended to it, which need not be joined for being read."""

    original: ByteSource
    appended: bytes

    @property
    def size(self) -> int:
        return self.original.size + len(self.appended)

    def read(self, offset: int, length: int, /) -> bytes:
        edge = self.original.size
        if offset >= edge:
            return self.appended[offset - edge : offset - edge + length]
        if offset + length <= edge:
            return self.original.read(offset, length)
        return self.original.read(offset, edge - offset) + self.appended[: offset + length - edge]
