"""Recommendations on safeguarding certificates and what became of them (K1-f).

One agreement gives the second party a right to recommend, the other only the first party a duty to follow. The register
works in both; its page says on what a recommendation rests.
"""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from absah.agreements.duties import DutyCode, EvidenceKind
from absah.agreements.evidence import Evidence, Source
from absah.agreements.fulfilment import Occurred
from absah.agreements.parties import Role
from absah.kernel.errors import AbsahError, BadInput, WrongState

FOLLOW = DutyCode("K1-f")


class RecommendationEmpty(BadInput):
    """A recommendation says what to do, and has a number. Parameter: number."""

    code = "agreements.recommendation-empty"


class RecommendationDone(WrongState):
    """It is done already. Parameter: number."""

    code = "agreements.recommendation-done"


class Priority(StrEnum):
    """How urgent it is."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Progress(StrEnum):
    """How far following up has come; `LATE` is computed."""

    OPEN = "open"
    UNDER_WAY = "under-way"
    LATE = "late"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """What was done about it, and whether that is all."""

    on: date
    what: str
    completes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """One piece of advice, with its target day, if the parties set one."""

    number: str
    given_on: date
    text: str
    priority: Priority
    target: date | None = None
    follow_ups: tuple[FollowUp, ...] = ()

    def __post_init__(self) -> None:
        if not (self.number.strip() and self.text.strip()):
            raise RecommendationEmpty(number=self.number)

    @property
    def is_done(self) -> bool:
        return any(each.completes for each in self.follow_ups)

    @property
    def occasion(self) -> Occurred:
        """Giving it makes K1-f due."""
        return Occurred(key=self.number, at=self.given_on, by=Role.FIRST)

    def progress(self, today: date, /) -> Progress:
        """How far it is on a day."""
        if self.is_done:
            return Progress.DONE
        if self.target is not None and today > self.target:
            return Progress.LATE
        return Progress.UNDER_WAY if self.follow_ups else Progress.OPEN


def follow_up_refusal(recommendation: Recommendation, /) -> AbsahError | None:
    """Why nothing more can be noted; None if it can."""
    return RecommendationDone(number=recommendation.number) if recommendation.is_done else None


def follow_up(recommendation: Recommendation, step: FollowUp, /) -> Recommendation:
    """Note what was done."""
    if refusal := follow_up_refusal(recommendation):
        raise refusal
    if not step.what.strip():
        raise RecommendationEmpty(number=recommendation.number)
    return replace(recommendation, follow_ups=(*recommendation.follow_ups, step))


def follow_up_evidence(recommendation: Recommendation, /) -> tuple[Evidence, ...]:
    """The follow-up as evidence for K1-f; nothing until it is complete."""
    return tuple(
        Evidence(kind=EvidenceKind.FOLLOW_UP, source=Source.FINDINGS, reference=recommendation.number, on=each.on)
        for each in recommendation.follow_ups
        if each.completes
    )
