"""The journal of a batch: an append-only file in its output folder, and the only memory that a kill leaves.

A record is a line: CRC-32 of the text in eight hexadecimal digits, a space, the text. What `append` has returned from
outlives a kill of the process. Before what must outlive the machine, too (the use of a key, the word that a document is
signed), `settle` waits for the disk: in any thread, so that nobody waits who need not. A line is on the disk only with
all before it. A last line that was cut off by a kill is dropped, for it was never relied upon; damage anywhere else is
refused, never guessed at. Whoever holds the journal open is alone with the folder.
"""

import fcntl
import os
import zlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Final, Self, final

from absah.adapters.batch_folders import FOLDER, FolderUnusable
from absah.adapters.batch_records import JournalDamaged, read_line, write_event, write_order
from absah.adapters.files import wait_for_folder
from absah.kernel.errors import Unavailable
from absah.signing.batch.items import BatchEvent
from absah.signing.batch.order import BatchOrder
from absah.signing.batch.state import BatchState, StepRefused

_JOURNAL: Final = "journal"
_CHECK: Final = 9  # eight digits and a space


class BatchRunning(Unavailable):
    """Another process works on this batch at this moment."""

    code = "batch.running"


@final
class BatchJournal:
    """The open journal of one output folder, with what it says in `state`."""

    def __init__(self, descriptor: int, state: BatchState, settings: dict[str, str] | None, /) -> None:
        self._descriptor = descriptor
        self._settings = settings
        self.state = state
        self._end = self._settled = os.lseek(descriptor, 0, os.SEEK_END)
        self._lost: FolderUnusable | None = None
        self._writing, self._settling = Lock(), Lock()

    @classmethod
    def opened(cls, folder: Path, order: BatchOrder, /) -> Self:
        """The journal of an output folder, begun if there is none.

        Raises BatchRunning, FolderUnusable, JournalDamaged, and OtherOrder when it was begun with other settings.
        """
        path = folder / FOLDER / _JOURNAL
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
            # The name of a new file is safe only when its folder is on the disk too.
            wait_for_folder(path.parent)
            wait_for_folder(folder)
        except OSError as problem:
            raise FolderUnusable(problem=problem.strerror or "") from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            state, settings = _replayed(descriptor)
            journal = cls(descriptor, state, settings)
            journal._begin(order)
        except BlockingIOError:
            os.close(descriptor)
            raise BatchRunning from None
        except BaseException:
            os.close(descriptor)
            raise
        return journal

    def append(self, events: Iterable[BatchEvent], /) -> None:
        """Take events in and write them down. Raises StepRefused, DigestSpent before that."""
        lines = []
        for event in events:
            self.state.apply(event)
            lines.append(_line(write_event(event)))
        if lines:
            self._write(b"".join(lines))

    def settle(self) -> None:
        """Wait until what has been appended so far is on the disk. Raises FolderUnusable; then nothing is appended."""
        with self._settling:
            if self._lost is not None:
                raise self._lost
            end = self._end
            if end == self._settled:
                return
            try:
                os.fdatasync(self._descriptor)
            except OSError as problem:
                raise self._give_up(problem) from None
            self._settled = end

    def close(self) -> None:
        """Let others have the folder."""
        os.close(self._descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _begin(self, order: BatchOrder) -> None:
        if self._settings is None:
            self._write(_line(write_order(order.settings())))
            self.settle()
            return
        order.check_same(self._settings)
        try:
            os.fdatasync(self._descriptor)  # who wrote it may have been killed before he did
        except OSError as problem:
            raise FolderUnusable(problem=problem.strerror or "") from None

    def _write(self, lines: bytes) -> None:
        with self._writing:
            if self._lost is not None:
                raise self._lost
            try:
                written = 0
                while written < len(lines):
                    written += os.write(self._descriptor, lines[written:])
            except OSError as problem:
                self._cut(self._end)
                raise FolderUnusable(problem=problem.strerror or "") from None
            self._end += len(lines)

    def _give_up(self, problem: OSError) -> FolderUnusable:
        """The disk did not take it: what was not relied upon must not stand before what comes next."""
        with self._writing:
            self._cut(self._settled)
            self._lost = FolderUnusable(problem=problem.strerror or "")
            return self._lost

    def _cut(self, end: int) -> None:
        with suppress(OSError):
            os.ftruncate(self._descriptor, end)


def _line(text: bytes) -> bytes:
    return b"%08x %b\n" % (zlib.crc32(text), text)


def _replayed(descriptor: int) -> tuple[BatchState, dict[str, str] | None]:
    """What the file says; a torn end is cut off."""
    state, settings, good = BatchState(), None, 0
    with os.fdopen(os.dup(descriptor), "rb") as lines:
        for number, line in enumerate(lines, start=1):
            text = line[_CHECK:-1]
            if not line.endswith(b"\n") or line != _line(text):
                if lines.read(1):
                    raise JournalDamaged(line=number)
                break
            said = read_line(text, number, state.states)
            if isinstance(said, dict):
                settings = said
            elif settings is None:
                raise JournalDamaged(line=number)
            else:
                _take(state, said, number)
            good += len(line)
    os.ftruncate(descriptor, good)
    return state, settings


def _take(state: BatchState, event: BatchEvent, number: int) -> None:
    try:
        state.apply(event)
    except StepRefused:
        raise JournalDamaged(line=number) from None
