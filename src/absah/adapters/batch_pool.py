"""Worker processes for a batch, each with a pipe and some tasks ahead.

Back-pressure is the pool's only way to say "enough": `free` tells how many tasks may be handed in. A process that dies
over a document takes only that document with it; another one takes its place.
"""

from collections import deque
from dataclasses import dataclass, field
from selectors import EVENT_READ, EVENT_WRITE, DefaultSelector
from types import TracebackType
from typing import Final, Self, final

from absah.adapters.batch_nursery import Nursery
from absah.adapters.batch_pipe import LeaderEnd
from absah.adapters.batch_tasks import Answer, Assignment, Task
from absah.kernel.errors import AbsahError, BadInput, Unavailable

_NAP: Final = 0.003
_EACH: Final = 32
"""Tasks ahead: enough to be busy while whoever leads waits for a disk, or hands fifty documents out."""

_MOST_STILLBORN: Final = 3
"""Workers in a row that may end before they can do anything: somebody who makes room may end one that begins."""


class WorkerDied(BadInput):
    """A process died over this document. Another one goes on with the rest."""

    code = "batch.worker-died"


class WorkersNotStarted(Unavailable):
    """A worker process ended before it could do anything. Parameter: status."""

    code = "batch.workers-not-started"


@dataclass(slots=True, kw_only=True, eq=False)
class _Worker:
    """Our end of a worker's pipe, and what it has to do; the first of `tasks` is being done.

    The last of them may be `unsent`: sent together they take one write, and what they have in common is written once.
    """

    pipe: LeaderEnd
    ready: bool = False
    tasks: deque[Task] = field(default_factory=deque)
    unsent: list[Task] = field(default_factory=list)

    def take(self, task: Task, /) -> None:
        self.tasks.append(task)
        self.unsent.append(task)

    def send(self) -> None:
        if self.unsent:
            self.pipe.say(tuple(self.unsent))
            self.unsent.clear()
        else:
            self.pipe.go_on()


@final
class WorkerPool:
    """`jobs` processes. Not for several threads."""

    def __init__(self, jobs: int, assignment: Assignment, /) -> None:
        self._assignment = assignment
        self._nursery = Nursery(assignment)
        self._again: deque[Task] = deque()
        self._stillborn = 0
        self._selector, self._bells = DefaultSelector(), DefaultSelector()
        self._workers = [self._started() for _ in range(jobs)]

    @property
    def ready(self) -> bool:
        """Whether a worker waits for tasks already."""
        return any(worker.ready for worker in self._workers)

    @property
    def free(self) -> int:
        """How many tasks may be handed in now."""
        return len(self._workers) * _EACH - self.busy

    @property
    def busy(self) -> int:
        """How many tasks have been handed in and not answered."""
        return sum(len(worker.tasks) for worker in self._workers) + len(self._again)

    def submit(self, task: Task, /) -> None:
        """Give a task to whoever has least to do; `wait` hands it over."""
        worker = min(self._workers, key=lambda one: len(one.tasks))
        if len(worker.tasks) >= _EACH:
            raise AssertionError("`free` says how many")
        worker.take(task)

    def listen(self, bell: int, /) -> None:
        """Let `wait` return as soon as this descriptor can be read, too."""
        self._selector.register(bell, EVENT_READ)
        self._bells.register(bell, EVENT_READ)

    def wait(self, seconds: float | None = None, /) -> list[tuple[Task, Answer]]:
        """The tasks that were answered meanwhile; none when time is over, or a bell rings. Raises WorkersNotStarted."""
        for worker in self._workers:
            worker.send()
            self._selector.modify(worker.pipe, EVENT_READ | EVENT_WRITE if worker.pipe.behind else EVENT_READ, worker)
        answered: list[tuple[Task, Answer]] = []
        ready = self._selector.select(seconds)
        if self._workers and all(len(worker.tasks) > _EACH // 2 for worker in self._workers):
            # Nobody is short of work: whoever is woken for each answer takes a processor from a worker.
            self._bells.select(_NAP)
            ready = self._selector.select(0)
        for key, _ in ready:
            if key.data is not None:
                answered.extend(self._heard_from(key.data))
        while self._again and any(len(worker.tasks) < _EACH for worker in self._workers):
            self.submit(self._again.popleft())
        return answered

    def dismiss(self) -> None:
        """There are no more tasks. Those that wait end while others go on; bells are still heard."""
        for worker in self._workers:
            self._selector.unregister(worker.pipe)
            worker.pipe.close()
        self._workers.clear()
        self._nursery.dismiss()

    def close(self) -> None:
        """End the processes: those that wait at once, those at work when they have finished or after a while."""
        self.dismiss()
        self._selector.close()
        self._bells.close()
        self._nursery.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _started(self) -> _Worker:
        if self._nursery.status is not None:
            self._nursery.close()
            self._nursery = Nursery(self._assignment)
        worker = _Worker(pipe=LeaderEnd(self._nursery.worker()))
        self._selector.register(worker.pipe, EVENT_READ, worker)
        return worker

    def _heard_from(self, worker: _Worker) -> list[tuple[Task, Answer]]:
        answered: list[tuple[Task, Answer]] = []
        try:
            for answer in worker.pipe.hear():
                if worker.ready:
                    answered.append((worker.tasks.popleft(), answer))
                elif isinstance(answer, AbsahError):
                    raise answer
                worker.ready = True
        except EOFError:
            answered += self._replaced(worker)
        return answered

    def _replaced(self, worker: _Worker) -> list[tuple[Task, Answer]]:
        """Another process for one that died; what it was about to do is given to others."""
        self._selector.unregister(worker.pipe)
        worker.pipe.close()
        self._workers.remove(worker)
        self._stillborn = 0 if worker.ready else self._stillborn + 1
        if self._stillborn > _MOST_STILLBORN:
            raise WorkersNotStarted(status=self._nursery.status or 0)
        self._workers.append(self._started())
        if not worker.ready or not worker.tasks:
            self._again.extend(worker.tasks)
            return []
        begun, *others = worker.tasks
        self._again.extend(others)
        return [(begun, WorkerDied())]
