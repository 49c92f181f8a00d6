"""Measuring in rounds that take turns: A B A B, so that a noisy neighbour disturbs both sides alike.

A side runs its operation `n` times and says how much processor time and how much time of day it took. `n` is chosen
so that a turn takes about as long for each side. A turn begins with an empty nursery of the garbage collector, which
stays switched on: what it costs is part of the cost. What is reported is the median over the rounds.
"""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Final, Protocol

ROUNDS: Final = 9
TURN: Final = 0.25
"""Seconds."""

_LEAST_WARM: Final = 3
_LONGEST_WARM_UP: Final = 75.0


@dataclass(frozen=True, slots=True)
class Turn:
    """`n` operations: seconds of processor time (of the whole process, kernel included) and of the day."""

    n: int
    cpu: float
    wall: float


class Side(Protocol):
    """Something that can be measured."""

    @property
    def warm_up(self) -> float:
        """Seconds of processor time it has to run before it is as fast as it gets."""
        ...

    def turn(self, n: int, /) -> Turn:
        """Do it `n` times."""
        ...


@dataclass(frozen=True, slots=True)
class Here:
    """An operation in this process."""

    operation: Callable[[], object]
    warm_up: float = 0.2

    def turn(self, n: int, /) -> Turn:
        operation = self.operation
        gc.collect()
        started, began = time.perf_counter(), time.process_time()
        for _ in range(n):
            operation()
        return Turn(n, time.process_time() - began, time.perf_counter() - started)


@dataclass(frozen=True, slots=True)
class Course:
    """All turns of one side."""

    turns: tuple[Turn, ...]

    @property
    def n(self) -> int:
        return sum(turn.n for turn in self.turns)

    @property
    def per_cpu_second(self) -> float:
        """Operations per second of processor time: the median of the rounds."""
        return median(turn.n / turn.cpu for turn in self.turns)

    @property
    def cpu_milliseconds(self) -> float:
        """Processor time of one operation, ms."""
        return 1000 * median(turn.cpu / turn.n for turn in self.turns)

    @property
    def wall_seconds(self) -> float:
        """Time of day of one operation."""
        return median(turn.wall / turn.n for turn in self.turns)


def in_turns(*sides: Side, rounds: int = ROUNDS, seconds: float = TURN) -> tuple[Course, ...]:
    """Warm each side up, then let them take turns."""
    counts = [_warmed(side, seconds) for side in sides]
    gc.collect()
    gc.freeze()  # what is there already is not looked through again in every turn
    try:
        turns = [[side.turn(n) for side, n in zip(sides, counts, strict=True)] for _ in range(rounds)]
    finally:
        gc.unfreeze()
    return tuple(Course(tuple(column)) for column in zip(*turns, strict=True))


def spread(slower: Course, faster: Course, /, *, wall: bool = False) -> str:
    """The least and the greatest ratio of times of any one round, for the note: how far to trust the median."""
    ratios = sorted(
        (a.wall / a.n) / (b.wall / b.n) if wall else (a.cpu / a.n) / (b.cpu / b.n)
        for a, b in zip(slower.turns, faster.turns, strict=True)
    )
    return f"single rounds {ratios[0]:.3g} to {ratios[-1]:.3g}"


def _warmed(side: Side, seconds: float) -> int:
    """Run a side until it is warm, by its own processor time: a busy machine must not let it start cold.

    How many operations fill a turn.
    """
    n, spent, began = 1, 0.0, time.perf_counter()
    while True:
        turn = side.turn(n)
        spent += turn.cpu
        each = max(turn.cpu / n, 1e-7)
        if spent >= max(side.warm_up, _LEAST_WARM * each) or time.perf_counter() - began > _LONGEST_WARM_UP:
            return max(1, round(seconds / each))
        n = max(1, min(4 * n, round(seconds / each)))
