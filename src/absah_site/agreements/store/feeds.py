"""The addresses of calendar feeds."""

from dataclasses import dataclass
from uuid import UUID

from absah.kernel.clock import Instant, instant
from absah_site.agreements.models import FeedAddress as Row


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedAddress:
    """Whose address for which agreement, and in which language it speaks."""

    id: UUID
    agreement: UUID
    person: UUID
    language: str
    made_at: Instant


def add(address: FeedAddress, /) -> None:
    """A new address."""
    Row.objects.create(
        id=address.id,
        agreement_id=address.agreement,
        person=address.person,
        language=address.language,
        made_at=address.made_at,
    )


def find(identifier: UUID, /) -> FeedAddress | None:
    """An address that was not revoked."""
    row = Row.objects.filter(pk=identifier, revoked_at__isnull=True).first()
    return None if row is None else _value(row)


def of(agreement: UUID, person: UUID, /) -> tuple[FeedAddress, ...]:
    """The living addresses of a person for an agreement, the newest first."""
    rows = Row.objects.filter(agreement_id=agreement, person=person, revoked_at__isnull=True).order_by("-made_at")
    return tuple(_value(row) for row in rows)


def revoke(identifier: UUID, person: UUID, /, *, at: Instant) -> bool:
    """End a person's address. False: there is no such living one."""
    rows = Row.objects.filter(pk=identifier, person=person, revoked_at__isnull=True)
    return bool(rows.update(revoked_at=at))


def _value(row: Row) -> FeedAddress:
    return FeedAddress(
        id=row.id,
        agreement=row.agreement_id,
        person=row.person,
        language=row.language,
        made_at=instant(row.made_at),
    )
