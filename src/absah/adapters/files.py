"""Files that are whole or not there: published ones, replaced in one step, and documents named by their content."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, final

from absah.kernel.errors import NotFound, Unavailable
from absah.pki.algorithms import DigestAlgorithm


class FileNotKept(Unavailable):
    """The disk did not take a file. What was there before is untouched. Parameter: problem."""

    code = "register.file-not-kept"


class DocumentNotKept(NotFound):
    """No document with this content is kept here."""

    code = "register.document-not-kept"


def replace_file(path: Path, content: bytes, /, *, mode: int = 0o644) -> None:
    """Write beside, wait for the disk, rename over: a reader sees the old file or the new one. Raises FileNotKept."""
    with unfinished_file(path, mode=mode) as file:
        file.write(content)


@contextmanager
def unfinished_file(path: Path, /, *, mode: int = 0o644) -> Iterator[BinaryIO]:
    """A file to write piece by piece; it takes its name when the block ends well, as `replace_file` does it."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        wait_for_folder(path.parent)
    except OSError as error:
        raise FileNotKept(problem=error.strerror or "") from None
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def wait_for_folder(folder: Path, /) -> None:
    """A rename is safe only when the folder is on the disk too."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@final
class DocumentStore:
    """Documents named by their SHA-256, two levels deep. What is kept never changes; keeping twice keeps once."""

    def __init__(self, folder: Path, /) -> None:
        self._folder = folder

    def keep(self, document: bytes, /) -> str:
        """Keep a document. Returns its SHA-256, hexadecimal. Raises FileNotKept."""
        sha256 = DigestAlgorithm.SHA256.digest(document).hex()
        path = self._path_of(sha256)
        if not path.is_file():
            replace_file(path, document, mode=0o600)
        return sha256

    def read(self, sha256: str, /) -> bytes:
        """A kept document. Raises DocumentNotKept, also where the content is no longer what its name says."""
        try:
            document = self._path_of(sha256).read_bytes()
        except OSError:
            raise DocumentNotKept from None
        if DigestAlgorithm.SHA256.digest(document).hex() != sha256:
            raise DocumentNotKept
        return document

    def holds(self, sha256: str, /) -> bool:
        """Whether a document with this SHA-256 is kept here. What is no SHA-256 is not."""
        try:
            return self._path_of(sha256).is_file()
        except DocumentNotKept:
            return False

    def forget(self, sha256: str, /) -> bool:
        """Destroy a document. False where there was none."""
        try:
            self._path_of(sha256).unlink()
        except FileNotFoundError:
            return False
        return True

    def _path_of(self, sha256: str) -> Path:
        if not re.fullmatch(r"[0-9a-f]{64}", sha256):
            raise DocumentNotKept
        return self._folder / sha256[:2] / sha256
