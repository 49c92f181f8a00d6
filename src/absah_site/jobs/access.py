"""Reading jobs: for pages that show how far something is, for operators, for monitoring."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from absah.kernel.clock import Instant, instant
from absah.kernel.errors import NotFound
from absah_site.jobs import store
from absah_site.jobs.store import Job, State

__all__ = ["Job", "JobUnknown", "Standing", "State", "counts", "ended", "job", "newest_about", "standing", "unfinished"]

_PAGE: Final = 50
#: A job that has been due for so long says that nobody works.
_SILENT: Final = timedelta(minutes=5)
_RECENTLY: Final = timedelta(days=1)


class JobUnknown(NotFound):
    """There is no such job."""

    code = "jobs.unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the worker is doing: seconds that the oldest job has been due, and what failed within a day."""

    late: int
    failed: int

    @property
    def silent(self) -> bool:
        """Whether it looks as if nobody works."""
        return self.late > _SILENT.total_seconds()


def job(public_id: UUID, /) -> Job:
    """By its id."""
    found = store.find(public_id)
    if found is None:
        raise JobUnknown
    return found


def newest_about(kind: str, reference: str, /) -> Job | None:
    """The job that was asked for last about one thing: for a page that shows how far it is."""
    return store.newest_about(kind, reference)


def unfinished() -> tuple[Job, ...]:
    """What waits or runs, newest first."""
    return store.in_state(State.WAITING, State.RUNNING, limit=_PAGE)


def ended(state: State, /) -> tuple[Job, ...]:
    """The newest that are done, or have failed."""
    return store.in_state(state, limit=_PAGE)


def counts() -> dict[tuple[str, State], int]:
    """How many there are of each kind in each state."""
    return store.counts()


def standing(*, now: Instant) -> Standing:
    """How the worker is doing."""
    since = store.waiting_since(now=now)
    late = 0 if since is None else int((now - since).total_seconds())
    return Standing(late=late, failed=store.failed_since(instant(now - _RECENTLY)))
