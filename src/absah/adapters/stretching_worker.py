"""The process that stretches passphrases for the signer (decision 0019). Run as a module, by `signer.stretchers`.

It reads a question from its standard input, a socket, answers it, wipes both, and takes the next. It opens no file,
keeps nothing, says nothing, and ends when the signer does: nobody holds the other end any more then.
"""

import ctypes
import os
import resource
import signal
import socket
import sys
from contextlib import suppress
from typing import Final

from absah.adapters.stretching import LONGEST_QUESTION, read_question, stretch_here

#: Behind whoever signs, and not so far that new signers starve on a busy machine: about a tenth of a core against one.
POLITENESS: Final = 10
_PR_SET_DUMPABLE: Final = 4
_PR_SET_NO_NEW_PRIVS: Final = 38


def main() -> int:
    """Answer until nobody asks any more."""
    for number in (signal.SIGINT, signal.SIGTERM):  # a unit that stops tells all its processes; we end with the signer
        signal.signal(number, signal.SIG_IGN)
    place = StepBack()
    _keep_to_ourselves()
    question = bytearray(LONGEST_QUESTION)
    with socket.socket(fileno=0) as line:
        while length := line.recv_into(question):
            place.take()
            _answer(line, question, length)
    return 0


def _answer(line: socket.socket, question: bytearray, length: int) -> None:
    spelled, effort = read_question(question, length)
    try:
        made = stretch_here(spelled, effort)
    finally:
        _wipe(spelled)
        _wipe(question)
    try:
        line.sendall(made)
    finally:
        _wipe(made)


def _wipe(buffer: bytearray) -> None:
    buffer[:] = bytes(len(buffer))


class StepBack:
    """Our place behind the other processes of the machine.

    Where the kernel groups processes by session (sched(7), autogroup), niceness counts among those of a session only,
    and the session as a whole has one of its own, to be written into /proc. Elsewhere ours counts.
    """

    def __init__(self) -> None:
        self._group: int | None = None
        os.setpriority(os.PRIO_PROCESS, 0, POLITENESS)
        with suppress(OSError):
            self._group = os.open("/proc/self/autogroup", os.O_WRONLY | os.O_CLOEXEC)
        self.take()

    def take(self) -> None:
        """Take it. The kernel lets ordinary users ask ten times a second only, all together: then we ask again."""
        if self._group is None:
            return
        try:
            os.write(self._group, str(POLITENESS).encode())
        except BlockingIOError:
            return
        except OSError:
            pass  # no such groups here
        os.close(self._group)
        self._group = None


def _keep_to_ourselves() -> None:
    """No core files, no files at all, no more rights, and no other process may look into our memory."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


if __name__ == "__main__":
    sys.exit(main())
