"""A model agreement: its text, duties, rights, open questions and rules. Everything in which agreements differ is here.

A model is data (`models/*.toml`, see `model_toml`); code asks it and never asks *which* model it is (decision D12).
"""

from dataclasses import dataclass
from enum import StrEnum

from absah.agreements.clauses import AgreementText
from absah.agreements.duties import Duty, DutyCode, DutyUnknown, Right
from absah.agreements.graphs import StateGraph
from absah.agreements.parties import Role
from absah.agreements.questions import Question, QuestionUnknown
from absah.agreements.reckoning import Limit


class LogoOwner(StrEnum):
    """Whose logo every application shows (K1-i): the second party's, or that of the unit that issues."""

    SECOND_PARTY = "second-party"
    ISSUER = "issuer"


class AmendmentKind(StrEnum):
    """What an addendum may do to a clause. Each agreement names those it allows."""

    ADD = "add"
    CHANGE = "change"
    DELETE = "delete"
    RENEW = "renew"
    SET_ASIDE = "set-aside"


class DisputeSubject(StrEnum):
    """What parties may differ over."""

    INTERPRETATION = "interpretation"
    OPINION = "opinion"
    DISPUTE = "dispute"


class NoticePurpose(StrEnum):
    """What a written notice announces."""

    EXTENSION = "extension"
    ENDING = "ending"


class AddressUse(StrEnum):
    """What goes to the address for correspondence: every notice, or letters only."""

    ALL_NOTICES = "all-notices"
    LETTERS = "letters"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRule:
    """A written notice that must precede something by so many days."""

    purpose: NoticePurpose
    limit: Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the clauses of an agreement decide for our functions, apart from duties and readings."""

    term_years: int
    logo: LogoOwner
    notices: tuple[NoticeRule, ...]
    oral_notice: Limit
    written_notice: Limit
    contact_change: Limit
    address_use: AddressUse
    old_address_until_received: bool
    data_request_names_need: bool
    ip_needs_written_agreement: bool
    speakers_for: frozenset[Role]
    amendments: frozenset[AmendmentKind]
    dispute_subjects: frozenset[DisputeSubject]

    def notice(self, purpose: NoticePurpose, /) -> Limit | None:
        """How early a notice must come; None: the agreement asks for none."""
        return next((rule.limit for rule in self.notices if rule.purpose is purpose), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementModel:
    """Everything an agreement of this kind says, apart from who concludes it and when."""

    name: str
    version: str
    title: str
    gloss: str
    text: AgreementText
    duties: tuple[Duty, ...]
    rights: tuple[Right, ...]
    questions: tuple[Question, ...]
    rules: Rules
    life: StateGraph
    dispute: StateGraph

    def duty(self, code: DutyCode, /) -> Duty:
        """The duty of that code."""
        for duty in self.duties:
            if duty.code == code:
                return duty
        raise DutyUnknown(duty=code)

    def right_behind(self, duty: Duty, /) -> Right | None:
        """The right that a duty answers; None where the agreement has no such right."""
        return next((right for right in self.rights if right.answers == duty.code), None)

    def question(self, key: str, /) -> Question:
        """The question of that name."""
        for question in self.questions:
            if question.key == key:
                return question
        raise QuestionUnknown(question=key)
