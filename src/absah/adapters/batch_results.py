"""The last desk of a batch: signed documents reach the disk, then the ledger, then their names.

Conclude, then rename: a document that the ledger has given up is never handed out. Every wait for the disk is an
errand, so that whoever leads goes on meanwhile; what comes in until one is back is handed out together with the next.

    on the disk ──> completed ──> conclude ──> rename ──> signed
                    journal,      ledger       errand     journal
                    errand
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Final, Self, TypeAlias, final

from absah.adapters.batch_errands import Errands
from absah.adapters.batch_folders import BatchFolders, FolderUnusable, OutputMissing, PartNotWritten
from absah.adapters.batch_journal import BatchJournal
from absah.adapters.batch_ports import GivenUp
from absah.adapters.files import wait_for_folder
from absah.kernel.errors import AbsahError
from absah.signing.batch.items import ItemCompleted, ItemMoved, ItemSigned, failed
from absah.signing.batch.ledger import BatchLedger
from absah.signing.batch.order import ItemKey

_DISK_WAITERS: Final = 16
"""A disk confirms many files in about the time of one, if it is asked for all of them at once."""

_WAITED_FOR: Final = 4
"""Files that a waiter waits for one after another: to wake one costs whoever leads as much as a document."""


@dataclass(frozen=True, slots=True)
class _Whole:
    """A complete document, and whether it is on the disk yet."""

    key: ItemKey
    state: ItemCompleted
    settled: Future[None]


_HandedOut: TypeAlias = tuple[tuple[_Whole, AbsahError | None], ...]


@final
class ResultsDesk:
    """Takes whole documents in and hands them out. `stop` is called with what ends the run."""

    def __init__(
        self, folders: BatchFolders, journal: BatchJournal, ledger: BatchLedger, stop: Callable[[AbsahError], None], /
    ) -> None:
        self._folders, self._journal, self._ledger, self._stop = folders, journal, ledger, stop
        self._disk = ThreadPoolExecutor(_DISK_WAITERS, thread_name_prefix="disk")
        self._errands = Errands()
        self._fresh: list[tuple[ItemKey, ItemCompleted]] = []
        self._whole: list[_Whole] = []
        self._ended: list[ItemMoved] = []

    @property
    def bell(self) -> int:
        """It can be read as soon as `go_on` has something to do."""
        return self._errands.bell

    @property
    def busy(self) -> bool:
        """Whether something is being handed out."""
        return self._errands.out

    @property
    def waiting(self) -> bool:
        """Whether something has still to be handed out."""
        return bool(self._fresh or self._whole)

    def take(self, key: ItemKey, state: ItemCompleted, /) -> None:
        """A document is whole; `go_on` asks the disk for it while others go on."""
        self._fresh.append((key, state))

    def go_on(self, *, least: int, are_all: bool) -> list[ItemMoved]:
        """Hand out what is on the disk, if it is so much at least; `are_all`: wait for all. What each came to."""
        self._ask_disk()
        self._errands.take_in()
        if not self._errands.out:
            some = self._whole if are_all else [one for one in self._whole if one.settled.done()]
            if some and (are_all or len(some) >= least):
                self._note_completed(some)
        ended, self._ended = self._ended, []
        return ended

    def _ask_disk(self) -> None:
        fresh, self._fresh = self._fresh, []
        for some in (fresh[first : first + _WAITED_FOR] for first in range(0, len(fresh), _WAITED_FOR)):
            settled = self._disk.submit(self._folders.settle, *(state.part for _, state in some))
            self._whole += [_Whole(key, state, settled) for key, state in some]

    def _note_completed(self, some: list[_Whole]) -> None:
        chosen = {one.key for one in some}
        self._whole = [one for one in self._whole if one.key not in chosen]
        whole = tuple(one for one in some if self._is_on_disk(one))
        if whole:
            state = self._journal.state
            self._journal.append(
                ItemMoved(key=one.key, state=one.state) for one in whole if state.of(one.key) != one.state
            )
            self._errands.send(self._journal.settle, partial(self._conclude, whole))

    def _conclude(self, whole: tuple[_Whole, ...], brought: AbsahError | None) -> None:
        if brought is not None:
            raise brought
        accepted = self._ledger.conclude(tuple(one.state for one in whole), self._journal.state.activations)
        for one in whole:
            if one.state.record not in accepted:
                self._folders.drop(one.state.part)
                self._end([failed(one.key, GivenUp())])
        chosen = tuple(one for one in whole if one.state.record in accepted)
        if chosen:
            self._errands.send(partial(self._rename, chosen), self._note_signed)

    def _rename(self, whole: tuple[_Whole, ...]) -> _HandedOut:
        """On the errand. Each with what was wrong with it. Raises FolderUnusable."""
        tried: list[tuple[_Whole, AbsahError | None]] = []
        folders = set()
        for one in whole:
            try:
                folders.add(self._folders.hand_out(one.state.part, one.state.name, one.state.sha256))
            except AbsahError as error:
                tried.append((one, error))
            else:
                tried.append((one, None))
        try:
            for folder in folders:
                wait_for_folder(folder)
        except OSError as problem:
            raise FolderUnusable(problem=problem.strerror or "") from None
        return tuple(tried)

    def _note_signed(self, brought: _HandedOut | AbsahError) -> None:
        if isinstance(brought, AbsahError):
            raise brought
        moves = []
        for one, error in brought:
            done = one.state
            if error is None:
                signed = ItemSigned(record=done.record, sha256=done.sha256, name=done.name)
                moves.append(ItemMoved(key=one.key, state=signed))
            elif isinstance(error, OutputMissing):
                moves.append(failed(one.key, error))
            else:
                self._stop(error)  # it stays complete: the next run hands it out
        self._end(moves)

    def _end(self, moves: list[ItemMoved]) -> None:
        self._journal.append(moves)
        self._ended += moves

    def _is_on_disk(self, one: _Whole) -> bool:
        """Waits for the disk. What it did not take keeps its value, and is completed again by the next run."""
        try:
            one.settled.result()
        except PartNotWritten as error:
            self._stop(error)
            return False
        return True

    def __enter__(self) -> Self:
        self._errands.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._errands.__exit__(kind, value, trace)
        self._disk.shutdown()
