"""Holders and their certificates."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet
from django.db.models.functions import TruncMonth

from absah.enrolment.certificate_list import ElsewhereCertificate
from absah.enrolment.wire_status import WireStatus
from absah.kernel.clock import Instant, instant
from absah_site.outside.models import Certificate, Holder

_BATCH = 500

Rows = TypeVar("Rows", Holder, Certificate)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCertificate:
    """A certificate of the register. `source` is "list" or "service"."""

    id: UUID
    holder: str
    value: ElsewhereCertificate
    fingerprint: str = ""
    source: str
    first_seen_at: Instant
    seen_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownHolder:
    """A person whose certificates are elsewhere. `certificates`: the one that ends last first."""

    number: str
    agency: UUID
    name: str
    status: WireStatus
    asked_at: Instant | None = None
    next_at: Instant
    problem: str = ""
    failures: int = 0
    certificates: tuple[KnownCertificate, ...] = ()

    @property
    def newest(self) -> KnownCertificate | None:
        """The certificate that ends last."""
        return self.certificates[0] if self.certificates else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sieve:
    """Which people are shown: a word of the name, one status, those that could not be looked up, those ending soon."""

    words: str = ""
    status: WireStatus | None = None
    troubled: bool = False
    ending_before: date | None = None


def add_holder(holder: KnownHolder, /) -> None:
    """Enter a person, or leave the one that is there."""
    Holder.objects.get_or_create(
        number=holder.number,
        defaults={
            "agency": holder.agency,
            "name": holder.name,
            "status": holder.status.value,
            "next_at": holder.next_at,
        },
    )


def find(number: str, /, *, lock: bool = False) -> KnownHolder | None:
    """By the subscriber's number."""
    if lock:
        Holder.objects.select_for_update().filter(pk=number).first()
    row = _with_certificates(Holder.objects.filter(pk=number)).first()
    return None if row is None else _holder(row)


def save_look(holder: KnownHolder, /) -> None:
    """What a look made of a person; the certificates are written one by one."""
    Holder.objects.filter(pk=holder.number).update(
        status=holder.status.value,
        asked_at=holder.asked_at,
        next_at=holder.next_at,
        problem=holder.problem,
        failures=holder.failures,
    )


def ask_at_once(agencies: frozenset[UUID] | None, /, *, now: Instant) -> int:
    """Everybody of these agencies (None: of all) is due now."""
    return _of(Holder.objects.all(), agencies).update(next_at=now)


def save_certificate(known: KnownCertificate, agency: UUID, /) -> None:
    """Enter a certificate, or what is newly known of one."""
    columns = {
        "fingerprint": known.fingerprint,
        "not_before": known.value.not_before,
        "not_after": known.value.not_after,
        "status": known.value.status.value,
        "source": known.source,
        "product": known.value.product,
        "serial": known.value.serial,
        "seen_at": known.seen_at,
    }
    if not Certificate.objects.filter(pk=known.id).update(**columns):
        Certificate.objects.create(
            id=known.id, holder_id=known.holder, agency=agency, first_seen_at=known.first_seen_at, **columns
        )


def due(*, now: Instant, limit: int) -> tuple[str, ...]:
    """Numbers of people who are to be looked up, who waits longest first."""
    rows = Holder.objects.filter(next_at__lte=now).order_by("next_at", "pk")
    return tuple(rows.values_list("pk", flat=True)[:limit])


def page(agencies: frozenset[UUID] | None, sieve: Sieve, /, *, offset: int, limit: int) -> tuple[KnownHolder, ...]:
    """People by name."""
    rows = _with_certificates(_sieved(agencies, sieve)).order_by("name", "pk")
    return tuple(_holder(row) for row in rows[offset : offset + limit])


def count(agencies: frozenset[UUID] | None, sieve: Sieve, /) -> int:
    """How many there are."""
    return _sieved(agencies, sieve).count()


def counts(agencies: frozenset[UUID] | None, /) -> dict[WireStatus, int]:
    """How many people there are of each status."""
    rows = _of(Holder.objects.all(), agencies).values_list("status").annotate(number=Count("pk")).order_by("status")
    return {WireStatus(status): number for status, number in rows}


