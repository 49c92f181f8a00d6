"""A model agreement as it is written: the shape of `models/*.toml`, checked by pydantic, not yet judged.

`docs/reference/agreement-model.md` explains every table to somebody who writes one.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from absah.agreements.clauses import ClauseKind
from absah.agreements.duties import EvidenceKind
from absah.agreements.model import AddressUse, AmendmentKind, DisputeSubject, LogoOwner, NoticePurpose
from absah.agreements.parties import Role
from absah.agreements.reckoning import Direction, Origin, Unit


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WrittenClause(_Strict):
    """`at` is the rest of the address within its pasal: `(2)g`, `a`, `.3`, or nothing."""

    at: str = ""
    code: str | None = None
    kind: ClauseKind | None = None
    text: str = Field(min_length=1)
    gloss: str = Field(min_length=1)


class WrittenPasal(_Strict):
    """`kind` holds for every clause that has none of its own."""

    title: str
    gloss: str
    kind: ClauseKind
    clauses: tuple[WrittenClause, ...] = Field(min_length=1)


class WrittenLimit(_Strict):
    """`code` names the clause that states the limit; a house limit names the clause it serves."""

    amount: int
    unit: Unit
    origin: Origin = Origin.TEXT
    direction: Direction = Direction.AFTER


class WrittenDuty(_Strict):
    """The clause is the one that bears the duty's code; `within` is there or the duty has no limit."""

    bearer: Literal["first", "second", "both"]
    trigger: Literal["periodic", "on-request", "event", "continuous"]
    event: str = ""
    outlives: bool = False
    within: WrittenLimit | None = None
    evidence: frozenset[EvidenceKind]


class WrittenRight(_Strict):
    """`answers` is the code of the duty, left out where there is none."""

    holder: Role
    answers: str | None = None
    beyond: str = ""
    beyond_gloss: str = ""
    asks: frozenset[EvidenceKind] = frozenset()


class WrittenReading(_Strict):
    text: str
    gloss: str


class WrittenQuestion(_Strict):
    """`clause` is a code. One reading: the text decides. Several: it does not."""

    clause: str
    default: str | None = None
    readings: dict[str, WrittenReading]


class WrittenNotice(WrittenLimit):
    clause: str


class WrittenRules(_Strict):
    """Limits name their clause by code."""

    term_years: int = Field(ge=1)
    logo: LogoOwner
    notices: dict[NoticePurpose, WrittenNotice]
    oral_notice: WrittenNotice
    written_notice: WrittenNotice
    contact_change: WrittenNotice
    address_use: AddressUse
    old_address_until_received: bool
    data_request_names_need: bool
    ip_needs_written_agreement: bool
    speakers_for: frozenset[Role]
    amendments: frozenset[AmendmentKind]
    dispute_subjects: frozenset[DisputeSubject]


class ModelDocument(_Strict):
    """One TOML file."""

    version: str
    title: str
    gloss: str
    life: str
    dispute: str
    recitals: tuple[str, ...] = Field(min_length=1)
    closing: str
    pasal: tuple[WrittenPasal, ...] = Field(min_length=1)
    duties: dict[str, WrittenDuty]
    rights: dict[str, WrittenRight]
    questions: dict[str, WrittenQuestion]
    rules: WrittenRules
