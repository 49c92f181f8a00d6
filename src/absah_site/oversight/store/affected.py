"""The certificates that a mass revocation ends."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from django.db.models import Count, Q

from absah.kernel.clock import Instant
from absah_site.oversight import models

_BATCH = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AffectedCertificate:
    """One of them. `holder` and `agency` are opaque, and empty for our own services."""

    serial: str
    profile: str
    holder: str
    agency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a mass revocation is."""

    total: int
    ended: int

    @property
    def waiting(self) -> int:
        return self.total - self.ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A holder who lost a certificate, for the campaign that issues new ones."""

    holder: str
    agency: str
    profile: str
    serial: str
    ended: bool


def add_affected(proposal: UUID, certificates: Iterable[AffectedCertificate], /) -> int:
    """Add certificates to the list; one that stands there already is left as it is. Returns how long the list is."""
    row = models.Proposal.objects.get(public_id=proposal)
    source = iter(certificates)
    while batch := list(islice(source, _BATCH)):
        models.Affected.objects.bulk_create(
            [
                models.Affected(
                    proposal=row, serial=one.serial, profile=one.profile, holder=one.holder, agency=one.agency
                )
                for one in batch
            ],
            ignore_conflicts=True,
        )
    return models.Affected.objects.filter(proposal=row).count()


def still_to_end(proposal: UUID, /, *, limit: int) -> tuple[str, ...]:
    """Serials of the next few that are not ended, the oldest first."""
    rows = models.Affected.objects.filter(proposal__public_id=proposal, ended_at__isnull=True).order_by("pk")
    return tuple(rows.values_list("serial", flat=True)[:limit])


def end_affected(proposal: UUID, serial: str, /, *, at: Instant) -> None:
    """One more is ended."""
    rows = models.Affected.objects.filter(proposal__public_id=proposal, serial=serial, ended_at__isnull=True)
    rows.update(ended_at=at)


def progress_of(proposal: UUID, /) -> Progress:
    """How many there are, and how many are ended."""
    counted = models.Affected.objects.filter(proposal__public_id=proposal).aggregate(
        total=Count("pk"), ended=Count("pk", filter=Q(ended_at__isnull=False))
    )
    return Progress(total=counted["total"], ended=counted["ended"])


def affected_holders(proposal: UUID, /, *, offset: int = 0, limit: int | None = None) -> tuple[Holder, ...]:
    """Everybody who loses a certificate; our own services are not among them."""
    rows = models.Affected.objects.filter(proposal__public_id=proposal).exclude(holder="").order_by("pk")
    end = None if limit is None else offset + limit
    return tuple(
        Holder(
            holder=row.holder,
            agency=row.agency,
            profile=row.profile,
            serial=row.serial,
            ended=row.ended_at is not None,
        )
        for row in rows[offset:end]
    )
