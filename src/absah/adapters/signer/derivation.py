"""A bounded pool for what is slow on purpose: deriving keys from passphrases, making key pairs.

A few wrong passphrases must stall nobody. Passphrases are stretched in processes beside us (`stretchers`); the workers
here wait for them, and make key pairs, at a lower priority than the threads that sign (on Linux every thread has its
own). They are few, and only so many may wait; the rest is told to come back. While somebody signs with a key that is
open, one derives at a time: the caches of the machine are shared, however little a process counts.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock, get_native_id
from typing import Final, TypeVar, final

from absah.adapters.signer.errors import SignerBusy
from absah.kernel.clock import Clock

_Made = TypeVar("_Made")
_POLITENESS: Final = 10
_WORKERS: Final = 2
_PLACES: Final = 32
_YIELDS_SECONDS: Final = 0.5


@final
class DerivationPool:
    """Does slow work in its own threads while the caller waits."""

    def __init__(self, clock: Clock, /, *, workers: int = _WORKERS, places: int = _PLACES) -> None:
        self._clock = clock
        self._executor = ThreadPoolExecutor(workers, thread_name_prefix="derivation", initializer=_step_back)
        self._places = BoundedSemaphore(places)
        self._alone = Lock()
        self._yielding_until = float("-inf")

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place in the queue, to be had before anything is counted. Raises SignerBusy when there is none."""
        if not self._places.acquire(blocking=False):
            raise SignerBusy
        try:
            yield
        finally:
            self._places.release()

    def make_way(self) -> None:
        """Somebody signs with a key that is open: for a moment one worker is enough."""
        self._yielding_until = self._clock.monotonic() + _YIELDS_SECONDS

    def run(self, work: Callable[[], _Made], /) -> _Made:
        """Do the work in the pool and answer its result, or raise its error."""
        return self._executor.submit(self._in_turn, work).result()

    def _in_turn(self, work: Callable[[], _Made]) -> _Made:
        if self._clock.monotonic() >= self._yielding_until:
            return work()
        with self._alone:
            return work()

    def close(self) -> None:
        """Finish what was begun, start nothing more."""
        self._executor.shutdown(wait=True, cancel_futures=True)


def _step_back() -> None:
    os.setpriority(os.PRIO_PROCESS, get_native_id(), _POLITENESS)
