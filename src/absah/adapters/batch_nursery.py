"""Where the workers of a batch come from: one process that has imported everything and opened nothing, and forks.

It is started afresh, so that it has neither threads nor keys nor connections of whoever leads; what a worker works with
is opened in the worker. So a hundred workers cost one import, and one that died is replaced in an instant. Everybody
dies with whom he comes from: the workers with the nursery, the nursery with the process that leads.
"""

import os
import subprocess
import sys
from contextlib import suppress
from multiprocessing.connection import Pipe
from multiprocessing.reduction import send_handle
from socket import socket, socketpair
from typing import Final, final

from absah.adapters.batch_tasks import Assignment

# Without the garbage collector, which finds nothing among what is imported and takes a sixth of the time.
_PROGRAM: Final = "import gc; gc.disable(); from absah.adapters.batch_worker import nurse; nurse()"
_END_SECONDS: Final = 5.0


@final
class Nursery:
    """The process, seen from outside."""

    def __init__(self, assignment: Assignment, /) -> None:
        self._control, theirs = Pipe()
        with theirs:
            end = theirs.fileno()
            command = [sys.executable, "-c", _PROGRAM, str(end), str(os.getpid())]
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, pass_fds=[end])  # noqa: S603 - our own
        with suppress(OSError):  # it has died: whoever listens to a worker will notice
            self._control.send(sys.path)
            self._control.send(assignment)

    @property
    def status(self) -> int | None:
        """The exit status of the process, if it has ended."""
        return self._process.poll()

    def worker(self) -> socket:
        """A worker: our end of its pipe. It says when it is ready; where none could be made, the pipe is at its end."""
        ours, theirs = socketpair()
        with theirs, suppress(OSError):
            send_handle(self._control, theirs.fileno(), self._process.pid)
        return ours

    def dismiss(self) -> None:
        """No more workers are wanted: it ends when the last of them has."""
        self._control.close()

    def close(self) -> None:
        """Wait until all workers have ended, which they do when nobody holds the other end; after a while, end them."""
        self.dismiss()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
