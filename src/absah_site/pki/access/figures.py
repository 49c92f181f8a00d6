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
    midnight = instant(now.astimezone(JAKARTA).replace(hour=0, minute=0, second=0))
    return store.tallies(now=now, soon=SOON, midnight=midnight)


def issued_by_day(*, now: Instant, days: int) -> dict[date, int]:
    """How many were issued on each of the last days, today included; days without one count nought."""
    today = legal_date(now)
    first = today - timedelta(days=days - 1)
    since = instant(datetime.combine(first, time(), tzinfo=JAKARTA))
    counted = store.issued_by_day(since=since)
    return {day: counted.get(day, 0) for day in (first + timedelta(days=number) for number in range(days))}


def ending_by_month(*, now: Instant, months: int) -> dict[date, int]:
    """How many end in each of the coming months (by their first day), this month included."""
    starts = month_starts(now, months + 1)
    until = instant(datetime.combine(starts[-1], time(), tzinfo=JAKARTA))
    counted = store.ending_by_month(since=now, until=until)
    return {month: counted.get(month, 0) for month in starts[:-1]}


def month_starts(now: Instant, number: int, /) -> list[date]:
    """The first days of this month and of those after it, in Jakarta."""
    first = legal_date(now).replace(day=1)
    return [_months_after(first, later) for later in range(number)]


def _months_after(first: date, number: int) -> date:
    years, month = divmod(first.month - 1 + number, 12)
    return first.replace(year=first.year + years, month=month + 1)


def find_certificates(search: Search, /, *, offset: int, limit: int) -> tuple[RegisteredCertificate, ...]:
    """Those that a search means, the newest first; of more than a thousand, a thousand."""
    return store.find_certificates(search, offset=offset, limit=limit)


def open_intentions() -> int:
    """Issuances that are under way, or were cut off."""
    return store.open_intentions()
