"""The two sides of an agreement as they are on a day: name, who may sign, and where letters and notices go."""

from dataclasses import dataclass

from absah.agreements.agreement import ContactChange
from absah.agreements.calendar import WorkCalendar
from absah.agreements.parties import Party, Representative
from absah.agreements.parties import Role as Side
from absah.agreements.records.correspondence import Addressee, ContactNotice, Mail, addressee, contact_notice
from absah_site.agreements.access.opening import OpenedAgreement


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldChange:
    """A new address for letters, and whether it was told early enough."""

    change: ContactChange
    notice: ContactNotice


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatory:
    """Somebody who may or could sign for a party."""

    representative: Representative
    may_today: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SideToday:
    """One side on the day the agreement was opened."""

    party: Party
    name: str
    people: tuple[Signatory, ...]
    notices: Addressee
    letters: Addressee
    changes: tuple[ToldChange, ...]


def sides_of(found: OpenedAgreement, calendar: WorkCalendar, /) -> tuple[SideToday, ...]:
    """Both sides, the first first."""
    return tuple(_side(found, role, calendar) for role in Side)


def _side(found: OpenedAgreement, role: Side, calendar: WorkCalendar, /) -> SideToday:
    agreement, today = found.agreement, found.today
    party, reading = agreement.parties[role], agreement.interpretations[0]
    return SideToday(
        party=party,
        name=party.name_on(today),
        people=tuple(Signatory(representative=one, may_today=today in one.span) for one in party.representatives),
        notices=addressee(agreement, role, Mail.NOTICE, today),
        letters=addressee(agreement, role, Mail.LETTER, today),
        changes=tuple(
            ToldChange(
                change=change,
                notice=contact_notice(
                    agreement, calendar, told_on=change.told_on, effective_on=change.effective_on, reading=reading
                ),
            )
            for change in agreement.contact_changes
            if change.role is role
        ),
    )
