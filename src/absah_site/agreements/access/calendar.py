"""The calendar that dates are counted with, and the dates of an agreement for people's calendars."""

from datetime import date
from typing import Final

import icalendar

from absah.agreements.calendar import WorkCalendar
from absah.agreements.explanations import entry_title
from absah.agreements.force_majeure import clock_entries
from absah.agreements.published_holidays import published_calendar
from absah.agreements.reminders import CalendarEntry, calendar_entries
from absah.agreements.standing import Standing
from absah.kernel.clock import Instant
from absah.kernel.messages import Language
from absah_site.actors import Actor
from absah_site.agreements.access.board import items_of, running_clocks
from absah_site.agreements.access.opening import EVERYWHERE, OpenedAgreement
from absah_site.agreements.store import decrees
from absah_site.agreements.store.decrees import Decree
from absah_site.roles import Permission

#: The first year that an agreement here can have anything due in, and how many years ahead dates are asked for.
_SINCE: Final = 2015
_AHEAD: Final = 8


def work_calendar(today: date, /) -> WorkCalendar:
    """The holidays of all years that matter today: the published list, with the decrees that were noted here.

    Nobody changes the list of a year that is over; a running or coming year is final when somebody says so.
    """
    noted = decrees.all_of_them()
    over = frozenset(range(_SINCE, today.year))
    last = today.year + _AHEAD
    final = {one.day.year for one in noted if one.word == decrees.FINAL}
    overrides = tuple(one.override for one in noted if one.override is not None)
    return published_calendar(
        _SINCE, last, final_years=over | final, overrides=tuple(each for each in overrides if each.day.year <= last)
    )


def decreed() -> tuple[Decree, ...]:
    """What was noted about the list of holidays, the latest first."""
    return decrees.all_of_them()[::-1]


def may_note_decrees(actor: Actor, /) -> bool:
    """Whether a person may note decrees: an officer of the certification body."""
    return actor.may(Permission.AGREEMENT_ACT, EVERYWHERE)


def entries_of(found: OpenedAgreement, /) -> tuple[CalendarEntry, ...]:
    """What lies ahead in an agreement: ends and notice days under every reading, and every duty that has a date."""
    if found.agreement.signed_on is None:
        return ()
    calendar = work_calendar(found.today)
    number = found.listed.first_number
    ahead = [item.due for item in items_of(found, calendar) if item.standing in {Standing.NOT_DUE, Standing.DUE_SOON}]
    running = [
        entry
        for clock in running_clocks(found, calendar)
        for entry in clock_entries(clock.event, clock.clocks, number=number)
        if entry.day >= found.today
    ]
    planned = calendar_entries(found.agreement, ahead, calendar, number=number, since=found.today)
    return tuple(sorted((*planned, *running), key=lambda entry: entry.day))


def feed(found: OpenedAgreement, /, *, host: str, now: Instant, language: Language) -> bytes:
    """The same as iCalendar (RFC 5545): all-day events with an alarm for each reminder."""
    made = icalendar.Calendar()
    made.add("prodid", "-//Absah//Perjanjian//ID")
    made.add("version", "2.0")
    for entry in entries_of(found):
        event = icalendar.Event()
        event.add("uid", f"{entry.uid}@{host}")
        event.add("dtstamp", now)
        event.add("dtstart", entry.at or entry.day)
        event.add("summary", entry_title(entry, language))
        for day in entry.alarms:
            alarm = icalendar.Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", entry_title(entry, language))
            alarm.add("trigger", day - entry.day)
            event.add_component(alarm)
        made.add_component(event)
    return bytes(made.to_ical())
