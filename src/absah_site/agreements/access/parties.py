"""The two sides of an agreement as they are on a day: name, who may sign, and where letters and notices go."""

from dataclasses import dataclass

from absah.agreements.agreement import ContactChange
from absah.agreements.calendar import WorkCalendar
from absah.agreements.parties import Party, Representative
from absah.agreements.parties import Role as Side
from absah.agreements.reckoning import CalendarChanged, Reckoning
from absah.agreements.records.correspondence import Addressee, ContactNotice, Mail, addressee, contact_notice
from absah_site.agreements.access.opening import OpenedAgreement
from absah_site.agreements.access.told import contact_stream, moved_since, told_dates


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldChange:
    """A new address for letters, whether it was told early enough, and what another list of holidays would say."""

    change: ContactChange
    notice: ContactNotice
    moved: CalendarChanged | None


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
    agreement, today, told = found.agreement, found.today, told_dates(found)
    party = agreement.parties[role]
    return SideToday(
        party=party,
        name=party.name_on(today),
        people=tuple(Signatory(representative=one, may_today=today in one.span) for one in party.representatives),
        notices=addressee(agreement, role, Mail.NOTICE, today),
        letters=addressee(agreement, role, Mail.LETTER, today),
        changes=tuple(
            _told_change(found, change, told.get(contact_stream(role, change.told_on, change.effective_on)), calendar)
            for change in agreement.contact_changes
            if change.role is role
        ),
    )


def _told_change(
    found: OpenedAgreement, change: ContactChange, told: Reckoning | None, calendar: WorkCalendar, /
) -> ToldChange:
    """A change as it was judged when it was told; computed now where nothing was kept."""
    if told is not None:
        notice = ContactNotice(latest=told, in_time=change.told_on <= told.due)
        return ToldChange(change=change, notice=notice, moved=moved_since(found, told, calendar))
    reading = found.agreement.interpretations[0]
    days = {"told_on": change.told_on, "effective_on": change.effective_on}
    return ToldChange(
        change=change, notice=contact_notice(found.agreement, calendar, **days, reading=reading), moved=None
    )
