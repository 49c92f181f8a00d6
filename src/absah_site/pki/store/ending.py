"""What ends when: for reminders, the calendar, and those who renew. Rows without their DER."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth

from absah.kernel.clock import JAKARTA, Instant, instant
from absah_site.pki.models import Certificate
from absah_site.pki.store.values import SerialHex, Status

_COLUMNS: Final = ("serial", "holder", "status", "reason", "not_before", "not_after", "profile")


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRow:
    """A certificate as lists show it."""

    serial: SerialHex
    holder: str
    status: Status
    reason: str
    not_before: Instant
    not_after: Instant
    profile: str


def _row(columns: tuple[str, str, str, str, Instant, Instant, str]) -> CertificateRow:
    serial, holder, status, reason, not_before, not_after, profile = columns
    return CertificateRow(
        serial=SerialHex(serial),
        holder=holder,
        status=Status(status),
        reason=reason,
        not_before=instant(not_before),
        not_after=instant(not_after),
        profile=profile,
    )


def newest_of_holders(holders: Iterable[str], /) -> dict[str, CertificateRow]:
    """The newest certificate of each of these holders, in one query."""
    rows = Certificate.objects.filter(holder__in=list(holders)).order_by("not_before", "pk").values_list(*_COLUMNS)
    return {row[1]: _row(row) for row in rows}


def _ending(agencies: Iterable[str] | None) -> QuerySet[Certificate]:
    rows = Certificate.objects.filter(Q(status=Status.GOOD.value) & ~Q(holder=""))
    return rows if agencies is None else rows.filter(agency__in=list(agencies))


def ending_page(
    agencies: Iterable[str] | None, /, *, after: Instant, until: Instant, offset: int = 0, limit: int = 0
) -> tuple[CertificateRow, ...]:
    """Good certificates of people that end in a span of time, the soonest first. `limit` 0: all."""
    rows = _ending(agencies).filter(not_after__gt=after, not_after__lte=until, profile="individual-signer")
    found = rows.order_by("not_after", "pk").values_list(*_COLUMNS)
    return tuple(_row(row) for row in (found[offset : offset + limit] if limit else found))


def ending_months(agencies: Iterable[str] | None, /, *, since: Instant, until: Instant) -> dict[date, int]:
    """How many end in each month of Jakarta (its first day)."""
    rows = _ending(agencies).filter(not_after__gte=since, not_after__lt=until, profile="individual-signer")
    months = rows.annotate(month=TruncMonth("not_after", tzinfo=JAKARTA)).values_list("month")
    found = months.annotate(count=Count("pk")).order_by("month")
    return {month.astimezone(JAKARTA).date(): count for month, count in found}
