"""The worker: takes a document and the name of a function, answers with what it found. Run as a module, by the pool.

It limits itself before it reads anything: memory, files (none may be written, no core is left), and for each task the
time of the processor. It ends when the process that started it does, in the middle of a task too: nobody holds the
other end any more then.
"""

import ctypes
import importlib
import os
import pickle
import resource
import select
import signal
import sys
from threading import Thread
from typing import BinaryIO, Final

from absah.adapters.isolation.wire import HEADER, Refused, Task
from absah.kernel.errors import AbsahError

MEMORY: Final = 2 << 30
_PR_SET_NO_NEW_PRIVS: Final = 38
_EXIT_MEMORY: Final = 77


def main() -> int:
    """Answer tasks until nobody sends any more."""
    receiving = os.fdopen(os.dup(0), "rb", buffering=0)
    sending = os.fdopen(os.dup(1), "wb", buffering=0)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1):  # whatever a library prints must not look like an answer
        os.dup2(nowhere, number)
    _limit()
    for name in sys.argv[1:]:
        importlib.import_module(name)
    Thread(target=_end_when_nobody_is_left, args=(receiving,), daemon=True).start()
    _send(sending, b"")
    while True:
        task, document = _received(receiving), _received(receiving)
        if task is None or document is None:
            return 0
        try:
            answer = _answer(pickle.loads(task), document)  # noqa: S301 - from the process that started us
        except MemoryError:
            return _EXIT_MEMORY
        _send(sending, answer)


def _limit() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever interrupts the command ends us
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    ctypes.CDLL(None).prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def _end_when_nobody_is_left(receiving: BinaryIO) -> None:
    """Wait until the other end is closed (poll(2), POLLHUP), which a task in hand would notice only afterwards."""
    poll = select.poll()
    poll.register(receiving, 0)
    poll.poll()
    os._exit(0)


def _answer(task: Task, document: bytes) -> bytes:
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(used.ru_utime + used.ru_stime) + 1
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (spent + task.cpu_seconds, most))
    module, _, name = task.function.partition(":")
    function = getattr(importlib.import_module(module), name)
    try:
        found = function(document, *task.arguments)
    except AbsahError as error:
        kind = type(error)
        named = f"{kind.__module__}:{kind.__qualname__}"
        found = Refused(error=named, parameters=tuple(error.parameters.items()))
    return pickle.dumps(found, protocol=pickle.HIGHEST_PROTOCOL)


def _received(receiving: BinaryIO) -> bytes | None:
    header = _exactly(receiving, HEADER.size)
    return None if header is None else _exactly(receiving, HEADER.unpack(header)[0])


def _exactly(receiving: BinaryIO, length: int) -> bytes | None:
    parts, left = bytearray(length), length
    view = memoryview(parts)
    while left:
        count = receiving.readinto(view[length - left :])  # type: ignore[attr-defined]  # a raw file has it
        if not count:
            return None
        left -= count
    return bytes(parts)


def _send(sending: BinaryIO, answer: bytes) -> None:
    for part in (HEADER.pack(len(answer)), answer):
        view = memoryview(part)
        while view:
            view = view[sending.write(view) :]


if __name__ == "__main__":
    sys.exit(main())
