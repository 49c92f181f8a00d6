"""The only reader of the machine's time.

Instants are aware, in UTC and of whole seconds, as certificates need them (RFC 5280 §4.1.2.5). Dates in law are
dates in Asia/Jakarta; `legal_date` is the one place where an instant becomes such a date.
"""

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NewType, Protocol, final
from zoneinfo import ZoneInfo

Instant = NewType("Instant", datetime)

JAKARTA = ZoneInfo("Asia/Jakarta")

# clock_gettime(2): on Linux CLOCK_MONOTONIC stands still while the machine is suspended, and an opened key would
# outlive its 120 seconds (decision D8a). Elsewhere the monotonic clock goes on by itself, or there is no better one.
_GROWING = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def instant(moment: datetime, /) -> Instant:
    """Take an aware datetime as an instant: UTC, fractions of a second cut off. A naive one is a programming error."""
    if moment.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return Instant(moment.astimezone(UTC).replace(microsecond=0))


def legal_date(moment: Instant, /) -> date:
    """The date on which a moment falls for Indonesian law: the calendar of Jakarta (WIB, UTC+7)."""
    return moment.astimezone(JAKARTA).date()


class Clock(Protocol):
    """Tells the time. Orchestrating code takes one; pure functions take `now` or `today`."""

    def now(self) -> Instant:
        """The present instant."""
        ...

    def monotonic(self) -> float:
        """Seconds that only ever grow, while the machine sleeps too: for durations and waiting times, not for dates."""
        ...


class FineClock(Clock, Protocol):
    """A clock with fractions of a second too: for measuring other clocks against it, and for nothing else."""

    def wall(self) -> float:
        """Seconds since 1970 with their fractions, as this clock believes."""
        ...


@final
class SystemClock:
    """The machine's own clock."""

    def now(self) -> Instant:
        return instant(datetime.now(UTC))

    def wall(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.clock_gettime(_GROWING)


@final
@dataclass(slots=True)
class FixedClock:
    """A clock that stands still until it is moved: for tests and simulations."""

    moment: Instant

    def now(self) -> Instant:
        return self.moment

    def wall(self) -> float:
        return self.moment.timestamp()

    def monotonic(self) -> float:
        return self.moment.timestamp()

    def advance(self, by: timedelta, /) -> None:
        """Move the clock, forwards or backwards."""
        self.moment = instant(self.moment + by)
