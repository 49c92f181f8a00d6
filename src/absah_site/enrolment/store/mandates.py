"""Mandates: rows to values and back."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from absah.enrolment.mandate import Mandate, MandateKind
from absah.kernel.clock import Instant
from absah_site.enrolment import models


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenMandate:
    """A mandate and whose it is. `account` is empty until the person has one. `ended`: taken back early."""

    id: UUID
    agency: UUID
    subscriber: UUID
    account: UUID | None
    name: str
    own_post: str
    mandate: Mandate
    ended: bool

    @property
    def lines(self) -> tuple[str, ...]:
        """What is printed above the name."""
        return self.mandate.lines(self.own_post)


def add(identifier: UUID, subscriber: UUID, mandate: Mandate, /, *, by: str, at: Instant) -> None:
    """Enter one."""
    models.Mandate.objects.create(
        id=identifier,
        subscriber_id=subscriber,
        kind=mandate.kind.value,
        post=mandate.post,
        through=mandate.through,
        decree=mandate.decree,
        since=mandate.since,
        until=mandate.until,
        given_by=by,
        given_at=at,
    )


def end(identifier: UUID, /, *, at: Instant) -> bool:
    """Take one back. False where that was done before."""
    return models.Mandate.objects.filter(pk=identifier, ended_at__isnull=True).update(ended_at=at) == 1


def find(identifier: UUID, /) -> GivenMandate | None:
    """By its id, whether it holds or not."""
    row = _rows().filter(pk=identifier).first()
    return None if row is None else _value(row)


def of_agency(agency: UUID | None, /, *, not_before: date) -> tuple[GivenMandate, ...]:
    """Those of an agency (None: of all) that hold on a day or will, by name."""
    rows = _rows().filter(Q(until__isnull=True) | Q(until__gte=not_before), ended_at__isnull=True)
    rows = rows if agency is None else rows.filter(subscriber__agency_id=agency)
    return tuple(sorted(map(_value, rows), key=lambda one: (one.name, one.mandate.since, one.id)))


def _rows() -> QuerySet[models.Mandate]:
    return models.Mandate.objects.select_related("subscriber")


def _value(row: models.Mandate) -> GivenMandate:
    holder = row.subscriber
    return GivenMandate(
        id=row.pk,
        agency=holder.agency_id,
        subscriber=holder.pk,
        account=holder.user_id,
        name=holder.name,
        own_post=holder.post,
        mandate=Mandate(
            kind=MandateKind(row.kind),
            post=row.post,
            through=row.through,
            decree=row.decree,
            since=row.since,
            until=row.until,
        ),
        ended=row.ended_at is not None,
    )
