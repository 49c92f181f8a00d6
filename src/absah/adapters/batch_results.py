"""The last desk of a batch: signed documents reach the disk, then the ledger, then their names.

Conclude, then rename: a document that the ledger has given up is never handed out.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self, final

from absah.adapters.batch_folders import BatchFolders, OutputMissing, PartNotWritten
from absah.adapters.batch_journal import BatchJournal
from absah.adapters.batch_ports import GivenUp
from absah.adapters.files import wait_for_folder
from absah.kernel.errors import AbsahError
from absah.signing.batch.items import ItemCompleted, ItemMoved, ItemSigned, failed
from absah.signing.batch.ledger import BatchLedger
from absah.signing.batch.order import ItemKey

_DISK_WAITERS: Final = 16
"""A disk confirms many files in about the time of one, if it is asked for all of them at once."""


@dataclass(frozen=True, slots=True)
class _Whole:
    """A complete document, and whether it is on the disk yet."""

    key: ItemKey
    state: ItemCompleted
    settled: Future[None]


@final
class ResultsDesk:
    """Takes whole documents in and hands them out. `stop` is called with what ends the run."""

    def __init__(
        self, folders: BatchFolders, journal: BatchJournal, ledger: BatchLedger, stop: Callable[[AbsahError], None], /
    ) -> None:
        self._folders, self._journal, self._ledger, self._stop = folders, journal, ledger, stop
        self._disk = ThreadPoolExecutor(_DISK_WAITERS, thread_name_prefix="disk")
        self._whole: list[_Whole] = []

    def take(self, key: ItemKey, state: ItemCompleted, /) -> None:
        """A document is whole; the disk is asked for it while others go on."""
        self._whole.append(_Whole(key, state, self._disk.submit(self._folders.settle, state.part)))

    def hand_out_settled(self, least: int, /) -> list[ItemMoved]:
        """Hand out what is on the disk if it is so much at least. What each has come to."""
        settled = [one for one in self._whole if one.settled.done()]
        return self._hand_out(settled) if len(settled) >= least else []

    def hand_out_all(self) -> list[ItemMoved]:
        """Wait for the disk and hand out everything. What each has come to."""
        return self._hand_out(self._whole)

    def _hand_out(self, some: list[_Whole]) -> list[ItemMoved]:
        whole = [one for one in some if self._is_on_disk(one)]
        chosen = {one.key for one in some}
        self._whole = [one for one in self._whole if one.key not in chosen]
        if not whole:
            return []
        state = self._journal.state
        self._journal.append(
            [ItemMoved(key=one.key, state=one.state) for one in whole if state.of(one.key) != one.state]
        )
        accepted = self._ledger.conclude(tuple(one.state for one in whole), state.activations)
        moves, folders = [], set()
        for one in whole:
            done = one.state
            if done.record not in accepted:
                self._folders.drop(done.part)
                moves.append(failed(one.key, GivenUp()))
                continue
            try:
                folders.add(self._folders.hand_out(done.part, done.name, done.sha256))
            except OutputMissing as error:
                moves.append(failed(one.key, error))
            except AbsahError as error:
                self._stop(error)  # it stays complete: the next run hands it out
            else:
                signed = ItemSigned(record=done.record, sha256=done.sha256, name=done.name)
                moves.append(ItemMoved(key=one.key, state=signed))
        for folder in folders:
            wait_for_folder(folder)
        self._journal.append(moves)
        return moves

    def _is_on_disk(self, one: _Whole) -> bool:
        """Waits for the disk. What it did not take keeps its value, and is completed again by the next run."""
        try:
            one.settled.result()
        except PartNotWritten as error:
            self._stop(error)
            return False
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._disk.shutdown()
