"""Errands: what a batch asks of others that take their time, one after another, while the workers go on.

Nothing here is written down. Whoever sends an errand has written before what it is about, and takes what it brought.
"""

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self, TypeVar, final

from absah.kernel.errors import AbsahError

_Brought = TypeVar("_Brought")


@final
class Errands:
    """At most one is out. `bell` is a descriptor that can be read as soon as it is back."""

    def __init__(self) -> None:
        self._messenger = ThreadPoolExecutor(1, thread_name_prefix="errand")
        self._out: tuple[Future[Any], Callable[[Any], None]] | None = None
        self.bell = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)

    @property
    def out(self) -> bool:
        """Whether one is."""
        return self._out is not None

    def send(self, errand: Callable[[], _Brought], then: Callable[[_Brought | AbsahError], None], /) -> None:
        """Do this elsewhere; `then` is called by `take_in` with what it answers, or with the error it raises."""
        if self._out is not None:
            raise AssertionError("one at a time")
        self._out = self._messenger.submit(self._run, errand), then

    def take_in(self) -> None:
        """Hear the errand that is back, if one is. A fault of the program is raised here."""
        if self._out is None or not self._has_rung():
            return
        (future, then), self._out = self._out, None
        try:
            brought = future.result()  # there in an instant, if it is not already
        except AbsahError as error:
            brought = error
        then(brought)

    def _run(self, errand: Callable[[], _Brought]) -> _Brought:
        try:
            return errand()
        finally:
            os.eventfd_write(self.bell, 1)

    def _has_rung(self) -> bool:
        try:
            return os.eventfd_read(self.bell) > 0
        except BlockingIOError:
            return False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._messenger.shutdown()
        os.close(self.bell)
