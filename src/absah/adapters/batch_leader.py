"""The loop at the middle of a batch: feeds the workers, asks the signer, keeps the journal one step ahead.

    prepare ──> authorise ──> intention ──> key ──> complete ──> conclude ──> hand out
    workers     signer        journal,      signer  workers      journal,     rename,
                              ledger                             ledger       journal

What a document does wrong is its own result and stops nobody. What the signer, the disk or the person at the keyboard
does ends the run, after everything that has its signature value was finished.
"""

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, Protocol, final

from absah.adapters.batch_folders import BatchFolders, OutputMissing, PartNotWritten
from absah.adapters.batch_journal import BatchJournal
from absah.adapters.batch_pool import WorkerDied, WorkerPool
from absah.adapters.batch_worker import Answer, CompleteTask, PartLost, PrepareTask, Task
from absah.adapters.files import wait_for_folder
from absah.kernel.errors import AbsahError, Unavailable, WrongState
from absah.kernel.rng import Rng, opaque_id
from absah.pki.algorithms import DigestAlgorithm
from absah.signing.batch import (
    PER_ACTIVATION,
    PER_SIGNING,
    BatchActivation,
    BatchItem,
    BatchLedger,
    BatchOrder,
    BatchProgress,
    CodeSpent,
    ItemAuthorised,
    ItemCompleted,
    ItemFailed,
    ItemKey,
    ItemMoved,
    ItemPrepared,
    ItemSigned,
    ItemState,
    ItemValued,
    Waiting,
    activation_size,
    progress_of,
    room_after,
)
from absah.signing.factors import Factors
from absah.signing.ports import Activation, Signer
from absah.signing.refusals import SignatureCountWrong

_TICK: Final = 0.5
_DISK_WAITERS: Final = 16
"""A disk confirms many files in about the time of one, if it is asked for all of them at once."""


class BatchStopped(Unavailable):
    """Somebody asked the batch to stop. What was signed is finished; the rest waits."""

    code = "batch.stopped"


class GivenUp(WrongState):
    """The use of the key was given up before the document was finished. It is signed anew by the next run."""

    code = "batch.given-up"


