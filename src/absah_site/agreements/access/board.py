"""The board of duties: every duty on every occasion, how it stands today, and what waits for whom.

Nothing here is stored. The rows are the duties of the agreement, the columns its years; a request or an event stands in
the year in which it came.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from absah.agreements.calendar import WorkCalendar
from absah.agreements.duties import Duty, DutyCode, DutyUnknown, OnRequest, Right, pairs
from absah.agreements.evidence import Evidence
from absah.agreements.force_majeure import Clocks, ForceMajeure, clocks, excuses
from absah.agreements.fulfilment import (
    GRAPH,
    Asked,
    Fulfilment,
    InYear,
    Occurred,
    bearers,
    beneficiaries,
    day_of,
)
from absah.agreements.graphs import By, Transition, load_graph
from absah.agreements.parties import Role as Side
from absah.agreements.reckoning import CalendarChanged
from absah.agreements.registers import REGISTERS
from absah.agreements.schedule import Due, schedule, years
from absah.agreements.standing import Standing, standing
from absah.agreements.terms import anniversary
from absah_site.agreements.access.opening import OpenedAgreement, fulfilments
from absah_site.agreements.access.records import records
from absah_site.agreements.access.told import date_stream, moved_since, told_dates

#: The worst first: what a cell with several items shows, and the order of what needs somebody.
WORST_FIRST: Final = (
    Standing.OVERDUE,
    Standing.DUE_SOON,
    Standing.WAITING_LATE,
    Standing.WAITING,
    Standing.NOT_DUE,
    Standing.NO_DATE,
    Standing.EXCUSED,
    Standing.MET_LATE,
    Standing.MET,
    Standing.WAIVED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A duty on one occasion: when it is due and why, what has been done, and how it stands.

    `moved` is set where the list of holidays changed after the date was told, and the date with it.
    """

    due: Due
    fulfilment: Fulfilment | None
    standing: Standing
    moved: CalendarChanged | None = None

    @property
    def duty(self) -> Duty:
        return self.due.duty

    @property
    def key(self) -> str:
        """The name of the occasion."""
        return self.due.occasion.key

    @property
    def state(self) -> str:
        """Where the moves have led."""
        return self.fulfilment.state if self.fulfilment else "not-started"

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What was shown so far."""
        return self.fulfilment.evidence if self.fulfilment else ()

    def waits_for(self, side: Side | None, /) -> bool:
        """Whether the next step is this party's."""
        if self.state == "submitted" and self.fulfilment is not None:
            return side in beneficiaries(self.duty, self.fulfilment)
        return side in self.duty.bearers and self.standing in {Standing.OVERDUE, Standing.DUE_SOON}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A year of the agreement."""

    label: str
    first: date
    last: date
    is_now: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What a duty has in a year; `standing` is the worst of it, None where there is nothing."""

    column: Column
    items: tuple[Item, ...]

    @property
    def standing(self) -> Standing | None:
        held = {item.standing for item in self.items}
        return next((one for one in WORST_FIRST if one in held), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A duty with the right it answers (None: `tidak ada padanan`), and its cells."""

    duty: Duty
    right: Right | None
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The board of one agreement on one day. `rights_alone` are rights that no duty answers."""

    columns: tuple[Column, ...]
    first: tuple[Row, ...]
    second: tuple[Row, ...]
    mutual: tuple[Row, ...]
    rights_alone: tuple[Right, ...]
    items: tuple[Item, ...]

    def count(self, *standings: Standing) -> int:
        """How many items stand so."""
        return sum(item.standing in standings for item in self.items)


def items_of(found: OpenedAgreement, calendar: WorkCalendar, /) -> tuple[Item, ...]:
    """Every duty on every occasion of an agreement, as it stands on the day it was opened. None before it is signed."""
    if found.agreement.signed_on is None:
        return ()
    known = fulfilments(found)
    told = [(duty, each.occasion) for (duty, _), each in known.items() if isinstance(each.occasion, Asked | Occurred)]
    struck, dates = _struck(found, calendar), told_dates(found)
    return tuple(
        Item(
            due=due,
            fulfilment=held,
            standing=standing(held, due.day, today=found.today, excused=_is_excused(due, struck)),
            moved=None if told_as is None else moved_since(found, told_as, calendar),
        )
        for due in schedule(found.agreement, calendar, occasions=told)
        for held in (known.get((due.duty.code, due.occasion.key)),)
        for told_as in (dates.get(date_stream(due.duty.code, due.occasion.key)),)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningClock:
    """An event of force majeure, the record that holds it, and its two clocks."""

    record: int
    event: ForceMajeure
    clocks: Clocks


def force_majeure_clocks(found: OpenedAgreement, calendar: WorkCalendar, /) -> tuple[RunningClock, ...]:
    """Every event of force majeure with its clocks."""
    rules, reading = found.agreement.model.rules, found.agreement.interpretations[0]
    return tuple(
        RunningClock(record=kept.number, event=kept.value, clocks=clocks(kept.value, rules, calendar, reading=reading))
        for kept in records(found, REGISTERS["force-majeure"])
    )


def running_clocks(found: OpenedAgreement, calendar: WorkCalendar, /) -> tuple[RunningClock, ...]:
    """Those with a notice still to give."""
    return tuple(
        each for each in force_majeure_clocks(found, calendar) if each.event.oral is None or each.event.written is None
    )


def _struck(found: OpenedAgreement, calendar: WorkCalendar, /) -> tuple[tuple[ForceMajeure, bool], ...]:
    """The events of force majeure, and whether each was told in time."""
    return tuple((each.event, each.clocks.kept) for each in force_majeure_clocks(found, calendar))


def _is_excused(due: Due, struck: tuple[tuple[ForceMajeure, bool], ...], /) -> bool:
    """Whether force majeure covers the due day of every party that bears the duty."""
    day = due.day
    if day is None:
        return False
    return all(any(excuses(event, role, day, kept=kept) for event, kept in struck) for role in due.duty.bearers)


def item_of(found: OpenedAgreement, code: DutyCode, key: str, calendar: WorkCalendar, /) -> Item:
    """A duty on one occasion. Raises DutyUnknown."""
    for item in items_of(found, calendar):
        if (item.duty.code, item.key) == (code, key):
            return item
    raise DutyUnknown(duty=code[:20])


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A next step on a duty, and whether it is this party's."""

    transition: Transition
    mine: bool


def steps_on(item: Item, side: Side | None, /) -> tuple[Step, ...]:
    """Every step out of the present state."""
    fulfilment = item.fulfilment or Fulfilment(duty=item.duty.code, occasion=item.due.occasion)
    return tuple(
        Step(
            transition=each,
            mine=side in (bearers if each.by is By.BEARER else beneficiaries)(item.duty, fulfilment),
        )
        for each in load_graph(GRAPH).leaving(item.state)
    )


def is_asked(duty: Duty, /) -> bool:
    """Whether the other party asks for it; otherwise an event brings it."""
    return isinstance(duty.trigger, OnRequest)


def board_of(found: OpenedAgreement, calendar: WorkCalendar, /) -> Board:
    """The board of an agreement."""
    items = items_of(found, calendar)
    columns = _columns(found)
    rows = tuple(_rows(found, items, columns))
    alone = pairs(found.agreement.model.duties, found.agreement.model.rights)
    return Board(
        columns=columns,
        first=tuple(row for row in rows if row.duty.bearers == {Side.FIRST}),
        second=tuple(row for row in rows if row.duty.bearers == {Side.SECOND}),
        mutual=tuple(row for row in rows if row.duty.is_mutual),
        rights_alone=tuple(pair.right for pair in alone if pair.duty is None and pair.right is not None),
        items=tuple(sorted(items, key=lambda item: (WORST_FIRST.index(item.standing), item.due.day or date.max))),
    )


def _columns(found: OpenedAgreement) -> tuple[Column, ...]:
    """The years of the term. Under several readings a year may be cut differently; the longest is the column."""
    if found.agreement.signed_on is None:
        return ()
    longest: dict[str, InYear] = {}
    for reading in found.agreement.interpretations:
        for year in years(found.agreement, reading):
            held = longest.get(year.label)
            if held is None or _last(year) > _last(held):
                longest[year.label] = year
    return tuple(
        Column(
            label=year.label,
            first=year.days.first,
            last=_last(year),
            is_now=year.days.first <= found.today <= _last(year),
        )
        for year in sorted(longest.values(), key=lambda year: year.days.first)
    )


def _last(year: InYear) -> date:
    return year.days.last or anniversary(year.days.first, 1)


def _rows(found: OpenedAgreement, items: tuple[Item, ...], columns: tuple[Column, ...]) -> Iterable[Row]:
    rights = {right.answers: right for right in found.agreement.model.rights if right.answers}
    by_duty: dict[DutyCode, list[Item]] = {}
    duties: dict[DutyCode, Duty] = {duty.code: duty for duty in found.agreement.duties_on(found.today)}
    for item in items:
        by_duty.setdefault(item.duty.code, []).append(item)
        duties.setdefault(item.duty.code, item.duty)
    for code, duty in sorted(duties.items(), key=lambda pair: pair[1].clause.sort_key):
        held = by_duty.get(code, [])
        cells = tuple(Cell(column=column, items=_in(column, held)) for column in columns)
        yield Row(duty=duty, right=rights.get(code), cells=cells)


def _in(column: Column, items: list[Item]) -> tuple[Item, ...]:
    return tuple(item for item in items if _belongs(item, column))


def _belongs(item: Item, column: Column) -> bool:
    if isinstance(item.due.occasion, InYear):
        return item.key == column.label
    return column.first <= day_of(item.due.occasion) <= column.last
