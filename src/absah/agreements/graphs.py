"""State graphs as data: states, and the acts that lead from one to another, by whom and on what conditions.

The life of an agreement, a dispute and a fulfilment are graphs in TOML, so that a page can draw them, a document shows
them, and a missing button can say what is missing. What a condition (`needs`) means is code, in the module that walks
the graph; a graph that names an unknown one is refused when it is read.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from absah.agreements.parties import Role
from absah.kernel.errors import BadInput, NotFound
from absah.kernel.messages import Phrase


class GraphUnknown(NotFound):
    """No state graph of this name. Parameter: graph."""

    code = "agreements.graph-unknown"


class GraphUnreadable(BadInput):
    """Not the TOML of a state graph, or one with states that do not exist. Parameters: graph, problem."""

    code = "agreements.graph-unreadable"


class Need(StrEnum):
    """What a step may ask for, beside the right state and the right party. The module that walks a graph checks it."""

    SIGNER = "signer"
    WITHIN_TERM = "within-term"
    NOTICE_IN_TIME = "notice-in-time"
    LATER_END = "later-end"
    END_NOT_PAST = "end-not-past"
    DOCUMENT = "document"
    MET = "met"
    THREE_PEOPLE = "three-people"
    EVIDENCE = "evidence"
    REASON = "reason"
    BASIS = "basis"


class By(StrEnum):
    """Who may act. `OTHER` is the party that did not take the last step, `TIME` a day that passes by itself."""

    FIRST = "first"
    SECOND = "second"
    EITHER = "either"
    OTHER = "other"
    BEARER = "bearer"
    BENEFICIARY = "beneficiary"
    TIME = "time"

    def allows(self, role: Role, /, *, last: Role | None) -> bool:
        """Whether a party may act, given who took the step before. Bearer and beneficiary are the caller's to tell."""
        match self:
            case By.FIRST | By.SECOND:
                return role.value == self.value
            case By.OTHER:
                return last is not None and role is last.other
            case By.EITHER:
                return True
            case _:
                return False


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A state, in both languages."""

    key: str
    text: str
    gloss: str

    @property
    def phrase(self) -> Phrase:
        """The state as a message names it."""
        return Phrase(self.key, text=self.text, gloss=self.gloss)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """An act that leads from some states to another. `reading` limits it to one reading of a question."""

    act: str
    sources: tuple[str, ...]
    target: str
    by: By
    text: str
    gloss: str
    needs: tuple[Need, ...] = ()
    clause: str = ""
    reading: str = ""

    @property
    def phrase(self) -> Phrase:
        """The act as a message names it."""
        return Phrase(self.act, text=self.text, gloss=self.gloss)


@dataclass(frozen=True, slots=True, kw_only=True)
class StateGraph:
    """A machine: where it begins, its states, and every way between them."""

    name: str
    initial: str
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]

    def state(self, key: str, /) -> State:
        return next(state for state in self.states if state.key == key)

    def leaving(self, state: str, /) -> tuple[Transition, ...]:
        """The ways out of a state."""
        return tuple(each for each in self.transitions if state in each.sources)

    def after(self, state: str, act: str, /) -> str:
        """Where an act leads from a state, however the graph was changed since: nowhere, where it is not known."""
        known = self.named(act)
        return next((each.target for each in known if state in each.sources), known[0].target if known else state)

    def named(self, act: str, /) -> tuple[Transition, ...]:
        """Every transition by this act, from whatever state."""
        return tuple(each for each in self.transitions if each.act == act)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _State(_Strict):
    text: str
    gloss: str


class _Transition(_Strict):
    act: str
    sources: tuple[str, ...] = Field(alias="from", min_length=1)
    target: str = Field(alias="to")
    by: By
    text: str
    gloss: str
    needs: tuple[Need, ...] = ()
    clause: str = ""
    reading: str = ""


class _Graph(_Strict):
    initial: str
    states: dict[str, _State]
    transitions: tuple[_Transition, ...]


def parse_graph(text: str, /, *, name: str) -> StateGraph:
    """Read a graph. Raises GraphUnreadable."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise GraphUnreadable(graph=name, problem=str(problem)[:200]) from None
    return graph_from(table, name=name)


def graph_from(table: Mapping[str, object], /, *, name: str) -> StateGraph:
    """A graph from a table of TOML that was read already. Raises GraphUnreadable."""
    try:
        written = _Graph.model_validate(table)
    except ValidationError as problem:
        raise GraphUnreadable(graph=name, problem=str(problem)[:200]) from None
    named = {written.initial}.union(*({*each.sources, each.target} for each in written.transitions))
    if named != written.states.keys():
        raise GraphUnreadable(graph=name, problem=", ".join(sorted(named ^ written.states.keys())))
    return StateGraph(
        name=name,
        initial=written.initial,
        states=tuple(State(key=key, text=each.text, gloss=each.gloss) for key, each in written.states.items()),
        transitions=tuple(Transition(**each.model_dump()) for each in written.transitions),
    )


def graph_names() -> tuple[str, ...]:
    """The graphs that are shipped."""
    folder = files("absah.agreements") / "graphs"
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")))


@cache
def load_graph(name: str, /) -> StateGraph:
    """A shipped graph by its name."""
    if name not in graph_names():
        raise GraphUnknown(graph=name)
    page = files("absah.agreements") / "graphs" / f"{name}.toml"
    return parse_graph(page.read_text(encoding="utf-8"), name=name)


@cache
def act_phrase(act: str, /) -> Phrase:
    """An act as a message names it, also where the agreement at hand does not know it; else by its key."""
    known = (each.phrase for name in graph_names() for each in load_graph(name).named(act))
    return next(known, Phrase(act, text=act, gloss=act))
