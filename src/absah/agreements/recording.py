"""Whether an event may be recorded. The one place that refuses; `agreement.evolve` afterwards only adds.

A step of life is judged by `life`, an addendum by what the agreement lets it change and by the duties that are open, a
signature by who was named. No event may precede what is recorded: an old mistake is put right by a new
record. Only what was signed elsewhere is older than its record.
"""

from datetime import date
from typing import Final

from absah.agreements.agreement import Agreement
from absah.agreements.amendments import check_addendum, check_no_open_duties
from absah.agreements.duties import DutyCode
from absah.agreements.events import Acted, Adopted, Amended, Drafted, Event, ReadingConfirmed
from absah.agreements.graphs import act_phrase
from absah.agreements.life import DocumentMissing, Possibility, attempt, present_state
from absah.agreements.parties import Role
from absah.agreements.signatures import check_signer
from absah.agreements.words import day_word
from absah.kernel.clock import legal_date
from absah.kernel.errors import RuleBroken, WrongState
from absah.kernel.messages import Phrase

_AMEND: Final = Phrase("amend", text="adendum", gloss="addendum")


class EventBackdated(RuleBroken):
    """Something is said to have happened before what is already recorded. Parameters: day, last."""

    code = "agreements.event-backdated"


class EventInFuture(RuleBroken):
    """Something is said to have happened on a day that has not come. Parameters: day, today."""

    code = "agreements.event-in-future"


class ActNotNow(WrongState):
    """The agreement's life has no such step from here. Parameters: act, state."""

    code = "agreements.act-not-now"


def check(
    agreement: Agreement, event: Event, /, *, open_duties: frozenset[DutyCode] = frozenset()
) -> Possibility | None:
    """Refuse an event that may not happen. For a step of life: the possibility it is, with what speaks against it.

    `open_duties` are those with a fulfilment under way; an addendum may not take their clauses away.
    """
    _check_day(agreement, event)
    match event:
        case Acted():
            return _check_act(agreement, event)
        case ReadingConfirmed(confirmation=confirmation):
            agreement.model.question(confirmation.question).reading(confirmation.reading)
        case Amended():
            _check_amendment(agreement, event, open_duties)
        case Drafted():
            raise ActNotNow(act="draft", state=agreement.model.life.state(agreement.state).phrase)
        case _:
            pass
    return None


def _check_day(agreement: Agreement, event: Event, /) -> None:
    today = legal_date(event.recorded_at)
    if event.on > today:
        raise EventInFuture(day=day_word(event.on), today=day_word(today))
    earliest = _earliest(agreement, event)
    if event.on < earliest:
        raise EventBackdated(day=day_word(event.on), last=day_word(earliest))


def _earliest(agreement: Agreement, event: Event, /) -> date:
    """The first day an event may have: that of what is recorded; what was signed elsewhere is older than its record."""
    match event:
        case Adopted():
            return event.on
        case Amended(signers=()):
            return agreement.signed_on or agreement.last_on
        case _:
            return agreement.last_on


def _check_act(agreement: Agreement, event: Acted, /) -> Possibility:
    present = present_state(agreement, event.on)
    for transition in agreement.model.life.leaving(present):
        if transition.act == event.act:
            possibility = attempt(agreement, transition, event.by, event.on, event)
            for refusal in possibility.refusals:
                raise refusal
            return possibility
    raise ActNotNow(act=act_phrase(event.act), state=agreement.model.life.state(present).phrase)


def _check_amendment(agreement: Agreement, event: Amended, open_duties: frozenset[DutyCode], /) -> None:
    check_addendum(event.addendum, agreement.model.text, agreement.addenda, allowed=agreement.model.rules.amendments)
    check_no_open_duties(event.addendum, agreement.duties_on(event.on), open_duties)
    if not event.document.strip() or not (event.signers or event.report.strip()):
        raise DocumentMissing(act=_AMEND)
    for role, signer in zip(Role, event.signers, strict=bool(event.signers)):
        check_signer(agreement.parties[role], signer, event.on)
