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


def next_attempt(attempts: int, /, *, now: Instant) -> Instant | None:
    """When to try again after so many attempts; None: not any more."""
    return instant(now + WAITS[attempts - 1]) if attempts <= len(WAITS) else None
