"""What waits for whom: the queues of verifikators and of the registration authority."""

from uuid import UUID

from absah.enrolment.states import Stage
from absah_site.actors import Account
from absah_site.enrolment.store import lists
from absah_site.enrolment.store.lists import RequestRow, Waiting
from absah_site.roles import Permission

__all__ = ["RequestRow", "Waiting"]

#: What somebody still has to do, in the order of the steps.
OPEN = (Stage.ENTERED, Stage.COMPLETED, Stage.VERIFIED, Stage.APPROVED)


def agencies_where(actor: Account, *permissions: Permission) -> frozenset[UUID] | None:
    """The agencies at which a person may do one of these, by the ids of the register; None: at every one."""
    found = actor.agencies_where(*permissions)
    return None if found is None else frozenset(map(UUID, found))


def decides_at(actor: Account, /) -> tuple[Stage, ...]:
    """The stages at which this person decides."""
    stages = ((Permission.REQUEST_CHECK, Stage.COMPLETED), (Permission.REQUEST_DECIDE, Stage.VERIFIED))
    return tuple(stage for permission, stage in stages if actor.may(permission))


def scope_of(actor: Account, /) -> frozenset[UUID] | None:
    """The agencies whose requests a person has to do with; None: all."""
    return agencies_where(
        actor,
        Permission.SUBSCRIBER_REGISTER,
        Permission.REQUEST_CHECK,
        Permission.REQUEST_DECIDE,
        Permission.REQUEST_OVERSEE,
    )


def counters_for(actor: Account, /) -> dict[Stage, Waiting]:
    """How many requests stand at each open stage, and since when the oldest waits."""
    return lists.waiting(scope_of(actor), OPEN)


def queue_of(actor: Account, stages: tuple[Stage, ...], /, *, offset: int, limit: int) -> tuple[RequestRow, ...]:
    """A page of the queue: what waits longest first; what is over, the newest first."""
    over = not any(stage.is_open for stage in stages)
    return lists.requests_page(scope_of(actor), stages, offset=offset, limit=limit, newest_first=over)


def escalated_queue(actor: Account, /, *, offset: int, limit: int) -> tuple[RequestRow, ...]:
    """A page of what was escalated and still waits."""
    return lists.escalated_page(scope_of(actor), offset=offset, limit=limit)


def count_escalated(actor: Account, /) -> int:
    """How many of those there are."""
    return lists.count_escalated(scope_of(actor))
