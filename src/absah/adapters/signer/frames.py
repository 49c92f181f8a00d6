"""A message on the socket: four bytes of length, then so many bytes. Long ones are refused before they are read."""

import socket
import struct
from typing import Final

from absah.adapters.sealing import wipe
from absah.adapters.signer.errors import MessageRefused

LONGEST_FRAME: Final = 32 * 1024 * 1024
_LENGTH: Final = struct.Struct(">I")
_CHUNK: Final = 64 * 1024


def send_frame(connection: socket.socket, message: bytes | bytearray, /) -> None:
    """Raises MessageRefused when it is too long, OSError when the other end is gone."""
    if len(message) > LONGEST_FRAME:
        raise MessageRefused(problem="too-long")
    connection.sendall(_LENGTH.pack(len(message)))
    connection.sendall(message)


def receive_frame(connection: socket.socket, /, *, longest: int = LONGEST_FRAME) -> bytearray | None:
    """A whole message, to be wiped by the caller; None when the other end has closed between two messages.

    Raises MessageRefused when it is too long or cut short, OSError (TimeoutError) when it does not come.
    """
    head = _receive(connection, _LENGTH.size)
    if not head:
        return None
    if len(head) < _LENGTH.size:
        raise MessageRefused(problem="cut-short")
    (length,) = _LENGTH.unpack(head)
    if length > longest:
        raise MessageRefused(problem="too-long")
    message = _receive(connection, length)
    if len(message) < length:
        wipe(message)
        raise MessageRefused(problem="cut-short")
    return message


def _receive(connection: socket.socket, wanted: int) -> bytearray:
    """As many bytes as wanted, or fewer when the other end closes. Room is made as they come, not as announced."""
    received = bytearray()
    while len(received) < wanted:
        chunk = connection.recv(min(_CHUNK, wanted - len(received)))
        if not chunk:
            break
        received += chunk
    return received
