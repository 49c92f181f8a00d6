"""What a time-stamping authority has issued: a line for each token, written before the token leaves, never changed.

    DIR/tsa/stamps-2026-11-27.log
    2026-11-27T01:02:03Z 7f…(serial) sha256:9a…(imprint) 31…(link)

`link` is a SHA-256 over the link before and the line: a line that is altered, or taken out of the middle, breaks every
one after it. The line is in the hands of the system before the answer goes out, so that it outlives the process; once a
second it is waited for that the disk has it.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final, final

from absah.kernel.clock import Instant
from absah.kernel.errors import BadInput, Unavailable
from absah.pki.tsp import TokenPlan

FOLDER: Final = "tsa"
_BEGINNING: Final = bytes(32)
_LONGEST_LINE: Final = 512


class StampRecordUnusable(Unavailable):
    """The record of time-stamps cannot be written, so none is issued. Parameter: problem."""

    code = "time.record-unusable"


class StampRecordBroken(BadInput):
    """The record of time-stamps was altered, or cut in the middle. Parameters: file, line."""

    code = "time.record-broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A record that holds: how many lines, and its last link."""

    lines: int
    link: bytes


@final
class StampRecord:
    """The record of one authority; one process writes it."""

    def __init__(self, data: Path, /) -> None:
        self._folder = data / FOLDER
        self._lock = self._own()
        self._day = date.min
        self._file = -1
        self._link = _BEGINNING
        self._unsettled = False
        for path in reversed(files_of(data)):
            if (link := last_link(path)) is not None:
                self._link = link
                break

    def write(self, plan: TokenPlan, /) -> None:
        """Add a line. Raises StampRecordUnusable; then the token must not leave."""
        written = f"{_spelled(plan.time)} {plan.serial:032x} {plan.digest_algorithm.value}:{plan.imprint.hex()}"
        body = written.encode("ascii")
        link = hashlib.sha256(self._link + body).digest()
        line = b"%b %b\n" % (body, link.hex().encode("ascii"))
        try:
            if os.write(self._file_for(plan.time), line) != len(line):
                raise StampRecordUnusable(problem="short write")
        except OSError as problem:
            raise StampRecordUnusable(problem=problem.strerror or "") from None
        self._link = link
        self._unsettled = True

    def settle(self) -> None:
        """Wait until the disk has what was written. Called once a second."""
        if self._unsettled:
            self._unsettled = False
            try:
                os.fdatasync(self._file)
            except OSError as problem:
                raise StampRecordUnusable(problem=problem.strerror or "") from None

    def close(self) -> None:
        """Let go of the files."""
        self.settle()
        for descriptor in (self._file, self._lock):
            if descriptor >= 0:
                os.close(descriptor)
        self._file = self._lock = -1

    def _own(self) -> int:
        """Be the only writer. Raises StampRecordUnusable."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self._folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as problem:
            raise StampRecordUnusable(problem=problem.strerror or "") from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            raise StampRecordUnusable(problem="another process writes it") from None
        return descriptor

    def _file_for(self, moment: Instant) -> int:
        """The file of the day; a line that a crash cut off is ended before the next one begins."""
        if moment.date() != self._day:
            self.settle()
            if self._file >= 0:
                os.close(self._file)
            path = self._folder / f"stamps-{moment:%Y-%m-%d}.log"
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            size = os.fstat(self._file).st_size
            if size and os.pread(self._file, 1, size - 1) != b"\n":
                os.write(self._file, b"\n")
            self._day = moment.date()
        return self._file


def files_of(data: Path, /) -> list[Path]:
    """The files of the record, the oldest first."""
    return sorted((data / FOLDER).glob("stamps-*.log"))


def check_record(data: Path, /) -> Checked:
    """Read all of it. Raises StampRecordBroken."""
    lines, link = 0, _BEGINNING
    for path in files_of(data):
        for number, body, found in _lines(path):
            link = hashlib.sha256(link + body).digest()
            if link != found:
                raise StampRecordBroken(file=path.name, line=number)
            lines += 1
    return Checked(lines=lines, link=link)


def last_link(path: Path, /) -> bytes | None:
    """The link of the last whole line of a file, if it has one."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 4 * _LONGEST_LINE))
        tail = file.read().split(b"\n")[:-1]
    for line in reversed(tail):
        if _is_whole(line):
            return bytes.fromhex(line[-64:].decode("ascii"))
    return None


def _lines(path: Path) -> Iterator[tuple[int, bytes, bytes]]:
    """Number, text and link of each whole line.

    The piece that a crash left of one is passed over: had it been a whole line, the link of the next would not fit.
    """
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            whole = line.rstrip(b"\n")
            if line.endswith(b"\n") and _is_whole(whole):
                yield number, whole[:-65], bytes.fromhex(whole[-64:].decode("ascii"))


def _is_whole(line: bytes) -> bool:
    """Whether it ends in a space and a link."""
    tail = line[-65:]
    return line.isascii() and len(tail) == 65 and tail[:1] == b" " and not tail[1:].strip(b"0123456789abcdef")


@lru_cache(maxsize=4)  # many tokens are of one second
def _spelled(moment: Instant) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
