"""One duty on one occasion: started, submitted, and accepted or returned by the beneficiary, never by the bearer.

How far it has come is recorded as moves. How it *stands* (in time, late, waiting) is computed from the moves and a day,
never stored, so that it cannot be stale and yesterday's report can be made again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, TypeAlias, assert_never

from absah.agreements.duties import Duty, DutyCode
from absah.agreements.evidence import Evidence
from absah.agreements.graphs import By, Need, act_phrase, load_graph
from absah.agreements.parties import Role, Span
from absah.agreements.reckoning import Start, start_day
from absah.agreements.words import day_word, evidence_words, party_word
from absah.kernel.clock import Instant, legal_date
from absah.kernel.errors import AbsahError, BadInput, NotAllowed, RuleBroken, WrongState

GRAPH = "fulfilment"


class FulfilmentByWrongParty(NotAllowed):
    """The bearer starts and submits, the beneficiary accepts, returns and waives. Parameters: duty, act, role."""

    code = "agreements.fulfilment-by-wrong-party"


class FulfilmentNotNow(WrongState):
    """No such move from here. Parameters: duty, act, state."""

    code = "agreements.fulfilment-not-now"


class EvidenceMissing(RuleBroken):
    """Submitted without the evidence that the duty asks for. Parameters: duty, missing."""

    code = "agreements.evidence-missing"


class ReturnWithoutReason(BadInput):
    """Who returns says what is lacking. Parameter: duty."""

    code = "agreements.return-without-reason"


class WaiverUnfounded(RuleBroken):
    """A duty is waived by a written basis that is named. Parameter: duty."""

    code = "agreements.waiver-unfounded"


class MoveBackdated(RuleBroken):
    """A move before the last one, or on a day that has not come. Parameters: duty, day, last."""

    code = "agreements.move-backdated"


@dataclass(frozen=True, slots=True, kw_only=True)
class InYear:
    """A year of the agreement, cut to its term. `label` is what people call it: 2026, or the agreement's third year."""

    label: str
    days: Span

    @property
    def key(self) -> str:
        return self.label

    @property
    def start(self) -> Start:
        """A limit is counted from the last day of the year."""
        return self.days.last or self.days.first


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The beneficiary asked on a day; `key` is the request's own."""

    key: str
    on: date

    @property
    def start(self) -> Start:
        return self.on


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurred:
    """Something happened; `by` is the party it happened to, where the duty is only that party's."""

    key: str
    at: Start
    by: Role | None = None

    @property
    def start(self) -> Start:
        return self.at


