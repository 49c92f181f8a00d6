"""The rows of the table: what each is called, in what unit, and what it has to reach."""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase
from typing import Final


class Wanted(Enum):
    """Which way is better."""

    MORE = ">="
    LESS = "<="


class Judged(Enum):
    """Which number of a row has to reach its mark."""

    RATIO = "ratio"
    VALUE = "value"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the table. `must` and `aim` are marks for the ratio, or for the value where there is no peer."""

    name: str
    unit: str
    wanted: Wanted = Wanted.MORE
    judged: Judged = Judged.RATIO
    must: float | None = None
    aim: float | None = None

    def reached(self, figure: "Figure") -> bool | None:
        """Whether the figure is as good as it must be. None where nothing is demanded or nothing was measured."""
        number = figure.ratio if self.judged is Judged.RATIO else figure.value
        if self.must is None or number is None:
            return None
        return number >= self.must if self.wanted is Wanted.MORE else number <= self.must


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What was measured: our value, the peer's, how many operations in all, and what a reader should know besides."""

    value: float | None
    peer: float | None = None
    n: int = 0
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours divided by the peer's."""
        return None if self.value is None or not self.peer else self.value / self.peer


@dataclass(frozen=True, slots=True)
class Bench:
    """One measurement; it may fill several rows, when they come out of the same rounds."""

    rows: tuple[Row, ...]
    measure: Callable[["Selected"], Iterator[tuple[Row, Figure]]]


@dataclass(frozen=True, slots=True)
class Selected:
    """What ONLY= leaves: names or patterns such as `sign.bb.*`. None of them: everything."""

    patterns: tuple[str, ...] = ()

    def has(self, name: str) -> bool:
        return not self.patterns or any(fnmatchcase(name, pattern) for pattern in self.patterns)


class PeerMissing(Exception):
    """A peer that cannot be had on this machine, and why."""


_DIGITS: Final = 4


def _short(number: float | None) -> float | None:
    """Four significant digits: more would be noise."""
    return None if number is None else float(f"{number:.{_DIGITS}g}")


def print_row(row: Row, figure: Figure) -> None:
    """The line of JSON."""
    line: dict[str, object] = {
        "bench": row.name,
        "unit": row.unit,
        "value": _short(figure.value),
        "peer": _short(figure.peer),
        "ratio": _short(figure.ratio),
    }
    if row.must is not None:
        line["must"] = f"{row.judged.value} {row.wanted.value} {row.must:g}"
    if row.aim is not None:
        line["aim"] = f"{row.judged.value} {row.wanted.value} {row.aim:g}"
    if figure.n:
        line["n"] = figure.n
    if figure.note:
        line["note"] = figure.note
    print(json.dumps(line, ensure_ascii=False), flush=True)
    verdict = {True: "reached", False: "NOT REACHED", None: "no mark"}[row.reached(figure)]
    value, peer, ratio = (line[key] for key in ("value", "peer", "ratio"))
    tell(f"{row.name}: {value} {row.unit}, peer {peer}, ratio {ratio}: {verdict}")


def print_note(name: str, note: str) -> None:
    """The line that stands where a row could not be measured: nothing in it is a figure."""
    nothing = dict.fromkeys(("unit", "value", "peer", "ratio"))
    print(json.dumps({"bench": name, **nothing, "note": note}, ensure_ascii=False), flush=True)
    tell(f"{name}: not measured: {note}")


def tell(text: str) -> None:
    """A word for the person who waits."""
    print(text, file=sys.stderr, flush=True)
