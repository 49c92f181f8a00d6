"""What a handler is called with, and how long whoever has taken a job may keep it unheard."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, final
from uuid import UUID

from absah.kernel.clock import Instant, instant
from absah.kernel.errors import WrongState
from absah_site import composition
from absah_site.jobs import store

LEASE: Final = timedelta(seconds=30)


def lease_end() -> Instant:
    """Until when a lease that is taken or kept now goes."""
    return instant(composition.clock().now() + LEASE)


class LeaseLost(WrongState):
    """Somebody else has taken this job over: this attempt ends without a trace."""

    code = "jobs.lease-lost"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a handler is called with. `attempt` counts from 1."""

    id: UUID
    reference: str
    attempt: int
    lease: UUID

    def progress(self, done: int, total: int, /) -> None:
        """Tell how far it is. Raises LeaseLost."""
        if not store.note_progress(self.lease, done, total, until=lease_end()):
            raise LeaseLost
