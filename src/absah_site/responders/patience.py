"""For how long the body of a request may arrive: one look at all that are waited for, in place of a timer for each.

A timer that is set and taken back costs more than reading the body of an honest question.
"""

import asyncio
from asyncio import AbstractEventLoop, Task
from collections.abc import Awaitable
from typing import Any, Final, final

from absah_site.responders.refusals import QuestionTooSlow

_LOOKS: Final = 4


@final
class Patience:
    """Gives up on what takes longer than `seconds`, a quarter of that later at most."""

    def __init__(self, seconds: float, /) -> None:
        self._seconds = seconds
        self._waiting: dict[Task[Any], float] = {}
        self._given_up: set[Task[Any]] = set()
        self._looks = False

    async def wait(self, arriving: Awaitable[bytes], /) -> bytes:
        """What arrives. Raises QuestionTooSlow."""
        task, loop = asyncio.current_task(), asyncio.get_running_loop()
        if task is None:
            raise AssertionError("the server runs each request in a task")
        self._waiting[task] = loop.time() + self._seconds
        if not self._looks:
            self._look_later(loop)
        try:
            return await arriving
        except asyncio.CancelledError:
            if task not in self._given_up:
                raise  # the server ends
            task.uncancel()
            raise QuestionTooSlow(seconds=int(self._seconds)) from None
        finally:
            del self._waiting[task]
            self._given_up.discard(task)

    def _look_later(self, loop: AbstractEventLoop) -> None:
        self._looks = True
        loop.call_later(self._seconds / _LOOKS, self._look, loop)

    def _look(self, loop: AbstractEventLoop) -> None:
        """Give up on those whose time is over. Nobody looks while nothing is waited for."""
        now = loop.time()
        for task, latest in self._waiting.items():
            if latest <= now and task not in self._given_up:
                self._given_up.add(task)
                task.cancel()
        self._looks = False
        if self._waiting:
            self._look_later(loop)
