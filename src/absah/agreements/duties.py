"""Duties and rights: who owes what to whom, when it falls due, and what proves that it was done.

A duty of one party should be the right of the other, and mostly is. Where an agreement has a right without a duty, or a
duty without a right, `unmatched` says so instead of inventing the missing half.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType, TypeAlias

from absah.agreements.clauses import ClauseRef
from absah.agreements.parties import Role
from absah.agreements.reckoning import Limit
from absah.kernel.errors import NotFound, RuleBroken

DutyCode = NewType("DutyCode", str)
RightCode = NewType("RightCode", str)


class DutyUnknown(NotFound):
    """The agreement has no duty of this code. Parameter: duty."""

    code = "agreements.duty-unknown"


class DutyMalformed(RuleBroken):
    """A duty that nobody bears, or that no evidence could ever prove. Parameter: duty."""

    code = "agreements.duty-malformed"


class EvidenceKind(StrEnum):
    """What can show that a duty was done. Which register produces it is in `evidence.toml`."""

    INVENTORY = "inventory"
    RECEIPT = "receipt"
    LETTER = "letter"
    REPORT = "report"
    MINUTES = "minutes"
    PROCEDURE = "procedure"
    CERTIFICATE = "certificate"
    CHECK = "check"
    TICKET = "ticket"
    ATTENDANCE = "attendance"
    ASSIGNMENT = "assignment"
    ACTIVITY = "activity"
    POLICY = "policy"
    ASSESSMENT = "assessment"
    FOLLOW_UP = "follow-up"
    AGREEMENT = "written-agreement"
    OFFICIAL_STATEMENT = "official-statement"


@dataclass(frozen=True, slots=True, kw_only=True)
class Periodic:
    """At least once in each year. `limit` counts from the last day of the year in question."""

    limit: Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class OnRequest:
    """When the other party asks. Without a limit the text sets no date, and the house has not set one either."""

    limit: Limit | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OnEvent:
    """When something happens; `event` is its name in the pages' catalogue."""

    event: str
    limit: Limit | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Continuous:
    """All the time. It is looked at once a year, which is a habit of the house, and may outlive the agreement."""

    outlives: bool = False


Trigger: TypeAlias = Periodic | OnRequest | OnEvent | Continuous


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """What a party owes. `bearers` has both when the text says PARA PIHAK: then either acts and the other accepts."""

    code: DutyCode
    clause: ClauseRef
    bearers: frozenset[Role]
    text: str
    gloss: str
    trigger: Trigger
    evidence: frozenset[EvidenceKind]

    def __post_init__(self) -> None:
        if not self.bearers or not self.evidence:
            raise DutyMalformed(duty=self.code)

    @property
    def is_mutual(self) -> bool:
        return len(self.bearers) > 1

    @property
    def beneficiaries(self) -> frozenset[Role]:
        """Who may accept. For a mutual duty: whichever party did not submit."""
        return frozenset(bearer.other for bearer in self.bearers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """What a party may expect. `answers` is the duty that fulfils it; None: the agreement has no such duty.

    A right may ask for more than the duty gives: `beyond` says in what, `asks` which evidence that takes.
    """

    code: RightCode
    clause: ClauseRef
    holder: Role
    text: str
    gloss: str
    answers: DutyCode | None
    beyond: str = ""
    beyond_gloss: str = ""
    asks: frozenset[EvidenceKind] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A duty and the right it fulfils, as far as the agreement has both."""

    duty: Duty | None
    right: Right | None

    @property
    def is_partial(self) -> bool:
        """Whether the right asks for more than the duty gives."""
        return self.right is not None and bool(self.right.beyond)


def pairs(duties: tuple[Duty, ...], rights: tuple[Right, ...], /) -> tuple[Pair, ...]:
    """Every duty beside its right, in the order of the duties; rights without a duty follow."""
    found = [
        Pair(duty=duty, right=next((right for right in rights if right.answers == duty.code), None)) for duty in duties
    ]
    return (*found, *(Pair(duty=None, right=right) for right in rights if right.answers is None))


def unmatched(duties: tuple[Duty, ...], rights: tuple[Right, ...], /) -> tuple[Pair, ...]:
    """One-sided duties without a right and rights without a duty: what the pages mark `tidak ada padanan`."""
    return tuple(
        pair for pair in pairs(duties, rights) if pair.duty is None or (pair.right is None and not pair.duty.is_mutual)
    )
