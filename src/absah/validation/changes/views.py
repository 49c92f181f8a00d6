"""The states of a document as the comparison sees them: objects by number, whoever read them.

Values stay written (`absah.pdf.reader.syntax`); two of them are compared by their canonical form, in which spaces,
the order of keys and the way of writing a number or a string do not count.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Protocol, TypeAlias

from absah.pdf.reader.syntax import (
    SKIP,
    Entries,
    Raw,
    as_array,
    as_dictionary,
    as_name,
    as_number,
    as_reference,
    as_string,
)

#: A reference wherever it stands, however it is spaced; more generous than the syntax, because missing one is worse.
_REFERENCES: Final = re.compile(
    rb"(?<![0-9.])([0-9]{1,10})(?=[\x00\t\n\x0c\r %])" + SKIP + rb"[0-9]{1,5}" + SKIP + rb"R"
)
_DEEPEST: Final = 64
_MOST_REFERENCES_DEEP: Final = 16
_SHORT: Final = 256
_NONE: Final[frozenset[int]] = frozenset()

Canonical: TypeAlias = object


@dataclass(slots=True)
class Node:
    """An indirect object: the entries of its dictionary, or else its written value; whether data follow it.

    Nodes are shared by the states in which an object is the same, so what is found in one is kept.
    """

    generation: int
    entries: Entries | None
    raw: Raw
    stream: bool = False
    _references: tuple[int, ...] | None = None

    @property
    def references(self) -> tuple[int, ...]:
        """The number of every object that this one refers to."""
        if self._references is None:
            # A signature value has thousands of hex digits, none of which is an R.
            values = (value for value in (self.entries or {}).values() if b"R" in value)
            written = self.raw if self.entries is None else b" ".join(values)
            self._references = references_in(written)
        return self._references


class ObjectView(Protocol):
    """One state of a document as one parser sees it. What cannot be read raises a coded error of the reader."""

    @property
    def trailer(self) -> Entries:
        """The trailer dictionary of this state."""
        ...

    def node(self, number: int, /) -> Node | None:
        """An object; None where there is none, which stands for null."""
        ...

    def data_digest(self, number: int, /) -> bytes:
        """SHA-256 of a stream's data as stored."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Two states, one after the other; `touched` holds the number of every object that may differ between them.

    `revision` is that of the later state, counted from 1. `judged` are the numbers of the signature dictionaries that
    are looked at by themselves: only a field that holds one of these is signed.
    """

    before: "State"
    after: "State"
    touched: frozenset[int]
    revision: int
    judged: frozenset[int]


@dataclass(frozen=True, slots=True)
class State:
    """A view, with the small questions that every rule asks."""

    view: ObjectView

    def resolved(self, raw: Raw | None, /) -> Node | None:
        """What a value stands for; None for null and for what is not there (§7.3.10)."""
        for _ in range(_MOST_REFERENCES_DEEP):
            if raw is None or raw == b"null":
                return None
            reference = as_reference(raw)
            if reference is None:
                return Node(0, as_dictionary(raw), raw)
            found = self.view.node(reference.number)
            if found is None or found.generation != reference.generation:
                return None
            if found.entries is not None:
                return found
            raw = found.raw
        return None

    def entries(self, raw: Raw | None, /) -> Entries:
        """The entries of a dictionary; none where there is no dictionary."""
        found = self.resolved(raw)
        return found.entries if found is not None and found.entries is not None else {}

    def items(self, raw: Raw | None, /) -> list[Raw]:
        """The items of an array; none where there is no array."""
        return as_array(self._simple(raw)) or []

    def name(self, raw: Raw | None, /) -> bytes:
        """A name without its slash; empty where there is none."""
        return as_name(self._simple(raw)) or b""

    def is_null(self, raw: Raw | None, /) -> bool:
        """Whether a value is null, or refers to nothing."""
        return self.resolved(raw) is None

    def _simple(self, raw: Raw | None) -> Raw | None:
        found = self.resolved(raw)
        return None if found is None or found.entries is not None else found.raw


def references_in(written: bytes, /) -> tuple[int, ...]:
    """The numbers of all objects that are referred to here, each once. Short values are looked at again and again."""
    if b"R" not in written:
        return ()
    return _short_references(written) if len(written) <= _SHORT else _all_references(written)


def _all_references(written: bytes) -> tuple[int, ...]:
    return tuple(dict.fromkeys(int(number) for number in _REFERENCES.findall(written)))


_short_references = lru_cache(maxsize=4096)(_all_references)


def canonical(raw: Raw, depth: int = 0, /, *, missing: frozenset[int] = _NONE) -> Canonical:
    """A value in a form that is equal for equal values. What is too deep equals nothing but itself.

    A reference to one of the `missing` objects is null (§7.3.10).
    """
    if depth > _DEEPEST:
        return raw
    entries = as_dictionary(raw)
    if entries is not None:
        return canonical_entries(entries, depth, missing=missing)
    items = as_array(raw)
    if items is not None:
        return ("array", tuple(canonical(item, depth + 1, missing=missing) for item in items))
    return _canonical_scalar(raw, missing)


def canonical_entries(entries: Entries, depth: int = 0, /, *, missing: frozenset[int] = _NONE) -> Canonical:
    """The same for a dictionary that is already taken apart. An entry that is null is none (§7.3.7)."""
    values = ((key, canonical(value, depth + 1, missing=missing)) for key, value in entries.items())
    return ("dictionary", frozenset((key, value) for key, value in values if value != b"null"))


def _canonical_scalar(raw: Raw, missing: frozenset[int]) -> Canonical:
    reference, number = as_reference(raw), as_number(raw)
    if reference is not None:
        return b"null" if reference.number in missing else reference
    if number is not None:
        return ("number", number)
    string, name = as_string(raw), as_name(raw)
    return ("string", string) if string is not None else ("name", name) if name is not None else raw


def keys_of(one: Entries, other: Entries) -> Iterator[bytes]:
    """The keys of both, each once."""
    yield from dict.fromkeys((*one, *other))
