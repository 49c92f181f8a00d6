"""Connections to the signer that are kept open for the next question.

A line carries one question at a time. It goes back only when its answer has come whole; before it is used again it is
looked at, so that one which the signer has ended meanwhile, by a restart say, carries nothing. What was forked off has
lines of its own.
"""

import os
import select
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import socket
from typing import Final, final

from absah.adapters.signer.rendezvous import connect
from absah.kernel.clock import Clock

_CONNECT_SECONDS: Final = 5.0
_MOST_KEPT: Final = 8
#: Shorter than the signer's own patience with a silent connection, so that none ends while a question is on its way.
_KEPT_SECONDS: Final = 60.0


@final
class Lines:
    """The lines of one process to the socket at `path`. Safe for threads."""

    def __init__(self, path: Path, clock: Clock, /) -> None:
        self._path = path
        self._clock = clock
        self._owner = os.getpid()
        self._kept: deque[tuple[socket, float]] = deque()

    @contextmanager
    def line(self) -> Iterator[socket]:
        """A connection for one question and its answer. Raises SignerUnreachable; any error ends the connection."""
        connection = self._taken() or connect(self._path, timeout=_CONNECT_SECONDS)
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        if len(self._kept) < _MOST_KEPT:
            self._kept.append((connection, self._clock.monotonic()))
        else:
            connection.close()

    def close(self) -> None:
        """End those that wait."""
        while self._kept:
            self._kept.pop()[0].close()

    def __del__(self) -> None:
        self.close()

    def _taken(self) -> socket | None:
        """The line that was used last, if it is still good."""
        if self._owner != os.getpid():
            self.close()
            self._owner = os.getpid()
        while True:
            try:
                connection, since = self._kept.pop()
            except IndexError:
                return None
            if self._clock.monotonic() - since < _KEPT_SECONDS and not _has_ended(connection):
                return connection
            connection.close()


def _has_ended(connection: socket) -> bool:
    """Whether there is something to read on a line that asked nothing: its end."""
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    return bool(poll.poll(0))
