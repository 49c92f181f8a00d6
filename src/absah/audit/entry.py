"""One row of the ledger, its canonical bytes and its hash.

The canonical form is JSON with sorted keys, no white space, no floats, UTF-8; the hash over it is the leaf hash of a
Merkle tree (RFC 9162 §2.1.1), so that the log that comes later takes the rows as they are. Actor, subject and facts
are opaque ids and commitments: never a name, a NIK or an address (D6).
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NewType, Self, TypeAlias

from absah.audit.tags import Tag, parse_tag
from absah.kernel.clock import Instant, instant
from absah.kernel.errors import BadInput, RuleBroken
from absah.kernel.refs import Citation, Norm

EntryHash = NewType("EntryHash", bytes)

FactValue: TypeAlias = str | int | bool | tuple[str, ...]
Facts: TypeAlias = tuple[tuple[str, FactValue], ...]

_FORMAT = 1
_WRITER = json.JSONEncoder(sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
_LEAF = b"\x00"
_AT = b'"at":"'  # keys are sorted, and the actor before it is a reference without quotes
_MOMENT = "%Y-%m-%dT%H:%M:%SZ"
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9:._/+=#-]{0,159}")
_DIGITS_ALIKE = bytes.maketrans(b"123456789", b"0" * 9)
_MANY_DIGITS = b"0" * 16  # hardly a row has so many in a row, and this look is much cheaper than the close one
_LARGEST = 2**53 - 1  # RFC 8259 §6: what every reader of JSON agrees on
_PERSONAL = re.compile(r"(?<![0-9A-Za-z])(?:[0-9]{16}|[0-9]{18})(?![0-9A-Za-z])|@")


class FactNotOpaque(RuleBroken):
    """A row would have named a person: a NIK, a NIP or an address. The value is not repeated."""

    code = "audit.fact-not-opaque"
    citation = Citation(norm=Norm.UU_PDP, clause="16")


class EntryMalformed(BadInput):
    """Stored bytes are not the canonical form of a row."""

    code = "audit.entry-malformed"


def check_opaque(name: str, text: str, /) -> None:
    """Refuse what looks like a NIK, a NIP or an address of mail. Raises FactNotOpaque."""
    if _PERSONAL.search(text):
        raise FactNotOpaque(field=name)


@lru_cache(maxsize=512)  # each kind of row has its names
def _check_names(names: tuple[str, ...]) -> None:
    for name in names:
        if not _NAME.fullmatch(name):
            raise ValueError(f"a fact is named like_this, not {name!r}")
    if list(names) != sorted(set(names)):
        raise ValueError("facts are sorted by name, each name once")


def _check_value(name: str, value: FactValue) -> None:
    match value:
        case str() | bool():
            return
        case int():
            if abs(value) > _LARGEST:
                check_opaque(name, str(abs(value)))
                raise ValueError(f"{name}: larger than a JSON reader keeps exact; write it as text")
        case tuple():
            if not all(isinstance(part, str) for part in value):
                raise TypeError(f"{name}: a tuple of a fact has texts only")
        case _:
            raise TypeError(f"{name}: a fact is text, a whole number, a truth or a tuple of texts")


def _texts_of(value: FactValue) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (str(value).lstrip("-"),)


@lru_cache(maxsize=64)  # rows come many to a second
def _at_text(at: Instant) -> str:
    return at.astimezone(UTC).strftime(_MOMENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What happened, when, by whom, to what. `facts` are sorted pairs; use `Entry.of` to give them as a mapping.

    `actor` and `subject` are references such as `user:5f0c…` or `certificate:4A11…`; `canonical` is the one way to
    write the entry down.
    """

    at: Instant
    tag: Tag
    actor: str
    subject: str
    facts: Facts = ()
    canonical: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name, reference in (("actor", self.actor), ("subject", self.subject)):
            if not _REFERENCE.fullmatch(reference):
                check_opaque(name, reference)
                raise ValueError(f"{name}: {reference!r} is not a reference")
        _check_names(tuple(name for name, _ in self.facts))
        for name, value in self.facts:
            _check_value(name, value)
        written = self._written()
        if b"@" in written or _MANY_DIGITS in written.translate(_DIGITS_ALIKE):
            self._refuse_personal()
        object.__setattr__(self, "canonical", written)

    def _refuse_personal(self) -> None:
        for name, value in (("actor", self.actor), ("subject", self.subject), *self.facts):
            for text in _texts_of(value):
                check_opaque(name, text)

    @classmethod
    def of(cls, *, at: Instant, tag: Tag, actor: str, subject: str, facts: Mapping[str, FactValue]) -> Self:
        """An entry with its facts brought into order."""
        return cls(at=at, tag=tag, actor=actor, subject=subject, facts=tuple(sorted(facts.items())))

    def _written(self) -> bytes:
        return _WRITER.encode(
            {
                "v": _FORMAT,
                "at": _at_text(self.at),
                "tag": self.tag.value,
                "actor": self.actor,
                "subject": self.subject,
                "facts": dict(self.facts),
            }
        ).encode()

    @property
    def hash(self) -> EntryHash:
        """SHA-256 over the canonical bytes, as a leaf."""
        return hash_of(self.canonical)


def hash_of(canonical: bytes, /) -> EntryHash:
    """The leaf hash of canonical bytes: `HASH(0x00 || entry)` (RFC 9162 §2.1.1)."""
    return EntryHash(hashlib.sha256(_LEAF + canonical).digest())


def _fact_from(value: Any) -> FactValue:
    if isinstance(value, list):
        return tuple(str(part) for part in value)
    if isinstance(value, str | int):
        return value
    raise EntryMalformed(problem="fact")


def moment_of(canonical: bytes, /) -> Instant | None:
    """When, without reading the rest: for walks over the whole ledger. None where the bytes are no row."""
    begin = canonical.find(_AT) + len(_AT)
    return _moment(canonical[begin : begin + 20])


@lru_cache(maxsize=256)
def _moment(written: bytes) -> Instant | None:
    try:
        return instant(datetime.strptime(written.decode("ascii"), _MOMENT).replace(tzinfo=UTC))
    except ValueError:
        return None


def parse_entry(canonical: bytes, /) -> Entry:
    """Read a row back. Bytes that are not exactly what `Entry.canonical` writes are refused."""
    try:
        written = json.loads(canonical)
        entry = Entry.of(
            at=instant(datetime.strptime(written["at"], _MOMENT).replace(tzinfo=UTC)),
            tag=parse_tag(written["tag"]),
            actor=written["actor"],
            subject=written["subject"],
            facts={name: _fact_from(value) for name, value in written["facts"].items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise EntryMalformed(problem="shape") from None
    if entry.canonical != canonical:
        raise EntryMalformed(problem="form")
    return entry
