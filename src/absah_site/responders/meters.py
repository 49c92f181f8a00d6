"""The counters of the responders: what a desk answered, in one word, kept in a file beside the instance.

A responder is asked by everybody and shows nothing but its answers; the figures are read by `/metrics` of the web
process. Each process writes a file of its own, once a second; a new one takes over those of processes that are gone, so
that a sum never falls.
"""

import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Protocol, final

_FOLDER: Final = Path("run", "meters")


class Meter(Protocol):
    """Counts answers."""

    def count(self, desk: str, outcome: str, /) -> None:
        """One answer of a desk: `kept`, `signed`, `malformed`, `question-too-large` and the like."""
        ...

    def settle(self) -> None:
        """Called about once a second."""
        ...


@final
class Uncounted:
    """Nobody watches."""

    def count(self, desk: str, outcome: str, /) -> None:
        """Nothing."""

    def settle(self) -> None:
        """Nothing."""


@final
class FileMeter:
    """Fills `Meter` for one process. A file that cannot be written or read costs figures, never an answer."""

    def __init__(self, data: Path, /, *, process: int | None = None) -> None:
        self._folder = data / _FOLDER
        self._process = os.getpid() if process is None else process
        self._counts: Counter[tuple[str, str]] = Counter()
        self._changed = self._take_over()

    def count(self, desk: str, outcome: str, /) -> None:
        self._counts[desk, outcome] += 1
        self._changed = True

    def settle(self) -> None:
        if not self._changed:
            return
        self._changed = False
        rows = [[desk, outcome, number] for (desk, outcome), number in self._counts.items()]
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            written = self._folder / f"{self._process}.new"
            written.write_text(json.dumps(rows), "utf-8")
            written.replace(self._folder / f"{self._process}.json")
        except OSError:
            self._changed = True

    def _take_over(self) -> bool:
        """The counts of processes that are gone. Whoever removes a file has its counts, and nobody else."""
        found = False
        for path in sorted(self._folder.glob("*.json")):
            if path.stem.isdecimal() and (int(path.stem) == self._process or not Path("/proc", path.stem).exists()):
                counts = Counter(dict(_rows_of(path)))
                try:
                    path.unlink()
                except OSError:
                    continue
                self._counts += counts
                found = True
        return found


def counted(data: Path, /) -> Counter[tuple[str, str]]:
    """What all responders of an instance have answered: desk and outcome."""
    total: Counter[tuple[str, str]] = Counter()
    for path in (data / _FOLDER).glob("*.json"):
        total.update(dict(_rows_of(path)))
    return total


def _rows_of(path: Path) -> Iterator[tuple[tuple[str, str], int]]:
    try:
        for desk, outcome, number in json.loads(path.read_bytes()):
            yield (str(desk), str(outcome)), int(number)
    except (OSError, ValueError, TypeError):
        return
