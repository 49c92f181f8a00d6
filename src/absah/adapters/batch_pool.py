"""Worker processes for a batch: spawned, never forked (D4a), each with a pipe and a few tasks ahead.

Back-pressure is the pool's only way to say "enough": `free` tells how many tasks may be handed in. A process that dies
over a document takes only that document with it; another one takes its place.
"""

import os
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from types import TracebackType
from typing import Final, Self, final

from absah.adapters.batch_worker import Answer, Opening, Task, serve
from absah.kernel.errors import AbsahError, BadInput, Unavailable
from absah.signing.batch import BatchOrder

_EACH: Final = 4
_END_SECONDS: Final = 5.0


class WorkerDied(BadInput):
    """A process died over this document. Another one goes on with the rest."""

    code = "batch.worker-died"


class WorkersNotStarted(Unavailable):
    """A worker process ended before it could do anything. Parameter: status."""

    code = "batch.workers-not-started"


@dataclass(slots=True, kw_only=True)
class _Worker:
    """A process, our end of its pipe, and what it has to do; the first of `tasks` is being done."""

    process: SpawnProcess
    connection: Connection
    ready: bool = False
    tasks: deque[Task] = field(default_factory=deque)


@final
class WorkerPool:
    """`jobs` processes. Not for several threads."""

    def __init__(self, jobs: int, opening: Opening, order: BatchOrder, /) -> None:
        self._opening = opening
        self._order = order
        self._again: deque[Task] = deque()
        self._workers = [self._started() for _ in range(jobs)]

    @property
    def free(self) -> int:
        """How many tasks may be handed in now."""
        return len(self._workers) * _EACH - self.busy

    @property
    def busy(self) -> int:
        """How many tasks have been handed in and not answered."""
        return sum(len(worker.tasks) for worker in self._workers) + len(self._again)

    def submit(self, task: Task, /) -> None:
        """Hand a task to whoever has least to do."""
        worker = min(self._workers, key=lambda one: len(one.tasks))
        if len(worker.tasks) >= _EACH:
            raise AssertionError("`free` says how many")
        with suppress(OSError):  # it has died: `wait` will notice, and see to the task
            worker.connection.send(task)
        worker.tasks.append(task)

    def wait(self, seconds: float | None = None, /) -> list[tuple[Task, Answer]]:
        """The tasks that were answered meanwhile; at least one unless time is over. Raises WorkersNotStarted."""
        answered: list[tuple[Task, Answer]] = []
        ready = wait([worker.connection for worker in self._workers], seconds)
        for number, worker in enumerate(self._workers):
            if worker.connection in ready:
                answered.extend(self._heard_from(number, worker))
        while self._again and any(len(worker.tasks) < _EACH for worker in self._workers):
            self.submit(self._again.popleft())
        return answered

    def close(self) -> None:
        """End the processes: those that wait at once, those at work when they have finished or after a while."""
        for worker in self._workers:
            worker.connection.close()
        for worker in self._workers:
            worker.process.join(_END_SECONDS)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
            worker.process.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _started(self) -> _Worker:
        context = get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(
            target=serve, args=(theirs, self._opening, self._order, os.getpid()), daemon=True, name="absah-batch"
        )
        process.start()
        theirs.close()
        return _Worker(process=process, connection=ours)

    def _heard_from(self, number: int, worker: _Worker) -> list[tuple[Task, Answer]]:
        answered: list[tuple[Task, Answer]] = []
        try:
            while worker.connection.poll():
                answer = worker.connection.recv()
                if worker.ready:
                    answered.append((worker.tasks.popleft(), answer))
                elif isinstance(answer, AbsahError):
                    raise answer
                worker.ready = True
        except (EOFError, OSError):
            answered.extend(self._replaced(number, worker))
        return answered

    def _replaced(self, number: int, worker: _Worker) -> list[tuple[Task, Answer]]:
        """Another process for one that died; what it was about to do is given to others."""
        worker.connection.close()
        worker.process.join()
        status = worker.process.exitcode or 0
        worker.process.close()
        if not worker.ready:
            raise WorkersNotStarted(status=status)
        self._workers[number] = self._started()
        if not worker.tasks:
            return []
        self._again.extend(list(worker.tasks)[1:])
        return [(worker.tasks[0], WorkerDied())]
