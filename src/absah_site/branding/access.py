"""The logos as every page shows them. They are files in the data folder; a place without one shows nothing."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from absah.kernel.errors import NotFound
from absah_site import composition


class Place(StrEnum):
    """Whose logo. The certification body's stands on each page by duty of many agreements (Pasal 4 huruf i)."""

    AGENCY = "agency"
    ISSUER = "issuer"


class LogoMissing(NotFound):
    """Nobody has put a logo there."""

    code = "branding.logo-missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Logo:
    """A logo: `version` changes with its picture."""

    place: Place
    version: str


def logos() -> dict[str, Logo]:
    """Those that there are, by place."""
    found = {}
    for place in Place:
        try:
            changed = file_of(place).stat().st_mtime_ns
        except OSError:
            continue
        found[place.value] = Logo(place=place, version=_version(file_of(place), changed))
    return found


@lru_cache(maxsize=8)
def _version(file: Path, _changed: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:16]


def picture_of(place: Place, /) -> bytes:
    """Its PNG. Raises LogoMissing."""
    try:
        return file_of(place).read_bytes()
    except OSError:
        raise LogoMissing from None


def file_of(place: Place, /) -> Path:
    """Where it lies."""
    return composition.config().branding / f"{place.value}.png"
