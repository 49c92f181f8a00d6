"""Which days are working days in Indonesia, by which calendar, and why a day is not.

Five days a week, Monday to Friday (Perpres 21/2023 Ps 3); public holidays (hari libur nasional) and joint leave (cuti
bersama) are off (Ps 6). Holidays come from a published list; what a ministers' decree (SKB) changes afterwards is an
`Override`. A calendar has a version that its content decides, so that a date computed last year can say by which list,
and a list that changed since can be noticed.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from typing import NewType

from absah.agreements.questions import JointLeave
from absah.agreements.words import day_word
from absah.kernel.errors import BadInput

CalendarVersion = NewType("CalendarVersion", str)

_SATURDAY = 5
ONE_DAY = timedelta(days=1)


class CalendarDoesNotReach(BadInput):
    """The calendar has no holidays for this year, so nothing is counted in it. Parameters: year, first, last."""

    code = "agreements.calendar-does-not-reach"


class OverrideUnfounded(BadInput):
    """A holiday is added or taken away by a decree that is named. Parameter: day."""

    code = "agreements.override-unfounded"


class Off(StrEnum):
    """Why a day is not a working day."""

    WEEKEND = "weekend"
    PUBLIC_HOLIDAY = "public-holiday"
    JOINT_LEAVE = "joint-leave"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday:
    """A day off with its names. `basis` names the decree if the published list did not have it."""

    day: date
    kind: Off
    name: str
    gloss: str
    basis: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A decree makes this day a holiday."""

    holiday: Holiday

    @property
    def day(self) -> date:
        return self.holiday.day

    @property
    def basis(self) -> str:
        return self.holiday.basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """A decree makes this day a working day again."""

    day: date
    basis: str


Override = Added | Removed


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A day that a count passed over, and why."""

    day: date
    why: Off
    name: str = ""
    gloss: str = ""
    basis: str = ""


@dataclass(frozen=True, kw_only=True)
class WorkCalendar:
    """The holidays of whole years. `final_years` are those whose list nobody expects to change any more.

    Without slots, because look-up and version are computed once.
    """

    source: str
    first_year: int
    last_year: int
    holidays: tuple[Holiday, ...]
    final_years: frozenset[int] = frozenset()

    @cached_property
    def _by_day(self) -> dict[date, Holiday]:
        return {holiday.day: holiday for holiday in self.holidays}

    @cached_property
    def version(self) -> CalendarVersion:
        """The source and what the list says: two calendars with one version count alike."""
        told = "\n".join(f"{each.day} {each.kind}" for each in sorted(self.holidays, key=lambda each: each.day))
        years = f"{self.first_year}-{self.last_year}\n"
        return CalendarVersion(f"{self.source}#{hashlib.sha256((years + told).encode()).hexdigest()[:12]}")

    def why_off(self, day: date, joint_leave: JointLeave, /) -> Skipped | None:
        """Why nobody works on this day; None on a working day."""
        if not self.first_year <= day.year <= self.last_year:
            raise CalendarDoesNotReach(year=day.year, first=self.first_year, last=self.last_year)
        holiday = self._by_day.get(day)
        if holiday and not (holiday.kind is Off.JOINT_LEAVE and joint_leave is JointLeave.WORKING):
            return Skipped(day=day, why=holiday.kind, name=holiday.name, gloss=holiday.gloss, basis=holiday.basis)
        return Skipped(day=day, why=Off.WEEKEND) if day.weekday() >= _SATURDAY else None

    def is_final(self, first: date, last: date, /) -> bool:
        """Whether the lists of all years between two days are final."""
        return self.final_years.issuperset(range(first.year, last.year + 1))


def with_overrides(calendar: WorkCalendar, overrides: tuple[Override, ...], /) -> WorkCalendar:
    """The calendar after decrees that came later, in their order."""
    by_day = {holiday.day: holiday for holiday in calendar.holidays}
    for override in overrides:
        if not override.basis.strip():
            raise OverrideUnfounded(day=day_word(override.day))
        if isinstance(override, Added):
            by_day[override.day] = override.holiday
        else:
            by_day.pop(override.day, None)
    return WorkCalendar(
        source=calendar.source,
        first_year=calendar.first_year,
        last_year=calendar.last_year,
        holidays=tuple(sorted(by_day.values(), key=lambda holiday: holiday.day)),
        final_years=calendar.final_years,
    )


def count_working_days(
    calendar: WorkCalendar, start: date, days: int, /, *, joint_leave: JointLeave, step: timedelta = ONE_DAY
) -> tuple[date, tuple[Skipped, ...]]:
    """Go `days` working days from `start` (which does not count), `step` by `step`: the day reached, days skipped."""
    skipped: list[Skipped] = []
    day = start
    while days:
        day += step
        if off := calendar.why_off(day, joint_leave):
            skipped.append(off)
        else:
            days -= 1
    return day, tuple(skipped)
