"""A few workers that are kept warm. One that a file kills, or that takes too long, costs only that file its answer.

Safe for threads: each call has a worker to itself. Workers are started when they are first needed, and replaced after
a thousand files, so that what a library forgets to give back does not pile up. The next one starts while the last still
serves: nobody waits for a process to begin but those who come first.
"""

import importlib
import os
import pickle
import select
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, LifoQueue
from threading import BoundedSemaphore, Lock
from types import TracebackType
from typing import ClassVar, Final, Self, final

from absah.adapters.isolation.wire import HEADER, MOST_ANSWER, AnswerMalformed, Refused, Task, read_answer
from absah.kernel.clock import Clock
from absah.kernel.errors import AbsahError, BadInput, Unavailable

MOST_SECONDS: Final = 60
MOST_PATIENCE: Final = 180.0
_START_SECONDS: Final = 60.0
_MOST_TASKS: Final = 1_000
_CHUNK: Final = 1 << 20


class TookTooLong(BadInput):
    """The file needs more time than one file may have. Parameter: seconds, of the processor."""

    code: ClassVar[str] = "isolation.took-too-long"


class TooMuchMemory(BadInput):
    """The file needs more memory than one file may have."""

    code: ClassVar[str] = "isolation.too-much-memory"


class WorkerLost(BadInput):
    """The process that opened the file ended over it."""

    code: ClassVar[str] = "isolation.worker-lost"


class WorkerNotStarted(Unavailable):
    """No process could be started to open the file in."""

    code: ClassVar[str] = "isolation.not-started"


_EXIT_MEMORY: Final = 77
_CPU_SIGNALS: Final = {-24, -9}  # SIGXCPU; SIGKILL follows where it is ignored


@dataclass(slots=True)
class _Worker:
    process: subprocess.Popen[bytes]
    ready: bool = False
    tasks: int = 0


class _Gone(Exception):
    """The worker has ended."""


class _Late(Exception):
    """Its time is over."""


