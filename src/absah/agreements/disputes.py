"""A dispute: deliberation first, and mediation only where the agreement has it, by three named people.

The graph is the agreement's (`model.dispute`). What each step needs is here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar, Final, TypeAlias

from absah.agreements.clauses import ClauseRef
from absah.agreements.graphs import Need, Transition, act_phrase
from absah.agreements.model import AgreementModel, DisputeSubject
from absah.agreements.parties import Role
from absah.agreements.words import day_word, subject_words
from absah.kernel.errors import AbsahError, BadInput, NotFound, RuleBroken, WrongState


class SubjectNotCovered(RuleBroken):
    """The agreement's way of settling covers other subjects. Parameters: subject, covered."""

    code = "agreements.subject-not-covered"


class NoSuchStep(NotFound):
    """This agreement has no such way of settling a dispute. Parameter: act."""

    code = "agreements.no-such-step"


class DisputeNotNow(WrongState):
    """No such step from here. Parameters: act, state."""

    code = "agreements.dispute-not-now"


class NobodyMet(RuleBroken):
    """Deliberation cannot have failed before anybody met."""

    code = "agreements.nobody-met"


class MediationIncomplete(RuleBroken):
    """Mediation takes three different people: one of each party, and a mediator that both appointed."""

    code = "agreements.mediation-incomplete"


class DisputeUndocumented(BadInput):
    """This step rests on a document. Parameter: act."""

    code = "agreements.dispute-undocumented"


class StepBackdated(RuleBroken):
    """A step before the last one. Parameters: day, last."""

    code = "agreements.step-backdated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Who mediates. `appointment` is the document by which both appointed the mediator."""

    first: str
    second: str
    mediator: str
    appointment: str

    @property
    def is_complete(self) -> bool:
        """Three names, three people."""
        people = {name.casefold().strip() for name in (self.first, self.second, self.mediator)}
        return len(people - {""}) == len(("first", "second", "mediator"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stepped:
    act: ClassVar[str]

    on: date
    by: Role
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Met(_Stepped):
    """The parties deliberated; the document is the minutes. It moves nothing by itself."""

    act = "meet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed(_Stepped):
    """They agree; the document says on what."""

    act = "agree"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed(_Stepped):
    """Deliberation has not led to consensus."""

    act = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class MediationBegun(_Stepped):
    """Three people mediate."""

    act = "mediate"

    panel: Panel


@dataclass(frozen=True, slots=True, kw_only=True)
class MediationFailed(_Stepped):
    """Mediation has not led to a settlement."""

    act = "fail-mediation"


Step: TypeAlias = Met | Agreed | Failed | MediationBegun | MediationFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """What is in dispute, under which clause, and how far it has come."""

    key: str
    subject: DisputeSubject
    clause: ClauseRef
    opened_on: date
    opened_by: Role
    state: str
    steps: tuple[Step, ...] = ()

    @property
    def last_on(self) -> date:
        return self.steps[-1].on if self.steps else self.opened_on

    @property
    def panel(self) -> Panel | None:
        """Who mediates, once somebody does."""
        return next((step.panel for step in self.steps if isinstance(step, MediationBegun)), None)


def open_dispute(
    model: AgreementModel, /, *, key: str, subject: DisputeSubject, clause: ClauseRef, on: date, by: Role
) -> Dispute:
    """A new dispute. Raises SubjectNotCovered, ClauseUnknown."""
    covered = model.rules.dispute_subjects
    if subject not in covered:
        raise SubjectNotCovered(subject=subject_words([subject]), covered=subject_words(covered))
    model.text.find(clause)
    return Dispute(key=key, subject=subject, clause=clause, opened_on=on, opened_by=by, state=model.dispute.initial)


def act_refusal(model: AgreementModel, dispute: Dispute, act: str, /) -> AbsahError | None:
    """Why a kind of step is not possible now, whatever its day and its document; None if it is."""
    return _refusal(model, dispute, act, None)


def _unmet(transition: Transition, dispute: Dispute, step: Step | None, /) -> AbsahError | None:
    """What a step lacks; for a button there is no step yet, and only what has happened is asked."""
    found = (_CHECKS[need](dispute, step, transition.act) for need in transition.needs)
    return next((each for each in found if each), None)


def _met(dispute: Dispute, _step: Step | None, _act: str, /) -> AbsahError | None:
    return None if any(isinstance(each, Met) for each in dispute.steps) else NobodyMet()


def _document(_dispute: Dispute, step: Step | None, act: str, /) -> AbsahError | None:
    return None if step is None or step.document.strip() else DisputeUndocumented(act=act_phrase(act))


def _three_people(_dispute: Dispute, step: Step | None, _act: str, /) -> AbsahError | None:
    if not isinstance(step, MediationBegun) or (step.panel.is_complete and step.panel.appointment.strip()):
        return None
    return MediationIncomplete()


_CHECKS: Final[Mapping[Need, Callable[[Dispute, Step | None, str], AbsahError | None]]] = {
    Need.MET: _met,
    Need.DOCUMENT: _document,
    Need.THREE_PEOPLE: _three_people,
}


def step_refusal(model: AgreementModel, dispute: Dispute, step: Step, /) -> AbsahError | None:
    """Why a step may not be taken; None if it may."""
    if step.on < dispute.last_on:
        return StepBackdated(day=day_word(step.on), last=day_word(dispute.last_on))
    return _refusal(model, dispute, step.act, step)


def _refusal(model: AgreementModel, dispute: Dispute, act: str, step: Step | None, /) -> AbsahError | None:
    if act == Met.act:
        return _document(dispute, step, act)
    transition = next((each for each in model.dispute.leaving(dispute.state) if each.act == act), None)
    if transition is not None:
        return _unmet(transition, dispute, step)
    if not model.dispute.named(act):
        return NoSuchStep(act=act_phrase(act))
    return DisputeNotNow(act=act_phrase(act), state=model.dispute.state(dispute.state).phrase)


def stepped(model: AgreementModel, dispute: Dispute, step: Step, /) -> Dispute:
    """The dispute after a step. Raises what refuses it."""
    if refusal := step_refusal(model, dispute, step):
        raise refusal
    ways = model.dispute.leaving(dispute.state)
    target = next((each.target for each in ways if each.act == step.act), dispute.state)
    return replace(dispute, state=target, steps=(*dispute.steps, step))
