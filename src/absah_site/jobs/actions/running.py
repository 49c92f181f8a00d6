"""Doing one job: take it, call its handler, write down what came of it.

A lease says whose turn it is. It ends when nobody keeps it (the process was killed), and then another takes the job;
the first, should it still live, finds that its lease is gone and that what it says about the job is not written.
"""

import logging
from threading import Lock
from typing import Final
from uuid import UUID

from absah.audit.entry import check_opaque
from absah.kernel.clock import instant
from absah.kernel.errors import AbsahError, Unavailable
from absah.kernel.rng import opaque_id
from absah_site import composition
from absah_site.jobs import store
from absah_site.jobs.actions.kinds import Kind, find_kind, pause_after
from absah_site.jobs.actions.work import LeaseLost, Work, lease_end
from absah_site.jobs.store import Job, State

UNKNOWN_KIND: Final = "jobs.kind-unknown"
OUR_FAULT: Final = "web.internal"

log = logging.getLogger("absah.jobs")


class _Held:
    """The leases that this process keeps, and until when on the growing clock it may."""

    def __init__(self) -> None:
        self._until: dict[UUID, float] = {}
        self._turn = Lock()

    def take(self, lease: UUID, kind: Kind) -> None:
        with self._turn:
            self._until[lease] = composition.clock().monotonic() + kind.at_most.total_seconds()

    def drop(self, lease: UUID) -> None:
        with self._turn:
            self._until.pop(lease, None)

    def current(self) -> tuple[UUID, ...]:
        """What still may be kept: an attempt that takes too long is left to somebody else."""
        now = composition.clock().monotonic()
        with self._turn:
            return tuple(lease for lease, until in self._until.items() if now < until)


held: Final = _Held()


def run(number: int, /) -> bool:
    """Do a job, if it is there to be done. Returns whether this call did it."""
    lease = opaque_id(composition.rng())
    found = store.claim(number, lease, now=composition.clock().now(), until=lease_end())
    if found is None:
        return False
    kind = find_kind(found.kind)
    if kind is None:
        _end(lease, State.FAILED, error=UNKNOWN_KIND)
        return True
    held.take(lease, kind)
    try:
        _attempt(found, kind, lease)
    finally:
        held.drop(lease)
    return True


def _attempt(found: Job, kind: Kind, lease: UUID) -> None:
    work = Work(id=found.id, reference=found.reference, attempt=found.attempts, lease=lease)
    try:
        result = kind.handler(work) or ""
        check_opaque("result", result)
    except LeaseLost:
        log.warning("job %s %s was taken over", found.number, found.kind)
    except Unavailable as problem:
        log.info("job %s %s: %s", found.number, found.kind, problem.code)
        try_again_or_fail(lease, kind, found.attempts, problem.code)
    except AbsahError as refusal:
        # A refusal would be repeated; somebody has to change something first.
        log.warning("job %s %s: %s", found.number, found.kind, refusal.code)
        _end(lease, State.FAILED, error=refusal.code)
    except Exception:
        log.exception("job %s %s", found.number, found.kind)
        try_again_or_fail(lease, kind, found.attempts, OUR_FAULT)
    else:
        _end(lease, State.DONE, result=result)


def try_again_or_fail(lease: UUID, kind: Kind, attempts: int, error: str, /) -> None:
    """After an attempt that may succeed the next time."""
    if attempts > kind.retries:
        _end(lease, State.FAILED, error=error)
    else:
        store.put_back(lease, due=instant(composition.clock().now() + pause_after(attempts)), error=error)


def _end(lease: UUID, state: State, *, result: str = "", error: str = "") -> None:
    if not store.end(lease, state, now=composition.clock().now(), result=result, error=error):
        log.warning("a lease was lost before its job could be ended")


def run_due(*, limit: int = 1_000) -> int:
    """Do here what is due now, without a queue: for `absah worker --once` and for tests. Returns how many."""
    return sum(map(run, store.due_numbers(now=composition.clock().now(), limit=limit)))
