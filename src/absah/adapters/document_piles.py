"""Many documents to be judged: those of a folder and everything under it, or those of a ZIP archive.

Nothing is unpacked: a document of an archive is read into memory by whoever judges it, and no further than the limits
go, whatever its header promises. Names are for showing only; none is ever opened as a path.
"""

import os
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from absah.kernel.errors import BadInput

LARGEST_DOCUMENT: Final = 256 * 1024 * 1024  # unpacked, of an archive
MOST_DOCUMENTS: Final = 1_000_000
_LARGE: Final = 64 * 1024 * 1024  # a larger file is read as it is asked for
_LONGEST_NAME: Final = 300
_ENDING: Final = ".pdf"
_CHUNK: Final = 1 << 20
#: A PDF is compressed inside already. Beyond this many bytes, one that unpacks to a thousand times its size is a bomb.
_SUSPICIOUS_FROM: Final = 16 * 1024 * 1024
_SUSPICIOUS_RATIO: Final = 1000
_ENCRYPTED: Final = 0x1  # APPNOTE.TXT §4.4.4, bit 0 of the general purpose flags
_BROKEN: Final = (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error, ValueError)


class PileUnreadable(BadInput):
    """The folder or the archive cannot be read. Parameters: path, problem."""

    code = "bulk.pile-unreadable"


class PileTooLarge(BadInput):
    """More documents than we go through at once. Parameter: limit."""

    code = "bulk.pile-too-large"


class DocumentUnread(BadInput):
    """One document of the pile cannot be read. Parameter: problem."""

    code = "bulk.document-unread"


class DocumentTooLarge(BadInput):
    """One document is larger than we judge, or unpacks to a size that no document has. Parameter: limit (MiB)."""

    code = "bulk.document-too-large"


class DocumentLocked(BadInput):
    """The archive keeps this document under a password of its own."""

    code = "bulk.document-locked"


class Piece(Protocol):
    """One document of a pile."""

    @property
    def name(self) -> str:
        """For showing: nothing in it moves a cursor or hides."""
        ...

    def read(self) -> bytes | Path:
        """The bytes; of a large file where it lies. Raises DocumentUnread, DocumentTooLarge, DocumentLocked."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePiece:
    """A file."""

    name: str
    path: Path

    def read(self) -> bytes | Path:
        """See `Piece`."""
        try:
            with self.path.open("rb") as file:
                content = file.read(_LARGE + 1)
                return content if len(content) <= _LARGE else self.path
        except OSError as problem:
            raise DocumentUnread(problem=problem.strerror or "") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivePiece:
    """An entry of a ZIP archive, by its number: names may come twice."""

    name: str
    archive: Path
    number: int

    def read(self) -> bytes:
        """See `Piece`."""
        try:
            with zipfile.ZipFile(self.archive) as archive:
                entry = archive.infolist()[self.number]
                if entry.flag_bits & _ENCRYPTED:
                    raise DocumentLocked
                with archive.open(entry) as file:
                    return _inflated(iter(lambda: file.read(_CHUNK), b""), entry.compress_size)
        except _BROKEN as problem:
            raise DocumentUnread(problem=type(problem).__name__) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pile:
    """The documents, in order, and how many other files were left alone."""

    pieces: tuple[Piece, ...]
    others: int


def is_pile(path: Path, /) -> bool:
    """Whether a path leads to a folder or to a ZIP archive, not to one document."""
    if path.is_dir():
        return True
    try:
        with path.open("rb") as file:
            return file.read(4) in {b"PK\x03\x04", b"PK\x05\x06"}
    except OSError:
        return False


def gather(path: Path, /) -> Pile:
    """Every PDF in a folder, below it, or in an archive: what is named `.pdf`. Raises PileUnreadable, PileTooLarge."""
    return _folder(path) if path.is_dir() else _archive(path)


def shown(name: str, /) -> str:
    """A name that moves no cursor, rings no bell and does not run backwards (control and format characters)."""
    safe = "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(one)[0] == "C" else one for one in name)
    return safe if len(safe) <= _LONGEST_NAME else safe[:_LONGEST_NAME] + "…"


def _folder(root: Path) -> Pile:
    pieces: list[Piece] = []
    others = 0
    for path in _files_below(root):
        if path.name.lower().endswith(_ENDING) and path.is_file():  # a pipe of that name would never end
            pieces.append(FilePiece(name=shown(str(path.relative_to(root))), path=path))
            if len(pieces) > MOST_DOCUMENTS:
                raise PileTooLarge(limit=MOST_DOCUMENTS)
        else:
            others += 1
    return Pile(pieces=tuple(pieces), others=others)


def _files_below(root: Path) -> Iterator[Path]:
    """In the order of their names. Links to folders are not followed: they could lead in a circle."""

    def refuse(problem: OSError) -> None:
        raise PileUnreadable(path=str(problem.filename), problem=problem.strerror or "")

    for folder, folders, names in os.walk(root, onerror=refuse):
        folders.sort()
        yield from (Path(folder, name) for name in sorted(names))


def _archive(path: Path) -> Pile:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except _BROKEN as problem:
        raise PileUnreadable(path=str(path), problem=type(problem).__name__) from None
    if len(entries) > MOST_DOCUMENTS:
        raise PileTooLarge(limit=MOST_DOCUMENTS)
    pieces = tuple(
        ArchivePiece(name=shown(entry.filename), archive=path, number=number)
        for number, entry in enumerate(entries)
        if not entry.is_dir() and entry.filename.lower().endswith(_ENDING)
    )
    files = sum(not entry.is_dir() for entry in entries)
    return Pile(pieces=pieces, others=files - len(pieces))


def _inflated(chunks: Iterator[bytes], packed: int) -> bytes:
    """What an entry unpacks to, as long as it stays within reason."""
    content = bytearray()
    for chunk in chunks:
        content += chunk
        if len(content) > LARGEST_DOCUMENT or (
            len(content) > _SUSPICIOUS_FROM and len(content) > packed * _SUSPICIOUS_RATIO
        ):
            raise DocumentTooLarge(limit=LARGEST_DOCUMENT >> 20)
    return bytes(content)
