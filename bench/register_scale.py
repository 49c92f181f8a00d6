"""A small and a large register, each in a process of its own, measured in turns."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.peers.process import PeerProcess
from bench.rounds import Course, Turn, in_turns, spread
from bench.rows import PeerMissing

FEW: Final = 10_000
_WARM_UP: Final = 1.0


@dataclass(frozen=True, slots=True)
class _Doing:
    """One of the things that the process of a register does: a `Side`."""

    register: PeerProcess
    word: str
    warm_up: float = _WARM_UP

    def turn(self, n: int, /) -> Turn:
        count, cpu, wall = self.register.asked(f"{self.word} {n}").split()
        return Turn(int(count), float(cpu), float(wall))


@dataclass(frozen=True, slots=True)
class Compared:
    """The courses of both registers for one thing that they do."""

    few: Course
    many: Course

    @property
    def ratio(self) -> float:
        """How much of its speed is left with many, by processor time."""
        return self.many.per_cpu_second / self.few.per_cpu_second

    @property
    def note(self) -> str:
        """The same by the clock on the wall, where reading the disk counts, and how far single rounds differ."""
        wall = self.few.wall_seconds / self.many.wall_seconds
        return f"in time of day {wall:.3g}; {spread(self.few, self.many)}"


@dataclass(frozen=True, slots=True)
class Scale:
    """What comes of it."""

    answers: Compared
    issues: Compared
    search_milliseconds: float


def make_register(folder: Path, rows: int, /, *, revoked: int = 2) -> None:
    """Make a register of so many certificates in a new folder, of each hundred so many revoked. Raises PeerMissing."""
    folder.mkdir()
    command = [sys.executable, "-m", "bench.register_work", "fill", str(folder), str(rows), str(revoked)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  (ours)
    if done.returncode:
        raise PeerMissing(f"the register was not filled: {done.stderr.strip().splitlines()[-1:]}")


def compare(few: Path, many: Path, /) -> Scale:
    """Answering and issuing with few and with many certificates, in turns. Raises PeerMissing."""
    with _open(few) as small, _open(many) as large:
        answers = Compared(*in_turns(_Doing(small, "answer"), _Doing(large, "answer")))
        issues = Compared(*in_turns(_Doing(small, "issue"), _Doing(large, "issue")))
        return Scale(answers, issues, float(large.asked("search")))


@contextmanager
def _open(folder: Path) -> Iterator[PeerProcess]:
    command = [sys.executable, "-m", "bench.register_side", str(folder / "data")]
    with ExitStack() as stack:
        side = PeerProcess.started(command, warm_up=_WARM_UP, folder=Path.cwd(), errors=folder / "side.log")
        stack.callback(side.close)
        yield side
