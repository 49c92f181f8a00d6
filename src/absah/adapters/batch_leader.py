"""The loop at the middle of a batch: feeds the workers, sends errands to the signer, keeps the journal a step ahead.

    prepare ──> authorise ──> intention ──> key ──> time-stamp ──> complete ──> conclude ──> hand out
    workers     errand        journal,      errand  errand         workers      journal,     rename,
                              ledger                                            ledger       journal

While an errand is out, the workers finish what came before it and prepare what comes after. What a document does wrong
is its own result and stops nobody. What the signer, the disk or the person at the keyboard does ends the run, after
everything that has its signature value was finished.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from typing import Final, final

from absah.adapters.batch_folders import BatchFolders, PartNotWritten
from absah.adapters.batch_journal import BatchJournal
from absah.adapters.batch_pool import WorkerDied, WorkerPool
from absah.adapters.batch_ports import BatchPorts, BatchStopped
from absah.adapters.batch_results import ResultsDesk
from absah.adapters.batch_signing import SigningDesk
from absah.adapters.batch_tasks import Answer, CompleteTask, PartLost, PrepareTask, Task
from absah.kernel.errors import AbsahError, Unavailable
from absah.kernel.rng import opaque_id
from absah.signing.batch.items import (
    ItemCompleted,
    ItemMoved,
    ItemPrepared,
    ItemSigned,
    ItemValued,
    Waiting,
    failed,
    room_after,
)
from absah.signing.batch.order import BatchItem, BatchOrder, ItemKey
from absah.signing.batch.pace import PER_ACTIVATION, PER_SIGNING, most_ahead
from absah.signing.batch.progress import Tally
from absah.signing.factors import Factors

TICK: Final = 0.5
"""How soon whoever asks a batch to stop is heard, in seconds."""


@final
class BatchLeader:
    """One run of a batch."""

    def __init__(
        self,
        order: BatchOrder,
        folders: BatchFolders,
        factors: Factors,
        /,
        *,
        journal: BatchJournal,
        pool: WorkerPool,
        ports: BatchPorts,
    ) -> None:
        self._folders, self._journal, self._pool, self._ports = folders, journal, pool, ports
        self._signing = SigningDesk(order, folders, factors, journal=journal, ports=ports, leader=self)
        self._results = ResultsDesk(folders, journal, ports.ledger, self.stop)
        self._items: dict[ItemKey, BatchItem] = {}
        self._tally = Tally((), journal.state)
        self._pending: deque[BatchItem] = deque()
        self._completing: deque[CompleteTask] = deque()
        self._at_work = {PrepareTask: 0, CompleteTask: 0}
        self._died: set[ItemKey] = set()
        self._reserve = 0
        self._unanswered = False
        self._most = most_ahead(factors)
        self.stopped: AbsahError | None = None
        self.handed_out: set[ItemKey] = set()

    def begin(self, items: Iterable[BatchItem], todo: Iterable[BatchItem], /, *, reserve: int = 0) -> None:
        """Take in what waits, and what an earlier run has paid for with a signature value.

        `reserve` is the least room for each CMS, in bytes.
        """
        self._reserve = reserve
        self._items.update((item.key, item) for item in items)
        self._tally = Tally(self._items.values(), self._journal.state)
        self._pending.extend(todo)
        for key, state in self._journal.state.states.items():
            match state:
                case ItemValued():
                    self.complete(key, state)
                case ItemCompleted():
                    self._results.take(key, state)
                case _:
                    pass

    def lead(self) -> None:
        """Work until nothing is left, or until `stopped` says why it ended before."""
        with self._results, self._signing:
            for bell in (*self._signing.bells, self._results.bell):
                self._pool.listen(bell)
            self._tell()
            while self._is_more_to_do:
                self._go_on()
            self._pool.dismiss()
            while self._results.busy or self._results.waiting:
                self._go_on()
            self._journal.settle()

    @property
    def _is_more_to_do(self) -> bool:
        """Whether there are documents that are not whole."""
        return bool(self._pool.busy or self._is_more_to_come or self._signing.waiting or self._pending)

    @property
    def _is_more_to_come(self) -> bool:
        """Whether documents will be whole soon without any more being begun."""
        return bool(self._at_work[CompleteTask] or self._completing or self._signing.busy)

    def _go_on(self) -> None:
        if self.stopped is None and self._ports.asked_to_stop():
            self.stop(BatchStopped())
        self._feed()
        if self._pool.busy or self._signing.busy or self._results.busy:
            for task, answer in self._pool.wait(TICK):
                self._take(task, answer)
        self._signing.go_on(are_all=not self._pending and not self._at_work[PrepareTask])
        self._hand_out()

    def _hand_out(self) -> None:
        """Many at a time, for each time costs the disk a few confirmations; all of them when no more are to come."""
        moves = self._results.go_on(least=PER_SIGNING, are_all=not self._is_more_to_come)
        if moves:
            self.handed_out.update(move.key for move in moves if isinstance(move.state, ItemSigned))
            self._tally.note(moves)
            self._tell()

    # --- the workers

    def _feed(self) -> None:
        """As many tasks as the workers take; finishing goes before beginning."""
        while self._pool.free:
            if self._completing:
                self._submit(self._completing.popleft())
            elif self._pending and self._may_prepare():
                self._submit(self._prepare_task(self._pending.popleft()))
            else:
                return

    def _submit(self, task: PrepareTask | CompleteTask) -> None:
        self._at_work[type(task)] += 1
        self._pool.submit(task)

    def _may_prepare(self) -> bool:
        """Not more than two activations ahead, and not while much has its value and is unfinished."""
        if len(self._completing) > PER_ACTIVATION:
            return False
        return self._signing.waiting + self._at_work[PrepareTask] < self._most

    def _prepare_task(self, item: BatchItem) -> PrepareTask:
        return PrepareTask(
            key=item.key,
            name=item.names[0],
            sha256=item.sha256,
            record=opaque_id(self._ports.rng),
            signer=self._signing.view,
            reserve=self._reserve,
        )

    def complete(self, key: ItemKey, valued: ItemValued, token: bytes | None = None, /) -> None:
        """Have a document made of its signature value, soon. `token` is the time-stamp over it, if there is one."""
        if self._unanswered:
            return  # nobody waits for the same silence two hundred times; the value is kept for the next run
        activation = self._journal.state.activations[valued.authorised.consent_id]
        # Of a consent for many documents a worker is told what concerns this one.
        consent = replace(activation.consent, digests=frozenset({valued.authorised.prepared.digest}))
        activation = replace(activation, consent=consent)
        self._completing.append(CompleteTask(key=key, valued=valued, activation=activation, token=token))

    def _take(self, task: Task, answer: Answer) -> None:
        """What a worker made of a document."""
        if not isinstance(task, PrepareTask | CompleteTask):
            raise TypeError("a batch is hashed before it is led")
        self._at_work[type(task)] -= 1
        if isinstance(answer, WorkerDied) and task.key not in self._died:
            self._died.add(task.key)  # perhaps it was not this document's fault; a second time it was
            self._submit(task)
            return
        match task, answer:
            case PrepareTask(), ItemPrepared():
                self._take_prepared(task, answer)
            case CompleteTask(), ItemCompleted():
                self._results.take(task.key, answer)
            case PrepareTask(), AbsahError():
                self._not_prepared(task, answer)
            case CompleteTask(), AbsahError():
                self._not_completed(task, answer)
            case _:
                raise TypeError("a worker answered something else")

    def _take_prepared(self, task: PrepareTask, prepared: ItemPrepared) -> None:
        if self.stopped is not None:
            self._folders.drop(prepared.part)
        elif task.signer != self._signing.view:
            self.prepare_again(self._items[task.key], prepared)
        else:
            self._signing.take(self._items[task.key], prepared)

    def _not_prepared(self, task: PrepareTask, error: AbsahError) -> None:
        if isinstance(error, PartNotWritten):
            self.stop(error)
        else:
            self._fail(task.key, error)

    def _not_completed(self, task: CompleteTask, error: AbsahError) -> None:
        """Whoever did not answer is asked again by the next run, with the same value; everything else ends the use."""
        if isinstance(error, Unavailable):
            self.stop(error)
            self._unanswered = True
            self._completing.clear()
            return
        self._reserve = max(self._reserve, room_after(error))
        prepared = task.valued.authorised.prepared
        self._ports.ledger.give_up((prepared.record,), error)
        self._folders.drop(prepared.part)
        if isinstance(error, PartLost):
            self._journal.append([ItemMoved(key=task.key, state=Waiting())])
            if task.key in self._items and self.stopped is None:
                self._pending.append(self._items[task.key])
        else:
            self._fail(task.key, error)

    def stop(self, error: AbsahError, /) -> None:
        """Begin nothing more. The first reason is the one that is told."""
        if self.stopped is None:
            self.stopped = error
        self._pending.clear()
        self._signing.let_go()

    def prepare_again(self, item: BatchItem, prepared: ItemPrepared, /) -> None:
        """What was prepared for a certificate that the signer does not have any more."""
        self._folders.drop(prepared.part)
        self._pending.append(item)

    def _tell(self) -> None:
        self._ports.told(self._tally.progress)

    def _fail(self, key: ItemKey, error: AbsahError) -> None:
        move = failed(key, error)
        self._journal.append([move])
        self._tally.note([move])
        self._tell()
