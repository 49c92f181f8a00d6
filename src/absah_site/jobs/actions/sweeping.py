"""What the worker does beside the jobs: send what was not sent, take over from the dead, begin what is due."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from django.db import close_old_connections, transaction

from absah.kernel.clock import instant
from absah_site import composition
from absah_site.jobs import adapter, store
from absah_site.jobs.actions.asking import enqueue, send
from absah_site.jobs.actions.kinds import find_kind, periodic_kinds, register_periodic
from absah_site.jobs.actions.running import UNKNOWN_KIND, held, run, try_again_or_fail
from absah_site.jobs.actions.work import Work, lease_end
from absah_site.jobs.store import State

WORKER_DIED: Final = "jobs.worker-died"
#: What was sent so long ago and still waits, the queue has lost.
LOST_AFTER: Final = timedelta(seconds=20)
_AT_ONCE: Final = 200
_DONE_KEPT_FOR: Final = timedelta(days=30)
_TIDY: Final = "jobs:forget-done"


def sweep() -> None:
    """One round. Reads first, so that an idle worker writes nothing."""
    take_over()
    begin_periodic()
    now = composition.clock().now()
    for number in store.take_unsent(now=now, lost_before=instant(now - LOST_AFTER), limit=_AT_ONCE):
        send(number)


def keep_leases() -> None:
    """Say that this process lives and works on."""
    if leases := held.current():
        store.extend(leases, until=lease_end())


def take_over() -> None:
    """What runs without a lease: its process has died. It waits again, unless it has brought down enough of them."""
    now = composition.clock().now()
    for lease, name, attempts in store.abandoned(now=now):
        kind = find_kind(name)
        if kind is None:
            store.end(lease, State.FAILED, now=now, error=UNKNOWN_KIND)
        elif attempts > kind.retries:
            try_again_or_fail(lease, kind, attempts, WORKER_DIED)
        else:
            store.put_back(lease, due=now, error=WORKER_DIED)


def begin_periodic() -> None:
    """Ask for what is due by itself. While a job of that kind is open, its turn goes by."""
    kinds = {kind.name: kind for kind in periodic_kinds()}
    now = composition.clock().now()
    for name in store.due_periods(tuple(kinds), now=now):
        following = instant(now + (kinds[name].every or timedelta()))
        with transaction.atomic():
            if store.turn(name, now=now, following=following) and not store.is_open(name):
                enqueue(name, "")


@contextmanager
def working(*, threads: int) -> Iterator[None]:
    """Do what the queue brings, in threads of this process, until the block ends."""

    def do(number: int) -> None:
        close_old_connections()
        try:
            run(number)
        finally:
            close_old_connections()

    with adapter.consuming(do, threads=threads):
        yield


def _forget_done(_work: Work) -> str:
    before = instant(composition.clock().now() - _DONE_KEPT_FOR)
    return str(store.forget_done(before))


def register_own() -> None:
    """What was done is forgotten after thirty days; what failed stays until somebody looks."""
    register_periodic(_TIDY, _forget_done, every=timedelta(days=1))
