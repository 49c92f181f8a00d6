"""What the next CRL lists, and the CRLs that were published: rows to values and back.

A list may have a million entries, so they leave the database packed, in chunks, and never become a million objects.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from django.db import connection
from django.db.models import Max

from absah.kernel.clock import Instant, instant
from absah.pki.crl_building import pack_entry
from absah.pki.revocation import RevocationReason
from absah_site.pki.models import Authority, CrlPublication, IssuanceIntent, StatusChange
from absah_site.pki.store.intents import NOT_ISSUED
from absah_site.pki.store.values import PublishedCrl

_CHUNK: Final = 16_384
_BEFORE_ALL: Final = instant(datetime(1970, 1, 1, tzinfo=UTC))
_SECONDS: Final = {
    "sqlite": "CAST(strftime('%%s', {column}) AS INTEGER)",
    "postgresql": "CAST(floor(extract(epoch FROM {column})) AS BIGINT)",
}
#: Both halves are ordered by the database. Abandoned intentions are listed too, without a reason.
_ENTRIES: Final = """
    SELECT serial, {status_at}, reason FROM pki_certificate
    WHERE authority_id = %s AND status <> 'good' AND {shard} AND not_after >= %s
    UNION ALL
    SELECT serial, {intended_at}, '' FROM pki_issuanceintent
    WHERE authority_id = %s AND state = 'abandoned' AND NOT (state = 'issued') AND {shard}
    ORDER BY 1
"""


def _entries(issuer: str, shard: int, still_listed: Instant | None) -> Iterator[list[tuple[str, int, str]]]:
    """Serial, seconds, reason: by serial, in chunks. `shard` 0 is all of them."""
    authority = Authority.objects.only("pk").get(slug=issuer)
    seconds = _SECONDS[connection.vendor]
    query = _ENTRIES.format(
        status_at=seconds.format(column="status_at"),
        intended_at=seconds.format(column="intended_at"),
        shard="shard = %s" if shard else "%s = 0",
    )
    ended = connection.ops.adapt_datetimefield_value(still_listed or _BEFORE_ALL)
    with connection.chunked_cursor() as cursor:
        cursor.execute(query, (authority.pk, shard, ended, authority.pk, shard))
        while rows := cursor.fetchmany(_CHUNK):
            yield rows


def packed_entries(
    issuer: str, shard: int, /, *, this_update: Instant, still_listed: Instant | None = None
) -> Iterator[bytes]:
    """What a list holds: packed, in chunks, by serial. `still_listed` leaves out what ended before that moment.

    A change that bears a moment after `this_update`, because it was committed meanwhile, is dated to it.
    """
    latest = int(this_update.timestamp())
    reasons: dict[str, int] = {"": RevocationReason.UNSPECIFIED}
    reasons |= {reason.name.lower(): reason.value for reason in RevocationReason}
    for rows in _entries(issuer, shard, still_listed):
        yield b"".join(
            pack_entry(int(serial, 16), min(seconds, latest), reasons[reason]) for serial, seconds, reason in rows
        )


def changed_since(issuer: str, moment: Instant, /, *, shard: int = 0) -> bool:
    """Whether a status that a list speaks about changed at a moment or after, or an intention was given up."""
    changes = StatusChange.objects.filter(at__gte=moment, certificate__authority__slug=issuer)
    given_up = IssuanceIntent.objects.filter(NOT_ISSUED, state="abandoned", ended_at__gte=moment)
    given_up = given_up.filter(authority__slug=issuer)
    if shard:
        changes, given_up = changes.filter(certificate__shard=shard), given_up.filter(shard=shard)
    return changes.exists() or given_up.exists()


def reserve_crl_number(
    issuer: str, /, *, this_update: Instant, next_update: Instant, at_least: int = 0, shard: int = 0
) -> int:
    """Take the next number of an authority's CRLs. The authority's row is held, so that nobody takes the same."""
    row = Authority.objects.select_for_update(of=("self",)).get(slug=issuer)
    last = CrlPublication.objects.filter(authority=row).aggregate(last=Max("number"))["last"]
    number = max(at_least, 1 if last is None else int(last) + 1)
    CrlPublication.objects.create(
        authority=row, number=number, this_update=this_update, next_update=next_update, shard=shard
    )
    return number


def conclude_crl(issuer: str, number: int, /, *, sha256: str, at: Instant) -> None:
    """Write down that a CRL is published."""
    CrlPublication.objects.filter(authority__slug=issuer, number=number).update(sha256=sha256, published_at=at)


def latest_crl(issuer: str, /, shard: int = 0) -> PublishedCrl | None:
    """The published CRL of a partition (0: of all) with the highest number."""
    rows = CrlPublication.objects.filter(authority__slug=issuer, shard=shard, published_at__isnull=False)
    row = rows.order_by("-number").first()
    if row is None:
        return None
    return PublishedCrl(
        issuer=issuer,
        number=int(row.number),
        this_update=instant(row.this_update),
        next_update=instant(row.next_update),
        sha256=row.sha256,
        shard=row.shard,
    )


def highest_crl_numbers() -> dict[str, int]:
    """The highest number that each authority has given to a CRL, published or not."""
    rows = CrlPublication.objects.values_list("authority__slug").annotate(highest=Max("number"))
    return {slug: int(highest) for slug, highest in rows}
