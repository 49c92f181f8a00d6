"""The life of an agreement: what state it is in on a day, what may happen next, and why something may not.

Recorded acts lead from state to state; days that pass do it too, and differently under each living reading. So the
state on a day is asked for each reading, and where all agree there is one answer. An act that is lawful under one
reading is allowed, and the readings that speak against it are named: the parties may differ, we do not take sides.
"""

from collections.abc import Callable, Mapping
from dataclasses import astuple, dataclass
from datetime import date
from typing import Final, TypeAlias

from absah.agreements.agreement import Agreement
from absah.agreements.events import (
    Acted,
    Adopted,
    EndingAgreed,
    ExtensionAgreed,
    Happened,
    NoticeGiven,
    Renewed,
    Signed,
)
from absah.agreements.graphs import By, Need, Transition
from absah.agreements.model import NoticePurpose
from absah.agreements.parties import Role
from absah.agreements.questions import Interpretation, NoticeBefore
from absah.agreements.signatures import signer_refusal
from absah.agreements.terms import notice_day, term
from absah.agreements.words import day_word, party_word
from absah.kernel.errors import AbsahError, BadInput, NotAllowed, RuleBroken, WrongState


class NotYourAct(NotAllowed):
    """The other party takes this step. Parameters: act, role."""

    code = "agreements.not-your-act"


class NotUnderThisReading(RuleBroken):
    """The reading that was confirmed knows no such step. Parameter: act."""

    code = "agreements.not-under-this-reading"


class OutsideTerm(WrongState):
    """The agreement is not in force on this day, under any reading. Parameters: day, last_day."""

    code = "agreements.outside-term"


class NoticeTooLate(RuleBroken):
    """The notice comes later than the agreement lets it, under every reading. Parameters: day, latest."""

    code = "agreements.notice-too-late"


class DocumentMissing(BadInput):
    """What both agree on is written down. Parameter: act."""

    code = "agreements.document-missing"


class EndInThePast(RuleBroken):
    """Parties agree on an end that has passed already. Parameters: last_day, day."""

    code = "agreements.end-in-the-past"


class EndNotLater(RuleBroken):
    """An extension ends later than the term it extends. Parameters: last_day, present."""

    code = "agreements.end-not-later"


