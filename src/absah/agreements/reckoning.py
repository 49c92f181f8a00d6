"""Deadlines that explain themselves: a due date with the event, the rule, the days skipped, and whose choice it was.

Three ways to count: calendar days (never moved by a weekend), clock hours, and working days. A count goes forward from
an event, or back from a day that something must precede. Where joint leave may or may not be a working day, both dates
are computed: the stricter is the earlier one in both directions, because a duty done by then is in time either way.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeAlias, assert_never

from absah.agreements.calendar import ONE_DAY, CalendarVersion, Skipped, WorkCalendar, count_working_days
from absah.agreements.clauses import ClauseRef
from absah.agreements.questions import EventDay, Interpretation, JointLeave
from absah.kernel.clock import JAKARTA, Instant, instant, legal_date
from absah.kernel.errors import RuleBroken


class LengthMalformed(RuleBroken):
    """A length of time that is negative. Parameter: amount."""

    code = "agreements.length-malformed"


class Unit(StrEnum):
    """In what a length of time is counted."""

    CALENDAR_DAYS = "calendar-days"
    WORKING_DAYS = "working-days"
    CLOCK_HOURS = "clock-hours"


class Direction(StrEnum):
    """Forward from an event, or back from a day that something must precede."""

    AFTER = "after"
    BEFORE = "before"


class Origin(StrEnum):
    """Whether the agreement states a limit, or the house has set it as a service level."""

    TEXT = "text"
    HOUSE = "house"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How long something may take, and who says so. A limit of the text names its clause."""

    amount: int
    unit: Unit
    origin: Origin
    clause: ClauseRef
    direction: Direction = Direction.AFTER

    def __post_init__(self) -> None:
        if self.amount < 0:
            raise LengthMalformed(amount=self.amount)


Start: TypeAlias = date | Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoning:
    """A date and why it is that date. It keeps everything needed to say so again in ten years."""

    limit: Limit
    start: Start
    due: date
    due_at: Instant | None = None
    stricter: date
    looser: date
    skipped: tuple[Skipped, ...] = ()
    event_day: EventDay = EventDay.EXCLUDED
    joint_leave: JointLeave = JointLeave.OFF
    calendar: CalendarVersion | None = None
    final: bool = True

    @property
    def start_day(self) -> date:
        """The legal day of the event."""
        return start_day(self.start)


def start_day(start: Start, /) -> date:
    """The legal day on which a count starts."""
    return legal_date(instant(start)) if isinstance(start, datetime) else start


def reckon(limit: Limit, start: Start, calendar: WorkCalendar, /, *, reading: Interpretation) -> Reckoning:
    """When something is due that is limited so and starts then, under one reading of the agreement."""
    match limit.unit:
        case Unit.CLOCK_HOURS:
            return _hours(limit, start)
        case Unit.CALENDAR_DAYS:
            return _calendar_days(limit, start, reading)
        case Unit.WORKING_DAYS:
            return _working_days(limit, start, calendar, reading)
        case _:
            assert_never(limit.unit)


def _hours(limit: Limit, start: Start, /) -> Reckoning:
    """Clock hours run through nights and holidays. From a bare date they run from its first minute (stricter)."""
    moment = instant(start) if isinstance(start, datetime) else _first_minute(start)
    length = timedelta(hours=limit.amount)
    due_at = instant(moment + length if limit.direction is Direction.AFTER else moment - length)
    due = legal_date(due_at)
    return Reckoning(limit=limit, start=moment, due=due, due_at=due_at, stricter=due, looser=due)


def _first_minute(day: date, /) -> Instant:
    return instant(datetime(day.year, day.month, day.day, tzinfo=JAKARTA))


def _calendar_days(limit: Limit, start: Start, reading: Interpretation, /) -> Reckoning:
    """`kalender` in the text means that weekends and holidays count."""
    due = start_day(start) + _step(limit) * _counted(limit, reading)
    return Reckoning(limit=limit, start=start, due=due, stricter=due, looser=due, event_day=reading.event_day)


def _working_days(limit: Limit, start: Start, calendar: WorkCalendar, reading: Interpretation, /) -> Reckoning:
    day = start_day(start)
    reached = {}
    for joint_leave in JointLeave:
        amount = _counted_working(limit, day, calendar, reading.event_day, joint_leave)
        reached[joint_leave] = count_working_days(calendar, day, amount, joint_leave=joint_leave, step=_step(limit))
    due, skipped = reached[reading.joint_leave]
    days = [each for each, _ in reached.values()]
    return Reckoning(
        limit=limit,
        start=start,
        due=due,
        stricter=min(days),
        looser=max(days),
        skipped=skipped,
        event_day=reading.event_day,
        joint_leave=reading.joint_leave,
        calendar=calendar.version,
        final=calendar.is_final(min(day, *days), max(day, *days)),
    )


def _step(limit: Limit, /) -> timedelta:
    return ONE_DAY if limit.direction is Direction.AFTER else -ONE_DAY


def _counted(limit: Limit, reading: Interpretation, /) -> int:
    """The day of the event is the first day of the count, or it is not. Counting back there is no event."""
    included = reading.event_day is EventDay.INCLUDED and limit.direction is Direction.AFTER
    return max(limit.amount - 1, 0) if included else limit.amount


def _counted_working(
    limit: Limit, day: date, calendar: WorkCalendar, event_day: EventDay, joint_leave: JointLeave, /
) -> int:
    """As above; but an event on a holiday cannot be the first *working* day."""
    included = event_day is EventDay.INCLUDED and limit.direction is Direction.AFTER
    return max(limit.amount - 1, 0) if included and calendar.why_off(day, joint_leave) is None else limit.amount


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarChanged:
    """A date was computed with one holiday list and would be another with the present one. Shown, never silent."""

    before: Reckoning
    now: Reckoning

    @property
    def moved(self) -> bool:
        """Whether the due date itself is another."""
        return self.before.due != self.now.due


def recheck(reckoning: Reckoning, calendar: WorkCalendar, reading: Interpretation, /) -> CalendarChanged | None:
    """Compute a date again when the list has changed. None: the same list, or no list was used."""
    if reckoning.calendar is None or reckoning.calendar == calendar.version:
        return None
    return CalendarChanged(before=reckoning, now=reckon(reckoning.limit, reckoning.start, calendar, reading=reading))
