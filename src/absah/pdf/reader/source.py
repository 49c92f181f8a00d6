"""Where bytes of a document come from: a range at a time, so that a large file is never in memory as a whole.

A source does not change while it is read. Reading past the end gives fewer bytes, as a file does.
"""

import io
from dataclasses import dataclass
from typing import BinaryIO, Final, Protocol, TypeAlias, final


class ByteSource(Protocol):
    """Bytes that can be asked for by range."""

    @property
    def size(self) -> int:
        """How many bytes there are."""
        ...

    def read(self, offset: int, length: int, /) -> bytes:
        """The bytes from `offset`, at most `length` of them."""
        ...


_SMALL: Final = 1 << 20


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


Document: TypeAlias = bytes | ByteSource
"""A document in memory, or wherever it lies."""


def source_of(document: Document, /) -> ByteSource:
    """A document to be read by range."""
    return BytesSource(document) if isinstance(document, bytes) else document


def whole(document: Document, /) -> bytes:
    """All of a document, in memory."""
    return document if isinstance(document, bytes) else document.read(0, document.size)


def as_file(document: Document, /) -> BinaryIO:
    """A document for a library that wants a file: a small one in memory, a large one read as it is asked for."""
    if isinstance(document, bytes):
        return io.BytesIO(document)
    if isinstance(document, BytesSource) or document.size <= _SMALL:
        return io.BytesIO(whole(document))
    return io.BufferedReader(_SourceFile(document))


@final
class _SourceFile(io.RawIOBase):
    """A source as a file that can be read."""

    def __init__(self, source: ByteSource) -> None:
        super().__init__()
        self._source = source
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._source.size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def readinto(self, buffer: "io._WriteBuffer", /) -> int:  # type: ignore[name-defined]  # any writable buffer
        view = memoryview(buffer).cast("B")
        data = self._source.read(self._position, len(view))
        view[: len(data)] = data
        self._position += len(data)
        return len(data)
