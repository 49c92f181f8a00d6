"""All agreements of a person on one page: how many duties are late, due and done in each.

Standings are computed, never stored as facts; what is kept between two visits is only a tally that names the day and
the number of facts it was counted from, and is counted again as soon as either is another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from absah.agreements.standing import Standing
from absah.kernel.clock import Instant, legal_date
from absah_site.actors import Actor
from absah_site.agreements.access.board import items_of
from absah_site.agreements.access.calendar import work_calendar
from absah_site.agreements.access.opening import ListedAgreement, agreements_for, opened_many
from absah_site.agreements.store import tallies
from absah_site.agreements.store.tallies import Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An agreement with its tally."""

    listed: ListedAgreement
    tally: Tally

    def is_called(self, words: str, /) -> bool:
        """Whether every word stands in its names or numbers."""
        one = self.listed
        said = f"{one.first_name} {one.second_name} {one.first_number} {one.second_number}".casefold()
        return all(word in said for word in words.casefold().split())


def portfolio_for(actor: Actor, /, *, now: Instant) -> tuple[Line, ...]:
    """Every agreement that a person may see: those with something overdue first, then by their end."""
    listed = agreements_for(actor)
    counted = tally_all(listed, legal_date(now))
    lines = [Line(listed=one, tally=counted[n]) for n, one in enumerate(listed)]
    return tuple(
        sorted(lines, key=lambda line: (-line.tally.overdue, -line.tally.due_soon, line.listed.last_day or date.max))
    )


def tally_all(listed: Sequence[ListedAgreement], today: date, /) -> tuple[Tally, ...]:
    """The tallies of agreements on a day, in their order. Those of another day or of fewer facts are counted again."""
    calendar = work_calendar(today)
    kept = tallies.of_many([one.id for one in listed])
    stale = [one for one in listed if not _is_fresh(kept.get(one.id), one, today, calendar.version)]
    for found in opened_many(stale, today=today):
        one, items = found.listed, items_of(found, calendar)
        kept[one.id] = Tally(
            agreement=one.id,
            day=today,
            facts_count=one.facts_count,
            calendar=calendar.version,
            overdue=sum(item.standing is Standing.OVERDUE for item in items),
            due_soon=sum(item.standing is Standing.DUE_SOON for item in items),
            waiting=sum(item.standing in {Standing.WAITING, Standing.WAITING_LATE} for item in items),
            met=sum(item.standing in {Standing.MET, Standing.MET_LATE} for item in items),
            next_due=min((item.due.day for item in items if _is_ahead(item.standing) and item.due.day), default=None),
        )
    tallies.keep([kept[one.id] for one in stale])
    return tuple(kept[one.id] for one in listed)


def _is_fresh(tally: Tally | None, listed: ListedAgreement, today: date, calendar: str) -> bool:
    return tally is not None and (tally.day, tally.facts_count, tally.calendar) == (today, listed.facts_count, calendar)


def _is_ahead(standing: Standing) -> bool:
    return standing in {Standing.NOT_DUE, Standing.DUE_SOON}
