"""Dates as they were told: the reckoning that was stored with what made it due, beside what the present list gives."""

from datetime import date
from typing import Final

from absah.agreements.calendar import WorkCalendar
from absah.agreements.duties import DutyCode
from absah.agreements.parties import Role as Side
from absah.agreements.reckoning import CalendarChanged, Reckoning, recheck
from absah_site.agreements.access.opening import OpenedAgreement

_DATE: Final = "date"


def date_stream(duty: DutyCode, key: str, /) -> str:
    """The thread of the dates that were told for a duty on an occasion."""
    return f"{_DATE}/{duty}/{key}"


def contact_stream(side: Side, told_on: date, effective_on: date, /) -> str:
    """The thread of the day by which a new address had to be told."""
    return f"{_DATE}/contact/{side}/{told_on.isoformat()}/{effective_on.isoformat()}"


def told_dates(found: OpenedAgreement, /) -> dict[str, Reckoning]:
    """The first date that was told of each thread."""
    told: dict[str, Reckoning] = {}
    for fact in found.facts:
        if fact.stream.startswith(f"{_DATE}/") and isinstance(fact.value, Reckoning):
            told.setdefault(fact.stream, fact.value)
    return told


def moved_since(found: OpenedAgreement, told: Reckoning, calendar: WorkCalendar, /) -> CalendarChanged | None:
    """How a date that was told differs under the present list; None where it is the same day."""
    changed = recheck(told, calendar, found.agreement.interpretations[0])
    return changed if changed is not None and changed.moved else None
