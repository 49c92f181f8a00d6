"""The assessment of compliance (K2-f): its score, and a sample that anybody can draw again.

The score counts what meets as one and what meets in part as a half, over what applies. The sample is the first so many
of the register's certificates in the order of a hash that a seed decides: whoever has the seed and the register gets
the same sample, and nobody could choose it.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from absah.cases.case import Case
from absah.cases.kind import FieldKind

_WORTH: Final[Mapping[str, float]] = {"meets": 1.0, "partly": 0.5, "fails": 0.0}
_SELF, _FINDING = "self-", "finding-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """An area of the instrument: what the assessed and the assessor answered (keys), and the finding."""

    name: str
    text: str
    gloss: str
    by_itself: str
    answer: str
    finding: str


def areas_of(case: Case, /) -> tuple[Area, ...]:
    """The areas of an assessment, in the order of its instrument."""
    values = case.values
    return tuple(
        Area(
            name=name,
            text=field.text,
            gloss=field.gloss,
            by_itself=values.get(f"{_SELF}{name}", ""),
            answer=values.get(name, ""),
            finding=values.get(f"{_FINDING}{name}", ""),
        )
        for name, field in case.kind.fields.items()
        if field.kind is FieldKind.CHOICE and not name.startswith(_SELF)
    )


def score(answers: Iterable[str], /) -> float | None:
    """From 0 to 1; None where nothing applies."""
    counted = [_WORTH[answer] for answer in answers if answer in _WORTH]
    return sum(counted) / len(counted) if counted else None


def drawn(names: Iterable[str], seed: str, size: int, /) -> tuple[str, ...]:
    """A sample of names, in the order of SHA-256 over the seed and the name."""
    return tuple(sorted(names, key=lambda name: hashlib.sha256(f"{seed}\n{name}".encode()).digest())[:size])
