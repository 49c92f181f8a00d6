"""Who concludes an agreement: the two parties, their names over time, and who may sign for them on a given day.

Names change inside a four-year term, people change posts, a power of attorney ends. So nothing here is "the name" or
"the representative": everything is asked for a day.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from absah.agreements.words import day_word, party_word
from absah.kernel.errors import BadInput, NotAllowed, RuleBroken


class RoleUnknown(BadInput):
    """Words that name neither party. Parameter: written."""

    code = "agreements.role-unknown"


class PartyUnnamed(BadInput):
    """A party or representative without a name. Parameter: field."""

    code = "agreements.party-unnamed"


class AnchorsCollide(RuleBroken):
    """Two parties share one anchor, so that nobody could tell whose signature belongs where. Parameter: anchor."""

    code = "agreements.anchors-collide"


class AnchorNotOneCharacter(BadInput):
    """An anchor is one visible character, such as `$`. Parameter: anchor."""

    code = "agreements.anchor-not-one-character"


class PeriodReversed(BadInput):
    """Something ends before it begins. Parameters: first, last (ISO dates)."""

    code = "agreements.period-reversed"


class NobodyMaySign(NotAllowed):
    """On this day nobody holds authority to sign for the party. Parameters: role, day."""

    code = "agreements.nobody-may-sign"


class Role(StrEnum):
    """A side of the agreement. In ours, as in both agreements we know, the agency comes first."""

    FIRST = "first"
    SECOND = "second"

    @property
    def other(self) -> "Role":
        return Role.SECOND if self is Role.FIRST else Role.FIRST


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Days from the first to the last, both included. `last` is None while no end is known."""

    first: date
    last: date | None = None

    def __post_init__(self) -> None:
        if self.last is not None and self.last < self.first:
            raise PeriodReversed(first=day_word(self.first), last=day_word(self.last))

    def __contains__(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedName:
    """A name, and the first day on which it is the right one."""

    name: str
    since: date

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise PartyUnnamed(field="name")


def name_on(names: tuple[DatedName, ...], day: date, /) -> str:
    """The name that holds on a day: the latest that had begun; before the first one, the first."""
    begun = [each for each in names if each.since <= day]
    chosen = max(begun, key=_since) if begun else min(names, key=_since)
    return chosen.name


def _since(name: DatedName, /) -> date:
    return name.since


@dataclass(frozen=True, slots=True, kw_only=True)
class ByOffice:
    """Acts because of the post held. `decree` is the appointment, where its number is known."""

    decree: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ByPowerOfAttorney:
    """Acts because the head of the party gave a Surat Kuasa."""

    granted_by: str
    dated: date
    number: str | None = None


Authority: TypeAlias = ByPowerOfAttorney | ByOffice


@dataclass(frozen=True, slots=True, kw_only=True)
class Representative:
    """A person who may bind a party, in which post, by which authority, and on which days.

    `name` is the name as in a certificate, `titled` as the face of the agreement prints it, with titles.
    """

    name: str
    post: str
    authority: Authority
    span: Span
    titled: str = ""

    def __post_init__(self) -> None:
        for field in ("name", "post"):
            if not getattr(self, field).strip():
                raise PartyUnnamed(field=field)
        if isinstance(self.authority, ByPowerOfAttorney) and self.authority.dated > self.span.first:
            # A power of attorney gives nothing before the day it was written.
            raise PeriodReversed(first=day_word(self.authority.dated), last=day_word(self.span.first))


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Where letters go: unit, street, telephone, e-mail. Often another office than the signatory's."""

    unit: str
    address: str
    telephone: str = ""
    email: str = ""

    def __post_init__(self) -> None:
        if not self.unit.strip() or not self.address.strip():
            raise PartyUnnamed(field="contact")


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """One side: its names, its seat, the number it registered the agreement under, who may sign for it, its anchor.

    The number is free text; one of ours is a Perjanjian Kerja Sama whose number contains "MoU". Seat and address for
    letters may differ and are both right.
    """

    role: Role
    names: tuple[DatedName, ...]
    seat: str
    number: str
    anchor: str
    representatives: tuple[Representative, ...]
    contact: Contact

    def __post_init__(self) -> None:
        if not self.names or not self.representatives:
            raise PartyUnnamed(field="names" if not self.names else "representatives")
        if len(self.anchor) != 1 or not self.anchor.isprintable() or self.anchor.isspace():
            raise AnchorNotOneCharacter(anchor=self.anchor[:10])

    def name_on(self, day: date, /) -> str:
        """What the party is called on a day."""
        return name_on(self.names, day)

    def representative_on(self, day: date, /) -> Representative:
        """Who may sign on a day: of several, whoever was appointed last."""
        able = [each for each in self.representatives if day in each.span]
        if not able:
            raise NobodyMaySign(role=party_word(self.role), day=day_word(day))
        return max(able, key=lambda each: each.span.first)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    """Both sides, in order."""

    first: Party
    second: Party

    def __post_init__(self) -> None:
        if self.first.anchor == self.second.anchor:
            raise AnchorsCollide(anchor=self.first.anchor)
        if (self.first.role, self.second.role) != (Role.FIRST, Role.SECOND):
            raise RoleUnknown(written=f"{self.first.role}, {self.second.role}")

    def __getitem__(self, role: Role) -> Party:
        return self.first if role is Role.FIRST else self.second
