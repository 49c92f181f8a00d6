"""Children of a soak run: forked copies that each do one thing for ever, and are killed by lot.

The parent sets Django up once, and has used no connection when it forks.
"""

import os
import random
import signal
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self


class Children:
    """One child for each part, killed without warning; at the end of the block none is left."""

    def __init__(self, parts: Sequence[Callable[[], object]], /) -> None:
        self._parts = parts
        self._running: dict[int, int] = {}

    def __enter__(self) -> Self:
        self._running = {place: _started(part) for place, part in enumerate(self._parts)}
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.end(*self._running)

    def kill_one(self, chance: random.Random, /) -> None:
        """Kill one by lot; another takes its place at once."""
        place = chance.choice(list(self._running))
        self.end(place)
        self._running[place] = _started(self._parts[place])

    def end(self, *places: int) -> None:
        """Kill for good those who do the parts at these places."""
        for place in places:
            child = self._running.pop(place)
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def _started(part: Callable[[], object]) -> int:
    child = os.fork()
    if child:
        return child
    try:
        part()
    finally:
        os._exit(1)
