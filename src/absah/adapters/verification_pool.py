"""Judging many documents at once, in worker processes that are spawned, limited and expendable.

A document that kills its process, eats its memory or takes too long costs only itself: another process takes the place.
Results come in the order of the documents; only a window of them is under way, so that memory does not grow.
"""

import logging
import resource
import signal
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import inf
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from types import TracebackType
from typing import Final, Self, TypeAlias, final

from absah.adapters.document_piles import Piece
from absah.adapters.status_fetch import StatusFetcher
from absah.adapters.verification import verify_document
from absah.kernel.clock import Clock
from absah.kernel.errors import AbsahError, BadInput
from absah.validation.process import ValidationContext
from absah.validation.report import Report

PATIENCE: Final = 120.0  # seconds for one document
MEMORY: Final = 3 << 30  # bytes of address space of one process
_AHEAD: Final = 16  # documents under way or answered too early, for each process
_END_SECONDS: Final = 5.0

log = logging.getLogger("absah.verification")

#: The report on a document, or why there is none.
Judged: TypeAlias = Report | AbsahError


class TookTooLong(BadInput):
    """Judging this document was given up after some time. Parameter: seconds."""

    code = "bulk.took-too-long"


class WorkerLost(BadInput):
    """The process that judged this document ended over it, or met a fault of ours."""

    code = "bulk.worker-lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What documents are judged with: whom we trust, who is asked for what is missing, the password that opens them."""

    context: ValidationContext
    fetcher: StatusFetcher | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(slots=True, kw_only=True)
class _Worker:
    """A process, our end of its pipe, and the document it has (its number), until when.

    The time of its first document begins when the process has: `ready`.
    """

    process: SpawnProcess
    connection: Connection
    ready: bool = False
    number: int | None = None
    until: float = inf


@final
class VerificationPool:
    """`jobs` processes with the same means. Not for several threads."""

    def __init__(self, jobs: int, means: Means, clock: Clock, /, *, patience: float = PATIENCE) -> None:
        self._means = means
        self._clock = clock
        self._patience = patience
        self._workers = [self._started() for _ in range(jobs)]

    def judge(self, pieces: Iterable[Piece], /) -> Iterator[tuple[Piece, Judged]]:
        """Each document with what came out, in their order."""
        waiting = enumerate(pieces)
        under_way: deque[tuple[int, Piece]] = deque()
        answered: dict[int, Judged] = {}
        more = True
        while more or under_way:
            for worker in self._workers:
                if worker.number is not None or not more or len(under_way) >= _AHEAD * len(self._workers):
                    continue
                following = next(waiting, None)
                more = following is not None
                if following is not None:
                    under_way.append(following)
                    self._hand(worker, *following)
            if under_way and under_way[0][0] not in answered:
                self._hear(answered)
            while under_way and under_way[0][0] in answered:
                number, piece = under_way.popleft()
                yield piece, answered.pop(number)

    def close(self) -> None:
        """End the processes."""
        for worker in self._workers:
            worker.connection.close()
            worker.process.terminate()
        for worker in self._workers:
            worker.process.join(_END_SECONDS)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _started(self) -> _Worker:
        context = get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, self._means), daemon=True)
        process.start()
        theirs.close()
        return _Worker(process=process, connection=ours)

    def _hand(self, worker: _Worker, number: int, piece: Piece) -> None:
        worker.number = number
        worker.until = self._clock.monotonic() + self._patience if worker.ready else inf
        try:
            worker.connection.send(piece)
        except OSError:  # it has died: `_hear` notices
            return

    def _hear(self, answered: dict[int, Judged]) -> None:
        """Take the answers that are there, waiting for one if need be, but for no document too long."""
        busy = [worker for worker in self._workers if worker.number is not None]
        earliest = min(worker.until for worker in busy)
        patience = None if earliest == inf else max(0.0, earliest - self._clock.monotonic())
        ready = wait([worker.connection for worker in busy], patience)
        now = self._clock.monotonic()
        for worker in busy:
            number = worker.number
            if number is None:
                continue
            if worker.connection in ready:
                judged = self._received(worker)
                if judged is not None:
                    answered[number] = judged
                    worker.number = None
            elif now >= worker.until:
                self._replace(worker)
                answered[number] = TookTooLong(seconds=int(self._patience))

    def _received(self, worker: _Worker) -> Judged | None:
        """What a process says: that it has begun (None), or what came out."""
        try:
            judged: Judged | None = worker.connection.recv()
        except (EOFError, OSError):
            self._replace(worker)
            return WorkerLost()
        if judged is None:
            worker.ready = True
            worker.until = self._clock.monotonic() + self._patience
        return judged

    def _replace(self, worker: _Worker) -> None:
        worker.connection.close()
        worker.process.kill()
        worker.process.join()
        self._workers[self._workers.index(worker)] = self._started()


def _serve(connection: Connection, means: Means) -> None:
    """A worker: judge what comes until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever interrupts the command ends us
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    connection.send(None)
    while True:
        try:
            piece: Piece = connection.recv()
        except (EOFError, OSError):
            return
        connection.send(_judged(piece, means))


def _judged(piece: Piece, means: Means) -> Judged:
    try:
        return verify_document(piece.read(), means.context, means.password, fetcher=means.fetcher)
    except AbsahError as error:
        return error
    except Exception:  # a worker loop: one document must not end the run (house style §4)
        log.exception("a document could not be judged")
        return WorkerLost()
