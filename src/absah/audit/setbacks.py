"""Entries whose time lies before that of an entry before them: a clock that was set back, or somebody who writes late.

A row is dated when its act began, and acts overlap: up to `PATIENCE` that is how things are. Beyond it the entry is
as unchanged as any other, but its date is not to be believed without asking.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from absah.kernel.clock import Instant

PATIENCE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setback:
    """Entries `[begin, end)`: the earliest of them is dated `at`, and an entry before them `before`."""

    begin: int
    end: int
    at: Instant
    before: Instant

    @property
    def seconds(self) -> int:
        """How far the time ran back, at most."""
        return int((self.before - self.at).total_seconds())

    def to_dict(self) -> dict[str, object]:
        """For `--json`."""
        return {"begin": self.begin, "end": self.end, "seconds": self.seconds}


def joined(before: Setback, after: Setback, /) -> Setback | None:
    """Two as one, where the second goes on from the first."""
    if before.end != after.begin:
        return None
    return Setback(begin=before.begin, end=after.end, at=min(before.at, after.at), before=after.before)


def find_setbacks(times: Iterable[tuple[int, Instant]], latest: Instant | None = None, /) -> Iterator[Setback]:
    """Walk entries in their order (position, time). `latest` is the latest time before them. Neighbours are one."""
    run: Setback | None = None
    for position, at in times:
        if latest is None or at >= latest - PATIENCE:
            latest = at if latest is None else max(latest, at)
            continue
        one = Setback(begin=position, end=position + 1, at=at, before=latest)
        both = None if run is None else joined(run, one)
        if run is not None and both is None:
            yield run
        run = both or one
    if run is not None:
        yield run
