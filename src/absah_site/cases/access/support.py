"""The support desk: the tickets of every agreement that somebody may see, what waits, and how long support takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from absah.agreements.calendar import WorkCalendar
from absah.cases.case import Case
from absah.cases.clocks import ClockReading, read_clocks
from absah.cases.kind import Choice, load_kind
from absah.cases.support_times import KIND, SupportMeans, SupportTime, means_of, time_of
from absah.kernel.clock import JAKARTA, Instant, instant, legal_date
from absah_site.actors import Actor
from absah_site.agreements import access as agreements
from absah_site.agreements.access import ListedAgreement
from absah_site.cases.store import cases
from absah_site.cases.store.cases import ListedCase


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportTicket:
    """A ticket, the agreement it belongs to, and its clocks."""

    agreement: ListedAgreement
    listed: ListedCase
    case: Case
    clocks: tuple[ClockReading, ...]
    time: SupportTime

    @property
    def next_clock(self) -> ClockReading | None:
        """The clock that runs out first; None while all rest or are stopped."""
        running = [one for one in self.clocks if one.stopped is None and one.due is not None]
        return min(running, key=_due_of, default=None)


def _due_of(reading: ClockReading) -> datetime:
    return reading.due or datetime.max.replace(tzinfo=JAKARTA)


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportDesk:
    """The tickets of a year, with those that are still open from before."""

    year: int
    tickets: tuple[SupportTicket, ...]

    @property
    def waiting(self) -> tuple[SupportTicket, ...]:
        """What is not over: what is due first at the head, what rests at the end."""
        found = [one for one in self.tickets if not one.case.is_over]
        return tuple(sorted(found, key=lambda one: (one.next_clock is None, _due_at(one), one.listed.number)))

    @property
    def means(self) -> SupportMeans:
        """Over all of them."""
        return means_of(one.time for one in self.tickets)

    @property
    def by_class(self) -> tuple[tuple[Choice, SupportMeans], ...]:
        """The means of each class of problem that there was."""
        words = load_kind(KIND).fields["class"].choices
        found = ((word, [one.time for one in self.tickets if one.time.problem == word.key]) for word in words)
        return tuple((word, means_of(times)) for word, times in found if times)

    @property
    def by_agency(self) -> tuple[tuple[ListedAgreement, SupportMeans], ...]:
        """The means of each agreement, in the order of names; nothing where there is one only."""
        every = {one.agreement.id: one.agreement for one in self.tickets}
        if len(every) == 1:
            return ()
        return tuple(
            (agreement, means_of(one.time for one in self.tickets if one.agreement.id == agreement.id))
            for agreement in sorted(every.values(), key=lambda one: one.first_name)
        )


def _due_at(ticket: SupportTicket) -> datetime:
    clock = ticket.next_clock
    return ticket.listed.opened_at if clock is None else _due_of(clock)


def desk_for(actor: Actor, /, *, now: Instant) -> SupportDesk:
    """The desk as somebody sees it: his agreements, this year."""
    return desk_of(agreements.agreements_for(actor), now=now)


def desk_of(seen: Sequence[ListedAgreement], /, *, now: Instant) -> SupportDesk:
    """The desk over some agreements."""
    today = legal_date(now)
    kind, calendar = load_kind(KIND), agreements.work_calendar(today)
    over = [state.key for state in kind.graph.states if not kind.graph.leaving(state.key)]
    begun = instant(datetime(today.year, 1, 1, tzinfo=JAKARTA))
    by_id: Final = {one.id: one for one in seen}
    listed = cases.since_or_open(by_id.keys(), KIND, begun, over)
    read = cases.read_many(listed)
    tickets = tuple(_ticket(by_id[one.agreement], one, read[one.id], calendar) for one in listed)
    return SupportDesk(year=today.year, tickets=tickets)


def _ticket(agreement: ListedAgreement, listed: ListedCase, case: Case, calendar: WorkCalendar) -> SupportTicket:
    return SupportTicket(
        agreement=agreement,
        listed=listed,
        case=case,
        clocks=read_clocks(case, calendar),
        time=time_of(case, calendar),
    )
