"""Announcing what happened, in the transaction of the fact."""

from collections.abc import Callable, Collection
from uuid import UUID

from django.db import connection
from django.db.transaction import TransactionManagementError

from absah.kernel.rng import opaque_id
from absah.notices.webhooks.events import Happening
from absah.notices.webhooks.message import body_of
from absah_site import composition
from absah_site.jobs.actions import enqueue
from absah_site.webhooks.store import deliveries, hooks
from absah_site.webhooks.store.hooks import KeptHook

DELIVER = "webhooks:deliver"


def ask_whether_anybody_listens(agencies: Collection[str], /) -> Callable[[], bool]:
    """For facts that are written often, and heard seldom: whether `announce` would have anybody to tell.

    Asked in the transaction of the fact; PostgreSQL is asked with its next statement, after which the answer is there.
    """
    return hooks.ask_whether_anybody_listens(agencies) if agencies else bool


def announce(*happenings: Happening) -> int:
    """Tell the receivers that the agencies named. Returns how many deliveries wait now.

    Where nobody listens this is one question to the database, however many happenings there are. Outside a transaction
    it is a programming error: what is told and what happened are written together, or neither.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("an event is written in the transaction of the fact it tells")
    if not happenings:
        return 0
    listening = hooks.listening_at({happening.agency for happening in happenings})
    wanted = [
        (hook, happening)
        for happening in happenings
        for hook in listening
        if hook.agency == happening.agency and happening.event in hook.events
    ]
    for hook, happening in wanted:
        bring(hook, happening)
    return len(wanted)


def bring(hook: KeptHook, happening: Happening, /) -> UUID:
    """Write down one delivery, and ask for the work. Returns its id."""
    identifier = opaque_id(composition.rng())
    deliveries.add_delivery(identifier, hook.id, happening.event, body_of(happening), at=happening.at)
    ask_for(identifier)
    return identifier


def ask_for(identifier: UUID, /) -> None:
    """Ask the worker to bring one delivery now."""
    enqueue(DELIVER, f"webhook-delivery:{identifier}")
