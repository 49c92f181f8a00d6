"""The facts recorded about an agreement, in their order. They are added and read, never changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F

from absah.kernel.clock import Instant, instant
from absah_site.agreements.models import Agreement, Fact
from absah_site.agreements.store.codec import decode, encode

#: The thread that makes up the life of an agreement.
LIFE = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedFact:
    """A fact with its number in the agreement, its thread, and who recorded it."""

    number: int
    stream: str
    value: Any
    recorded_at: Instant
    actor: str


def append(
    agreement: UUID, value: Any, /, *, on: date, recorded_at: Instant, actor: str, stream: str = LIFE
) -> RecordedFact:
    """Add a fact. The caller holds the agreement (`agreements.lock`), so that numbers follow one another."""
    Agreement.objects.filter(pk=agreement).update(facts_count=F("facts_count") + 1)
    number = int(Agreement.objects.values_list("facts_count", flat=True).get(pk=agreement))
    Fact.objects.create(
        agreement_id=agreement,
        number=number,
        stream=stream,
        kind=type(value).__name__,
        on=on,
        recorded_at=recorded_at,
        actor=actor,
        body=encode(value),
    )
    return RecordedFact(number=number, stream=stream, value=value, recorded_at=recorded_at, actor=actor)


def of(agreement: UUID, /, *, stream: str | None = None, until: int | None = None) -> tuple[RecordedFact, ...]:
    """What was recorded, oldest first: one thread or all, up to a number or to the present."""
    rows = Fact.objects.filter(agreement_id=agreement).order_by("number")
    if stream is not None:
        rows = rows.filter(stream=stream)
    if until is not None:
        rows = rows.filter(number__lte=until)
    return tuple(_value(row) for row in rows)


def of_many(agreements: Iterable[UUID], /) -> dict[UUID, tuple[RecordedFact, ...]]:
    """The same for several agreements, in one query."""
    found: dict[UUID, list[RecordedFact]] = {identifier: [] for identifier in agreements}
    for row in Fact.objects.filter(agreement_id__in=list(found)).order_by("agreement_id", "number"):
        found[row.agreement_id].append(_value(row))
    return {identifier: tuple(rows) for identifier, rows in found.items()}


def _value(row: Fact) -> RecordedFact:
    return RecordedFact(
        number=row.number,
        stream=row.stream,
        value=decode(row.kind, row.body),
        recorded_at=instant(row.recorded_at),
        actor=row.actor,
    )
