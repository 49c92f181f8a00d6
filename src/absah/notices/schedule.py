"""When a delivery that failed is tried again, and when it is given up."""

from datetime import timedelta
from typing import Final

from absah.kernel.clock import Instant, instant

#: After the first failure, the second, … In all about three days, which a mail server may be away over a weekend.
WAITS: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
    timedelta(hours=24),
)


#: Of a kind that comes by the hundred, one mail is sent in so long a time.
GATHERED_FOR: Final = timedelta(hours=4)


def gathered_until(last: Instant | None, waiting: Instant | None, /, *, now: Instant) -> Instant:
    """When a notice is mailed whose kind is gathered: with what waits, or so long after the last mail, else now."""
    if waiting is not None:
        return max(waiting, now)
    if last is not None and last + GATHERED_FOR > now:
        return instant(last + GATHERED_FOR)
    return now


def next_attempt(attempts: int, /, *, now: Instant) -> Instant | None:
    """When to try again after so many attempts; None: not any more."""
    return instant(now + WAITS[attempts - 1]) if attempts <= len(WAITS) else None
