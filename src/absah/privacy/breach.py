"""A failure to protect personal data (UU 27/2022 Pasal 46): what a notice says, and by when whom is told.

The law does not say when the clock starts; we let it start when the failure was noticed, which is the earliest that
anybody can argue for.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from absah.kernel.clock import Instant, instant
from absah.kernel.errors import BadInput, WrongState

CLOCK: Final = timedelta(hours=72)
"""3 x 24 hours, in writing, to the people and to the authority (Pasal 46 (1))."""

_LONGEST: Final = 4000


class BreachIncomplete(BadInput):
    """A notice needs what was disclosed, when and how, and what is done about it (Pasal 46 (2)). Parameter: missing."""

    code = "privacy.breach-incomplete"


class BreachInFuture(BadInput):
    """Nothing is noticed before it happened, nor tomorrow."""

    code = "privacy.breach-in-future"


class ToldAlready(WrongState):
    """They were told."""

    code = "privacy.told-already"


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """What Pasal 46 (2) wants a notice to say: the data (kinds of the record), when and how, handling and recovery."""

    noticed_at: Instant
    data: tuple[str, ...]
    how: str
    handling: str

    @property
    def due_at(self) -> Instant:
        """By when people and authority are told."""
        return instant(self.noticed_at + CLOCK)


def check_breach(breach: Breach, /, *, known: frozenset[str], now: Instant) -> None:
    """Let a record of a failure pass. Raises BreachIncomplete, BreachInFuture."""
    if breach.noticed_at > now:
        raise BreachInFuture
    if not breach.data or not set(breach.data) <= known:
        raise BreachIncomplete(missing="data")
    for name in ("how", "handling"):
        words = getattr(breach, name)
        if not words.strip() or len(words) > _LONGEST:
            raise BreachIncomplete(missing=name)
