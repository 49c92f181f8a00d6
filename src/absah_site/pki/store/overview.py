"""The register from above: how many, when they end, and which are meant by a search."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final

from django.db.models import Max, Q, QuerySet

from absah.kernel.clock import Instant, instant
from absah_site.pki.models import Authority, Certificate, CrlPublication, IssuanceIntent
from absah_site.pki.store.certificates import certificate_value
from absah_site.pki.store.heads import with_fingerprint
from absah_site.pki.store.intents import NOT_ISSUED
from absah_site.pki.store.names import name_begins
from absah_site.pki.store.values import RegisteredCertificate, Status
from absah_site.rows import select

_HEX: Final = frozenset("0123456789abcdef")
_SERIAL_DIGITS: Final = 32
_FINGERPRINT_DIGITS: Final = 64
_MOST_ORDERED: Final = 1_000
_NEVER: Final = instant(datetime(9999, 12, 31, tzinfo=UTC))
#: The index alone answers where a statement has its condition word for word.
_COUNT_GOOD: Final = (
    "SELECT count(*) FROM pki_certificate"
    " WHERE status = 'good' AND NOT (holder = '') AND not_after >= %s AND not_after < %s"
)
_COUNT_ISSUED: Final = (
    "SELECT count(*) FROM pki_certificate WHERE NOT (holder = '') AND issued_at >= %s AND issued_at < %s"
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
    """Counted from the indexes that were made for it."""
    other = Certificate.objects.filter(_NOT_GOOD).exclude(holder="")
    issuers = list(Authority.objects.values_list("pk", flat=True))
    ending, later = _counts(_COUNT_GOOD, (now, instant(now + soon), _NEVER))
    return Tallies(
        active=ending + later,
        suspended=other.filter(status=Status.SUSPENDED.value, not_after__gte=now).count(),
        ending=ending,
        revoked_today=other.filter(status=Status.REVOKED.value, authority__in=issuers, status_at__gte=midnight).count(),
    )


def count_issued(edges: Sequence[Instant], /) -> list[int]:
    """How many were issued from each moment until before the next."""
    return _counts(_COUNT_ISSUED, edges)


def count_ending(edges: Sequence[Instant], /) -> list[int]:
    """How many of those not revoked end from each moment until before the next."""
    counts = _counts(_COUNT_GOOD, edges)
    # Of those on hold there are few: they are read, and not counted once for each stretch.
    on_hold = Certificate.objects.filter(_NOT_GOOD, status=Status.SUSPENDED.value).exclude(holder="")
    ends = on_hold.filter(not_after__gte=edges[0], not_after__lt=edges[-1]).values_list("not_after", flat=True)
    for end in ends.iterator():
        counts[bisect_right(edges, end) - 1] += 1
    return counts


def _counts(counting: str, edges: Sequence[Instant]) -> list[int]:
    """All stretches in one statement, each counted by itself."""
    stretches = list(pairwise(edges))
    statement = "SELECT " + ", ".join([f"({counting})"] * len(stretches))
    (counts,) = select(statement, *(moment for stretch in stretches for moment in stretch))
    return [int(count) for count in counts]


def find_certificates(search: Search, /, *, offset: int, limit: int) -> tuple[RegisteredCertificate, ...]:
    """Those that are meant, the newest first; of more than a thousand that a text means, a thousand.

    Of those on hold, and of those revoked, who became so last comes first. What ends within some time is good and
    somebody's, and comes with the soonest first.
    """
    found = _found(search).select_related("authority")[offset : offset + limit]
    return tuple(certificate_value(row) for row in found)


def _found(search: Search) -> QuerySet[Certificate]:
    text, rows = search.text.strip(), Certificate.objects.all()
    order: tuple[str, ...] = ("-pk",)
    if search.status is not None:
        rows = rows.filter(status=search.status.value)
    if search.status not in {None, Status.GOOD}:
        rows, order = rows.filter(_NOT_GOOD), ("-status_at", "-pk")
    if search.ending is not None:
        after, until = search.ending
        rows, order = rows.filter(_GOOD_OF_SOMEBODY, not_after__gte=after, not_after__lte=until), ("not_after", "pk")
    if text:
        # So many at most are put in order: two letters may mean half of the register. Each meaning by itself, as an
        # index answers one; of all at once the planner takes the index on the state, and reads thousands of rows.
        meant = (rows.filter(one).values_list("pk", flat=True)[:_MOST_ORDERED] for one in _meanings(text))
        rows = Certificate.objects.filter(pk__in={number for numbers in meant for number in numbers})
    return rows.order_by(*order)


def _meanings(text: str) -> tuple[Q, ...]:
    """What a text may be: a fingerprint; a serial number or its beginning; a holder; the beginning of a name."""
    digits = text.replace(":", "").replace(" ", "").lower()
    if not digits or len(digits) > _FINGERPRINT_DIGITS or not set(digits) <= _HEX:
        return Q(holder=text), name_begins(text)
    if len(digits) == _FINGERPRINT_DIGITS:
        return (with_fingerprint(digits),)
    # By issuer, of whom there are few, so that the index on issuer and serial answers.
    issuers = Q(authority__in=list(Authority.objects.values_list("pk", flat=True)))
    first, last = (digits.ljust(_SERIAL_DIGITS, filling) for filling in "0f")
    beginning, whole = Q(serial__gte=first, serial__lte=last), Q(serial=digits.rjust(_SERIAL_DIGITS, "0"))
    return issuers & beginning, issuers & whole, Q(holder=text), name_begins(text)


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
    return IssuanceIntent.objects.filter(NOT_ISSUED, state="intended").count()
