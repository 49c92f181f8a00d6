"""What ends when, and the newest certificate of each of many people: for lists, reminders and the calendar."""

from collections.abc import Iterable
from datetime import date, datetime, time

from absah.kernel.clock import JAKARTA, Instant, instant
from absah_site.pki import store
from absah_site.pki.access.figures import month_starts
from absah_site.pki.store import CertificateRow


def newest_of_holders(holders: Iterable[str], /) -> dict[str, CertificateRow]:
    """The newest certificate of each of these holders, by holder: for lists of people."""
    return store.newest_of_holders(holders)


def ending_page(
    agencies: Iterable[str] | None, /, *, after: Instant, until: Instant, offset: int = 0, limit: int = 0
) -> tuple[CertificateRow, ...]:
    """Good certificates of people that end in a span of time, the soonest first; at these agencies (None: at all)."""
    return store.ending_page(agencies, after=after, until=until, offset=offset, limit=limit)


def ending_calendar(agencies: Iterable[str] | None, /, *, now: Instant, months: int) -> dict[date, int]:
    """How many certificates of people end in each of the coming months, this month included."""
    starts = month_starts(now, months + 1)
    until = instant(datetime.combine(starts[-1], time(), tzinfo=JAKARTA))
    counted = store.ending_months(agencies, since=now, until=until)
    return {month: counted.get(month, 0) for month in starts[:-1]}
