"""Kinds of case as data (`kinds/*.toml`): the duty they serve, who opens one, fields, clocks, and the graph of states.

A kind says everything in which cases differ; the engine (`case`, `clocks`) asks it and never asks *which* kind it is.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from absah.agreements.duties import DutyCode, EvidenceKind
from absah.agreements.evidence import Source
from absah.agreements.graphs import StateGraph, graph_from
from absah.agreements.parties import Role
from absah.agreements.reckoning import Origin
from absah.kernel.errors import NotFound


class KindUnknown(NotFound):
    """There is no kind of case of this name. Parameter: kind."""

    code = "cases.kind-unknown"


class FieldKind(StrEnum):
    """What is written into a field."""

    LINE = "line"
    TEXT = "text"
    CHOICE = "choice"
    DAY = "day"
    MOMENT = "moment"
    NUMBER = "number"
    ROWS = "rows"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of the words that a field lets choose from."""

    key: str
    text: str
    gloss: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseField:
    """A field of a case: what it is called and what is written into it. A field of rows has columns."""

    name: str
    kind: FieldKind
    text: str
    gloss: str
    choices: tuple[Choice, ...] = ()
    columns: tuple["CaseField", ...] = ()

    def choice(self, key: str, /) -> Choice | None:
        """One of its words."""
        return next((each for each in self.choices if each.key == key), None)


class ClockUnit(StrEnum):
    """In what a clock of a case counts."""

    HOURS = "hours"
    WORKING_HOURS = "working-hours"
    WORKING_DAYS = "working-days"
    CALENDAR_DAYS = "calendar-days"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseClock:
    """A time within which an act is expected: it rests in some states, and some acts resume it.

    It starts with the case, at the day or moment that is written in the field `since`, or with the act `starts`.
    `law` is the rule that sets it, where neither the agreement nor the house does.
    """

    name: str
    text: str
    gloss: str
    amount: int
    unit: ClockUnit
    origin: Origin
    stops: frozenset[str]
    rests: frozenset[str]
    resumes: frozenset[str]
    since: str = ""
    starts: str = ""
    ended: str = ""
    law: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """A duty that a case serves: in the states of `proves` it is evidence of it, of the kinds that `evidence` names.

    `needs` are fields without which it is none: an event without a speaker proves no lending of speakers.
    """

    duty: DutyCode
    evidence: frozenset[EvidenceKind]
    proves: frozenset[str]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """A further page that cases of a kind have: the site's name of it, and what the link says."""

    name: str
    text: str
    gloss: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFields:
    """What a step asks for, and what it may bring besides.

    `makes` names what is made of the case with this step, `checks` what is checked before it; the site knows both.
    `letter` is the letter that it writes (`letters.toml`), `signs` the step that wrote what it puts a signature under,
    `life` the step of the agreement's life that it takes, or (with a letter) that must be possible before.
    """

    asks: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    makes: str = ""
    checks: str = ""
    letter: str = ""
    signs: str = ""
    life: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.asks, *self.may)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseKind:
    """A kind of case. It serves `duty`, which a case of it makes due, and perhaps `also` duties of either party.

    Some serve none (a letter). The bearer is None where whoever opens a case bears it. `happened` is the field that
    says when that began which the case is about; else it began with the case.
    """

    name: str
    text: str
    gloss: str
    prefix: str
    duty: DutyCode
    bearer: Role | None
    openers: frozenset[Role]
    evidence: frozenset[EvidenceKind]
    source: Source
    proves: frozenset[str]
    fields: Mapping[str, CaseField]
    opening: StepFields
    steps: Mapping[str, StepFields]
    clocks: tuple[CaseClock, ...]
    graph: StateGraph
    also: tuple[Serving, ...] = ()
    happened: str = ""
    page: CasePage | None = None

    @property
    def servings(self) -> tuple[Serving, ...]:
        """Every duty that it serves, the principal one first."""
        own = (Serving(duty=self.duty, evidence=self.evidence, proves=self.proves),) if self.duty else ()
        return (*own, *self.also)

    def asked_at(self, act: str, /) -> StepFields:
        """The fields of a step; none where the kind names none."""
        return self.steps.get(act, StepFields())


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Words(_Strict):
    text: str
    gloss: str


class _Field(_Words):
    kind: FieldKind = FieldKind.LINE
    choices: str | dict[str, _Words] = Field(default_factory=dict)
    columns: dict[str, "_Field"] = Field(default_factory=dict)


class _Clock(_Words):
    amount: int = Field(gt=0)
    unit: ClockUnit
    origin: Origin = Origin.HOUSE
    stops: frozenset[str]
    rests: frozenset[str] = frozenset()
    resumes: frozenset[str] = frozenset()
    since: str = ""
    starts: str = ""
    ended: str = ""
    law: str = ""


class _Serving(_Strict):
    evidence: frozenset[EvidenceKind] = Field(min_length=1)
    proves: frozenset[str] = Field(min_length=1)
    needs: tuple[str, ...] = ()


class _Page(_Words):
    name: str


