"""Says whether the clock may be stamped with. Without proof it may not (ETSI EN 319 421 §7.7, EN 319 422 §5.2.2).

Two watches. Other clocks are measured every so often, and their median says how far ours is off. Between measurements,
at each look, the time that passed by the wall clock is compared with the time that passed by the clock that only grows:
when they part, somebody set the clock, and it is not believed again before the next measurement says so.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from statistics import median
from threading import Lock, Thread
from typing import Final, Protocol, final

from absah.adapters.trusted_time.sntp import Measurement
from absah.kernel.clock import FineClock
from absah.kernel.errors import AbsahError, Unavailable

#: How far wall time and growing time may part between two looks, seconds: more than any clock is slewed by.
_JUMP: Final = 0.2
#: Two readings that are further apart than this, seconds, are not of one moment: the machine was busy in between.
_ONE_MOMENT: Final = 0.02
_MOST_READINGS: Final = 50
#: A measurement counts for so many intervals: two may fail in a row.
_HOLDS_FOR: Final = 3

log = logging.getLogger("absah.tsa")


class ClockNotTrusted(Unavailable):
    """The clock of this machine is not proven right at this moment. Parameter: problem."""

    code = "time.clock-not-trusted"


class TimeServer(Protocol):
    """Another clock."""

    @property
    def name(self) -> str: ...

    def measure(self) -> Measurement:
        """How far our clock is off. Raises TimeServerSilent."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeRules:
    """How far the clock may be off (seconds), how often it is measured (seconds), and whether it must be at all.

    `unproven` lets a trial without any time server stamp with the machine's own clock.
    """

    largest_offset: float = 0.5
    measure_every: float = 60.0
    unproven: bool = False


@final
class TimeGuard:
    """Watches one clock. `look` is called about once a second; `check` before every stamp."""

    def __init__(self, clock: FineClock, servers: Sequence[TimeServer], rules: TimeRules, /) -> None:
        self._clock = clock
        self._servers = tuple(servers)
        self._rules = rules
        self._turn = Lock()
        self._measuring = False
        self._due_at = clock.monotonic()
        self._proven_until = inf if rules.unproven and not servers else -inf
        self._jumps = 0
        self._problem = "not-measured" if servers else "no-time-server"
        self._parted = self._parting()

    def check(self) -> None:
        """Raises ClockNotTrusted. Quick: two clocks are read and compared."""
        growing = self._clock.monotonic()
        if growing > self._proven_until:
            raise ClockNotTrusted(problem=self._problem)
        if abs(self._parting() - self._parted) > _JUMP:
            self._jumped()
            raise ClockNotTrusted(problem=self._problem)

    def look(self, *, aside: bool = True) -> None:
        """Follow the clock, and measure when it is time: aside, in a thread, so that nobody waits for a network."""
        growing, parted = self._clock.monotonic(), self._parting()
        if abs(parted - self._parted) > _JUMP:
            self._jumped()
        self._parted = parted  # a clock that is slewed walks away slowly, and may
        with self._turn:
            if self._measuring or not self._servers or growing < self._due_at:
                return
            self._measuring = True
        if aside:
            Thread(target=self._measure, name="time", daemon=True).start()
        else:
            self._measure()

    def _parting(self) -> float:
        """By how many seconds the wall clock is ahead of the growing one, at one moment."""
        parted = 0.0
        for _ in range(_MOST_READINGS):
            growing = self._clock.monotonic()
            parted = self._clock.wall() - growing
            if self._clock.monotonic() - growing < _ONE_MOMENT:
                break
        return parted

    def _jumped(self) -> None:
        """Believe nothing before the next measurement, which is due at once. Without servers: before a restart."""
        log.error("the clock was set while it ran: it is not trusted")
        self._jumps += 1
        self._problem = "jump"
        self._proven_until = -inf
        self._due_at = self._clock.monotonic()

    def _measure(self) -> None:
        jumps = self._jumps
        found = []
        try:
            for server in self._servers:
                try:
                    found.append(server.measure())
                except AbsahError as problem:
                    log.warning("%s", problem)
            if jumps == self._jumps:  # else what was measured was another clock
                self._conclude(found)
        finally:
            with self._turn:
                self._measuring = False

    def _conclude(self, found: list[Measurement]) -> None:
        rules, growing = self._rules, self._clock.monotonic()
        self._due_at = growing + rules.measure_every
        # More than half must have answered: one that is left could be the one that lies.
        if 2 * len(found) <= len(self._servers):
            self._problem = "time-servers-silent"
            return
        offset = median(one.offset for one in found)
        error = median(one.error for one in found)
        if abs(offset) + error > rules.largest_offset:
            log.error("the clock is off by %.3f s (± %.3f s)", offset, error)
            self._problem = "offset"
            self._proven_until = -inf
            return
        self._problem = "measured-too-long-ago"
        self._proven_until = growing + _HOLDS_FOR * rules.measure_every
