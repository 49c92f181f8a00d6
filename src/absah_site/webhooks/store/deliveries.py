"""Deliveries: rows to values and back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db.models import Count

from absah.kernel.clock import Instant, instant
from absah.notices.webhooks.events import Event
from absah_site import deliveries
from absah_site.webhooks.models import Delivery
from absah_site.webhooks.store.hooks import HookState, KeptHook, hold, hook_of, maybe


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDelivery:
    """A delivery as it stands. `due_at` is when it is tried next, while it waits; `queued`, when it is its turn."""

    id: UUID
    hook: KeptHook
    event: str
    body: bytes
    state: str
    attempts: int
    created_at: Instant
    since: Instant
    due_at: Instant
    tried_at: Instant | None
    ended_at: Instant | None
    status: int | None
    milliseconds: int | None
    error: str
    queued: bool

    @property
    def reference(self) -> str:
        """How jobs and the ledger name it."""
        return f"webhook-delivery:{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What came of one attempt; `error` is empty where the receiver took it.

    `gone`: it wants nothing ever again. `wait`: it asks for so long a pause.
    """

    at: Instant
    milliseconds: int = 0
    status: int | None = None
    error: str = ""
    gone: bool = False
    wait: timedelta = timedelta()


def _delivery(row: Delivery) -> KeptDelivery:
    return KeptDelivery(
        id=row.pk,
        hook=hook_of(row.hook),
        event=row.event,
        body=bytes(row.body),
        state=row.state,
        attempts=row.attempts,
        created_at=instant(row.created_at),
        since=instant(row.since),
        due_at=instant(row.due_at),
        tried_at=maybe(row.tried_at),
        ended_at=maybe(row.ended_at),
        status=row.status,
        milliseconds=row.milliseconds,
        error=row.error,
        queued=row.queued,
    )


def add_delivery(identifier: UUID, hook: UUID, event: Event, body: bytes, /, *, at: Instant) -> None:
    """Something is to be brought."""
    Delivery.objects.create(
        id=identifier, hook_id=hook, event=event.value, body=body, created_at=at, since=at, due_at=at
    )


def lock_delivery(identifier: UUID, /) -> KeptDelivery | None:
    """A delivery and its receiver, held until the transaction ends; the receiver first, as everywhere."""
    receiver = Delivery.objects.filter(pk=identifier).values_list("hook_id", flat=True).first()
    if receiver is None:
        return None
    hold(receiver)
    rows = Delivery.objects.select_related("hook").select_for_update(of=("self",))
    row = rows.filter(pk=identifier).first()
    return None if row is None else _delivery(row)


def find_delivery(identifier: UUID, /) -> KeptDelivery | None:
    """A delivery."""
    row = Delivery.objects.select_related("hook").filter(pk=identifier).first()
    return None if row is None else _delivery(row)


def begin_attempt(delivery: KeptDelivery, /, *, now: Instant, until: Instant) -> None:
    """Count an attempt before anything is sent, and hold the delivery until its outcome, or a moment."""
    rows = Delivery.objects.filter(pk=delivery.id)
    rows.update(attempts=delivery.attempts + 1, tried_at=now, held_until=until, queued=False)


def in_hand(hook: UUID, /, *, now: Instant, beside: UUID | None = None) -> int:
    """How many deliveries are on their way to a receiver, beside one."""
    rows = Delivery.objects.filter(hook_id=hook, held_until__gt=now)
    return (rows if beside is None else rows.exclude(pk=beside)).count()


def let_queue(identifier: UUID, /) -> None:
    """A delivery waits for its turn."""
    Delivery.objects.filter(pk=identifier, state="waiting").update(held_until=None, queued=True)


def take_queued(hook: UUID, /, *, limit: int) -> tuple[UUID, ...]:
    """Those whose turn it is: the oldest that wait for it."""
    rows = Delivery.objects.filter(hook_id=hook, queued=True).order_by("created_at", "pk")
    found = tuple(rows.values_list("pk", flat=True)[:limit])
    Delivery.objects.filter(pk__in=found).update(queued=False)
    return found


_IN_NO_HAND: Final[Mapping[str, object]] = {"held_until": None, "queued": False}


def _of(attempt: Attempt) -> Mapping[str, object]:
    return {"status": attempt.status, "milliseconds": attempt.milliseconds, **_IN_NO_HAND}


def end_delivery(identifier: UUID, state: str, attempt: Attempt, /) -> bool:
    """A delivery is over."""
    rows = Delivery.objects.filter(pk=identifier)
    return bool(deliveries.end(rows, state, at=attempt.at, error=attempt.error, **_of(attempt)))


def give_up(identifier: UUID, /, *, at: Instant, error: str) -> None:
    """A delivery is over without a further attempt."""
    deliveries.end(Delivery.objects.filter(pk=identifier), "dead", at=at, error=error, **_IN_NO_HAND)


def put_off(identifier: UUID, attempt: Attempt, /, *, due: Instant) -> None:
    """A delivery is tried again."""
    deliveries.put_off(Delivery.objects.filter(pk=identifier), due=due, error=attempt.error, **_of(attempt))


def let_wait(identifier: UUID, /, *, due: Instant) -> None:
    """A delivery waits longer, because its receiver rests."""
    Delivery.objects.filter(pk=identifier, state="waiting").update(due_at=due, **_IN_NO_HAND)


def revive(identifiers: Sequence[UUID], /, *, now: Instant) -> int:
    """What was given up waits again, as if new."""
    return deliveries.revive(Delivery.objects.filter(pk__in=identifiers), now=now, since=now)


def dead_of(hook: UUID, /, *, limit: int) -> tuple[UUID, ...]:
    """What was given up for a receiver, oldest first."""
    rows = Delivery.objects.filter(hook_id=hook, state="dead").order_by("created_at", "pk")
    return tuple(rows.values_list("pk", flat=True)[:limit])


def take_waiting(hook: UUID | None, /, *, before: Instant, due: Instant, limit: int) -> tuple[UUID, ...]:
    """What has waited since before a moment, in nobody's hand, at receivers that are on; due again at another."""
    rows = Delivery.objects.filter(state="waiting", due_at__lte=before, hook__state=HookState.ACTIVE)
    rows = rows.exclude(held_until__gt=due)
    if hook is not None:
        rows = rows.filter(hook_id=hook)
    found = tuple(rows.order_by("due_at", "pk").values_list("pk", flat=True)[:limit])
    Delivery.objects.filter(pk__in=found, state="waiting").update(due_at=due, queued=False)
    return found


def log_of(hook: UUID, /, *, state: str, start: int, size: int) -> tuple[KeptDelivery, ...]:
    """The deliveries of a receiver, newest first; of one state, or of all."""
    rows = Delivery.objects.filter(hook_id=hook).select_related("hook").order_by("-created_at", "-pk")
    if state:
        rows = rows.filter(state=state)
    return tuple(map(_delivery, rows[start : start + size]))


def counts_of(hooks: Iterable[UUID], /) -> Mapping[UUID, Mapping[str, int]]:
    """For each receiver, how many deliveries are in each state."""
    found: dict[UUID, dict[str, int]] = {}
    rows = Delivery.objects.filter(hook_id__in=list(hooks)).values("hook_id", "state").annotate(number=Count("pk"))
    for row in rows:
        found.setdefault(row["hook_id"], {})[row["state"]] = row["number"]
    return found


def forget_before(moment: Instant, /) -> int:
    """Remove old deliveries that are over. Returns how many."""
    number, _ = Delivery.objects.filter(created_at__lt=moment).exclude(state="waiting").delete()
    return number
