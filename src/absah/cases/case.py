"""A case: what was opened, and everything that happened since, by both parties in their order.

    opened -> step, note, paper, step … -> a state that proves the duty

The case is nothing but the fold of its entries. A note may be internal, which the other party never sees.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeAlias

from absah.agreements.duties import DutyCode
from absah.agreements.evidence import Evidence
from absah.agreements.graphs import By, Transition
from absah.agreements.parties import Role
from absah.agreements.words import moment_word, party_word
from absah.cases.fields import fits, read_moment
from absah.cases.kind import CaseField, CaseKind, Serving, StepFields
from absah.kernel.clock import Instant, legal_date
from absah.kernel.errors import AbsahError, BadInput, NotAllowed, RuleBroken, WrongState
from absah.kernel.messages import Phrase


class CaseNotOpened(WrongState):
    """The entries of a case begin with its opening, and have only one."""

    code = "cases.not-opened"


class NotYourCase(NotAllowed):
    """The other party opens such cases. Parameter: role."""

    code = "cases.not-your-case"


class NotYourStep(NotAllowed):
    """The other party takes this step. Parameters: act, role."""

    code = "cases.not-your-step"


class StepNotNow(WrongState):
    """No such step from here. Parameters: act, state."""

    code = "cases.step-not-now"


class FieldMissing(BadInput):
    """A step comes without what it asks for. Parameter: field."""

    code = "cases.field-missing"


class FieldUnfit(BadInput):
    """What is written does not fit the field. Parameter: field."""

    code = "cases.field-unfit"


class EntryBackdated(RuleBroken):
    """An entry before the last one. Parameters: moment, last."""

    code = "cases.entry-backdated"


class NoteEmpty(BadInput):
    """A note says something."""

    code = "cases.note-empty"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A field and what is written in it: text, the key of a choice, or an ISO 8601 day."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOpened:
    """A party opened the case."""

    by: Role
    at: Instant
    number: str
    subject: str
    fields: tuple[Filled, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseStepped:
    """A party took a step."""

    by: Role
    at: Instant
    act: str
    fields: tuple[Filled, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseNoted:
    """A party wrote something: for both, or for its own people only."""

    by: Role
    at: Instant
    text: str
    internal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePaper:
    """A file was added: its SHA-256, its name, and what it is (a word of the catalogue)."""

    by: Role
    at: Instant
    sha256: str
    name: str
    what: str


Entry: TypeAlias = CaseOpened | CaseStepped | CaseNoted | CasePaper


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case as it stands."""

    kind: CaseKind
    opened: CaseOpened
    entries: tuple[Entry, ...]
    state: str
    last_by: Role

    @property
    def number(self) -> str:
        return self.opened.number

    @property
    def subject(self) -> str:
        return self.opened.subject

    @property
    def bearer(self) -> Role:
        """Who bears it: the party that its kind names, or whoever opened it."""
        return self.kind.bearer or self.opened.by

    @property
    def began(self) -> Instant:
        """When that began which the case is about: the moment that its kind's field says, else its opening."""
        written = self.values.get(self.kind.happened, "")
        return read_moment(written) if written else self.opened.at

    @property
    def is_over(self) -> bool:
        """Whether no step leads on."""
        return not self.kind.graph.leaving(self.state)

    def does_prove(self, serving: Serving, /) -> bool:
        """Whether it is evidence of a duty that it serves, as it stands."""
        return self.state in serving.proves and all(self.values.get(name) for name in serving.needs)

    @property
    def proven(self) -> tuple[DutyCode, ...]:
        """The duties of which it is evidence as it stands."""
        return tuple(each.duty for each in self.kind.servings if self.does_prove(each))

    @property
    def values(self) -> dict[str, str]:
        """What stands in each field: the last that was written."""
        written = [each for each in self.entries if isinstance(each, CaseOpened | CaseStepped)]
        return {filled.name: filled.value for entry in written for filled in entry.fields}

    @property
    def last_act(self) -> str:
        """The step that its last entry is; empty where that is none."""
        last = self.entries[-1]
        return last.act if isinstance(last, CaseStepped) else ""

    @property
    def papers(self) -> tuple[CasePaper, ...]:
        """The files that were added."""
        return tuple(each for each in self.entries if isinstance(each, CasePaper))

    def seen_by(self, side: Role | None, /) -> tuple[Entry, ...]:
        """The entries that a party sees: all but internal notes of the other. None sees both, as an auditor does."""
        return tuple(
            each
            for each in self.entries
            if side is None or not isinstance(each, CaseNoted) or not each.internal or each.by is side
        )


