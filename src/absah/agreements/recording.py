"""Whether an event may be recorded. The one place that refuses; `agreement.evolve` afterwards only adds.

A step of life is judged by `life`, an addendum by what the agreement lets it change and by the duties that are open, a
signature by who was named. No event may precede what is recorded: an old mistake is put right by a new record.
"""

from absah.agreements.agreement import Agreement
from absah.agreements.amendments import check_addendum, check_no_open_duties
from absah.agreements.duties import DutyCode
from absah.agreements.events import Acted, Adopted, Amended, Drafted, Event, ReadingConfirmed
from absah.agreements.graphs import act_phrase
from absah.agreements.life import Possibility, attempt, present_state
from absah.agreements.parties import Role
from absah.agreements.signatures import check_signer
from absah.agreements.words import day_word
from absah.kernel.clock import legal_date
from absah.kernel.errors import RuleBroken, WrongState


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
    if event.on < agreement.last_on and not isinstance(event, Adopted):
        raise EventBackdated(day=day_word(event.on), last=day_word(agreement.last_on))


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
    for role, signer in zip(Role, event.signers, strict=True):
        check_signer(agreement.parties[role], signer, event.on)
