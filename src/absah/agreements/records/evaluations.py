"""The yearly evaluation by both parties, and what one of the agreements makes of its result (EV-1, EV-2)."""

from dataclasses import dataclass
from datetime import date

from absah.agreements.duties import DutyCode, EvidenceKind
from absah.agreements.evidence import Evidence, Source
from absah.agreements.fulfilment import Occurred
from absah.agreements.model import AgreementModel
from absah.agreements.parties import Role
from absah.agreements.words import party_word
from absah.kernel.errors import RuleBroken

IMPROVE = DutyCode("EV-2")


class EvaluationOneSided(RuleBroken):
    """An evaluation is held by both parties. Parameter: missing."""

    code = "agreements.evaluation-one-sided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """An evaluation that was held: who took part for each side, its minutes, what was found."""

    key: str
    on: date
    first: tuple[str, ...]
    second: tuple[str, ...]
    minutes: str
    findings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for role, people in ((Role.FIRST, self.first), (Role.SECOND, self.second)):
            if not people:
                raise EvaluationOneSided(missing=party_word(role))


def minutes_evidence(evaluation: Evaluation, /) -> Evidence:
    """The minutes as evidence for EV-1."""
    return Evidence(kind=EvidenceKind.MINUTES, source=Source.LETTERS, reference=evaluation.minutes, on=evaluation.on)


def improvement_occasion(evaluation: Evaluation, model: AgreementModel, /) -> Occurred | None:
    """The occasion of EV-2: findings must lead to improvement, where the agreement says so."""
    owed = any(duty.code == IMPROVE for duty in model.duties)
    return Occurred(key=evaluation.key, at=evaluation.on) if owed and evaluation.findings else None
