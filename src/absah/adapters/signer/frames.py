"""A message on the socket: four bytes of length, then so many bytes. Long ones are refused before they are read.

A message that has begun has a deadline as a whole: whoever sends it byte by byte holds nobody up for longer.
"""

import socket
import struct
from dataclasses import dataclass
from typing import Final, Self

from absah.adapters.sealing import wipe
from absah.adapters.signer.errors import MessageRefused
from absah.kernel.clock import Clock

LONGEST_FRAME: Final = 32 * 1024 * 1024
_LENGTH: Final = struct.Struct(">I")
_CHUNK: Final = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to wait: `silence` seconds for a message to begin, `message` seconds for all of it."""

    clock: Clock
    silence: float
    message: float


def send_frame(connection: socket.socket, message: bytes | bytearray, /) -> None:
    """Raises MessageRefused when it is too long, OSError when the other end is gone."""
    if len(message) > LONGEST_FRAME:
        raise MessageRefused(problem="too-long")
    head = _LENGTH.pack(len(message))
    sent = connection.sendmsg((head, message))  # together: the other end wakes once
    with memoryview(message) as waiting:
        if sent < len(head):
            connection.sendall(head[sent:])
        if sent < len(head) + len(waiting):
            connection.sendall(waiting[max(0, sent - len(head)) :])


def receive_frame(
    connection: socket.socket, /, *, longest: int = LONGEST_FRAME, patience: Patience | None = None
) -> bytearray | None:
    """A whole message, to be wiped by the caller; None when the other end has closed between two messages.

    Without `patience` the connection's own timeout holds for each part. Raises MessageRefused when it is too long or
    cut short, OSError (TimeoutError) when it does not come in time.
    """
    if patience is not None:
        connection.settimeout(patience.silence)
    head = connection.recv(_LENGTH.size)
    if not head:
        return None
    deadline = None if patience is None else _Deadline.from_now(patience)
    if len(head) < _LENGTH.size:
        head += _receive(connection, _LENGTH.size - len(head), deadline)
    if len(head) < _LENGTH.size:
        raise MessageRefused(problem="cut-short")
    (length,) = _LENGTH.unpack(head)
    if length > longest:
        raise MessageRefused(problem="too-long")
    message = _receive(connection, length, deadline)
    if len(message) < length:
        wipe(message)
        raise MessageRefused(problem="cut-short")
    return message


@dataclass(frozen=True, slots=True)
class _Deadline:
    clock: Clock
    ends: float

    @classmethod
    def from_now(cls, patience: Patience, /) -> Self:
        """For a message that has begun."""
        return cls(patience.clock, patience.clock.monotonic() + patience.message)

    def impose(self, connection: socket.socket, /) -> None:
        """Let the connection wait for what is left of the time. Raises TimeoutError when nothing is."""
        left = self.ends - self.clock.monotonic()
        if left <= 0:
            raise TimeoutError
        connection.settimeout(left)


def _receive(connection: socket.socket, wanted: int, deadline: _Deadline | None) -> bytearray:
    """As many bytes as wanted, or fewer when the other end closes. Room is made as they come, not as announced."""
    received = bytearray()
    while len(received) < wanted:
        if deadline is not None:
            deadline.impose(connection)
        chunk = connection.recv(min(_CHUNK, wanted - len(received)))
        if not chunk:
            break
        received += chunk
    return received