class BulkTimestamps(Protocol):
    """A time-stamping authority that is asked for many tokens in one errand."""

    def timestamps(self, imprints: tuple[bytes, ...], digest: DigestAlgorithm, /) -> tuple[bytes, ...]:
        """The DER of a TimeStampToken over each of them."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchPorts:
    """What leads a batch. `told` hears of progress; `asked_to_stop` is asked now and then.

    Where `timestamps` are, signature values are stamped many at a time; elsewhere each worker asks for its own.
    """

    signer: Signer
    ledger: BatchLedger
    rng: Rng
    told: Callable[[BatchProgress], None]
    asked_to_stop: Callable[[], bool]
    timestamps: BulkTimestamps | None = None


@dataclass(frozen=True, slots=True)
class _Whole:
    """A complete document, and whether it is on the disk yet."""

    key: ItemKey
    state: ItemCompleted
    settled: Future[None]


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
        self._order, self._folders, self._factors = order, folders, factors
        self._journal, self._pool, self._ports = journal, pool, ports
        self._items: dict[ItemKey, BatchItem] = {}
        self._pending: deque[BatchItem] = deque()
        self._prepared: list[tuple[BatchItem, ItemPrepared]] = []
        self._completing: deque[CompleteTask] = deque()
        self._completed: list[_Whole] = []
        self._disk = ThreadPoolExecutor(_DISK_WAITERS, thread_name_prefix="disk")
        self._at_work = {PrepareTask: 0, CompleteTask: 0}
        self._died: set[ItemKey] = set()
        self._activations = 0
        self._reserve = 0
        self._signer_view = ports.signer.certificate_chain(order.credential)
        self.stopped: AbsahError | None = None

    def begin(self, items: Iterable[BatchItem], todo: Iterable[BatchItem], /, *, reserve: int = 0) -> None:
        """Take in what waits, and what an earlier run has paid for with a signature value.

        `reserve` is the least room for each CMS, in bytes.
        """
        self._reserve = reserve
        self._items.update((item.key, item) for item in items)
        self._pending.extend(todo)
        for key, state in self._journal.state.states.items():
            match state:
                case ItemValued():
                    self._complete_later(key, state)
                case ItemCompleted():
                    self._settle_later(key, state)
                case _:
                    pass

    def lead(self) -> None:
        """Work until nothing is left, or until `stopped` says why it ended before."""
        with self._disk:
            self._hand_out(self._completed)
            self._tell()
            while self._pool.busy or self._completing or self._prepared or self._pending:
                self._go_on()
            self._hand_out(self._completed)

    def _go_on(self) -> None:
        if self.stopped is None and self._ports.asked_to_stop():
            self._stop(BatchStopped())
        self._feed()
        if self._pool.busy:
            for task, answer in self._pool.wait(_TICK):
                self._take(task, answer)
        if self._prepared and self._is_chunk_whole():
            self._activate()
        settled = [one for one in self._completed if one.settled.done()]
        if len(settled) >= PER_SIGNING:
            self._hand_out(settled)
        elif not (self._at_work[CompleteTask] or self._completing):
            self._hand_out(self._completed)

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
        """Not more than one activation ahead, and not while much has its value and is unfinished."""
        if len(self._completing) > PER_ACTIVATION:
            return False
        return len(self._prepared) + self._at_work[PrepareTask] < activation_size(self._factors)

    def _is_chunk_whole(self) -> bool:
        if len(self._prepared) >= activation_size(self._factors):
            return True
        return not self._pending and not self._at_work[PrepareTask]

    def _prepare_task(self, item: BatchItem) -> PrepareTask:
        name = item.names[0]
        return PrepareTask(
            key=item.key,
            name=name,
            source=self._folders.source(name),
            sha256=item.sha256,
            parts=self._folders.parts,
            record=opaque_id(self._ports.rng),
            signer=self._signer_view,
            reserve=self._reserve,
        )

    def _complete_later(self, key: ItemKey, valued: ItemValued, token: bytes | None = None) -> None:
        authorised = valued.authorised
        self._completing.append(
            CompleteTask(
                key=key,
                source=self._folders.source(authorised.prepared.name),
                valued=valued,
                activation=self._journal.state.activations[authorised.consent_id],
                parts=self._folders.parts,
                token=token,
            )
        )

    def _settle_later(self, key: ItemKey, state: ItemCompleted) -> None:
        self._completed.append(_Whole(key, state, self._disk.submit(self._folders.settle, state.part)))

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
            case PrepareTask(), ItemPrepared() if self.stopped is not None:
                self._folders.drop(answer.part)
            case PrepareTask(), ItemPrepared():
                self._prepared.append((self._items[task.key], answer))
            case CompleteTask(), ItemCompleted():
                self._settle_later(task.key, answer)
            case PrepareTask(), AbsahError():
                self._not_prepared(task, answer)
            case CompleteTask(), AbsahError():
                self._not_completed(task, answer)
            case _:
                raise TypeError("a worker answered something else")

    def _not_prepared(self, task: PrepareTask, error: AbsahError) -> None:
        if isinstance(error, PartNotWritten):
            self._stop(error)
        else:
            self._journal.append([_failed(task.key, error)])
            self._tell()

    def _not_completed(self, task: CompleteTask, error: AbsahError) -> None:
        """Whoever did not answer is asked again by the next run, with the same value; everything else ends the use."""
        if isinstance(error, Unavailable):
            self._stop(error)
            self._completing.clear()  # nobody waits for the same silence two hundred times
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
            self._journal.append([_failed(task.key, error)])
            self._tell()

    def _stop(self, error: AbsahError) -> None:
        """Begin nothing more. The first reason is the one that is told."""
        if self.stopped is None:
            self.stopped = error
        self._pending.clear()
        self._folders.drop(*(prepared.part for _, prepared in self._prepared))
        self._prepared.clear()

    # --- the signer

    def _activate(self) -> None:
        """One consent for everything that is prepared; the factors are checked again by the signer each time."""
        chunk, self._prepared = self._prepared, []
        try:
            if self._activations and self._factors.totp is not None:
                raise CodeSpent
            consent = self._ports.signer.authorise(
                Activation(
                    credential=self._order.credential,
                    application=self._order.application,
                    digests=tuple(prepared.digest for _, prepared in chunk),
                    factors=self._factors,
                )
            )
            self._activations += 1
            activation = BatchActivation(consent=consent, signer=self._signer_view)
            self._journal.append([activation])
            while chunk:
                now, chunk = chunk[:PER_SIGNING], chunk[PER_SIGNING:]
                self._sign(activation, now)
                self._feed()
            # Suspended, renewed or expired meanwhile: the next chunk is prepared for what is true then.
            self._signer_view = self._ports.signer.certificate_chain(self._order.credential)
        except AbsahError as error:
            self._folders.drop(*(prepared.part for _, prepared in chunk))
            self._stop(error)

    def _sign(self, activation: BatchActivation, chunk: list[tuple[BatchItem, ItemPrepared]]) -> None:
        """Intention, key, value: each is on the disk before the next. What fails here is never tried again so."""
        consent = activation.consent
        authorised = [
            (item.key, ItemAuthorised(prepared=prepared, consent_id=consent.consent_id)) for item, prepared in chunk
        ]
        self._journal.append(
            [
                *(_moved(item.key, prepared) for item, prepared in chunk),
                *(_moved(key, state) for key, state in authorised),
            ]
        )
        try:
            self._ports.ledger.intend(tuple(chunk))
            signatures = self._ports.signer.sign(consent, tuple(one.signed_attributes for _, one in chunk))
            if len(signatures) != len(chunk):
                raise SignatureCountWrong(asked=len(chunk), given=len(signatures))
        except AbsahError as error:
            self._ports.ledger.give_up(tuple(prepared.record for _, prepared in chunk), error)
            self._journal.append([_moved(item.key, Waiting()) for item, _ in chunk])
            self._folders.drop(*(prepared.part for _, prepared in chunk))
            raise
        valued = [
            (key, ItemValued(authorised=state, signature=signature))
            for (key, state), signature in zip(authorised, signatures, strict=True)
        ]
        self._journal.append([_moved(key, state) for key, state in valued])
        tokens = self._stamped(valued)
        for key, state in valued:
            self._complete_later(key, state, tokens.get(key))

    def _stamped(self, valued: list[tuple[ItemKey, ItemValued]]) -> dict[ItemKey, bytes]:
        """The time-stamps over these values, as far as they can be had in one errand; the workers see to the rest."""
        if self._ports.timestamps is None or not self._order.level.has_timestamp:
            return {}
        digest = valued[0][1].authorised.prepared.algorithm
        try:
            imprints = tuple(digest.digest(state.signature) for _, state in valued)
            tokens = self._ports.timestamps.timestamps(imprints, digest)
        except AbsahError:
            return {}
        return {key: token for (key, _), token in zip(valued, tokens, strict=True)}

    # --- the results

    def _hand_out(self, some: list[_Whole]) -> None:
        """Conclude, then rename: a document that the ledger has given up is never handed out."""
        whole = [one for one in some if self._is_on_disk(one)]
        chosen = {one.key for one in some}
        self._completed = [one for one in self._completed if one.key not in chosen]
        if not whole:
            return
        state = self._journal.state
        self._journal.append([_moved(one.key, one.state) for one in whole if state.of(one.key) != one.state])
        accepted = self._ports.ledger.conclude(tuple(one.state for one in whole), state.activations)
        moves, folders = [], set()
        for one in whole:
            done = one.state
            if done.record not in accepted:
                self._folders.drop(done.part)
                moves.append(_failed(one.key, GivenUp()))
                continue
            try:
                folders.add(self._folders.hand_out(done.part, done.name, done.sha256))
            except OutputMissing as error:
                moves.append(_failed(one.key, error))
            except AbsahError as error:
                self._stop(error)  # it stays complete: the next run hands it out
            else:
                moves.append(_moved(one.key, ItemSigned(record=done.record, sha256=done.sha256, name=done.name)))
        for folder in folders:
            wait_for_folder(folder)
        self._journal.append(moves)
        self._folders.drop(*(f"{one.state.record.hex}.reserved" for one in whole))
        self._tell()

    def _is_on_disk(self, one: _Whole) -> bool:
        """Waits for the disk. What it did not take keeps its value, and is completed again by the next run."""
        try:
            one.settled.result()
        except PartNotWritten as error:
            self._stop(error)
            return False
        return True

    def _tell(self) -> None:
        self._ports.told(progress_of(self._items.values(), self._journal.state))


def _moved(key: ItemKey, state: ItemState) -> ItemMoved:
    return ItemMoved(key=key, state=state)


def _failed(key: ItemKey, error: AbsahError) -> ItemMoved:
    return ItemMoved(key=key, state=ItemFailed(code=error.code, parameters=tuple(error.parameters.items())))
