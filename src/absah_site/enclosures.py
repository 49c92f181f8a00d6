"""What goes along with a mail: built when the mail leaves, by the app that knows how, from a short reference.

A notice keeps the reference only (`checkpoint:17:5f0c…`), so that a large file lies nowhere twice and is not older than
the mail. Apps say what they build when they are loaded; the courier asks here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file beside a mail."""

    name: str
    media_type: str
    content: bytes


Builder: TypeAlias = Callable[[str], tuple[Enclosure, ...]]

_BUILDERS: Final[dict[str, Builder]] = {}


def register(prefix: str, builder: Builder, /) -> None:
    """Say who builds what references with this prefix mean. The builder is given what follows the colon."""
    _BUILDERS[prefix] = builder


def enclosures_of(reference: str, /) -> tuple[Enclosure, ...]:
    """The files; none where nobody knows the reference any more."""
    prefix, _, identifier = reference.partition(":")
    builder = _BUILDERS.get(prefix)
    return () if builder is None else builder(identifier)
