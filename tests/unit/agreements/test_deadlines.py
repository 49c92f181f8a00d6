"""Working days, calendar days and clock hours: the vectors of the research, and dates that say why."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.fakes.agreements import CALENDAR, at, province, reading_of

from absah.agreements.calendar import (
    Added,
    CalendarDoesNotReach,
    Holiday,
    Off,
    OverrideUnfounded,
    Removed,
    WorkCalendar,
    with_overrides,
)
from absah.agreements.clauses import ClauseRef
from absah.agreements.published_holidays import published_calendar
from absah.agreements.questions import EventDay, JointLeave
from absah.agreements.reckoning import (
    Direction,
    LengthMalformed,
    Limit,
    Origin,
    Reckoning,
    Unit,
    recheck,
    reckon,
)
from absah.kernel.clock import legal_date

CLAUSE = ClauseRef(pasal=10, ayat=3)
READING = reading_of(province())


def limit(amount: int, unit: Unit, direction: Direction = Direction.AFTER) -> Limit:
    return Limit(amount=amount, unit=unit, origin=Origin.TEXT, clause=CLAUSE, direction=direction)


SEVEN = limit(7, Unit.WORKING_DAYS)
THREE_BEFORE = limit(3, Unit.WORKING_DAYS, Direction.BEFORE)

VECTORS = [
    (SEVEN, date(2023, 4, 13), date(2023, 5, 2), date(2023, 4, 24)),
    (SEVEN, date(2023, 5, 15), date(2023, 5, 25), date(2023, 5, 25)),
    (SEVEN, date(2025, 8, 15), date(2025, 8, 27), date(2025, 8, 26)),
    (SEVEN, date(2026, 3, 13), date(2026, 3, 31), date(2026, 3, 25)),
    (SEVEN, date(2027, 3, 4), date(2027, 3, 23), date(2027, 3, 18)),
    (SEVEN, date(2023, 4, 14), date(2023, 5, 3), date(2023, 4, 25)),
    (SEVEN, date(2026, 3, 16), date(2026, 4, 1), date(2026, 3, 26)),
    (THREE_BEFORE, date(2023, 6, 5), date(2023, 5, 29), date(2023, 5, 30)),
    (THREE_BEFORE, date(2023, 4, 26), date(2023, 4, 14), date(2023, 4, 21)),
    (THREE_BEFORE, date(2026, 3, 25), date(2026, 3, 13), date(2026, 3, 20)),
    (THREE_BEFORE, date(2026, 8, 18), date(2026, 8, 12), date(2026, 8, 12)),
]


@pytest.mark.parametrize(("rule", "start", "leave_off", "leave_worked"), VECTORS)
def test_working_days_reach_the_day_of_the_vector_with_and_without_joint_leave(rule, start, leave_off, leave_worked):
    off = reckon(rule, start, CALENDAR, reading=READING)
    worked = reckon(rule, start, CALENDAR, reading=replace(READING, joint_leave=JointLeave.WORKING))

    assert (off.due, worked.due) == (leave_off, leave_worked)
    for each in (off, worked):
        assert (each.stricter, each.looser) == (min(leave_off, leave_worked), max(leave_off, leave_worked))
        assert each.calendar == CALENDAR.version


def test_a_date_names_every_day_that_the_count_passed_over_and_why():
    found = reckon(SEVEN, date(2026, 3, 13), CALENDAR, reading=READING)

    days = (date(2026, 3, 14) + timedelta(days=number) for number in range(31))
    working = [day for day in days if day <= found.due and CALENDAR.why_off(day, JointLeave.OFF) is None]
    assert len(working) == 7
    assert len(working) + len(found.skipped) == (found.due - date(2026, 3, 13)).days
    assert {each.why for each in found.skipped} == set(Off)
    assert all(each.name and each.gloss for each in found.skipped if each.why is not Off.WEEKEND)


def test_hours_run_by_the_clock_through_nights_and_holidays():
    event = at(date(2026, 3, 20), hour=22)  # a Friday night before Idul Fitri

    found = reckon(limit(48, Unit.CLOCK_HOURS), event, CALENDAR, reading=READING)

    assert found.due_at == at(date(2026, 3, 22), hour=22)
    assert (found.due, found.skipped, found.calendar) == (date(2026, 3, 22), (), None)


def test_hours_from_a_bare_day_run_from_its_first_minute_and_back_from_a_moment_too():
    forward = reckon(limit(48, Unit.CLOCK_HOURS), date(2026, 3, 20), CALENDAR, reading=READING)
    back = reckon(limit(24, Unit.CLOCK_HOURS, Direction.BEFORE), at(date(2026, 3, 20)), CALENDAR, reading=READING)

    assert forward.due_at == at(date(2026, 3, 22), hour=0)
    assert back.due_at == at(date(2026, 3, 19))


def test_calendar_days_are_never_moved_by_a_weekend():
    found = reckon(limit(30, Unit.CALENDAR_DAYS, Direction.BEFORE), date(2027, 5, 15), CALENDAR, reading=READING)

    assert found.due == date(2027, 4, 15)
    assert reckon(limit(9, Unit.CALENDAR_DAYS), date(2023, 5, 5), CALENDAR, reading=READING).due.weekday() == 6


def test_the_day_of_the_event_counts_only_where_a_reading_says_so_and_only_when_it_is_a_working_day():
    included = replace(READING, event_day=EventDay.INCLUDED)

    assert reckon(SEVEN, date(2023, 5, 15), CALENDAR, reading=included).due == date(2023, 5, 24)
    assert reckon(SEVEN, date(2023, 5, 14), CALENDAR, reading=included).due == date(2023, 5, 24)  # a Sunday
    assert reckon(limit(3, Unit.CALENDAR_DAYS), date(2023, 5, 15), CALENDAR, reading=included).due == date(2023, 5, 17)
    assert reckon(limit(0, Unit.CALENDAR_DAYS), date(2023, 5, 15), CALENDAR, reading=included).due == date(2023, 5, 15)
    assert reckon(THREE_BEFORE, date(2023, 6, 5), CALENDAR, reading=included).due == date(2023, 5, 29)


def test_a_start_may_be_a_moment_and_is_taken_for_its_day_in_jakarta():
    midnight = at(date(2023, 5, 15), hour=0)

    assert legal_date(midnight) == date(2023, 5, 15)
    found = reckon(SEVEN, midnight, CALENDAR, reading=READING)
    assert (found.start_day, found.due) == (date(2023, 5, 15), date(2023, 5, 25))


def test_the_published_list_has_the_counts_of_its_decrees():
    counted = {
        year: tuple(
            sum(each.kind is kind for each in CALENDAR.holidays if each.day.year == year)
            for kind in (Off.PUBLIC_HOLIDAY, Off.JOINT_LEAVE)
        )
        for year in range(2023, 2028)
    }

    assert counted == {2023: (16, 11), 2024: (19, 10), 2025: (17, 11), 2026: (17, 8), 2027: (18, 8)}


def test_a_year_outside_the_list_is_refused_and_not_guessed():
    with pytest.raises(CalendarDoesNotReach) as caught:
        reckon(SEVEN, date(2031, 12, 30), CALENDAR, reading=READING)
    assert caught.value.parameters == {"year": 2032, "first": 2022, "last": 2031}


def test_a_date_in_a_year_that_may_still_change_says_so():
    assert reckon(SEVEN, date(2026, 3, 13), CALENDAR, reading=READING).final
    assert not reckon(SEVEN, date(2026, 12, 28), CALENDAR, reading=READING).final


def decree(day: date, kind: Off = Off.JOINT_LEAVE) -> Added:
    return Added(holiday=Holiday(day=day, kind=kind, name="Cuti tambahan", gloss="Added leave", basis="SKB 1/2026"))


def test_a_decree_adds_or_takes_away_a_holiday_and_names_itself():
    monday, leave = date(2026, 3, 16), date(2026, 3, 20)
    changed = with_overrides(CALENDAR, (decree(monday), Removed(day=leave, basis="SKB 2/2026")))

    found = changed.why_off(monday, JointLeave.OFF)
    assert found is not None
    assert found.basis == "SKB 1/2026"
    assert changed.why_off(leave, JointLeave.OFF) is None
    assert changed.version != CALENDAR.version
    assert with_overrides(changed, (Removed(day=monday, basis="SKB 3/2026"), Removed(day=monday, basis="again")))


def test_a_holiday_without_a_decree_is_refused():
    with pytest.raises(OverrideUnfounded):
        with_overrides(CALENDAR, (Removed(day=date(2026, 3, 20), basis=" "),))


def test_a_list_that_changed_after_a_date_was_computed_is_noticed():
    before = reckon(SEVEN, date(2026, 3, 13), CALENDAR, reading=READING)
    after = with_overrides(CALENDAR, (decree(date(2026, 3, 25)),))
    elsewhere = with_overrides(CALENDAR, (decree(date(2026, 11, 2)),))

    assert recheck(before, CALENDAR, READING) is None
    changed = recheck(before, after, READING)
    assert changed is not None
    assert changed.moved
    assert (changed.before.due, changed.now.due) == (date(2026, 3, 31), date(2026, 4, 1))
    unmoved = recheck(before, elsewhere, READING)
    assert unmoved is not None
    assert not unmoved.moved
    hours: Reckoning = reckon(limit(48, Unit.CLOCK_HOURS), at(date(2026, 3, 13)), CALENDAR, reading=READING)
    assert recheck(hours, after, READING) is None


def test_two_calendars_that_say_the_same_have_one_version():
    again = published_calendar(2022, 2031)
    assert again.version == CALENDAR.version
    shorter = WorkCalendar(source=again.source, first_year=2022, last_year=2022, holidays=again.holidays)
    assert shorter.version != again.version


def test_a_negative_length_is_refused():
    with pytest.raises(LengthMalformed):
        limit(-1, Unit.CALENDAR_DAYS)
