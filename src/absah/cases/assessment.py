"""The assessment of compliance (K2-f): its score, and a sample that anybody can draw again.

The score counts what meets as one and what meets in part as a half, over what applies. The sample is the first so many
of the register's certificates in the order of a hash that a seed decides: whoever has the seed and the register gets
the same sample, and nobody could choose it.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from absah.agreements.records.recommendations import Priority, Recommendation
from absah.cases.case import Case
from absah.cases.fields import read_rows
from absah.cases.kind import FieldKind
from absah.kernel.errors import BadInput


class FindingIncomplete(BadInput):
    """A finding without its area, class, words or recommendation. Parameter: number."""

    code = "cases.finding-incomplete"


_WORTH: Final[Mapping[str, float]] = {"meets": 1.0, "partly": 0.5, "fails": 0.0}
_SELF: Final = "self-"
_PRIORITY: Final = {"major": Priority.HIGH, "minor": Priority.MEDIUM, "observation": Priority.LOW}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What the assessor found in an area, how much it weighs, what is recommended, and until when it is to be done."""

    area: str
    weight: str
    text: str
    recommendation: str
    due: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """An area of the instrument: what the assessed and the assessor answered (keys), and the findings."""

    name: str
    text: str
    gloss: str
    by_itself: str
    answer: str
    findings: tuple[Finding, ...]


def areas_of(case: Case, /) -> tuple[Area, ...]:
    """The areas of an assessment, in the order of its instrument."""
    values, found = case.values, findings_of(case)
    return tuple(
        Area(
            name=name,
            text=field.text,
            gloss=field.gloss,
            by_itself=values.get(f"{_SELF}{name}", ""),
            answer=values.get(name, ""),
            findings=tuple(one for one in found if one.area == name),
        )
        for name, field in case.kind.fields.items()
        if field.kind is FieldKind.CHOICE and not name.startswith(_SELF)
    )


def findings_of(case: Case, /) -> tuple[Finding, ...]:
    """What the assessor found, in the order of writing."""
    return tuple(
        Finding(
            area=area,
            weight=weight,
            text=text,
            recommendation=recommendation,
            due=date.fromisoformat(due) if due else None,
        )
        for area, weight, text, recommendation, due in read_rows(case.values.get("findings", ""))
    )


def check_findings(written: str, /) -> None:
    """Every finding says where, how grave, what was found and what is recommended. Raises FindingIncomplete."""
    for number, (area, weight, text, recommendation, _due) in enumerate(read_rows(written), start=1):
        if not (area and weight and text.strip() and recommendation.strip()):
            raise FindingIncomplete(number=number)


def recommendations_of(case: Case, /, *, given_on: date) -> tuple[Recommendation, ...]:
    """The findings as recommendations of the agreement, numbered under the assessment."""
    return tuple(
        Recommendation(
            number=f"{case.number}/{number}",
            given_on=given_on,
            text=f"{one.text} {one.recommendation}",
            priority=_PRIORITY[one.weight],
            target=one.due,
        )
        for number, one in enumerate(findings_of(case), start=1)
    )


def score(answers: Iterable[str], /) -> float | None:
    """From 0 to 1; None where nothing applies."""
    counted = [_WORTH[answer] for answer in answers if answer in _WORTH]
    return sum(counted) / len(counted) if counted else None


def drawn(names: Iterable[str], seed: str, size: int, /) -> tuple[str, ...]:
    """A sample of names, in the order of SHA-256 over the seed and the name."""
    return tuple(sorted(names, key=lambda name: hashlib.sha256(f"{seed}\n{name}".encode()).digest())[:size])
