"""How long support takes (K2-d), in working hours: until the first answer, until the solution, and with whom it lay.

    opened ── with the second party ── first answer ── (asked: with the first) ── answered ── closed by the first

The time until the solution leaves out what the first party took to reply. What is still open counts for nothing yet:
a mean over finished tickets must not look better because the hard ones are not finished.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from absah.agreements.calendar import WorkCalendar
from absah.agreements.parties import Role
from absah.cases.case import Case
from absah.cases.clocks import read_clocks, stays_of, working_time

KIND: Final = "support"
_FIRST, _SOLUTION = "first-response", "solution"


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportTime:
    """The times of one ticket; None for what has not come yet. `lay` is how long it lay with each party."""

    problem: str
    first: timedelta | None
    solved: timedelta | None
    lay: Mapping[Role, timedelta]


def time_of(case: Case, calendar: WorkCalendar, /) -> SupportTime:
    """The times of a ticket."""
    clocks = {one.clock.name: one for one in read_clocks(case, calendar)}
    rests = clocks[_SOLUTION].clock.rests
    answered = case.state in case.kind.proves
    lay = {role: timedelta() for role in Role}
    solved = timedelta()
    for stay in stays_of(case):
        if stay.until is None:  # the present one has no length yet
            continue
        worked = working_time(stay.since, stay.until, calendar)
        lay[case.bearer.other if stay.state in rests else case.bearer] += worked
        solved += timedelta() if stay.state in rests else worked
    first = clocks[_FIRST].stopped
    return SupportTime(
        problem=case.values.get("class", ""),
        first=None if first is None else working_time(case.opened.at, first, calendar),
        solved=solved if answered else None,
        lay=lay,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportMeans:
    """The means over some tickets; None where no ticket has come so far. `lay` is over those that were solved."""

    opened: int
    answered: int
    solved: int
    first: timedelta | None
    solution: timedelta | None
    lay: Mapping[Role, timedelta | None]


def means_of(times: Iterable[SupportTime], /) -> SupportMeans:
    """The means over tickets."""
    every = list(times)
    firsts = [one.first for one in every if one.first is not None]
    solved = [one for one in every if one.solved is not None]
    return SupportMeans(
        opened=len(every),
        answered=len(firsts),
        solved=len(solved),
        first=_mean(firsts),
        solution=_mean([one.solved for one in solved if one.solved is not None]),
        lay={role: _mean([one.lay[role] for one in solved]) for role in Role},
    )


def _mean(lengths: list[timedelta], /) -> timedelta | None:
    return sum(lengths, timedelta()) / len(lengths) if lengths else None
