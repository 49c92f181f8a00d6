"""What the certification body publishes: CA certificates and CRLs, as files in `DIR/repository/{ca,crl}/`.

Certificates name these addresses for ever (CDP, AIA: RFC 5280 §4.2.1.13, §4.2.2.1), so they are plain files and need
neither a database nor a session.
"""

import hashlib
import re
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

from absah.kernel.errors import NotFound

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}(?:\.[A-Za-z0-9_-]{1,20}){0,3}")
_LARGEST: Final = 64 * 1024 * 1024


class NotPublished(NotFound):
    """No such certificate or list is published here."""

    code = "web.not-published"


class Shelf(Enum):
    """A kind of published file: folder, ending, media type (RFC 5280 §4.2.1.13, RFC 2585) and seconds in a cache."""

    CA = ("ca", ".cer", "application/pkix-cert", 86_400)
    CRL = ("crl", ".crl", "application/pkix-crl", 600)

    def __init__(self, folder: str, ending: str, media_type: str, seconds: int) -> None:
        self.folder = folder
        self.ending = ending
        self.media_type = media_type
        self.seconds = seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A file of the repository."""

    name: str
    content: bytes

    @property
    def etag(self) -> str:
        """For conditional requests."""
        return f'"{hashlib.sha256(self.content).hexdigest()[:32]}"'


def read(repository: Path, shelf: Shelf, name: str, /) -> Published:
    """A published file by the name in its address. Nothing but plain names of the right ending is looked for."""
    if not _NAME.fullmatch(name) or not name.endswith(shelf.ending):
        raise NotPublished
    path = repository / shelf.folder / name
    if path.is_symlink() or not path.is_file() or path.stat().st_size > _LARGEST:
        raise NotPublished
    return Published(name=name, content=path.read_bytes())


def names(repository: Path, shelf: Shelf, /) -> tuple[str, ...]:
    """What a shelf holds."""
    folder = repository / shelf.folder
    if not folder.is_dir():
        return ()
    return tuple(sorted(path.name for path in folder.iterdir() if path.suffix == shelf.ending and path.is_file()))
