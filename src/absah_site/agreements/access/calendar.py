"""The calendar that dates are counted with, and the dates of an agreement for people's calendars."""

from datetime import date
from typing import Final

import icalendar

from absah.agreements.calendar import WorkCalendar
from absah.agreements.explanations import entry_title
from absah.agreements.published_holidays import published_calendar
from absah.agreements.reminders import CalendarEntry, calendar_entries
from absah.agreements.standing import Standing
from absah.kernel.clock import Instant
from absah.kernel.messages import Language
from absah_site.agreements.access.board import items_of
from absah_site.agreements.access.opening import OpenedAgreement

#: The first year that an agreement here can have anything due in, and how many years ahead dates are asked for.
_SINCE: Final = 2015
_AHEAD: Final = 8


def work_calendar(today: date, /) -> WorkCalendar:
    """The published holidays of all years that matter today. Nobody changes those of a year that is over."""
    over = frozenset(range(_SINCE, today.year))
    return published_calendar(_SINCE, today.year + _AHEAD, final_years=over)


def entries_of(found: OpenedAgreement, /) -> tuple[CalendarEntry, ...]:
    """What lies ahead in an agreement: ends and notice days under every reading, and every duty that has a date."""
    if found.agreement.signed_on is None:
        return ()
    calendar = work_calendar(found.today)
    ahead = [item.due for item in items_of(found, calendar) if item.standing in {Standing.NOT_DUE, Standing.DUE_SOON}]
    return calendar_entries(found.agreement, ahead, calendar, number=found.listed.first_number, since=found.today)


def feed(found: OpenedAgreement, /, *, host: str, now: Instant, language: Language) -> bytes:
    """The same as iCalendar (RFC 5545): all-day events with an alarm for each reminder."""
    made = icalendar.Calendar()
    made.add("prodid", "-//Absah//Perjanjian//ID")
    made.add("version", "2.0")
    for entry in entries_of(found):
        event = icalendar.Event()
        event.add("uid", f"{entry.uid}@{host}")
        event.add("dtstamp", now)
        event.add("dtstart", entry.day)
        event.add("summary", entry_title(entry, language))
        for day in entry.alarms:
            alarm = icalendar.Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", entry_title(entry, language))
            alarm.add("trigger", day - entry.day)
            event.add_component(alarm)
        made.add_component(event)
    return bytes(made.to_ical())
