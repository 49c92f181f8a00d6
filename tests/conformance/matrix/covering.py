"""Covering arrays: few rows in which every two values of different factors meet at least once.

Greedy and without chance: the same factors give the same rows in every run and on every machine. Each new row starts
from the first pair that has not met yet and takes, factor by factor, the value that makes the most new pairs meet;
where several do, the choice goes round with the number of the row, so that rows differ in more than pairs.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations, product
from typing import TypeAlias

Row: TypeAlias = dict[str, str]
Pair: TypeAlias = frozenset[tuple[str, str]]
Allowed: TypeAlias = Callable[[Mapping[str, str]], bool]
"""Whether a row, or the part of it that is known so far, can exist."""


def pairs_of(row: Mapping[str, str]) -> set[Pair]:
    """What meets in a row."""
    return {frozenset(two) for two in combinations(row.items(), 2)}


def possible_pairs(factors: Mapping[str, Sequence[str]], allowed: Allowed) -> list[Pair]:
    """Every two values that can stand in one row, in the order of the factors."""
    return [
        frozenset(((first, one), (second, other)))
        for first, second in combinations(factors, 2)
        for one, other in product(factors[first], factors[second])
        if allowed({first: one, second: other})
    ]


def covering_rows(factors: Mapping[str, Sequence[str]], allowed: Allowed) -> tuple[Row, ...]:
    """Rows in which all possible pairs meet."""
    waiting = dict.fromkeys(possible_pairs(factors, allowed))
    rows = []
    while waiting:
        turned = {name: _turned(values, len(rows)) for name, values in factors.items()}
        row = _row(dict(next(iter(waiting))), turned, allowed, waiting)
        met = pairs_of(row)
        if not any(pair in waiting for pair in met):
            raise AssertionError(f"no row can hold {row}")
        waiting = {pair: None for pair in waiting if pair not in met}
        rows.append(row)
    return tuple(rows)


def telling_first(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The same rows, each time the one next that shows the most new values, then new pairs, then the rarest values."""
    left, ordered = list(rows), []
    seen: Counter[tuple[str, str]] = Counter()
    pairs: set[Pair] = set()
    while left:
        best = max(left, key=lambda row: (_new(row, seen), len(pairs_of(row) - pairs), -_commonness(row, seen)))
        left.remove(best)
        ordered.append(best)
        seen.update(best.items())
        pairs |= pairs_of(best)
    return tuple(ordered)


def _new(row: Row, seen: Counter[tuple[str, str]]) -> int:
    return sum(not seen[value] for value in row.items())


def _commonness(row: Row, seen: Counter[tuple[str, str]]) -> int:
    return sum(seen[value] for value in row.items())


def _turned(values: Sequence[str], by: int) -> Sequence[str]:
    start = by % len(values)
    return [*values[start:], *values[:start]]


def _row(start: Row, factors: Mapping[str, Sequence[str]], allowed: Allowed, waiting: Mapping[Pair, None]) -> Row:
    row = dict(start)
    for factor, values in factors.items():
        if factor in row:
            continue
        possible = [value for value in values if allowed(row | {factor: value})]
        row[factor] = max(possible, key=lambda value: _gain(row, factor, value, waiting))
    return {factor: row[factor] for factor in factors}


def _gain(row: Row, factor: str, value: str, waiting: Mapping[Pair, None]) -> int:
    return sum(frozenset(((factor, value), known)) in waiting for known in row.items())
