"""The register from above: how many, when they end, and which are meant by a search."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import TruncDate, TruncMonth

from absah.kernel.clock import JAKARTA, Instant, instant
from absah_site.pki.models import Authority, Certificate, CrlPublication, IssuanceIntent
from absah_site.pki.store.certificates import certificate_value
from absah_site.pki.store.names import name_begins
from absah_site.pki.store.values import RegisteredCertificate, Status
from absah_site.rows import select

_HEX: Final = frozenset("0123456789abcdef")
_SERIAL_DIGITS: Final = 32
_FINGERPRINT_DIGITS: Final = 64
_MOST_ORDERED: Final = 1_000
_NEVER: Final = instant(datetime(9999, 12, 31, tzinfo=UTC))
#: The index alone answers where the statement has its condition word for word.
_COUNT_GOOD: Final = (
    "SELECT count(*) FROM pki_certificate"
    " WHERE status = 'good' AND NOT (holder = '') AND not_after >= %s AND not_after <= %s"
)
#: As the conditions of the indexes have it, so that these answer.
_NOT_GOOD: Final = ~Q(status=Status.GOOD.value)
_GOOD_OF_SOMEBODY: Final = Q(status=Status.GOOD.value) & ~Q(holder="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tallies:
    """How many certificates of people, organisations and servers there are. Our own services are not counted."""

    active: int
    suspended: int
    ending: int
    revoked_today: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What an operator looks for. `text` is a serial, a fingerprint, an opaque holder, or the beginning of a name.

    `ending`: good ones of people, organisations and servers that end between two moments.
    """

    text: str = ""
    status: Status | None = None
    ending: tuple[Instant, Instant] | None = None


def tallies(*, now: Instant, soon: timedelta, midnight: Instant) -> Tallies:
    """Four counts, each from the index that was made for it."""
    other = Certificate.objects.filter(_NOT_GOOD).exclude(holder="")
    issuers = list(Authority.objects.values_list("pk", flat=True))
    return Tallies(
        active=_count_good(now, _NEVER),
        suspended=other.filter(status=Status.SUSPENDED.value, not_after__gte=now).count(),
        ending=_count_good(now, instant(now + soon)),
        revoked_today=other.filter(status=Status.REVOKED.value, authority__in=issuers, status_at__gte=midnight).count(),
    )


def _count_good(after: Instant, until: Instant) -> int:
    ((count,),) = select(_COUNT_GOOD, after, until)
    return int(count)


def issued_by_day(*, since: Instant) -> dict[date, int]:
    """How many were issued on each day of Jakarta; days without one are left out."""
    rows = Certificate.objects.filter(issued_at__gte=since).exclude(holder="")
    days = rows.annotate(day=TruncDate("issued_at", tzinfo=JAKARTA)).values_list("day").annotate(count=Count("pk"))
    return dict(days.order_by("day"))


def ending_by_month(*, since: Instant, until: Instant) -> dict[date, int]:
    """How many of those not revoked end in each month of Jakarta (its first day); months without one are left out."""
    rows = Certificate.objects.filter(not_after__gte=since, not_after__lt=until).exclude(holder="")
    rows = rows.exclude(status=Status.REVOKED.value)
    months = rows.annotate(month=TruncMonth("not_after", tzinfo=JAKARTA)).values_list("month")
    found = months.annotate(count=Count("pk")).order_by("month")
    return {_day(month): count for month, count in found}


def _day(moment: date) -> date:
    return moment.astimezone(JAKARTA).date() if isinstance(moment, datetime) else moment


def find_certificates(search: Search, /, *, offset: int, limit: int) -> tuple[RegisteredCertificate, ...]:
    """Those that are meant, the newest first; of more than a thousand that a text means, a thousand.

    What ends within some time is good and somebody's, and comes with the soonest first.
    """
    found = _found(search).select_related("authority")[offset : offset + limit]
    return tuple(certificate_value(row) for row in found)


def _found(search: Search) -> QuerySet[Certificate]:
    rows = _meant(search.text.strip())
    order: tuple[str, ...] = ("-pk",)
    if search.status is not None:
        rows = rows.filter(status=search.status.value)
    if search.status not in {None, Status.GOOD}:
        rows = rows.filter(_NOT_GOOD)
    if search.ending is not None:
        after, until = search.ending
        rows, order = rows.filter(_GOOD_OF_SOMEBODY, not_after__gte=after, not_after__lte=until), ("not_after", "pk")
    if search.text.strip():
        # So many at most are put in order: two letters may mean half of the register.
        rows = Certificate.objects.filter(pk__in=rows.order_by().values("pk")[:_MOST_ORDERED])
    return rows.order_by(*order)


def _meant(text: str) -> QuerySet[Certificate]:
    rows = Certificate.objects.all()
    if not text:
        return rows
    digits = text.replace(":", "").replace(" ", "").lower()
    if not digits or len(digits) > _FINGERPRINT_DIGITS or not set(digits) <= _HEX:
        return rows.filter(Q(holder=text) | name_begins(text))
    if len(digits) == _FINGERPRINT_DIGITS:
        return rows.filter(fingerprint=digits)
    # By issuer, of whom there are few, so that the index on issuer and serial answers.
    issuers = Q(authority__in=list(Authority.objects.values_list("pk", flat=True)))
    first, last = (digits.ljust(_SERIAL_DIGITS, filling) for filling in "0f")
    by_number = issuers & (Q(serial__gte=first, serial__lte=last) | Q(serial=digits.rjust(_SERIAL_DIGITS, "0")))
    return rows.filter(by_number | Q(holder=text) | name_begins(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentList:
    """The newest published CRL of an authority, or of one of its shards (0: the list of all)."""

    issuer: str
    shard: int
    number: int
    this_update: Instant
    next_update: Instant


def current_lists() -> tuple[CurrentList, ...]:
    """The newest published CRL of each authority and shard."""
    newest = (
        CrlPublication.objects.filter(published_at__isnull=False)
        .values("authority", "shard")
        .annotate(highest=Max("number"))
    )
    # Numbers are given once for each authority, so that authority and number name one list.
    wanted = Q(pk__in=())
    for row in newest:
        wanted |= Q(authority=row["authority"], number=row["highest"])
    rows = CrlPublication.objects.filter(wanted).select_related("authority").order_by("authority__slug", "shard")
    return tuple(
        CurrentList(
            issuer=row.authority.slug,
            shard=row.shard,
            number=int(row.number),
            this_update=instant(row.this_update),
            next_update=instant(row.next_update),
        )
        for row in rows
    )


def open_intentions() -> int:
    """Issuances that are under way, or were cut off."""
    return IssuanceIntent.objects.filter(state="intended").count()
