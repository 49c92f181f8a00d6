"""What an application may still ask today, and what it has asked."""

import re
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from threading import Lock
from typing import Final, final
from uuid import UUID

from absah.esign.client.refusals import OutcomeUnknown
from absah.esign.refusals import StillRunning
from absah.kernel.clock import JAKARTA, Clock, Instant, instant, legal_date
from absah.kernel.errors import NotAllowed
from absah_site import composition
from absah_site.applications.store import uses as store
from absah_site.applications.store.applications import RegisteredApplication, Scope
from absah_site.applications.store.uses import DayOfUse, RecordedUse, Tally, UseState
from absah_site.signing.actions import ABANDONED_AFTER

#: Calls that count against the daily quota.
COUNTED: Final = ("v1.sign", "v2.sign", "v2.seal")
DAYS: Final = 30
_NEWEST: Final = 50
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
#: The word that OutcomeUnknown says where the question is an old one.
_WAITING: Final = "waiting"
_RECOUNT_SECONDS: Final = 5.0
#: Longer than any signature takes; a process that died leaves its attempt begun.
_RUNNING_FOR: Final = timedelta(seconds=60)


class ScopeMissing(NotAllowed):
    """The application may not ask for this. Parameter: scope."""

    code = "applications.scope-missing"


class QuotaUsedUp(NotAllowed):
    """It has signed as often today as it may. Parameter: quota."""

    code = "applications.quota-used-up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The page of an application: a month by days, what was asked, why it was refused, the newest attempts."""

    days: tuple[DayOfUse, ...]
    operations: tuple[Tally, ...]
    refusals: tuple[Tally, ...]
    newest: tuple[RecordedUse, ...]
    last: Instant | None


def require_scope(application: RegisteredApplication, scope: Scope, /) -> None:
    """Raises ScopeMissing."""
    if scope not in application.scopes:
        raise ScopeMissing(scope=scope.value)


def require_quota(application: RegisteredApplication, /) -> None:
    """Raises QuotaUsedUp. Counted anew every five seconds, so that a burst may end a little late."""
    if _counts().today(application.id) >= application.daily_quota:
        raise QuotaUsedUp(quota=application.daily_quota)


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierAnswer:
    """An attempt that asked the same and was done, and what was added to each file."""

    use: RecordedUse
    added: tuple[bytes, ...] = field(repr=False)
    was_repeated: bool


def earlier_answer(application: UUID, asked: str, /, *, since: Instant, now: Instant) -> EarlierAnswer | None:
    """The newest one, while its additions are kept. Raises StillRunning."""
    alike = store.same_asked(application, asked, since=since)
    if any(one.state is UseState.BEGUN and one.began_at >= now - _RUNNING_FOR for one in alike):
        raise StillRunning
    use = next((one for one in alike if one.state is UseState.DONE), None)
    if use is None:
        return None
    added = store.additions_of(use.id, now=now)
    if len(added) != use.files:
        return None
    return EarlierAnswer(use=use, added=added, was_repeated=store.was_repeated(use.id))


def require_known(application: UUID, asked: str, /, *, now: Instant) -> None:
    """Nothing is asked elsewhere again that is under way, or of which nobody knows whether it was signed.

    Raises StillRunning, OutcomeUnknown.
    """
    alike = store.same_asked(application, asked, since=instant(now - ABANDONED_AFTER))
    if any(one.state is UseState.BEGUN for one in alike):
        raise StillRunning
    if store.unknown_alike(application, asked):
        raise OutcomeUnknown(problem=_WAITING)


@final
class DayCounts:
    """How often each application signed today, as this process believes."""

    def __init__(self, clock: Clock, /) -> None:
        self._clock = clock
        self._known: OrderedDict[UUID, list[float]] = OrderedDict()
        self._lock = Lock()

    def today(self, application: UUID, /) -> int:
        """How often before this call."""
        now = self._clock.monotonic()
        with self._lock:
            known = self._known.get(application)
        if known is None or now - known[0] > _RECOUNT_SECONDS:
            known = [now, store.files_since(application, COUNTED, _midnight(self._clock.now()))]
        count = int(known[1])
        known[1] += 1
        with self._lock:
            self._known[application] = known
            while len(self._known) > 10_000:
                self._known.popitem(last=False)
        return count


@cache
def _counts() -> DayCounts:
    return DayCounts(composition.clock())


def forget_counts() -> None:
    """Between tests."""
    _counts.cache_clear()


def _midnight(now: Instant) -> Instant:
    return instant(now.astimezone(JAKARTA).replace(hour=0, minute=0, second=0))


def overview(application: RegisteredApplication, /, *, now: Instant) -> Overview:
    """What an application did in the last thirty days."""
    first = legal_date(now) - timedelta(days=DAYS - 1)
    since = instant(datetime.combine(first, time(), tzinfo=JAKARTA))
    counted = {one.day: one for one in store.by_day(application.id, since=since)}
    return Overview(
        days=tuple(counted.get(day) or DayOfUse(day=day, done=0, refused=0) for day in _days(first)),
        operations=store.by_operation(application.id, since=since),
        refusals=store.by_code(application.id, since=since),
        newest=store.newest(application.id, limit=_NEWEST),
        last=store.last_use_of((application.id,)).get(application.id),
    )


def asked_about(application: RegisteredApplication, written: str, /) -> tuple[RecordedUse, ...]:
    """What became of a file that the application sent, by the SHA-256 of it. Whatever else is written finds nothing."""
    digits = written.strip().lower()
    if not _SHA256.fullmatch(digits):
        return ()
    return store.about_file(application.id, digits, limit=_NEWEST)


def _days(first: date) -> tuple[date, ...]:
    return tuple(first + timedelta(days=number) for number in range(DAYS))


def last_uses(applications: tuple[RegisteredApplication, ...], /) -> dict[UUID, Instant]:
    """When each was heard of last."""
    return store.last_use_of(tuple(one.id for one in applications))
