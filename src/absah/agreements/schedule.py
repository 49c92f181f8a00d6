"""Everything an agreement makes due, with its date, for every living reading: the duty board and the calendar.

Years come from the agreement's term; requests and events are told by the site. The years that were over before signing
belong to the first year after it: an agreement may reach back, but nothing can be due before it was concluded.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from absah.agreements.agreement import Agreement
from absah.agreements.calendar import WorkCalendar
from absah.agreements.duties import Continuous, Duty, DutyCode, DutyUnknown, Periodic
from absah.agreements.fulfilment import Asked, InYear, Occasion, Occurred
from absah.agreements.parties import Span
from absah.agreements.questions import Interpretation, Year
from absah.agreements.reckoning import Reckoning, reckon
from absah.agreements.terms import Term, anniversary, term, terms


@dataclass(frozen=True, slots=True, kw_only=True)
class DueUnder:
    """When it is due under one reading, and why. None: nobody has set a date."""

    reading: Interpretation
    reckoning: Reckoning | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A duty on an occasion, due under every living reading. The strictest comes first and drives reminders."""

    duty: Duty
    occasion: Occasion
    readings: tuple[DueUnder, ...]

    @property
    def reckoning(self) -> Reckoning | None:
        """The strictest."""
        return self.readings[0].reckoning

    @property
    def day(self) -> date | None:
        """The due day under the strictest reading."""
        return None if self.reckoning is None else self.reckoning.due

    @property
    def is_disputed(self) -> bool:
        """Whether the readings give different days."""
        return len({each.reckoning.due for each in self.readings if each.reckoning}) > 1


def years(agreement: Agreement, reading: Interpretation, /) -> tuple[InYear, ...]:
    """The years of the term under one reading."""
    found = term(agreement, reading)
    cut = list(_calendar_years(found) if reading.year is Year.CALENDAR else _agreement_years(found))
    signed_on = agreement.signed_on or found.counted_from
    begun = [each for each in cut if each.days.last is not None and each.days.last >= signed_on]
    if not begun:  # the whole term was over when it was signed
        return ()
    first = InYear(label=begun[0].label, days=Span(first=found.first_day, last=begun[0].days.last))
    return (first, *begun[1:])


def _calendar_years(found: Term, /) -> Iterator[InYear]:
    for year in range(found.first_day.year, found.last_day.year + 1):
        first, last = max(found.first_day, date(year, 1, 1)), min(found.last_day, date(year, 12, 31))
        yield InYear(label=str(year), days=Span(first=first, last=last))


def _agreement_years(found: Term, /) -> Iterator[InYear]:
    number, first = 1, found.first_day
    while first <= found.last_day:
        following = anniversary(found.first_day, number)
        last = min(following - timedelta(days=1), found.last_day)
        yield InYear(label=f"#{number}", days=Span(first=first, last=last))
        number, first = number + 1, following


def schedule(
    agreement: Agreement, calendar: WorkCalendar, /, *, occasions: Iterable[tuple[DutyCode, Asked | Occurred]] = ()
) -> tuple[Due, ...]:
    """Everything that is due, the earliest first: each year of periodic and continuous duties, requests, events.

    A duty counts for the years at whose beginning it stood; what an addendum adds in June is due from the next year on.
    """
    told = tuple(occasions)
    found: dict[tuple[DutyCode, str], list[tuple[Due, DueUnder]]] = {}
    for reading in agreement.interpretations:
        for due, under in _under(agreement, calendar, reading, told):
            found.setdefault((due.duty.code, due.occasion.key), []).append((due, under))
    merged = (_merged(each) for each in found.values())
    return tuple(sorted(merged, key=lambda due: (due.day or date.max, due.duty.code, due.occasion.key)))


def binding_duties(agreement: Agreement, day: date, /) -> tuple[Duty, ...]:
    """The duties that bind on a day: all during the term, and after the end those that outlive it (KR-3)."""
    duties = agreement.duties_on(day)
    if any(day in each for each in terms(agreement)):
        return duties
    return tuple(duty for duty in duties if isinstance(duty.trigger, Continuous) and duty.trigger.outlives)


def _under(
    agreement: Agreement,
    calendar: WorkCalendar,
    reading: Interpretation,
    told: tuple[tuple[DutyCode, Asked | Occurred], ...],
    /,
) -> Iterator[tuple[Due, DueUnder]]:
    duties = {duty.code: duty for duty in (*agreement.model.duties, *agreement.duties_on(date.max))}
    listed: list[tuple[Duty, Occasion]] = []
    for year in years(agreement, reading):
        standing = agreement.duties_on(year.days.first)
        listed += [(duty, year) for duty in standing if isinstance(duty.trigger, Periodic | Continuous)]
    listed += [(_known(duties, code), occasion) for code, occasion in told]
    for duty, occasion in listed:
        limit = None if isinstance(duty.trigger, Continuous) else duty.trigger.limit
        reckoning = None if limit is None else reckon(limit, occasion.start, calendar, reading=reading)
        under = DueUnder(reading=reading, reckoning=reckoning)
        yield Due(duty=duty, occasion=occasion, readings=(under,)), under


def _known(duties: Mapping[DutyCode, Duty], code: DutyCode, /) -> Duty:
    """A duty that stands or stood: a request of last year outlives the addendum that deletes its clause."""
    if code not in duties:
        raise DutyUnknown(duty=code)
    return duties[code]


def _merged(each: list[tuple[Due, DueUnder]], /) -> Due:
    """One duty on one occasion under all its readings; the occasion is that of the strictest."""
    ordered = sorted(each, key=lambda pair: pair[1].reckoning.due if pair[1].reckoning else date.max)
    strictest, _ = ordered[0]
    return Due(duty=strictest.duty, occasion=strictest.occasion, readings=tuple(under for _, under in ordered))
