"""How many duties stood how, on the day they were last counted. May be emptied at any time."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from absah_site.agreements.models import Tally as Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The count of one agreement on one day, from its first `facts_count` facts and one version of the calendar."""

    agreement: UUID
    day: date
    facts_count: int
    calendar: str
    overdue: int
    due_soon: int
    waiting: int
    met: int
    next_due: date | None


def of_many(agreements: Iterable[UUID], /) -> dict[UUID, Tally]:
    """The tallies that are kept."""
    rows = Row.objects.filter(agreement_id__in=list(agreements))
    return {row.agreement_id: _value(row) for row in rows}


def keep(counted: Iterable[Tally], /) -> None:
    """Put counts in the place of older ones."""
    rows = [
        Row(**{("agreement_id" if name == "agreement" else name): value for name, value in asdict(one).items()})
        for one in counted
    ]
    Row.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["agreement"],
        update_fields=["day", "facts_count", "calendar", "overdue", "due_soon", "waiting", "met", "next_due"],
    )


def _value(row: Row) -> Tally:
    return Tally(
        agreement=row.agreement_id,
        day=row.day,
        facts_count=row.facts_count,
        calendar=row.calendar,
        overdue=row.overdue,
        due_soon=row.due_soon,
        waiting=row.waiting,
        met=row.met,
        next_due=row.next_due,
    )
