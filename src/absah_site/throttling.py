"""How long to wait after wrong attempts.

The pair of name and address is slowed first, an address that tries many names next, and a name under attack from many
addresses only a little: nobody shall lock a minister out (design §2).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from absah.kernel.clock import Instant

WINDOW: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """`free` wrong attempts within the window cost nothing, the next costs `first`, each further one twice as much."""

    free: int
    first: timedelta
    most: timedelta


PAIR: Final = Limit(free=5, first=timedelta(minutes=1), most=WINDOW)
ADDRESS: Final = Limit(free=30, first=timedelta(minutes=1), most=WINDOW)
NAME: Final = Limit(free=50, first=timedelta(seconds=10), most=timedelta(minutes=1))

_DOUBLINGS = 16


def waiting_time(attempts: Sequence[Instant], limit: Limit, /, *, now: Instant) -> timedelta:
    """What is left to wait, counted from the last wrong attempt. Zero: go ahead."""
    recent = sorted(moment for moment in attempts if now - moment < WINDOW)
    over = len(recent) - limit.free
    if over < 0 or not recent:
        return timedelta(0)
    wait = min(limit.first * (1 << min(over, _DOUBLINGS)), limit.most)
    return max(recent[-1] + wait - now, timedelta(0))
