"""The published list of Indonesian holidays, from the library `holidays`, as a calendar of ours.

The library keeps public holidays and joint leave apart and knows their names. It does not know what a decree changed
last week, nor which of its years are final; the first is an override, the second is for a person to say.
"""

from datetime import date
from functools import cache
from importlib.metadata import version

import holidays

from absah.agreements.calendar import Holiday, Off, Override, WorkCalendar, with_overrides

_COUNTRY = "ID"
_CATEGORIES = {Off.JOINT_LEAVE: "government", Off.PUBLIC_HOLIDAY: "public"}  # of two on one day, the latter stays


@cache
def published_calendar(
    first_year: int,
    last_year: int,
    /,
    *,
    overrides: tuple[Override, ...] = (),
    final_years: frozenset[int] = frozenset(),
) -> WorkCalendar:
    """The calendar of some years as published, with later decrees laid over it."""
    found: dict[date, Holiday] = {}
    for kind, category in _CATEGORIES.items():
        named, glossed = (_list(first_year, last_year, category, language) for language in ("id", "en_US"))
        for day, name in named.items():
            found[day] = Holiday(day=day, kind=kind, name=name, gloss=glossed[day])
    calendar = WorkCalendar(
        source=f"holidays {version('holidays')}",
        first_year=first_year,
        last_year=last_year,
        holidays=tuple(found[day] for day in sorted(found)),
        final_years=final_years,
    )
    return with_overrides(calendar, overrides)


def _list(first_year: int, last_year: int, category: str, language: str, /) -> dict[date, str]:
    years = range(first_year, last_year + 1)
    return dict(holidays.country_holidays(_COUNTRY, years=years, categories=(category,), language=language))
