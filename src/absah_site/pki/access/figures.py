"""Numbers for operators: what there is, what ends, what was issued; and their search."""

from datetime import date, datetime, time, timedelta

from absah.kernel.clock import JAKARTA, Instant, instant, legal_date
from absah_site.pki import store
from absah_site.pki.store import (
    RegisteredCertificate,
    Search,
    Tallies,
)

#: A certificate that ends within this time is one that somebody should renew.
SOON = timedelta(days=30)


def tallies(*, now: Instant) -> Tallies:
    """How many certificates there are, how many end within thirty days, how many were revoked today (Jakarta)."""
    return store.tallies(now=now, soon=SOON, midnight=_midnight(legal_date(now)))


def issued_by_day(*, now: Instant, days: int) -> dict[date, int]:
    """How many were issued on each of the last days (of Jakarta), today included; days without one count nought."""
    first = legal_date(now) - timedelta(days=days - 1)
    starts = [first + timedelta(days=number) for number in range(days + 1)]
    return dict(zip(starts, store.count_issued([_midnight(day) for day in starts]), strict=False))


def ending_by_month(*, now: Instant, months: int) -> dict[date, int]:
    """How many end in each of the coming months (by their first day), of this month those that have not yet."""
    starts = month_starts(now, months + 1)
    edges = [now, *(_midnight(day) for day in starts[1:])]
    return dict(zip(starts, store.count_ending(edges), strict=False))


def _midnight(day: date) -> Instant:
    return instant(datetime.combine(day, time(), tzinfo=JAKARTA))


def month_starts(now: Instant, number: int, /) -> list[date]:
    """The first days of this month and of those after it, in Jakarta."""
    first = legal_date(now).replace(day=1)
    return [_months_after(first, later) for later in range(number)]


def _months_after(first: date, number: int) -> date:
    years, month = divmod(first.month - 1 + number, 12)
    return first.replace(year=first.year + years, month=month + 1)


def find_certificates(search: Search, /, *, offset: int, limit: int) -> tuple[RegisteredCertificate, ...]:
    """Those that a search means, the newest first (by state: who is so since last); of over a thousand, a thousand."""
    return store.find_certificates(search, offset=offset, limit=limit)


def open_intentions() -> int:
    """Issuances that are under way, or were cut off."""
    return store.open_intentions()
