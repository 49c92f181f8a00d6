"""Signed documents that wait to be fetched once, sealed under their own number: on the disk nobody can read them.

The number (32 hexadecimal digits) is told to the application that signed and to nobody else; it is the key, so whoever
has it may fetch, and the first who does takes the document away.
"""

from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Final

from absah.adapters.sealed_shelf import SealedShelf, ShelfLimits
from absah_site import composition

_NAME: Final = "document"
_LIMITS: Final = ShelfLimits(lifetime=timedelta(days=1), capacity=2 * 1024**3, ticket=16)


@cache
def _outbox_in(folder: Path) -> SealedShelf:
    return SealedShelf(folder, composition.clock(), composition.rng(), _LIMITS)


def _outbox() -> SealedShelf:
    return _outbox_in(composition.config().outbox)


def hold(document: bytes, /) -> str:
    """Put a document aside for a day. Returns its number."""
    return _outbox().put({_NAME: document})


def collect(number: str, /) -> bytes:
    """Take it away. Raises NotOnShelf, the second time too."""
    return _outbox().take_away(number, _NAME)
