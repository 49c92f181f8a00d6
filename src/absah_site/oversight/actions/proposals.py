"""Four eyes: one person asks, another decides, and nobody approves what he asked for.

What is asked for is fixed when it is asked for: the second person approves exactly what is shown. An approval that
comes too late is refused, because the world has moved on.
"""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from absah.audit.tags import OversightTag
from absah.kernel.clock import instant
from absah.kernel.errors import BadInput, NotAllowed, WrongState
from absah.kernel.refs import Citation, Norm
from absah.kernel.rng import opaque_id
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import Actor
from absah_site.audit.actions import record
from absah_site.oversight import store
from absah_site.oversight.access import ProposalUnknown
from absah_site.oversight.store import Kind, Proposal, State
from absah_site.roles import Permission

#: How long a proposal may wait.
PROPOSAL_LIFE: Final = timedelta(days=14)
_LONGEST_REASON: Final = 400


class SecondPersonNeeded(NotAllowed):
    """Nobody decides about what he asked for himself."""

    code = "oversight.second-person-needed"
    citation = Citation(norm=Norm.ABSAH_DESIGN, clause="1")


class ProposalDecided(WrongState):
    """Somebody has decided already. Parameter: state."""

    code = "oversight.proposal-decided"


class ProposalLapsed(WrongState):
    """It waited for too long. Parameter: days."""

    code = "oversight.proposal-lapsed"


class ReasonMissing(BadInput):
    """A proposal says why, in at most 400 characters."""

    code = "oversight.reason-missing"


def propose(kind: Kind, content: dict[str, Any], why: str, /, *, by: Actor) -> Proposal:
    """Ask for something. Called by the actions that know what `content` means, inside their transaction."""
    authorise(by, Permission.CHANGE_PROPOSE)
    reason = why.strip()
    if not 1 <= len(reason) <= _LONGEST_REASON:
        raise ReasonMissing
    now = composition.clock().now()
    made = Proposal(
        public_id=opaque_id(composition.rng()),
        kind=kind,
        content=content,
        why=reason,
        state=State.PENDING,
        asked_by=by.reference,
        asked_at=now,
    )
    with transaction.atomic():
        store.add_proposal(made)
        facts = {"kind": kind.value}
        record(at=now, tag=OversightTag.CHANGE_PROPOSED, actor=by.reference, subject=made.reference, facts=facts)
    return made


@transaction.atomic
def approve(public_id: UUID, /, *, by: Actor) -> Proposal:
    """Approve what somebody else asked for. It is carried out after."""
    authorise(by, Permission.CHANGE_DECIDE)
    found = _pending(public_id)
    if found.asked_by == by.reference:
        raise SecondPersonNeeded
    if composition.clock().now() > instant(found.asked_at + PROPOSAL_LIFE):
        raise ProposalLapsed(days=PROPOSAL_LIFE.days)
    return _decide(found, State.APPROVED, OversightTag.CHANGE_APPROVED, by=by)


@transaction.atomic
def refuse(public_id: UUID, /, *, by: Actor) -> Proposal:
    """Refuse what somebody else asked for; who asked takes it back."""
    found = _pending(public_id)
    if found.asked_by == by.reference:
        authorise(by, Permission.CHANGE_PROPOSE)
        return _decide(found, State.WITHDRAWN, OversightTag.CHANGE_WITHDRAWN, by=by)
    authorise(by, Permission.CHANGE_DECIDE)
    return _decide(found, State.REFUSED, OversightTag.CHANGE_REFUSED, by=by)


def _pending(public_id: UUID) -> Proposal:
    found = store.lock_proposal(public_id)
    if found is None:
        raise ProposalUnknown
    if found.state is not State.PENDING:
        raise ProposalDecided(state=found.state.value)
    return found


def _decide(found: Proposal, state: State, tag: OversightTag, *, by: Actor) -> Proposal:
    now = composition.clock().now()
    store.set_decision(found.public_id, state, by=by.reference, at=now)
    facts = {"kind": found.kind.value}
    record(at=now, tag=tag, actor=by.reference, subject=found.reference, facts=facts)
    decided = store.find_proposal(found.public_id)
    if decided is None:
        raise ProposalUnknown
    return decided


def finish(found: Proposal, /, *, by: Actor, facts: dict[str, str | int]) -> None:
    """All of it was carried out. Called inside the transaction of the last step; a second time does nothing."""
    locked = store.lock_proposal(found.public_id)
    if locked is None or locked.state is not State.APPROVED:
        return
    now = composition.clock().now()
    store.set_done(found.public_id, at=now)
    told = {"kind": found.kind.value} | facts
    record(at=now, tag=OversightTag.CHANGE_DONE, actor=by.reference, subject=found.reference, facts=told)
