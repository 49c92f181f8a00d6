"""How the signer is asked: a request goes out on a line, and its answer comes back on the same.

Nothing is sent twice: when a line breaks after a request was sent, the caller learns `signer.unreachable` and decides.
What was sent and what was answered is wiped, for it may hold a passphrase or a code.
"""

from contextlib import ExitStack
from pathlib import Path
from socket import socket
from typing import Final, TypeVar, final

from absah.adapters.sealing import wiped_after
from absah.adapters.signer import wire
from absah.adapters.signer import wire_replies as replies
from absah.adapters.signer.errors import MessageRefused, SignerUnreachable
from absah.adapters.signer.frames import receive_frame, send_frame
from absah.adapters.signer.lines import Lines
from absah.kernel.clock import Clock

_ANSWER_SECONDS: Final = 60.0
_Expected = TypeVar("_Expected", bound=replies.Reply)


@final
class Questions:
    """The questions of one process to the signer at a socket. Safe for threads."""

    def __init__(self, path: Path, clock: Clock, /) -> None:
        self._lines = Lines(path, clock)

    def ask(self, request: wire.Request, expected: type[_Expected], /) -> _Expected:
        """The answer. Raises what was refused, SignerUnreachable and SignerBusy."""
        with self._lines.line() as line:
            _send(line, request)
            answer = _received(line)
        return _read(answer, expected)

    def begin(self, request: wire.Request, /) -> "Question":
        """Ask, and leave the answer for later. Raises SignerUnreachable."""
        with ExitStack() as held:
            line = held.enter_context(self._lines.line())
            _send(line, request)
            return Question(line, held.pop_all())


@final
class Question:
    """A request that is on its way. Its line is kept for the answer."""

    def __init__(self, line: socket, held: ExitStack, /) -> None:
        self._line = line
        self._held = held

    def answer(self, expected: type[_Expected], /) -> _Expected:
        """Wait for the answer. Raises what was refused, and SignerUnreachable."""
        with self._held:
            answer = _received(self._line)
        return _read(answer, expected)


def _send(line: socket, request: wire.Request, /) -> None:
    try:
        line.settimeout(_ANSWER_SECONDS)
        with wiped_after(wire.write_message(request)) as message:
            send_frame(line, message)
    except OSError as problem:
        raise SignerUnreachable from problem


def _received(line: socket, /) -> bytearray:
    """The answer; one that is cut short is that of a process that died in the middle of it."""
    try:
        answer = receive_frame(line)
    except (OSError, MessageRefused) as problem:
        raise SignerUnreachable from problem
    if answer is None:
        raise SignerUnreachable
    return answer


def _read(answer: bytearray, expected: type[_Expected], /) -> _Expected:
    with wiped_after(answer):
        return wire.parse_reply(answer, expected)