def fold_case(kind: CaseKind, entries: Iterable[Entry], /) -> Case:
    """A case after its entries. Never refuses what was lawful when it was written."""
    every = tuple(entries)
    if not every or not isinstance(every[0], CaseOpened):
        raise CaseNotOpened
    case = Case(kind=kind, opened=every[0], entries=every, state=kind.graph.initial, last_by=every[0].by)
    for entry in every[1:]:
        if isinstance(entry, CaseStepped):
            case = replace(case, state=kind.graph.after(case.state, entry.act), last_by=entry.by)
    return case


def check_opening(kind: CaseKind, opened: CaseOpened, /) -> Case:
    """The case may be opened so. Raises what refuses it."""
    if opened.by not in kind.openers:
        raise NotYourCase(role=party_word(opened.by.other))
    if not opened.subject.strip():
        raise FieldMissing(field="subject")
    _check_fields(kind, kind.opening, opened.fields)
    return fold_case(kind, (opened,))


def steps_from(case: Case, side: Role, /) -> tuple[tuple[Transition, AbsahError | None], ...]:
    """Every step out of the present state, and why this party may not take it (None: it may)."""
    return tuple((each, _turn_refusal(case, each, side)) for each in case.kind.graph.leaving(case.state))


def add_entry(case: Case, entry: CaseStepped | CaseNoted | CasePaper, /) -> Case:
    """The case with one more entry. Raises what refuses it."""
    last = case.entries[-1].at
    if entry.at < last:
        raise EntryBackdated(moment=moment_word(entry.at), last=moment_word(last))
    if isinstance(entry, CaseStepped):
        _check_step(case, entry)
    elif isinstance(entry, CaseNoted) and not entry.text.strip():
        raise NoteEmpty
    return fold_case(case.kind, (*case.entries, entry))


def _check_step(case: Case, step: CaseStepped, /) -> None:
    graph = case.kind.graph
    transition = next((each for each in graph.leaving(case.state) if each.act == step.act), None)
    if transition is None:
        named = graph.named(step.act)
        act = named[0].phrase if named else Phrase(step.act[:40], text=step.act[:40], gloss=step.act[:40])
        raise StepNotNow(act=act, state=graph.state(case.state).phrase)
    if refusal := _turn_refusal(case, transition, step.by):
        raise refusal
    _check_fields(case.kind, case.kind.asked_at(step.act), step.fields)


def _turn_refusal(case: Case, transition: Transition, side: Role, /) -> AbsahError | None:
    """Why it is not this party's step."""
    match transition.by:
        case By.BEARER:
            allowed = side is case.bearer
        case By.BENEFICIARY:
            allowed = side is case.bearer.other
        case by:
            allowed = by.allows(side, last=case.last_by)
    return None if allowed else NotYourStep(act=transition.phrase, role=party_word(side.other))


def _check_fields(kind: CaseKind, asked: StepFields, filled: tuple[Filled, ...], /) -> None:
    given = {each.name: each.value for each in filled}
    for name in asked.asks:
        if not given.get(name, "").strip():
            raise FieldMissing(field=_name_of(kind.fields[name]))
    for name, value in given.items():
        if name not in asked.names:
            raise FieldUnfit(field=name[:40])
        if value and not fits(kind.fields[name], value):
            raise FieldUnfit(field=_name_of(kind.fields[name]))


def _name_of(field: CaseField, /) -> Phrase:
    return Phrase(field.name, text=field.text, gloss=field.gloss)


def case_evidence(case: Case, duty: DutyCode | None = None, /) -> tuple[Evidence, ...]:
    """The case as evidence of a duty that it serves, or of its principal one; nothing until it has come so far."""
    wanted = duty or case.kind.duty
    servings = (each for each in case.kind.servings if each.duty == wanted and case.does_prove(each))
    kinds = {kind for each in servings for kind in each.evidence}
    on = legal_date(case.entries[-1].at)
    digest = case.papers[-1].sha256 if case.papers else ""
    return tuple(
        Evidence(kind=kind, source=case.kind.source, reference=case.number, on=on, digest=digest)
        for kind in sorted(kinds)
    )