def ends_by_month(agencies: frozenset[UUID] | None, since: date, until: date, /) -> tuple[tuple[date, int], ...]:
    """How many certificates in use end in each month, its first day."""
    rows = _of(Certificate.objects.all(), agencies).filter(
        status=WireStatus.ISSUE.value, not_after__gte=since, not_after__lt=until
    )
    counted = rows.annotate(month=TruncMonth("not_after")).values_list("month").annotate(number=Count("pk"))
    return tuple((month, number) for month, number in counted.order_by("month"))


def ending(since: date, until: date, /, *, limit: int) -> tuple[tuple[KnownCertificate, UUID], ...]:
    """Certificates in use that end from a day to a day, with their agency."""
    rows = Certificate.objects.filter(status=WireStatus.ISSUE.value, not_after__gte=since, not_after__lte=until)
    return tuple((_certificate(row), row.agency) for row in rows.order_by("not_after", "pk")[:limit])


def ending_of(agency: UUID, since: date, until: date, /, *, limit: int) -> tuple[tuple[str, KnownCertificate], ...]:
    """Those of an agency's people that end from a day to a day, revoked ones left out, with the person's name."""
    rows = Certificate.objects.filter(agency=agency, not_after__gte=since, not_after__lte=until)
    rows = rows.exclude(status=WireStatus.REVOKE.value).select_related("holder").order_by("not_after", "pk")
    return tuple((row.holder.name, _certificate(row)) for row in rows[:limit])


def seen_first(agency: UUID, since: Instant, until: Instant, /) -> tuple[str, ...]:
    """What was issued to an agency's people in an interval, by serial number, as far as it came to be known.

    A certificate counts by the day its validity begins, or by when it was first seen where that is not known.
    """
    began = Q(not_before__gte=since.date(), not_before__lt=until.date())
    known = Q(not_before__isnull=True, first_seen_at__gte=since, first_seen_at__lt=until)
    rows = Certificate.objects.filter(began | known, agency=agency).exclude(serial="")
    return tuple(rows.order_by("serial").values_list("serial", flat=True))


def known_numbers(numbers: Iterable[str], /) -> frozenset[str]:
    """Which of these people are holders here."""
    wanted = list(numbers)
    found: set[str] = set()
    for start in range(0, len(wanted), _BATCH):
        found.update(Holder.objects.filter(pk__in=wanted[start : start + _BATCH]).values_list("pk", flat=True))
    return frozenset(found)


def _sieved(agencies: frozenset[UUID] | None, sieve: Sieve) -> QuerySet[Holder]:
    rows = _of(Holder.objects.all(), agencies)
    for word in sieve.words.split()[:4]:
        rows = rows.filter(name__icontains=word)
    if sieve.status is not None:
        rows = rows.filter(status=sieve.status.value)
    if sieve.troubled:
        rows = rows.exclude(problem="")
    if sieve.ending_before is not None:
        soon = Certificate.objects.filter(status=WireStatus.ISSUE.value, not_after__lte=sieve.ending_before)
        rows = rows.filter(pk__in=soon.values("holder"))
    return rows


def _of(rows: QuerySet[Rows], agencies: frozenset[UUID] | None) -> QuerySet[Rows]:
    return rows if agencies is None else rows.filter(agency__in=agencies)


def _with_certificates(rows: QuerySet[Holder]) -> QuerySet[Holder]:
    newest = Certificate.objects.order_by("-not_after", "-first_seen_at")
    return rows.prefetch_related(Prefetch("certificates", queryset=newest))


def _holder(row: Holder) -> KnownHolder:
    return KnownHolder(
        number=row.pk,
        agency=row.agency,
        name=row.name,
        status=WireStatus(row.status),
        asked_at=None if row.asked_at is None else instant(row.asked_at),
        next_at=instant(row.next_at),
        problem=row.problem,
        failures=row.failures,
        certificates=tuple(_certificate(one) for one in row.certificates.all()),
    )


def _certificate(row: Certificate) -> KnownCertificate:
    return KnownCertificate(
        id=row.pk,
        holder=row.holder_id,
        value=ElsewhereCertificate(
            product=row.product,
            serial=row.serial,
            status=WireStatus(row.status),
            not_before=row.not_before,
            not_after=row.not_after,
        ),
        fingerprint=row.fingerprint,
        source=row.source,
        first_seen_at=instant(row.first_seen_at),
        seen_at=instant(row.seen_at),
    )