@dataclass(frozen=True, slots=True, kw_only=True)
class StateUnder:
    """The state on a day, and the readings under which it is this one."""

    state: str
    readings: tuple[Interpretation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Possibility:
    """A step out of the present state: what refuses it (empty: nothing), and the readings that speak against it."""

    transition: Transition
    refusals: tuple[AbsahError, ...]
    against: tuple[Interpretation, ...] = ()

    @property
    def is_open(self) -> bool:
        return not self.refusals


def state_under(agreement: Agreement, reading: Interpretation, day: date, /) -> str:
    """The state on a day under one reading: the recorded one, or where a day that passed has led since."""
    for transition in agreement.model.life.leaving(agreement.state):
        if (
            transition.by is By.TIME
            and _applies(transition, reading)
            and _has_passed(agreement, transition, reading, day)
        ):
            return transition.target
    return agreement.state


def states(agreement: Agreement, day: date, /) -> tuple[StateUnder, ...]:
    """The state on a day under every living reading. One entry: there is no doubt."""
    found: dict[str, list[Interpretation]] = {}
    for reading in agreement.interpretations:
        found.setdefault(state_under(agreement, reading, day), []).append(reading)
    return tuple(StateUnder(state=state, readings=tuple(readings)) for state, readings in found.items())


def _applies(transition: Transition, reading: Interpretation, /) -> bool:
    """Whether a reading knows the step. Words of readings are unique over all lines, so that one word names one."""
    return transition.reading in {"", *astuple(reading)}


def _has_passed(agreement: Agreement, transition: Transition, reading: Interpretation, day: date, /) -> bool:
    match transition.act:
        case "notice-takes-effect":
            return agreement.notice is not None and day > agreement.notice.intended
        case "agreed-end-comes":
            return agreement.ending is not None and day > agreement.ending.last_day
        case _:  # term-ends
            return day > term(agreement, reading).last_day


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attempt:
    """Somebody wants a step on a day: with its event, or (for a button) without."""

    agreement: Agreement
    transition: Transition
    day: date
    event: Acted | None

    @property
    def purpose(self) -> NoticePurpose:
        return NoticePurpose(self.transition.act.removeprefix("announce-"))


_Check: TypeAlias = Callable[[_Attempt, Interpretation], AbsahError | None]


def _signer(attempt: _Attempt, _reading: Interpretation, /) -> AbsahError | None:
    if not isinstance(attempt.event, Signed):
        return None
    return signer_refusal(attempt.agreement.parties[attempt.event.by], attempt.event.signer, attempt.day)


def _within_term(attempt: _Attempt, reading: Interpretation, /) -> AbsahError | None:
    """What is agreed or announced after the end changes nothing any more."""
    state = state_under(attempt.agreement, reading, attempt.day)
    if state == attempt.agreement.state:
        return None
    return OutsideTerm(day=day_word(attempt.day), last_day=day_word(term(attempt.agreement, reading).last_day))


def _notice_in_time(attempt: _Attempt, reading: Interpretation, /) -> AbsahError | None:
    latest = latest_notice(attempt.agreement, attempt.purpose, reading, attempt.event)
    if latest is None or attempt.day <= latest:
        return None
    return NoticeTooLate(day=day_word(attempt.day), latest=day_word(latest))


def _document(attempt: _Attempt, _reading: Interpretation, /) -> AbsahError | None:
    event = attempt.event
    written = Adopted | NoticeGiven | ExtensionAgreed | EndingAgreed | Renewed
    if isinstance(event, written) and not event.document.strip():
        return DocumentMissing(act=attempt.transition.phrase)
    return None


def _later_end(attempt: _Attempt, reading: Interpretation, /) -> AbsahError | None:
    present = term(attempt.agreement, reading).last_day
    if not isinstance(attempt.event, ExtensionAgreed) or attempt.event.last_day > present:
        return None
    return EndNotLater(last_day=day_word(attempt.event.last_day), present=day_word(present))


def _end_not_past(attempt: _Attempt, _reading: Interpretation, /) -> AbsahError | None:
    if not isinstance(attempt.event, EndingAgreed) or attempt.event.last_day >= attempt.day:
        return None
    return EndInThePast(last_day=day_word(attempt.event.last_day), day=day_word(attempt.day))


#: What the conditions of a graph of life mean.
_CHECKS: Final[Mapping[Need, _Check]] = {
    Need.SIGNER: _signer,
    Need.WITHIN_TERM: _within_term,
    Need.NOTICE_IN_TIME: _notice_in_time,
    Need.DOCUMENT: _document,
    Need.LATER_END: _later_end,
    Need.END_NOT_PAST: _end_not_past,
}


def latest_notice(
    agreement: Agreement, purpose: NoticePurpose, reading: Interpretation, notice: Happened | None = None, /
) -> date | None:
    """The last day for a notice under one reading. None: the agreement sets none, or the day wanted is not known."""
    limit = agreement.model.rules.notice(purpose)
    if limit is None:
        return None
    if purpose is NoticePurpose.EXTENSION:
        return notice_day(limit, term(agreement, reading).last_day)
    if not isinstance(notice, NoticeGiven):
        return None
    if reading.notice_before is NoticeBefore.PROPOSAL and notice.proposed_on is not None:
        return notice_day(limit, notice.proposed_on)
    return notice_day(limit, notice.intended)


def possibilities(agreement: Agreement, role: Role, day: date, /) -> tuple[Possibility, ...]:
    """Every step out of the present state that a person takes, with what refuses it to this party on this day."""
    return tuple(
        attempt(agreement, transition, role, day, None)
        for transition in agreement.model.life.leaving(present_state(agreement, day))
        if transition.by is not By.TIME
    )


def present_state(agreement: Agreement, day: date, /) -> str:
    """The state that acts start from: the recorded one, unless time has moved it under every reading."""
    found = states(agreement, day)
    return found[0].state if len(found) == 1 else agreement.state


def attempt(agreement: Agreement, transition: Transition, role: Role, day: date, event: Acted | None, /) -> Possibility:
    """Whether a party may take a step on a day: with its event, or (for a button) without."""
    if not transition.by.allows(role, last=agreement.last_actor):
        return Possibility(transition=transition, refusals=(NotYourAct(act=transition.phrase, role=party_word(role)),))
    tried = _Attempt(agreement=agreement, transition=transition, day=day, event=event)
    found = {reading: _refusal(tried, reading) for reading in agreement.interpretations}
    refused = {reading: refusal for reading, refusal in found.items() if refusal is not None}
    if len(refused) == len(found):
        return Possibility(transition=transition, refusals=(next(iter(refused.values())),))
    return Possibility(transition=transition, refusals=(), against=tuple(refused))


def _refusal(tried: _Attempt, reading: Interpretation, /) -> AbsahError | None:
    """What one reading has against a step."""
    if not _applies(tried.transition, reading):
        return NotUnderThisReading(act=tried.transition.phrase)
    refusals = (_CHECKS[need](tried, reading) for need in tried.transition.needs)
    return next((each for each in refusals if each is not None), None)
