"""A standard operating procedure as Permenpan RB 35/2012 lays it out: identity, six boxes, and the flow of steps.

A flow begins with one start and closes with one end. Each step is somebody's; a decision says where No leads. What the
fields of a case hold is compared version by version, a version being what was submitted.
"""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from absah.cases.case import Case, CaseStepped, fold_case
from absah.cases.fields import read_rows
from absah.cases.kind import CaseField, FieldKind
from absah.kernel.clock import Instant
from absah.kernel.errors import BadInput

SUBMIT: Final = "submit"
FLOW: Final = "flow"
#: The six boxes in their order, two in a row.
BOXES: Final = ("basis", "qualifications", "related", "equipment", "warnings", "records")
_MOST_ACTORS: Final = 6
_FEWEST_STEPS: Final = 2


class FlowActorUnknown(BadInput):
    """A step is done by somebody who is not among the actors, or there are too many actors. Parameters: step, actor."""

    code = "cases.flow-actor-unknown"


class FlowBroken(BadInput):
    """The flow does not hold together at a step: start, end, or where a decision leads. Parameter: step."""

    code = "cases.flow-broken"


class Symbol(StrEnum):
    """What a step is drawn as."""

    START = "start"
    PROCESS = "process"
    DECISION = "decision"
    END = "end"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowStep:
    """One step. `actor` is a column, counted from 0; `otherwise` the step to which No leads, counted from 1, or 0."""

    symbol: Symbol
    activity: str
    actor: int
    needs: str
    time: str
    output: str
    note: str
    otherwise: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """The table of steps, and who does them."""

    actors: tuple[str, ...]
    steps: tuple[FlowStep, ...]


def read_flow(values: Mapping[str, str], /) -> Flow:
    """The flow that the fields of a case hold. Raises FlowActorUnknown, FlowBroken."""
    actors = tuple(name for line in values.get("actors", "").replace(",", "\n").splitlines() if (name := line.strip()))
    if not 1 <= len(actors) <= _MOST_ACTORS:
        raise FlowActorUnknown(step=0, actor=str(len(actors)))
    rows = read_rows(values.get(FLOW, ""))
    steps = tuple(_step(number, row, actors) for number, row in enumerate(rows, start=1))
    _check(steps)
    return Flow(actors=actors, steps=steps)


def _step(number: int, row: tuple[str, ...], actors: tuple[str, ...], /) -> FlowStep:
    symbol, activity, actor, needs, time, output, otherwise, note = row
    named = [name.casefold() for name in actors]
    if actor.casefold() not in named:
        raise FlowActorUnknown(step=number, actor=actor[:60])
    if not activity:
        raise FlowBroken(step=number)
    return FlowStep(
        symbol=Symbol(symbol or Symbol.PROCESS),
        activity=activity,
        actor=named.index(actor.casefold()),
        needs=needs,
        time=time,
        output=output,
        note=note,
        otherwise=int(otherwise or 0),
    )


def _check(steps: tuple[FlowStep, ...], /) -> None:
    """One start at the head, one end at the foot, and No leads from decisions to steps that exist."""
    if len(steps) < _FEWEST_STEPS:
        raise FlowBroken(step=len(steps))
    for number, step in enumerate(steps, start=1):
        at_edge = (step.symbol is Symbol.START) == (number == 1) and (step.symbol is Symbol.END) == (
            number == len(steps)
        )
        leads = 1 <= step.otherwise <= len(steps) and step.otherwise != number
        if not at_edge or (step.symbol is Symbol.DECISION) != bool(step.otherwise) or (step.otherwise and not leads):
            raise FlowBroken(step=number)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureVersion:
    """What was submitted, and when; the first is number 1."""

    number: int
    at: Instant
    values: Mapping[str, str]


def versions_of(case: Case, /) -> tuple[ProcedureVersion, ...]:
    """Every version that was submitted, in order."""
    found: list[ProcedureVersion] = []
    for at, entry in enumerate(case.entries, start=1):
        if isinstance(entry, CaseStepped) and entry.act == SUBMIT:
            values = fold_case(case.kind, case.entries[:at]).values
            found.append(ProcedureVersion(number=len(found) + 1, at=entry.at, values=values))
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A line of a comparison: what it is about, and whether it was taken out (`-`), put in (`+`) or stayed (` `)."""

    sign: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """A field that differs between two versions, line by line or row by row."""

    field: CaseField
    changes: tuple[Change, ...]


def compare(case: Case, old: Mapping[str, str], new: Mapping[str, str], /) -> tuple[FieldChange, ...]:
    """The fields of a case that differ between two versions."""
    return tuple(
        FieldChange(field=field, changes=tuple(_changes(_lines(field, old), _lines(field, new))))
        for field in case.kind.fields.values()
        if old.get(field.name, "") != new.get(field.name, "")
    )


def _lines(field: CaseField, values: Mapping[str, str], /) -> list[str]:
    written = values.get(field.name, "")
    if field.kind is not FieldKind.ROWS:
        return written.splitlines()
    return [
        f"{number}. " + " | ".join(_said(column, cell) for column, cell in zip(field.columns, row, strict=True) if cell)
        for number, row in enumerate(read_rows(written), start=1)
    ]


def _said(column: CaseField, cell: str, /) -> str:
    chosen = column.choice(cell)
    return cell if chosen is None else chosen.text


def _changes(old: list[str], new: list[str], /) -> Iterator[Change]:
    for line in difflib.ndiff(old, new):
        if line[0] != "?":
            yield Change(sign=line[0], text=line[2:])
