"""A document on disk, read by range. Never mapped into memory: a file cut short while we read must not kill us."""

import os
import stat
from pathlib import Path
from types import TracebackType
from typing import Self, final

from absah.kernel.errors import Unavailable


class FileUnread(Unavailable):
    """The disk did not give the file. Parameter: problem."""

    code = "engine.file-unread"


@final
class FileSource:
    """A `ByteSource` over an open file, or over the first `size` bytes of it. Else its size is that at opening."""

    __slots__ = ("_descriptor", "size")

    def __init__(self, path: Path, /, *, size: int | None = None) -> None:
        try:
            # To open a pipe would wait for whoever writes into it; for a file O_NONBLOCK means nothing.
            self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError as problem:
            raise FileUnread(problem=problem.strerror or "") from problem
        found = os.fstat(self._descriptor)
        if not stat.S_ISREG(found.st_mode):
            self.close()
            raise FileUnread(problem="not a regular file")
        self.size = found.st_size if size is None else size

    def read(self, offset: int, length: int, /) -> bytes:
        """The bytes from `offset`, at most `length`. Raises FileUnread, also when the file has become shorter."""
        wanted = max(0, min(length, self.size - offset))
        parts: list[bytes] = []
        while wanted:
            try:
                part = os.pread(self._descriptor, wanted, offset)
            except OSError as problem:
                raise FileUnread(problem=problem.strerror or "") from problem
            if not part:
                raise FileUnread(problem="shorter than before")
            parts.append(part)
            offset += len(part)
            wanted -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def fileno(self) -> int:
        """The descriptor, for copying within the kernel."""
        return self._descriptor

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
