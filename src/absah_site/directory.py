"""Where mail reaches whom: each app that knows people says so once, when it is loaded; notices ask here.

Notices know people by reference only (`user:<public id>`), so that they stand below the apps that cause them, and a
person's address is looked up when the mail leaves, not when it was written.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A person as the courier needs one."""

    name: str
    address: str = field(repr=False)


Finder: TypeAlias = Callable[[str], Contact | None]

_FINDERS: Final[dict[str, list[Finder]]] = {}


def register(prefix: str, finder: Finder, /) -> None:
    """Say who finds the people whose references begin with `prefix:`. Several may: the first address counts."""
    _FINDERS.setdefault(prefix, []).append(finder)


Reader: TypeAlias = Callable[[str], str | None]

_READERS: Final[dict[str, Reader]] = {}


def register_reader(prefix: str, reader: Reader, /) -> None:
    """Say under which reference the people of `prefix:` read their notices."""
    _READERS[prefix] = reader


def reader_of(reference: str, /) -> str | None:
    """Under which reference somebody reads notices: with an account that of the account. None: nobody is there."""
    prefix, _, identifier = reference.partition(":")
    reader = _READERS.get(prefix)
    return None if reader is None else reader(identifier)


def contact_of(reference: str, /) -> Contact | None:
    """The person behind a reference; None when nobody is there, or nobody has given an address."""
    prefix, _, identifier = reference.partition(":")
    for finder in _FINDERS.get(prefix, ()):
        found = finder(identifier)
        if found is not None and found.address:
            return found
    return None
