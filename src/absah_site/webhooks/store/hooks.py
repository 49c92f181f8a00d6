"""Receivers: rows to values and back."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from absah.kernel.clock import Instant, instant
from absah.notices.webhooks.events import CHOOSABLE, Event
from absah_site.rows import marks, select_early
from absah_site.webhooks.models import Hook

#: Asked with every fact that is announced, and the answer is nearly always no.
_ANYBODY: Final = "SELECT 1 FROM webhooks_hook WHERE agency IN ({}) AND state IN ('active', 'paused') LIMIT 1"


class HookState(StrEnum):
    """What becomes of the events of a receiver: brought, held, or none any more (by itself, or by its agency)."""

    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptHook:
    """A receiver. `events` are those it hears; `everything` says that later ones are among them."""

    id: UUID
    agency: str
    name: str
    address: str
    events: frozenset[Event]
    everything: bool
    state: HookState
    failures: int
    failing_since: Instant | None
    rests_until: Instant | None
    registered_at: Instant

    @property
    def subject(self) -> str:
        """How the ledger names it."""
        return f"webhook:{self.id}"


def maybe(moment: datetime | None, /) -> Instant | None:
    """A column of moments that may be empty."""
    return None if moment is None else instant(moment)


def hook_of(row: Hook, /) -> KeptHook:
    """A row as a value. Names of events that this release does not know are left out."""
    known = {event.value: event for event in CHOOSABLE}
    chosen = frozenset(known[name] for name in row.events if name in known)
    return KeptHook(
        id=row.pk,
        agency=row.agency,
        name=row.name,
        address=row.address,
        events=chosen if row.events else frozenset(CHOOSABLE),
        everything=not row.events,
        state=HookState(row.state),
        failures=row.failures,
        failing_since=maybe(row.failing_since),
        rests_until=maybe(row.rests_until),
        registered_at=instant(row.registered_at),
    )


def add_hook(new: KeptHook, /, *, by: str) -> None:
    """Enter a receiver."""
    Hook.objects.create(
        id=new.id,
        agency=new.agency,
        name=new.name,
        address=new.address,
        events=_names(new),
        registered_by=by,
        registered_at=new.registered_at,
    )


def _names(hook: KeptHook) -> list[str]:
    return [] if hook.everything else sorted(event.value for event in hook.events)


def change_hook(hook: KeptHook, /) -> None:
    """Name, address and events as they are now."""
    Hook.objects.filter(pk=hook.id).update(name=hook.name, address=hook.address, events=_names(hook))


def lock_hook(identifier: UUID, /) -> KeptHook | None:
    """A receiver, held until the transaction ends; removed ones are not there."""
    row = _held().filter(pk=identifier).exclude(state=HookState.REMOVED).first()
    return None if row is None else hook_of(row)


def hold(identifier: UUID, /) -> None:
    """Hold a receiver until the transaction ends, whatever its state."""
    _held().filter(pk=identifier).first()


def _held() -> QuerySet[Hook]:
    # No key: who writes down a further delivery in the transaction of a fact is not held up.
    return Hook.objects.select_for_update(no_key=True)


def find_hook(identifier: UUID, /) -> KeptHook | None:
    """A receiver; removed ones are not there."""
    row = Hook.objects.filter(pk=identifier).exclude(state=HookState.REMOVED).first()
    return None if row is None else hook_of(row)


def of_agencies(agencies: Iterable[str], /) -> tuple[KeptHook, ...]:
    """The receivers of some agencies, by name."""
    rows = Hook.objects.filter(agency__in=list(agencies)).exclude(state=HookState.REMOVED).order_by("name", "pk")
    return tuple(map(hook_of, rows))


def ask_whether_anybody_listens(agencies: Collection[str], /) -> Callable[[], bool]:
    """Whether there are any of those: PostgreSQL is asked with the next statement, after which the answer is there."""
    found = select_early(_ANYBODY.format(marks(len(agencies))), *agencies)
    return lambda: bool(found())


def listening_at(agencies: Iterable[str], /) -> tuple[KeptHook, ...]:
    """The receivers of some agencies to which something is to be brought, now or when they go on."""
    named = list(agencies)
    if not ask_whether_anybody_listens(named)():
        return ()
    rows = Hook.objects.filter(agency__in=named, state__in=(HookState.ACTIVE, HookState.PAUSED))
    return tuple(map(hook_of, rows.order_by("pk")))


def set_state(identifier: UUID, state: HookState, /) -> None:
    """A receiver goes on, rests or ends. What failed before is forgotten."""
    Hook.objects.filter(pk=identifier).update(state=state, failures=0, failing_since=None, rests_until=None)


def note_health(identifier: UUID, /, *, failures: int, since: Instant | None, rests_until: Instant | None) -> None:
    """How a receiver fares."""
    Hook.objects.filter(pk=identifier).update(failures=failures, failing_since=since, rests_until=rests_until)
