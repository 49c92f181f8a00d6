"""What proves that a duty was done, where such proof comes from by itself, and the port through which it arrives.

Other areas know things: certificates were issued, a ticket was answered, a page was scanned. They do not know
agreements. They hand over `Evidence`; which duty it serves is in `evidence.toml`, and whether it is enough is decided
here. What no machine can show stays for a person, and the table says that too.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from absah.agreements.duties import Duty, DutyCode, EvidenceKind, Right
from absah.agreements.parties import Span
from absah.agreements.words import evidence_words
from absah.kernel.errors import BadInput


class EvidenceWithoutReference(BadInput):
    """Evidence that points nowhere proves nothing. Parameter: kind."""

    code = "agreements.evidence-without-reference"


class Source(StrEnum):
    """The register that a piece of evidence comes from."""

    SYSTEMS = "systems"
    CREDENTIALS = "credentials"
    SIGNATURES = "signatures"
    REQUESTS = "requests"
    REGISTER = "register"
    PROCEDURES = "procedures"
    CHECKS = "checks"
    ASSESSMENTS = "assessments"
    FINDINGS = "findings"
    REPORTS = "reports"
    EVENTS = "events"
    SCANS = "scans"
    TICKETS = "tickets"
    POLICIES = "policies"
    LETTERS = "letters"
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One piece: what kind, from which register, under which reference there, and from which day.

    `digest` is the SHA-256 of a file, where there is one. A reference is opaque: no name, no number of a person.
    """

    kind: EvidenceKind
    source: Source
    reference: str
    on: date
    digest: str = ""

    def __post_init__(self) -> None:
        if not self.reference.strip():
            raise EvidenceWithoutReference(kind=evidence_words([self.kind]))

    @property
    def came_by_itself(self) -> bool:
        """Whether the platform produced it, and nobody had to upload it."""
        return self.source is not Source.PERSON


class EvidencePort(Protocol):
    """A register that has evidence for duties. Areas that can prove something implement it; the site joins them."""

    def evidence(self, duty: DutyCode, occasion: str, days: Span, /) -> Iterable[Evidence]:
        """What this register holds for a duty on an occasion (its key), from these days.

        Nothing, if the duty is not its concern.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Provision:
    """How far the platform proves a duty: from which registers, which kinds, and what is left for a person."""

    duty: DutyCode
    whole: bool
    sources: frozenset[Source]
    kinds: frozenset[EvidenceKind]
    person: str
    person_gloss: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What is asked for, what is shown of it and what is missing.

    `by_right` is missing only because a right asks for more than the duty.
    """

    asked: frozenset[EvidenceKind]
    shown: frozenset[EvidenceKind]
    missing: frozenset[EvidenceKind]
    by_right: frozenset[EvidenceKind]

    @property
    def is_complete(self) -> bool:
        """Whether the duty, as its own words have it, is proven."""
        return not self.missing

    @property
    def satisfies_right(self) -> bool:
        """Whether the right is satisfied, too."""
        return not self.missing and not self.by_right


def assess_proof(duty: Duty, right: Right | None, evidence: Iterable[Evidence], /) -> Proof:
    """Compare what there is with what the duty, and the right that it answers, ask for."""
    shown = frozenset(each.kind for each in evidence)
    more = frozenset() if right is None else right.asks - duty.evidence
    return Proof(asked=duty.evidence | more, shown=shown, missing=duty.evidence - shown, by_right=more - shown)


class _Provision(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    whole: bool = False
    sources: frozenset[Source]
    kinds: frozenset[EvidenceKind]
    person: str
    person_gloss: str


@cache
def provisions() -> dict[DutyCode, Provision]:
    """How far each duty proves itself (`evidence.toml`), by its code."""
    page = files("absah.agreements") / "evidence.toml"
    written = tomllib.loads(page.read_text(encoding="utf-8"))
    return {
        DutyCode(code): Provision(duty=DutyCode(code), **_Provision.model_validate(entry).model_dump())
        for code, entry in written.items()
    }