@final
class IsolatedPool:
    """At most `jobs` workers at work. `warm` are the modules that each imports before its first task.

    A task may use so many `seconds` of a processor, and `patience` seconds by the clock.
    """

    def __init__(
        self,
        jobs: int,
        clock: Clock,
        /,
        *,
        warm: tuple[str, ...] = (),
        seconds: int = MOST_SECONDS,
        patience: float = MOST_PATIENCE,
    ) -> None:
        self._clock = clock
        self._warm = warm
        self._seconds = seconds
        self._patience = patience
        self._free = BoundedSemaphore(jobs)
        self._idle: LifoQueue[_Worker] = LifoQueue()
        self._heir: _Worker | None = None
        self._lock = Lock()
        self._closed = False

    def run(self, function: str, document: bytes, /, *arguments: object) -> object:
        """What `module:function` makes of a document, in a worker.

        Raises what the function raises of our error tree; TookTooLong, TooMuchMemory, WorkerLost, WorkerNotStarted.
        """
        with self._free:
            worker = self._taken()
            try:
                answer = self._asked(
                    worker, Task(function=function, arguments=arguments, cpu_seconds=self._seconds), document
                )
            except BaseException:
                _end(worker)
                raise
            self._given_back(worker)
        if isinstance(answer, Refused):
            raise _error_of(answer)
        return answer

    def warm_up(self) -> None:
        """Start a worker now, and do not wait for it. Raises WorkerNotStarted."""
        self._idle.put(self._started())

    def close(self) -> None:
        """End the workers that wait; those at work end with their task."""
        with self._lock:
            self._closed = True
            if self._heir is not None:
                _end(self._heir)
        while True:
            try:
                _end(self._idle.get_nowait())
            except Empty:
                return

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _taken(self) -> _Worker:
        while True:
            try:
                worker = self._idle.get_nowait()
            except Empty:
                return self._started()
            if worker.process.poll() is None:
                return worker
            _end(worker)

    def _given_back(self, worker: _Worker) -> None:
        worker.tasks += 1
        with self._lock:
            next_one = None if self._closed else self._in_place_of(worker)
            if next_one is not None:
                self._idle.put(next_one)
        if next_one is not worker:
            _end(worker)

    def _in_place_of(self, worker: _Worker) -> _Worker:
        """Who serves next: the same worker, or once it has served long enough its heir, as soon as that is ready."""
        if worker.tasks < _MOST_TASKS:
            return worker
        heir = self._heir
        if heir is None:
            with suppress(WorkerNotStarted):
                self._heir = self._started()
            return worker
        if not _has_spoken(heir):
            return worker
        self._heir = None
        return heir

    def _started(self) -> _Worker:
        command = [sys.executable, "-m", "absah.adapters.isolation.worker", *self._warm]
        try:
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, env=_environment()
            )
        except OSError as problem:
            raise WorkerNotStarted from problem
        worker = _Worker(process)
        if process.stdin is not None:
            os.set_blocking(process.stdin.fileno(), False)
        return worker

    def _await_ready(self, worker: _Worker) -> None:
        if worker.ready:
            return
        try:
            self._received(worker, self._clock.monotonic() + _START_SECONDS)
        except (_Gone, _Late, AnswerMalformed) as problem:
            raise WorkerNotStarted from problem
        worker.ready = True

    def _asked(self, worker: _Worker, task: Task, document: bytes) -> object:
        self._await_ready(worker)
        until = self._clock.monotonic() + self._patience
        try:
            for frame in (pickle.dumps(task), document):
                self._send(worker, HEADER.pack(len(frame)), until)
                self._send(worker, frame, until)
            return read_answer(self._received(worker, until))
        except _Late as problem:
            raise TookTooLong(seconds=self._seconds) from problem
        except AnswerMalformed as problem:
            raise WorkerLost from problem
        except _Gone as problem:
            status = worker.process.wait()
            if status in _CPU_SIGNALS:
                raise TookTooLong(seconds=self._seconds) from problem
            if status == _EXIT_MEMORY:
                raise TooMuchMemory from problem
            raise WorkerLost from problem

    def _send(self, worker: _Worker, data: bytes, until: float) -> None:
        pipe, view = worker.process.stdin, memoryview(data)
        assert pipe is not None  # noqa: S101 - asked for when it was started
        while view:
            if not select.select([], [pipe], [], max(0.0, until - self._clock.monotonic()))[1]:
                raise _Late
            try:
                view = view[os.write(pipe.fileno(), view) :]
            except BlockingIOError:  # select promised less room than we have
                continue
            except OSError as problem:
                raise _Gone from problem

    def _received(self, worker: _Worker, until: float) -> bytes:
        length = HEADER.unpack(self._exactly(worker, HEADER.size, until))[0]
        if length > MOST_ANSWER:
            raise AnswerMalformed("too long")
        return self._exactly(worker, length, until)

    def _exactly(self, worker: _Worker, length: int, until: float) -> bytes:
        pipe, parts = worker.process.stdout, bytearray()
        assert pipe is not None  # noqa: S101 - asked for when it was started
        while len(parts) < length:
            if not select.select([pipe], [], [], max(0.0, until - self._clock.monotonic()))[0]:
                raise _Late
            part = os.read(pipe.fileno(), min(_CHUNK, length - len(parts)))
            if not part:
                raise _Gone
            parts += part
        return bytes(parts)


def _environment() -> dict[str, str]:
    """What Python needs to find us, and nothing that is secret."""
    kept = {"PATH", "PYTHONPATH", "LANG", "LC_ALL", "VIRTUAL_ENV", "TMPDIR"}
    return {name: value for name, value in os.environ.items() if name in kept}


def _has_spoken(worker: _Worker) -> bool:
    """Whether a worker has said that it is ready, or has ended."""
    pipe = worker.process.stdout
    return pipe is not None and bool(select.select([pipe], [], [], 0)[0])


def _end(worker: _Worker) -> None:
    worker.process.kill()
    for pipe in (worker.process.stdin, worker.process.stdout):
        if pipe is not None:
            pipe.close()
    worker.process.wait()


def _error_of(refused: Refused) -> AbsahError:
    """The error that a worker met. A class that is none of ours is a worker that lies."""
    module, _, name = refused.error.partition(":")
    if not module.startswith("absah."):
        return WorkerLost()
    found = getattr(importlib.import_module(module), name, None)
    if isinstance(found, type) and issubclass(found, AbsahError):
        return found(**dict(refused.parameters))
    return WorkerLost()