class _Step(_Strict):
    asks: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    makes: str = ""
    checks: str = ""
    letter: str = ""
    signs: str = ""
    life: str = ""


class _Kind(_Words):
    prefix: str = Field(pattern=r"^[A-Z]{2,5}$")
    duty: str = ""
    bearer: Role | Literal["opener"]
    openers: frozenset[Role]
    evidence: frozenset[EvidenceKind] = frozenset()
    source: Source
    proves: frozenset[str] = frozenset()
    happened: str = ""
    fields: dict[str, _Field]
    opening: _Step
    steps: dict[str, _Step] = Field(default_factory=dict)
    clocks: dict[str, _Clock] = Field(default_factory=dict)
    also: dict[str, _Serving] = Field(default_factory=dict)
    page: _Page | None = None
    choices: dict[str, dict[str, _Words]] = Field(default_factory=dict)
    graph: dict[str, Any]


def parse_kind(text: str, /, *, name: str) -> CaseKind:
    """Read a kind. ValueError: a fault of whoever wrote it, which names what does not fit."""
    try:
        written = _Kind.model_validate(tomllib.loads(text))
    except ValidationError as problem:
        raise ValueError(f"{name}: {problem}") from None
    graph = graph_from(written.graph, name=name)
    letters = any(each.letter for each in written.steps.values())
    kind = CaseKind(
        name=name,
        text=written.text,
        gloss=written.gloss,
        prefix=written.prefix,
        duty=DutyCode(written.duty),
        bearer=None if written.bearer == "opener" else written.bearer,
        openers=written.openers,
        evidence=written.evidence,
        source=written.source,
        proves=written.proves,
        fields={key: _field(key, each, written.choices) for key, each in written.fields.items()}
        | (dict(_letter_fields()) if letters else {}),
        opening=StepFields(**written.opening.model_dump()),
        steps={act: _step(each) for act, each in written.steps.items()},
        clocks=tuple(CaseClock(name=key, **each.model_dump()) for key, each in written.clocks.items()),
        graph=graph,
        also=tuple(Serving(duty=DutyCode(duty), **each.model_dump()) for duty, each in written.also.items()),
        happened=written.happened,
        page=None if written.page is None else CasePage(**written.page.model_dump()),
    )
    _check(kind)
    return kind


def _step(written: _Step, /) -> StepFields:
    """A step that writes a letter may bring what every letter has: number, secrecy, copies, another signer."""
    step = StepFields(**written.model_dump())
    return replace(step, may=(*step.may, *_letter_fields())) if step.letter else step


@cache
def _letter_fields() -> Mapping[str, CaseField]:
    page = files("absah.cases") / "letters.toml"
    written = tomllib.loads(page.read_text(encoding="utf-8"))["fields"]
    return {key: _field(key, _Field.model_validate(each), {}) for key, each in written.items()}


def _field(name: str, written: _Field, shared: Mapping[str, Mapping[str, _Words]], /) -> CaseField:
    """A field with its choices, which may be named once for several fields."""
    words = shared[written.choices] if isinstance(written.choices, str) else written.choices
    choices = tuple(Choice(key=key, text=each.text, gloss=each.gloss) for key, each in words.items())
    columns = tuple(_field(key, each, shared) for key, each in written.columns.items())
    return CaseField(
        name=name, kind=written.kind, text=written.text, gloss=written.gloss, choices=choices, columns=columns
    )


def _check(kind: CaseKind, /) -> None:
    """Every name that a kind uses is one it has."""
    acts = {each.act for each in kind.graph.transitions}
    states = {each.key for each in kind.graph.states}
    named = {name for step in (kind.opening, *kind.steps.values()) for name in step.names}
    named |= {name for each in kind.also for name in each.needs}
    dangling = [
        *sorted(named - kind.fields.keys()),
        *sorted(kind.steps.keys() - acts),
        *sorted({state for each in kind.servings for state in each.proves} - states),
        *sorted({act for clock in kind.clocks for act in clock.stops | clock.resumes} - acts),
        *sorted({state for clock in kind.clocks for state in clock.rests} - states),
        *sorted({name for clock in kind.clocks for name in (clock.since, clock.ended) if name} - kind.fields.keys()),
        *sorted({each.signs for each in kind.steps.values() if each.signs} - kind.steps.keys()),
        *sorted({clock.starts for clock in kind.clocks if clock.starts} - acts),
        *sorted({kind.happened} - {""} - kind.fields.keys()),
        *sorted(name for name, field in kind.fields.items() if (field.kind is FieldKind.ROWS) != bool(field.columns)),
    ]
    if dangling:
        raise ValueError(f"{kind.name}: {', '.join(dangling)}")


def kind_names() -> tuple[str, ...]:
    """The kinds that are shipped."""
    folder = files("absah.cases") / "kinds"
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")))


@cache
def load_kind(name: str, /) -> CaseKind:
    """A shipped kind by its name."""
    if name not in kind_names():
        raise KindUnknown(kind=name[:40])
    page = files("absah.cases") / "kinds" / f"{name}.toml"
    return parse_kind(page.read_text(encoding="utf-8"), name=name)
