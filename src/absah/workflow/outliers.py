"""Which of many documents differ from the others: whoever signs hundreds at once looks at those first.

What most have in common is the measure: pages, kind, part asked for, page of the signature. A pure function of facts.
"""

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

_FEW: Final = 3
"""Of fewer documents nobody can say which is the odd one."""


class Oddity(StrEnum):
    """In what a document differs."""

    PAGES = "pages"
    KIND = "kind"
    PART = "part"
    PLACE = "place"
    CLASS = "class"
    WARNED = "warned"
    """The look before sending found something that signers should know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """What is compared of one document. `warned`: it has warnings of its own."""

    id: UUID
    pages: int
    kind: str
    part: str
    place: int
    classification: str
    warned: bool


def oddities(documents: tuple[Likeness, ...], /) -> dict[UUID, tuple[Oddity, ...]]:
    """The documents that differ, and in what; the usual ones are not named."""
    usual = {
        Oddity.PAGES: _usual(one.pages for one in documents),
        Oddity.KIND: _usual(one.kind for one in documents),
        Oddity.PART: _usual(one.part for one in documents),
        Oddity.PLACE: _usual(one.place for one in documents),
        Oddity.CLASS: _usual(one.classification for one in documents),
    }
    found: dict[UUID, tuple[Oddity, ...]] = {}
    for one in documents:
        own = {
            Oddity.PAGES: one.pages,
            Oddity.KIND: one.kind,
            Oddity.PART: one.part,
            Oddity.PLACE: one.place,
            Oddity.CLASS: one.classification,
        }
        odd = [oddity for oddity, value in own.items() if usual[oddity] is not None and value != usual[oddity]]
        odd += [Oddity.WARNED] if one.warned else []
        if odd:
            found[one.id] = tuple(odd)
    return found


def _usual(values: Iterable[Hashable]) -> Hashable | None:
    """What more than half have; None where there is no such thing, or too few to say."""
    counted = Counter(values)
    total = counted.total()
    if total < _FEW:
        return None
    value, number = counted.most_common(1)[0]
    return value if 2 * number > total else None
