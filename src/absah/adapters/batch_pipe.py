"""A pipe between the pool of a batch and a worker: a message is four bytes of length, then a pickled value.

Whoever leads never waits at his end. A worker reads only when it has done what it was told, which may take it minutes,
and a pipe holds a few dozen tasks at most: what it does not take now is kept here, and goes when there is room.
"""

import pickle
import socket
import struct
from collections.abc import Iterator
from typing import Any, Final, final

_LENGTH: Final = struct.Struct(">I")
_PIECE: Final = 64 * 1024


@final
class LeaderEnd:
    """Our end of a worker's pipe. It never waits."""

    def __init__(self, end: socket.socket, /) -> None:
        end.settimeout(0)
        self._end = end
        self._unsent = bytearray()
        self._heard = bytearray()

    def fileno(self) -> int:
        """What to wait for: answers to be heard, or room for what is `behind`."""
        return self._end.fileno()

    @property
    def behind(self) -> bool:
        """Whether something that was said waits for room in the pipe."""
        return bool(self._unsent)

    def say(self, message: object, /) -> None:
        """Send a message, as far as there is room; `go_on` sends what is left."""
        self._unsent += _framed(message)
        self.go_on()

    def go_on(self) -> None:
        """Send what is left, as far as there is room. A worker that has died is noticed by `hear`."""
        try:
            while self._unsent:
                del self._unsent[: self._end.send(self._unsent)]
        except BlockingIOError:
            return
        except OSError:
            self._unsent.clear()

    def hear(self) -> Iterator[Any]:
        """The messages that have come whole. Raises EOFError after the last one that ever will."""
        ended = self._take_in()
        while (message := self._next()) is not None:
            yield pickle.loads(message)  # noqa: S301 - from a process of ours
        if ended:
            raise EOFError

    def close(self) -> None:
        """The worker ends when it has done what it was told."""
        self._end.close()

    def _take_in(self) -> bool:
        """Whether the other end is closed."""
        try:
            while piece := self._end.recv(_PIECE):
                self._heard += piece
        except BlockingIOError:
            return False
        except OSError:
            pass
        return True

    def _next(self) -> bytes | None:
        """A whole message, if one has come."""
        if len(self._heard) < _LENGTH.size:
            return None
        (length,) = _LENGTH.unpack_from(self._heard)
        end = _LENGTH.size + length
        if len(self._heard) < end:
            return None
        message = bytes(self._heard[_LENGTH.size : end])
        del self._heard[:end]
        return message


@final
class WorkerEnd:
    """A worker's end. It waits until somebody says something."""

    def __init__(self, end: socket.socket, /) -> None:
        self._end = end
        self._stream = end.makefile("rb")

    def say(self, message: object, /) -> None:
        """Raises OSError when nobody listens any more."""
        self._end.sendall(_framed(message))

    def hear(self) -> Any:
        """The next message. Raises EOFError when there will be none."""
        (length,) = _LENGTH.unpack(self._exactly(_LENGTH.size))
        return pickle.loads(self._exactly(length))  # noqa: S301 - from the process that leads

    def _exactly(self, length: int) -> bytes:
        found = self._stream.read(length)
        if len(found) < length:
            raise EOFError
        return found


def _framed(message: object) -> bytes:
    written = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(written)) + written
