"""The clocks of a case: when an act is expected, and whether it came in time.

Working hours are eight to four on working days, by the clock of Jakarta: a habit of the house, as the agreements set no
time for support. A clock rests while the case waits for the other party, and goes on where it stopped.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from absah.agreements.calendar import ONE_DAY, WorkCalendar, count_working_days
from absah.agreements.questions import JointLeave
from absah.cases.case import Case, CaseStepped
from absah.cases.fields import read_moment
from absah.cases.kind import CaseClock, ClockUnit, FieldKind
from absah.kernel.clock import JAKARTA, Instant, instant, legal_date

OPENS, CLOSES = time(8), time(16)
_JOINT_LEAVE: Final = JointLeave.OFF


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockReading:
    """What a clock shows: until when (None while it rests), when it was stopped, and whether that was in time."""

    clock: CaseClock
    due: Instant | None
    stopped: Instant | None
    in_time: bool | None

    @property
    def rests(self) -> bool:
        return self.due is None and self.stopped is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A time that a case was in one state; `until` is None for the present one."""

    state: str
    since: Instant
    until: Instant | None


def read_clocks(case: Case, calendar: WorkCalendar, /) -> tuple[ClockReading, ...]:
    """Every clock of a case."""
    return tuple(_read(case, clock, calendar) for clock in case.kind.clocks)


def _read(case: Case, clock: CaseClock, calendar: WorkCalendar, /) -> ClockReading:
    stopped: Instant | None = None
    for entry in case.entries:
        if isinstance(entry, CaseStepped) and entry.act in clock.resumes:
            stopped = None
        elif isinstance(entry, CaseStepped) and entry.act in clock.stops:
            stopped = stopped or _moment_of(entry, clock)
    if clock.starts and not _acts(case, clock.starts):
        return ClockReading(clock=clock, due=None, stopped=None, in_time=None)
    due = _due(case, clock, calendar, stopped)
    in_time = None if stopped is None else due is None or stopped <= due
    return ClockReading(clock=clock, due=due, stopped=stopped, in_time=in_time)


def _moment_of(entry: CaseStepped, clock: CaseClock, /) -> Instant:
    """When the act took place that stops the clock: as its field says, else when it was written down."""
    written = next((each.value for each in entry.fields if each.name == clock.ended), "")
    return read_moment(written) if written else entry.at


def _due(case: Case, clock: CaseClock, calendar: WorkCalendar, stopped: Instant | None, /) -> Instant | None:
    begun = _beginning(case, clock)
    if clock.unit is ClockUnit.HOURS:
        return instant(begun + timedelta(hours=clock.amount))
    if clock.unit is not ClockUnit.WORKING_HOURS:
        return _end_of(_day_after(legal_date(begun), clock, calendar))
    left = timedelta(hours=clock.amount)
    for stay in stays_of(case):
        if stay.state in clock.rests:
            continue
        worked = None if stay.until is None else working_time(stay.since, stay.until, calendar)
        if worked is None or worked >= left:
            return after_working_time(stay.since, left, calendar)
        left -= worked
        if stopped is not None and stay.until is not None and stopped <= stay.until:
            return after_working_time(stay.until, left, calendar)
    return None


def _beginning(case: Case, clock: CaseClock, /) -> Instant:
    """When the clock starts. A day starts at midnight of Jakarta; a field left empty lets it start with the case."""
    if clock.starts:
        return _acts(case, clock.starts)[-1].at
    written = case.values.get(clock.since, "")
    if not written:
        return case.opened.at
    if case.kind.fields[clock.since].kind is FieldKind.MOMENT:
        return read_moment(written)
    return instant(datetime.combine(date.fromisoformat(written), time(), tzinfo=JAKARTA))


def _acts(case: Case, act: str, /) -> list[CaseStepped]:
    return [entry for entry in case.entries if isinstance(entry, CaseStepped) and entry.act == act]


def _day_after(opened: date, clock: CaseClock, calendar: WorkCalendar, /) -> date:
    if clock.unit is ClockUnit.CALENDAR_DAYS:
        return opened + timedelta(days=clock.amount)
    day, _ = count_working_days(calendar, opened, clock.amount, joint_leave=_JOINT_LEAVE)
    return day


def _end_of(day: date, /) -> Instant:
    return instant(datetime.combine(day, time(23, 59, 59), tzinfo=JAKARTA))


def stays_of(case: Case, /) -> Iterator[Stay]:
    """The states that a case was in, one after the other."""
    state, since = case.kind.graph.initial, case.opened.at
    for entry in case.entries:
        if isinstance(entry, CaseStepped):
            yield Stay(state=state, since=since, until=entry.at)
            state, since = case.kind.graph.after(state, entry.act), entry.at
    yield Stay(state=state, since=since, until=None)


def working_time(since: Instant, until: Instant, calendar: WorkCalendar, /) -> timedelta:
    """How much working time lies between two moments."""
    return sum((end - begin for begin, end in _office_hours(since, until, calendar)), timedelta())


def after_working_time(since: Instant, length: timedelta, calendar: WorkCalendar, /) -> Instant:
    """The moment at which so much working time has passed."""
    for begin, end in _office_hours(since, None, calendar):
        if end - begin >= length:
            return instant(begin + length)
        length -= end - begin
    raise AssertionError("office hours have no end")


def _office_hours(
    since: Instant, until: Instant | None, calendar: WorkCalendar, /
) -> Iterator[tuple[datetime, datetime]]:
    """The office hours from a moment on, until another or without end."""
    day = legal_date(since)
    while until is None or day <= legal_date(until):
        if calendar.why_off(day, _JOINT_LEAVE) is None:
            begin = max(datetime.combine(day, OPENS, tzinfo=JAKARTA), since)
            end = datetime.combine(day, CLOSES, tzinfo=JAKARTA)
            end = end if until is None else min(end, until)
            if begin < end:
                yield begin, end
        day += ONE_DAY
