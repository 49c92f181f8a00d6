"""What the next CRL lists, and the CRLs that were published: rows to values and back."""

from collections.abc import Iterable

from django.db.models import F, Max, Q

from absah.kernel.clock import Instant, instant
from absah_site.pki.models import Authority, Certificate, CrlPublication, IssuanceIntent
from absah_site.pki.store.values import NotGood, PublishedCrl, SerialHex, Status


def not_good(issuer: str, /) -> tuple[NotGood, ...]:
    """What the next CRL of an authority lists: by serial. Abandoned intentions are listed too, without a reason."""
    revoked: Iterable[tuple[str, Instant, str]] = (
        (row.serial, instant(row.status_at), row.reason)
        for row in Certificate.objects.filter(authority__slug=issuer).exclude(status=Status.GOOD.value)
    )
    abandoned: Iterable[tuple[str, Instant, str]] = (
        (row.serial, instant(row.intended_at), "")
        for row in IssuanceIntent.objects.filter(authority__slug=issuer, state="abandoned")
    )
    entries = sorted([*revoked, *abandoned])
    return tuple(NotGood(serial=SerialHex(serial), at=at, reason=reason) for serial, at, reason in entries)


def last_change(issuer: str, /) -> Instant | None:
    """When a certificate of this issuer last changed its status, or an intention was given up; issuance not counted."""
    certificates = Certificate.objects.filter(authority__slug=issuer)
    changed = certificates.filter(~Q(status=Status.GOOD.value) | Q(status_at__gt=F("issued_at")))
    given_up = IssuanceIntent.objects.filter(authority__slug=issuer, state="abandoned")
    moments = (
        changed.aggregate(last=Max("status_at"))["last"],
        given_up.aggregate(last=Max("ended_at"))["last"],
    )
    return max((instant(moment) for moment in moments if moment is not None), default=None)


def reserve_crl_number(issuer: str, /, *, this_update: Instant, next_update: Instant, at_least: int = 0) -> int:
    """Take the next number of an authority's CRLs. The authority's row is held, so that nobody takes the same."""
    row = Authority.objects.select_for_update(of=("self",)).get(slug=issuer)
    last = CrlPublication.objects.filter(authority=row).aggregate(last=Max("number"))["last"]
    number = max(at_least, 1 if last is None else int(last) + 1)
    CrlPublication.objects.create(authority=row, number=number, this_update=this_update, next_update=next_update)
    return number


def conclude_crl(issuer: str, number: int, /, *, sha256: str, at: Instant) -> None:
    """Write down that a CRL is published."""
    CrlPublication.objects.filter(authority__slug=issuer, number=number).update(sha256=sha256, published_at=at)


def latest_crl(issuer: str, /) -> PublishedCrl | None:
    """The published CRL with the highest number."""
    rows = CrlPublication.objects.filter(authority__slug=issuer, published_at__isnull=False)
    row = rows.order_by("-number").first()
    if row is None:
        return None
    return PublishedCrl(
        issuer=issuer,
        number=int(row.number),
        this_update=instant(row.this_update),
        next_update=instant(row.next_update),
        sha256=row.sha256,
    )


def highest_crl_numbers() -> dict[str, int]:
    """The highest number that each authority has given to a CRL, published or not."""
    rows = CrlPublication.objects.values_list("authority__slug").annotate(highest=Max("number"))
    return {slug: int(highest) for slug, highest in rows}
