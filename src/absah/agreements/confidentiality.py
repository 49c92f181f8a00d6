"""The one door through which anything leaves: what it is classified as, who gets it, and who agreed in writing.

What a party learned stays with the parties, except what is public or what the law makes them disclose; anything else
needs the other party's written consent; and that does not end with the agreement (KR-1 to KR-3). So the door never asks
whether the agreement is in force.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, TypeAlias

from absah.agreements.parties import Role
from absah.agreements.words import party_word
from absah.kernel.errors import BadInput, NotAllowed


class DisclosureWithoutConsent(NotAllowed):
    """Confidential, for an outsider, and the other party has not agreed in writing. Parameters: subject, recipient."""

    code = "agreements.disclosure-without-consent"


class DisclosureUnlawfulBasis(BadInput):
    """An exception of law names the law. Parameter: subject."""

    code = "agreements.disclosure-unlawful-basis"


class ConsentUnfounded(BadInput):
    """Consent is written: it names its letter, what it is for and who gets it."""

    code = "agreements.consent-unfounded"


class NotForThisParty(NotAllowed):
    """What one party keeps for itself does not go to the other. Parameters: subject, recipient."""

    code = "agreements.not-for-this-party"


class Classification(StrEnum):
    """Who may see something: everybody, both parties, or only its owner."""

    PUBLIC = "public"
    PARTIES = "parties"
    OWNER = "owner"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToParty:
    """A party gets it."""

    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class ToOutsider:
    """Somebody else gets it."""

    name: str


Recipient: TypeAlias = ToParty | ToOutsider


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredByLaw:
    """A law makes the party disclose it; which one."""

    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """Something wants to leave: what it is, by whom, to whom, on which day. `law`: the exception it claims."""

    subject: str
    classification: Classification
    by: Role
    recipient: Recipient
    on: date
    law: RequiredByLaw | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """Written consent of one party: for one subject and recipient, by one letter, from a day and perhaps until one."""

    by: Role
    subject: str
    recipient: str
    letter: str
    given_on: date
    until: date | None = None
    withdrawn_on: date | None = None

    def __post_init__(self) -> None:
        if not (self.letter.strip() and self.subject.strip() and self.recipient.strip()):
            raise ConsentUnfounded

    def covers(self, export: Export, /) -> bool:
        """Whether this consent is the other party's, for exactly this, and current."""
        return (
            isinstance(export.recipient, ToOutsider)
            and self.by is export.by.other
            and (self.subject, self.recipient) == (export.subject, export.recipient.name)
            and self.given_on <= export.on
            and (self.until is None or export.on <= self.until)
            and (self.withdrawn_on is None or export.on < self.withdrawn_on)
        )


class Ground(StrEnum):
    """Why something was let through; every passage is logged with it."""

    PUBLIC = "public"
    BETWEEN_PARTIES = "between-parties"
    OWN = "own"
    LAW = "law"
    CONSENT = "consent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Permission for one export, and its ground. `letter` is that of the consent, `law` the rule that compels."""

    export: Export
    ground: Ground
    letter: str = ""


#: What leaves the platform and how it is classified, unless a person classifies it more strictly.
CLASSIFICATIONS: Final = {
    "agreement-text": Classification.PARTIES,
    "usage-report": Classification.PARTIES,
    "security-assessment": Classification.PARTIES,
    "evidence-bundle": Classification.PARTIES,
    "calendar": Classification.PARTIES,
    "certificate-policy": Classification.PUBLIC,
    "verification-result": Classification.PUBLIC,
}


def classified(subject_kind: str, /, *, wish: Classification | None = None) -> Classification:
    """How something is classified: as the house does, or more strictly; what nobody classified is for the parties."""
    ours = CLASSIFICATIONS.get(subject_kind, Classification.PARTIES)
    order = list(Classification)
    return ours if wish is None else max(ours, wish, key=order.index)


def open_door(export: Export, consents: tuple[Consent, ...], /) -> Passage:
    """Let an export pass, or refuse it. Holds during the term and after it."""
    if export.classification is Classification.PUBLIC:
        return Passage(export=export, ground=Ground.PUBLIC)
    if isinstance(export.recipient, ToParty):
        return _between_parties(export, export.recipient.role)
    return _to_outsider(export, export.recipient.name, consents)


def _between_parties(export: Export, role: Role, /) -> Passage:
    if role is export.by:
        return Passage(export=export, ground=Ground.OWN)
    if export.classification is Classification.OWNER:
        raise NotForThisParty(subject=export.subject, recipient=party_word(role))
    return Passage(export=export, ground=Ground.BETWEEN_PARTIES)


def _to_outsider(export: Export, name: str, consents: tuple[Consent, ...], /) -> Passage:
    if export.law is not None:
        if not export.law.rule.strip():
            raise DisclosureUnlawfulBasis(subject=export.subject)
        return Passage(export=export, ground=Ground.LAW)
    for consent in consents:
        if consent.covers(export):
            return Passage(export=export, ground=Ground.CONSENT, letter=consent.letter)
    raise DisclosureWithoutConsent(subject=export.subject, recipient=name)
