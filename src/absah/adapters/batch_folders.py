"""The folders of a batch: what comes in, what goes out, and the half-made files between.

Half-made files lie in the output folder itself, so that handing one out is a rename: whole or not there.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, NoReturn, TypeAlias

from absah.adapters.file_source import FileSource
from absah.adapters.files import wait_for_folder
from absah.kernel.errors import AbsahError, BadInput, Unavailable, WrongState
from absah.signing.batch.items import ItemCompleted, ItemValued
from absah.signing.batch.state import BatchState

FOLDER: Final = ".absah-batch"
"""Within the output folder: the journal, and half-made files."""

_PARTS: Final = "parts"
_PIECE: Final = 1 << 20


Hashes: TypeAlias = tuple[str | AbsahError, ...]
"""One for each of several files."""


class FolderUnusable(BadInput):
    """The output folder cannot be made, read or written. Parameter: problem."""

    code = "batch.folder-unusable"


class InputsUnreadable(BadInput):
    """A folder below the one that came in cannot be read: nobody knows what would be left out. Parameter: problem."""

    code = "batch.inputs-unreadable"


class NameNotText(BadInput):
    """The name of the file is not UTF-8: neither the journal nor a report could tell of it."""

    code = "batch.name-not-text"


class OutputExists(WrongState):
    """A file that is not of this batch has the name of an output. It is left alone."""

    code = "batch.output-exists"


class OutputMissing(WrongState):
    """The document was signed before, and the signed one is no longer where it was put. It is not signed again."""

    code = "batch.output-missing"


class PartNotWritten(Unavailable):
    """The disk did not take a file of the batch. Parameter: problem."""

    code = "batch.part-not-written"


@dataclass(frozen=True, kw_only=True)
class BatchFolders:
    """Where documents come from and where signed ones go. Names are relative, with slashes."""

    inputs: Path
    outputs: Path

    @cached_property
    def parts(self) -> Path:
        """The folder of half-made files."""
        return self.outputs / FOLDER / _PARTS

    def documents(self) -> Iterator[str]:
        """The names of the PDF files that came in, sorted. Links to folders are not followed.

        Raises InputsUnreadable.
        """
        for folder, folders, names in os.walk(self.inputs, onerror=_refuse_folder):
            folders.sort()
            below = Path(folder).relative_to(self.inputs).as_posix()
            prefix = "" if below == "." else f"{below}/"
            yield from (f"{prefix}{name}" for name in sorted(names) if name.lower().endswith(".pdf"))

    def source(self, name: str, /) -> Path:
        """The document of a name."""
        return self.inputs / name

    def hashes(self, names: tuple[str, ...], /) -> Hashes:
        """The SHA-256 of each document, hexadecimal, or why it cannot be read."""
        return tuple(self._hash_or_error(name) for name in names)

    def _hash_or_error(self, name: str) -> str | AbsahError:
        try:
            name.encode()
            return sha256_of(self.source(name))
        except UnicodeEncodeError:
            return NameNotText()
        except AbsahError as error:
            return error

    def target(self, name: str, /) -> Path:
        """Where the signed document of a name goes."""
        return self.outputs / name

    def tidy(self, state: BatchState, /) -> None:
        """Make the folder of parts and remove those that nobody waits for. Raises FolderUnusable."""
        wanted = set()
        for reached in state.states.values():
            match reached:
                case ItemValued(authorised=authorised):
                    wanted.add(authorised.prepared.part)
                case ItemCompleted(part=part):
                    wanted.add(part)
                case _:
                    pass
        try:
            self.parts.mkdir(mode=0o700, parents=True, exist_ok=True)
            for path in self.parts.iterdir():
                if path.name not in wanted:
                    path.unlink()
        except OSError as problem:
            raise FolderUnusable(problem=problem.strerror or "") from None

    def drop(self, *parts: str) -> None:
        """Remove parts; those that are not there are not missed."""
        for part in parts:
            (self.parts / part).unlink(missing_ok=True)

    def settle(self, *parts: str) -> None:
        """Wait until parts are on the disk, as far as they are still there. Raises PartNotWritten."""
        for part in parts:
            try:
                descriptor = os.open(self.parts / part, os.O_RDONLY | os.O_CLOEXEC)
                try:
                    os.fsync(descriptor)
                finally:
                    os.close(descriptor)
            except FileNotFoundError:
                continue  # handed out the moment before a kill, or gone: `hand_out` tells which
            except OSError as problem:
                raise PartNotWritten(problem=problem.strerror or "") from None

    def hand_out(self, part: str, name: str, sha256: str, /) -> Path:
        """Give a part its final name; the folder to wait for. Raises OutputExists, OutputMissing, FolderUnusable."""
        target = self.target(name)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.exists():
                # Handed out the moment before a kill, unless it is somebody else's.
                if sha256_of(target) != sha256:
                    raise OutputExists
                self.drop(part)
            else:
                (self.parts / part).rename(target)
        except FileNotFoundError:
            raise OutputMissing from None
        except OSError as problem:
            raise FolderUnusable(problem=problem.strerror or "") from None
        return target.parent

    def copy(self, name: str, other: str, sha256: str, /) -> None:
        """Hand out the same document under another name. Raises OutputExists, OutputMissing, FolderUnusable."""
        target = self.target(other)
        if target.exists():
            if sha256_of(target) != sha256:
                raise OutputExists
            return
        beside = self.parts / f"{sha256}.copy"
        try:
            with self.target(name).open("rb") as signed, beside.open("wb") as file:
                shutil.copyfileobj(signed, file, _PIECE)
                file.flush()
                os.fsync(file.fileno())
            if sha256_of(beside) != sha256:
                raise OutputMissing
            target.parent.mkdir(parents=True, exist_ok=True)
            beside.rename(target)
            wait_for_folder(target.parent)
        except FileNotFoundError:
            raise OutputMissing from None
        except OSError as problem:
            raise FolderUnusable(problem=problem.strerror or "") from None


def _refuse_folder(problem: OSError) -> NoReturn:
    raise InputsUnreadable(problem=problem.strerror or "") from None


def sha256_of(path: Path, /) -> str:
    """The SHA-256 of a file, hexadecimal, read a piece at a time. Raises FileUnread."""
    state = hashlib.sha256()
    with FileSource(path) as source:
        for offset in range(0, source.size, _PIECE):
            state.update(source.read(offset, _PIECE))
    return state.hexdigest()