Occasion: TypeAlias = InYear | Asked | Occurred


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moved:
    by: Role
    on: date
    recorded_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Started(_Moved):
    """The bearer is at work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted(_Moved):
    """The bearer says it is done, and shows it."""

    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted(_Moved):
    """The beneficiary agrees that it is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned(_Moved):
    """The beneficiary says what is lacking."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waived(_Moved):
    """The beneficiary does without it, on a written basis."""

    basis: str


Move: TypeAlias = Started | Submitted | Accepted | Returned | Waived


def act_of(move: Move, /) -> str:
    """What the graph calls a move."""
    match move:
        case Started():
            return "start"
        case Submitted():
            return "submit"
        case Accepted():
            return "accept"
        case Returned():
            return "return"
        case Waived():
            return "waive"
        case _:
            assert_never(move)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fulfilment:
    """A duty on an occasion and every move so far. `version` is that of the agreement when it began."""

    duty: DutyCode
    occasion: Occasion
    version: int = 1
    moves: tuple[Move, ...] = ()

    @property
    def state(self) -> str:
        """Where the moves have led."""
        graph = load_graph(GRAPH)
        state = graph.initial
        for move in self.moves:
            state = next(each.target for each in graph.named(act_of(move)))
        return state

    @property
    def submitted_on(self) -> date | None:
        """The day of the last submission that has not been returned: by it, in time or late is judged."""
        for move in reversed(self.moves):
            if isinstance(move, Submitted):
                return move.on
            if isinstance(move, Returned):
                return None
        return None

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """Everything shown so far."""
        return tuple(each for move in self.moves if isinstance(move, Submitted) for each in move.evidence)

    @property
    def is_open(self) -> bool:
        """Whether something is under way: begun, and neither accepted nor waived."""
        return bool(self.moves) and self.state not in {"accepted", "waived"}


def bearers(duty: Duty, fulfilment: Fulfilment, /) -> frozenset[Role]:
    """Who may start and submit: of a mutual duty, only the party that the event happened to, where it names one."""
    match fulfilment.occasion:
        case Occurred(by=Role() as by) if by in duty.bearers:
            return frozenset({by})
        case _:
            return duty.bearers


def beneficiaries(duty: Duty, fulfilment: Fulfilment, /) -> frozenset[Role]:
    """Who may accept, return and waive: the other party; of a mutual duty, the one that did not submit."""
    submitters = [move.by for move in fulfilment.moves if isinstance(move, Submitted)]
    if submitters:
        return frozenset({submitters[-1].other})
    return frozenset(bearer.other for bearer in bearers(duty, fulfilment))


def move_refusal(duty: Duty, fulfilment: Fulfilment, move: Move, /) -> AbsahError | None:
    """Why a move may not be made; None if it may."""
    act = act_of(move)
    graph = load_graph(GRAPH)
    transition = next((each for each in graph.leaving(fulfilment.state) if each.act == act), None)
    if transition is None:
        state = graph.state(fulfilment.state).phrase
        return FulfilmentNotNow(duty=duty.code, act=act_phrase(act), state=state)
    acting = bearers(duty, fulfilment) if transition.by is By.BEARER else beneficiaries(duty, fulfilment)
    if move.by not in acting:
        return FulfilmentByWrongParty(duty=duty.code, act=act_phrase(act), role=party_word(move.by))
    last = fulfilment.moves[-1].on if fulfilment.moves else move.on
    if not last <= move.on <= legal_date(move.recorded_at):
        return MoveBackdated(duty=duty.code, day=day_word(move.on), last=day_word(last))
    return next((each for need in transition.needs if (each := _CHECKS[need](duty, fulfilment, move))), None)


def _evidence(duty: Duty, fulfilment: Fulfilment, move: Move, /) -> AbsahError | None:
    """What was shown before it was returned still counts."""
    shown = move.evidence if isinstance(move, Submitted) else ()
    missing = duty.evidence - {each.kind for each in (*fulfilment.evidence, *shown)}
    return EvidenceMissing(duty=duty.code, missing=evidence_words(missing)) if missing else None


def _reason(duty: Duty, _fulfilment: Fulfilment, move: Move, /) -> AbsahError | None:
    return None if isinstance(move, Returned) and move.reason.strip() else ReturnWithoutReason(duty=duty.code)


def _basis(duty: Duty, _fulfilment: Fulfilment, move: Move, /) -> AbsahError | None:
    return None if isinstance(move, Waived) and move.basis.strip() else WaiverUnfounded(duty=duty.code)


_CHECKS: Final[Mapping[Need, Callable[[Duty, Fulfilment, Move], AbsahError | None]]] = {
    Need.EVIDENCE: _evidence,
    Need.REASON: _reason,
    Need.BASIS: _basis,
}


def moved(duty: Duty, fulfilment: Fulfilment, move: Move, /) -> Fulfilment:
    """The fulfilment after a move. Raises what refuses it."""
    if refusal := move_refusal(duty, fulfilment, move):
        raise refusal
    return replace(fulfilment, moves=(*fulfilment.moves, move))


def day_of(occasion: Occasion, /) -> date:
    """The legal day that the occasion's limit is counted from."""
    return start_day(occasion.start)
