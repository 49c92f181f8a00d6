"""Reading the tree. Every fourth level of nodes is kept; what lies between is computed from at most eight of them."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, TypeVar

from django.db import connection

from absah.audit.merkle import EMPTY_ROOT, Hash, Reader, node_hash

T = TypeVar("T")

#: Levels between two that are kept: 16 leaves, 256, 4,096 …
STEP: Final = 4
_RANGES: Final = 200


def place_of(tier: int, number: int, /) -> int:
    """The key of a node that is kept."""
    return number << 4 | tier


def reading(work: Callable[[Reader], T], /) -> T:
    """Do something that reads the tree, in few queries: once to see what it asks for, once with the answers.

    The work changes nothing, and asks for no more when it is given true hashes instead of a dummy.
    """
    asked: dict[tuple[int, int], None] = {}

    def note(level: int, number: int) -> Hash:
        asked[level, number] = None
        return EMPTY_ROOT

    work(note)
    known = fetch(asked)
    return work(lambda level, number: known[level, number])


def fetch(wanted: Iterable[tuple[int, int]], /) -> dict[tuple[int, int], Hash]:
    """Hashes of perfect subtrees (level, number)."""
    wanted = tuple(wanted)
    kept: dict[int, set[int]] = {}
    for level, number in wanted:
        tier, rest = divmod(level, STEP)
        kept.setdefault(tier, set()).update(range(number << rest, (number + 1) << rest))
    stored = {(tier, number): found for tier in kept for number, found in _read(tier, kept[tier])}
    return {(level, number): _compute(stored, level, number) for level, number in wanted}


def _compute(stored: dict[tuple[int, int], Hash], level: int, number: int) -> Hash:
    tier, rest = divmod(level, STEP)
    row = [stored[tier, child] for child in range(number << rest, (number + 1) << rest)]
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


def _read(tier: int, numbers: set[int]) -> Iterator[tuple[int, Hash]]:
    ranges = list(_runs(sorted(numbers)))
    for start in range(0, len(ranges), _RANGES):
        some = ranges[start : start + _RANGES]
        if tier:
            keys = [place_of(tier, number) for first, last in some for number in range(first, last + 1)]
            yield from ((place >> 4, found) for place, found in _select_places(keys))
        else:
            yield from _select_leaves(some)


def _runs(numbers: list[int]) -> Iterator[tuple[int, int]]:
    """Neighbours as (first, last)."""
    first = last = numbers[0]
    for number in numbers[1:]:
        if number != last + 1:
            yield first, last
            first = number
        last = number
    yield first, last


def _select_leaves(ranges: list[tuple[int, int]]) -> Iterator[tuple[int, Hash]]:
    where = " OR ".join(["position BETWEEN %s AND %s"] * len(ranges))
    bounds = [bound for one in ranges for bound in one]
    return _rows(f"SELECT position, hash FROM ledger_leaf WHERE {where}", bounds)  # noqa: S608  (only our own words)


def _select_places(keys: list[int]) -> Iterator[tuple[int, Hash]]:
    for start in range(0, len(keys), 500):
        some = keys[start : start + 500]
        marks = ", ".join(["%s"] * len(some))
        yield from _rows(f"SELECT place, hash FROM ledger_node WHERE place IN ({marks})", some)  # noqa: S608  (as above)


def _rows(query: str, parameters: list[Any]) -> Iterator[tuple[int, Hash]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        for number, found in cursor.fetchall():
            yield int(number), Hash(bytes(found))
