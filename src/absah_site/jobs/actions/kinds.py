"""The kinds of work this process knows. Apps register theirs when Django starts; every process knows all of them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypeAlias

from absah_site.jobs.actions.work import Work

#: Does the work. What it returns is kept as the result: a short opaque text.
Handler: TypeAlias = Callable[[Work], str | None]

_NAME: Final = re.compile(r"[a-z_]+:[a-z-]+")
_FIRST_PAUSE: Final = timedelta(seconds=10)
_LONGEST_PAUSE: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of work: how often it is tried again, how long one attempt may take, and how often it comes by itself."""

    name: str
    handler: Handler
    retries: int = 5
    at_most: timedelta = timedelta(hours=1)
    every: timedelta | None = None

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"a kind is named area:verb, not {self.name!r}")


_kinds: Final[dict[str, Kind]] = {}


def register(name: str, handler: Handler, /, *, retries: int = 5, at_most: timedelta = timedelta(hours=1)) -> None:
    """Make a kind known. Its name is kept in rows: never rename one while rows wait."""
    _kinds[name] = Kind(name=name, handler=handler, retries=retries, at_most=at_most)


def register_periodic(name: str, handler: Handler, /, *, every: timedelta, retries: int = 3) -> None:
    """Make a kind known that comes by itself. A turn that nobody was there for is not made up for."""
    _kinds[name] = Kind(name=name, handler=handler, retries=retries, every=every)


def find_kind(name: str, /) -> Kind | None:
    """A kind by its name; None when this release does not know it."""
    return _kinds.get(name)


def periodic_kinds() -> tuple[Kind, ...]:
    """Those that come by themselves."""
    return tuple(kind for kind in _kinds.values() if kind.every is not None)


def pause_after(attempt: int, /) -> timedelta:
    """How long to wait after a failed attempt (the first is 1): 10 s, 40 s, 160 s … an hour."""
    factor: int = 4 ** min(attempt - 1, 10)
    return min(_FIRST_PAUSE * factor, _LONGEST_PAUSE)
