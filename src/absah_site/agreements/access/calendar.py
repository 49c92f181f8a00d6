"""The calendar that dates are counted with."""

from datetime import date
from typing import Final

from absah.agreements.calendar import WorkCalendar
from absah.agreements.published_holidays import published_calendar

#: The first year that an agreement here can have anything due in, and how many years ahead dates are asked for.
_SINCE: Final = 2015
_AHEAD: Final = 8


def work_calendar(today: date, /) -> WorkCalendar:
    """The published holidays of all years that matter today. Nobody changes those of a year that is over."""
    over = frozenset(range(_SINCE, today.year))
    return published_calendar(_SINCE, today.year + _AHEAD, final_years=over)
