"""Agreements as lists show them. Whatever stands here follows from the facts and is written with them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q

from absah_site.agreements.models import Agreement


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedAgreement:
    """A line of a list. Days are None until both have signed; `last_day` is the earliest under the living readings."""

    id: UUID
    agency: str
    title: str
    first_name: str
    second_name: str
    first_number: str
    second_number: str
    state: str
    first_day: date | None
    last_day: date | None
    facts_count: int = 0


def add(listed: ListedAgreement, /) -> None:
    """A new agreement, without facts yet."""
    Agreement.objects.create(**_columns(listed), id=listed.id, facts_count=0)


def update(listed: ListedAgreement, /) -> None:
    """Repeat what the facts say now."""
    Agreement.objects.filter(pk=listed.id).update(**_columns(listed))


def _columns(listed: ListedAgreement) -> dict[str, object]:
    return {
        "agency": listed.agency,
        "title": listed.title,
        "first_name": listed.first_name,
        "second_name": listed.second_name,
        "first_number": listed.first_number,
        "second_number": listed.second_number,
        "state": listed.state,
        "first_day": listed.first_day,
        "last_day": listed.last_day,
    }


def lock(identifier: UUID, /) -> ListedAgreement | None:
    """An agreement, held until the transaction ends, so that facts are added one after another."""
    row = Agreement.objects.select_for_update().filter(pk=identifier).first()
    return None if row is None else _value(row)


def find(identifier: UUID, /) -> ListedAgreement | None:
    """An agreement."""
    row = Agreement.objects.filter(pk=identifier).first()
    return None if row is None else _value(row)


def listed(*, agencies: Iterable[str] | None = None) -> tuple[ListedAgreement, ...]:
    """All agreements, or those of some agencies, the one that ends first at the head; drafts last."""
    rows = Agreement.objects.all()
    if agencies is not None:
        rows = rows.filter(agency__in=[agency for agency in agencies if agency])
    return tuple(sorted((_value(row) for row in rows), key=lambda one: (one.last_day or date.max, one.first_number)))


def number_taken(number: str, /, *, besides: UUID | None = None) -> bool:
    """Whether another agreement bears this number, on either side."""
    rows = Agreement.objects.filter(Q(first_number=number) | Q(second_number=number))
    return (rows if besides is None else rows.exclude(pk=besides)).exists()


def _value(row: Agreement) -> ListedAgreement:
    return ListedAgreement(
        id=row.id,
        agency=row.agency,
        title=row.title,
        first_name=row.first_name,
        second_name=row.second_name,
        first_number=row.first_number,
        second_number=row.second_number,
        state=row.state,
        first_day=row.first_day,
        last_day=row.last_day,
        facts_count=row.facts_count,
    )
