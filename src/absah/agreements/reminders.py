"""When to remind somebody of a date, and what goes into a calendar.

A ladder says how long before. Long ladders count calendar days, short ones working days, so that a reminder never comes
on a day when nobody reads it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from absah.agreements.agreement import Agreement
from absah.agreements.calendar import ONE_DAY, WorkCalendar, count_working_days
from absah.agreements.duties import DutyCode
from absah.agreements.questions import JointLeave
from absah.agreements.reckoning import Origin, Unit
from absah.agreements.schedule import Due
from absah.agreements.terms import extension_days, terms
from absah.kernel.clock import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """How many days before a date to remind, the longest first."""

    steps: tuple[int, ...]
    unit: Unit


#: Habits of the house. The end of an agreement is prepared for months, a duty for weeks.
ENDING_LADDER: Final = Ladder(steps=(180, 90, 60, 45, 30), unit=Unit.CALENDAR_DAYS)
DUTY_LADDER: Final = Ladder(steps=(30, 14, 7, 3, 1), unit=Unit.WORKING_DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """On this day, remind that so much is left until the due day."""

    on: date
    due: date
    left: int
    unit: Unit


def reminders(
    due: date, ladder: Ladder, calendar: WorkCalendar, /, *, joint_leave: JointLeave, since: date
) -> tuple[Reminder, ...]:
    """The reminders of a date that have not passed by `since`, the earliest first.

    A calendar-day step that falls on a day off is sent on the working day before it.
    """
    found = []
    for step in ladder.steps:
        on = due - timedelta(days=step)
        if ladder.unit is Unit.WORKING_DAYS:
            on, _ = count_working_days(calendar, due, step, joint_leave=joint_leave, step=-ONE_DAY)
        elif calendar.why_off(on, joint_leave):
            on, _ = count_working_days(calendar, on, 1, joint_leave=joint_leave, step=-ONE_DAY)
        if on >= since:
            found.append(Reminder(on=on, due=due, left=step, unit=ladder.unit))
    return tuple(sorted(found, key=lambda each: (each.on, -each.left)))


def reached(
    due: date, ladder: Ladder, calendar: WorkCalendar, /, *, joint_leave: JointLeave, today: date
) -> Reminder | None:
    """The step of a ladder that a day stands on; None before the first one and after the date.

    Whoever asks each day, or again after a pause, and tells each step once, tells the latest that was reached and none
    that a later one has overtaken.
    """
    if today > due:
        return None
    passed = [
        each for each in reminders(due, ladder, calendar, joint_leave=joint_leave, since=date.min) if each.on <= today
    ]
    return passed[-1] if passed else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEntry:
    """One entry of a calendar feed, for a whole day or at a moment. `uid` is stable, so that a moved date moves it.

    `explanations.entry_title` puts `message` and `about` into words.
    """

    uid: str
    day: date
    message: str
    about: str
    origin: Origin
    alarms: tuple[date, ...] = ()
    duty: DutyCode | None = None
    at: Instant | None = None


def calendar_entries(
    agreement: Agreement, dues: Iterable[Due], calendar: WorkCalendar, /, *, number: str, since: date
) -> tuple[CalendarEntry, ...]:
    """What both parties see in their calendars: the end and the notice day under every reading, and every due duty."""
    joint_leave = agreement.interpretations[0].joint_leave

    def alarms(day: date, ladder: Ladder) -> tuple[date, ...]:
        found = reminders(day, ladder, calendar, joint_leave=joint_leave, since=since)
        return tuple(each.on for each in found)

    entries = [
        CalendarEntry(
            uid=f"{number}/end/{each.reading.term_start}/{each.reading.last_day}",
            day=each.last_day,
            message="end",
            about=number,
            origin=Origin.TEXT,
            alarms=alarms(each.last_day, ENDING_LADDER),
        )
        for each in terms(agreement)
    ]
    entries += [
        CalendarEntry(
            uid=f"{number}/extension/{each.term.reading.term_start}/{each.term.reading.last_day}",
            day=each.day,
            message="extension-notice" if each.required else "extension-habit",
            about=number,
            origin=Origin.TEXT if each.required else Origin.HOUSE,
            alarms=alarms(each.day, DUTY_LADDER),
        )
        for each in extension_days(agreement)
    ]
    entries += [
        CalendarEntry(
            uid=f"{number}/{due.duty.code}/{due.occasion.key}",
            day=due.reckoning.due,
            message="duty",
            about=due.duty.code,
            origin=due.reckoning.limit.origin,
            alarms=alarms(due.reckoning.due, DUTY_LADDER),
            duty=due.duty.code,
        )
        for due in dues
        if due.reckoning is not None
    ]
    return tuple(sorted((each for each in entries if each.day >= since), key=lambda each: (each.day, each.uid)))
