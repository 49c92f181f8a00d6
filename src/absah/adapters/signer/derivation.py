"""A bounded pool for what is slow on purpose: deriving keys from passphrases, making key pairs.

A few wrong passphrases must stall nobody. The workers are few and run at a lower priority than the threads that sign
(on Linux every thread has its own), and only so many may wait; the rest is told to come back.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import BoundedSemaphore, get_native_id
from typing import Final, TypeVar, final

from absah.adapters.signer.errors import SignerBusy

_Made = TypeVar("_Made")
_POLITENESS: Final = 10
_WORKERS: Final = 2
_PLACES: Final = 32


@final
class DerivationPool:
    """Does slow work in its own threads while the caller waits."""

    def __init__(self, *, workers: int = _WORKERS, places: int = _PLACES) -> None:
        self._executor = ThreadPoolExecutor(workers, thread_name_prefix="derivation", initializer=_step_back)
        self._places = BoundedSemaphore(places)

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place in the queue, to be had before anything is counted. Raises SignerBusy when there is none."""
        if not self._places.acquire(blocking=False):
            raise SignerBusy
        try:
            yield
        finally:
            self._places.release()

    def run(self, work: Callable[[], _Made], /) -> _Made:
        """Do the work in the pool and answer its result, or raise its error."""
        return self._executor.submit(work).result()

    def close(self) -> None:
        """Finish what was begun, start nothing more."""
        self._executor.shutdown(wait=True, cancel_futures=True)


def _step_back() -> None:
    os.setpriority(os.PRIO_PROCESS, get_native_id(), _POLITENESS)
