"""Jobs to values and back.

Every change of state is one UPDATE that names the state it expects: whoever is late finds nothing to change, on both
databases, without a lock that is held while work is done.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.db.models import Count, F, Min, Q

from absah.kernel.clock import Instant, instant
from absah_site.jobs.models import Job as Row
from absah_site.jobs.models import Period


class State(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


OPEN = (State.WAITING, State.RUNNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One piece of work as it stands. `error` is the code of the last failure, also of one that is tried again."""

    number: int
    id: UUID
    kind: str
    reference: str
    state: State
    attempts: int
    due_at: Instant
    done: int
    total: int
    result: str
    error: str
    created_at: Instant
    ended_at: Instant | None

    @property
    def ended(self) -> bool:
        """Whether nothing more happens by itself."""
        return self.state not in OPEN

    @property
    def subject(self) -> str:
        """How the ledger names it."""
        return f"job:{self.id}"


def _value(row: Row) -> Job:
    return Job(
        number=int(row.pk),
        id=row.public_id,
        kind=row.kind,
        reference=row.reference,
        state=State(row.state),
        attempts=row.attempts,
        due_at=instant(row.due_at),
        done=row.done,
        total=row.total,
        result=row.result,
        error=row.error,
        created_at=instant(row.created_at),
        ended_at=None if row.ended_at is None else instant(row.ended_at),
    )


def add(public_id: UUID, kind: str, reference: str, /, *, now: Instant, due: Instant) -> int:
    """Add a job that waits. One that is due at once counts as sent: its transaction's end sends it."""
    sent = now if due <= now else None
    row = Row.objects.create(
        public_id=public_id, kind=kind, reference=reference, created_at=now, due_at=due, sent_at=sent
    )
    return int(row.pk)


def find(public_id: UUID, /) -> Job | None:
    """A job by its id."""
    row = Row.objects.filter(public_id=public_id).first()
    return None if row is None else _value(row)


def newest_about(kind: str, reference: str, /) -> Job | None:
    """The job that was asked for last about one thing."""
    row = Row.objects.filter(kind=kind, reference=reference).order_by("-pk").first()
    return None if row is None else _value(row)


def is_open(kind: str, /) -> bool:
    """Whether a job of this kind waits or runs."""
    return Row.objects.filter(kind=kind, state__in=OPEN).exists()


def in_state(*states: State, limit: int) -> tuple[Job, ...]:
    """The newest in these states."""
    return tuple(map(_value, Row.objects.filter(state__in=states).order_by("-pk")[:limit]))


def counts() -> dict[tuple[str, State], int]:
    """How many there are of each kind in each state."""
    rows = Row.objects.values_list("kind", "state").annotate(number=Count("pk")).order_by("kind", "state")
    return {(kind, State(state)): number for kind, state, number in rows}


def waiting_since(*, now: Instant) -> Instant | None:
    """Since when the job that waits longest is due."""
    found = Row.objects.filter(state=State.WAITING, due_at__lte=now).aggregate(since=Min("due_at"))["since"]
    return None if found is None else instant(found)


def failed_since(since: Instant, /) -> int:
    """How many have failed for good after a moment."""
    return Row.objects.filter(state=State.FAILED, ended_at__gte=since).count()


def claim(number: int, lease: UUID, /, *, now: Instant, until: Instant) -> Job | None:
    """Take a job that waits and is due. None when it does not, or somebody else was faster."""
    taken = Row.objects.filter(pk=number, state=State.WAITING, due_at__lte=now).update(
        state=State.RUNNING, lease=lease, leased_until=until, attempts=F("attempts") + 1
    )
    return _value(Row.objects.get(pk=number)) if taken else None


def extend(leases: Collection[UUID], /, *, until: Instant) -> None:
    """Keep what this process is working on."""
    Row.objects.filter(lease__in=leases, state=State.RUNNING).update(leased_until=until)


def note_progress(lease: UUID, done: int, total: int, /, *, until: Instant) -> bool:
    """Write down how far it is. False when the lease is no longer ours."""
    changed = Row.objects.filter(lease=lease, state=State.RUNNING).update(done=done, total=total, leased_until=until)
    return bool(changed)


def end(lease: UUID, state: State, /, *, now: Instant, result: str = "", error: str = "") -> bool:
    """Done, or failed for good. False when the lease is no longer ours."""
    changed = Row.objects.filter(lease=lease, state=State.RUNNING).update(
        state=state, lease=None, leased_until=None, ended_at=now, result=result, error=error
    )
    return bool(changed)


def put_back(lease: UUID, /, *, due: Instant, error: str) -> bool:
    """To be tried again. False when the lease is no longer ours."""
    changed = Row.objects.filter(lease=lease, state=State.RUNNING).update(
        state=State.WAITING, lease=None, leased_until=None, due_at=due, sent_at=None, error=error
    )
    return bool(changed)


def abandoned(*, now: Instant) -> tuple[tuple[UUID, str, int], ...]:
    """Lease, kind and attempts of what runs with its lease over: whoever worked on it has died."""
    rows = Row.objects.filter(state=State.RUNNING, leased_until__lt=now).order_by("pk")
    return tuple((row.lease, row.kind, row.attempts) for row in rows if row.lease is not None)


def take_unsent(*, now: Instant, lost_before: Instant, limit: int) -> tuple[int, ...]:
    """Numbers of what is due and was not sent, or sent so long ago that the queue may have lost it; marked as sent."""
    due = Row.objects.filter(Q(sent_at__isnull=True) | Q(sent_at__lt=lost_before), state=State.WAITING, due_at__lte=now)
    numbers = tuple(due.order_by("due_at").values_list("pk", flat=True)[:limit])
    if numbers:
        Row.objects.filter(pk__in=numbers, state=State.WAITING).update(sent_at=now)
    return numbers


def due_numbers(*, now: Instant, limit: int) -> tuple[int, ...]:
    """Numbers of what waits and is due."""
    return tuple(
        Row.objects.filter(state=State.WAITING, due_at__lte=now)
        .order_by("due_at", "pk")
        .values_list("pk", flat=True)[:limit]
    )


def revive(public_id: UUID, /, *, now: Instant) -> int | None:
    """Let a job that has failed wait again, with all its attempts. Its number; None when it has not failed."""
    changed = Row.objects.filter(public_id=public_id, state=State.FAILED).update(
        state=State.WAITING, attempts=0, due_at=now, sent_at=now, ended_at=None
    )
    return int(Row.objects.values_list("pk", flat=True).get(public_id=public_id)) if changed else None


def forget_done(before: Instant, /) -> int:
    """Delete what was done before a moment. What has failed stays until somebody looks."""
    deleted, _ = Row.objects.filter(state=State.DONE, ended_at__lt=before).delete()
    return deleted


def turn(kind: str, /, *, now: Instant, following: Instant) -> bool:
    """Take the turn of a periodic kind if it is due: one of all who ask gets it."""
    if Period.objects.filter(pk=kind, next_at__lte=now).update(next_at=following):
        return True
    _, first = Period.objects.get_or_create(pk=kind, defaults={"next_at": following})
    return first


def due_periods(kinds: Collection[str], /, *, now: Instant) -> tuple[str, ...]:
    """Of these kinds, those whose turn it is. Only reads."""
    later = set(Period.objects.filter(pk__in=kinds, next_at__gt=now).values_list("pk", flat=True))
    return tuple(kind for kind in kinds if kind not in later)
