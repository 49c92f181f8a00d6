"""The certificates of the register: rows to values and back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMonth

from absah.kernel.clock import JAKARTA, Instant, instant
from absah.pki.name_search import searched_name
from absah.signing.ports import CredentialId
from absah_site.pki.models import Authority, Certificate, StatusChange
from absah_site.pki.store.heads import head_of, with_fingerprint, with_key
from absah_site.pki.store.values import (
    InTheWay,
    RegisteredCertificate,
    SerialHex,
    Status,
    StatusChanged,
    UnfinishedIssuance,
    credential_or_none,
)
from absah_site.rows import insert_early, marks, select

_CHUNK = 2_000


def certificate_value(row: Certificate, /) -> RegisteredCertificate:
    """What a row says. Its authority comes with the query, or costs one."""
    return RegisteredCertificate(
        issuer=row.authority.slug,
        serial=SerialHex(row.serial),
        subject=row.subject,
        profile=row.profile,
        certificate=bytes(row.der),
        fingerprint=row.fingerprint,
        not_before=instant(row.not_before),
        not_after=instant(row.not_after),
        credential=credential_or_none(row.credential),
        holder=row.holder,
        agency=row.agency,
        status=Status(row.status),
        reason=row.reason,
        status_at=instant(row.status_at),
        key_hash=row.key_hash,
        shard=row.shard,
    )


def add_certificate(certificate: RegisteredCertificate, /) -> None:
    """Enter a certificate."""
    add_certificates([(Authority.objects.only("pk").get(slug=certificate.issuer).pk, certificate)])


def add_certificates(certificates: Sequence[tuple[int, RegisteredCertificate]], /) -> None:
    """Enter certificates, each with the row of its issuer. A constraint may speak with the next statement only."""
    insert_early(Certificate, [_row(authority, certificate) for authority, certificate in certificates])


def _row(authority: int, certificate: RegisteredCertificate) -> dict[str, Any]:
    return {
        "authority_id": authority,
        "serial": certificate.serial,
        "subject": certificate.subject,
        "name": searched_name(certificate.subject),
        "profile": certificate.profile,
        "der": certificate.certificate,
        "fingerprint": certificate.fingerprint,
        "fingerprint_head": head_of(certificate.fingerprint),
        "not_before": certificate.not_before,
        "not_after": certificate.not_after,
        "credential": certificate.credential or "",
        "holder": certificate.holder,
        "agency": certificate.agency,
        "status": certificate.status.value,
        "reason": certificate.reason,
        "status_at": certificate.status_at,
        "issued_at": certificate.status_at,
        "key_hash": certificate.key_hash,
        "key_head": head_of(certificate.key_hash),
        "shard": certificate.shard,
    }


def find_certificate(serial: SerialHex, /, *, issuer: str | None = None) -> RegisteredCertificate | None:
    """By serial; serials are random, so that one issuer's is as good as all. None also when two issuers share it."""
    rows = Certificate.objects.select_related("authority").filter(serial=serial)
    if issuer is not None:
        rows = rows.filter(authority__slug=issuer)
    found = list(rows[:2])
    return certificate_value(found[0]) if len(found) == 1 else None


def lock_certificate(serial: SerialHex, /) -> RegisteredCertificate | None:
    """The same, held until the transaction ends."""
    found = list(
        Certificate.objects.select_for_update(of=("self",)).select_related("authority").filter(serial=serial)[:2]
    )
    return certificate_value(found[0]) if len(found) == 1 else None


def find_certificate_by_fingerprint(fingerprint: str, /) -> RegisteredCertificate | None:
    """By the SHA-256 of its DER."""
    row = Certificate.objects.select_related("authority").filter(with_fingerprint(fingerprint)).first()
    return None if row is None else certificate_value(row)


def find_certificate_of_credential(credential: CredentialId, /) -> RegisteredCertificate | None:
    """The newest certificate of a key."""
    in_custody = Certificate.objects.select_related("authority").exclude(credential="")
    rows = in_custody.filter(credential=credential)
    row = rows.order_by("-not_before", "-pk").first()
    return None if row is None else certificate_value(row)


def certificates_of(holder: str, /) -> tuple[RegisteredCertificate, ...]:
    """All certificates of a subscriber, the newest first."""
    rows = Certificate.objects.select_related("authority").filter(holder=holder).order_by("-not_before", "-pk")
    return tuple(certificate_value(row) for row in rows)


def certificates_ending(
    agency: str, since: Instant, until: Instant, /, *, limit: int
) -> tuple[RegisteredCertificate, ...]:
    """Those of an agency that end between two moments, the first to end first; revoked ones left out."""
    rows = Certificate.objects.select_related("authority").filter(
        agency=agency, not_after__gte=since, not_after__lte=until
    )
    ending = rows.exclude(status=Status.REVOKED.value).order_by("not_after", "pk")[:limit]
    return tuple(certificate_value(row) for row in ending)


def _issued_for(agency: str, since: Instant, until: Instant) -> QuerySet[Certificate]:
    """What an agency got from an instant until before another. Who has an agency has a holder: said for the index."""
    return Certificate.objects.filter(agency=agency, issued_at__gte=since, issued_at__lt=until).exclude(holder="")


def count_issued_by_month(agency: str, since: Instant, until: Instant, /) -> tuple[tuple[str, str, int], ...]:
    """How many certificates an agency got in an interval: month, profile, number."""
    rows = _issued_for(agency, since, until)
    counted = rows.annotate(month=TruncMonth("issued_at", tzinfo=JAKARTA)).values_list("month", "profile")
    return tuple(
        (f"{month:%Y-%m}", profile, number)
        for month, profile, number in counted.annotate(number=Count("pk")).order_by("month", "profile")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedLine:
    """A certificate in a list: whose, of what kind, since when and until when, and how it stands."""

    name: str
    profile: str
    issued_at: Instant
    not_after: Instant
    status: str
    status_at: Instant


def issued_list(agency: str, since: Instant, until: Instant, /, *, most: int) -> tuple[int, tuple[IssuedLine, ...]]:
    """How many certificates an agency got in an interval, and the first of them."""
    rows = _issued_for(agency, since, until)
    first = rows.order_by("issued_at", "pk").only(
        "subject", "name", "profile", "issued_at", "not_after", "status", "status_at"
    )
    return rows.count(), tuple(
        IssuedLine(
            name=row.name.title(),
            profile=row.profile,
            issued_at=instant(row.issued_at),
            not_after=instant(row.not_after),
            status=row.status,
            status_at=instant(row.status_at),
        )
        for row in first[:most]
    )


def count_changes_by_month(agency: str, since: Instant, until: Instant, /) -> tuple[tuple[str, str, str, int], ...]:
    """How often certificates of an agency changed in an interval: month, what they became, why, number."""
    rows = StatusChange.objects.filter(certificate__agency=agency, at__gte=since, at__lt=until)
    counted = rows.annotate(month=TruncMonth("at", tzinfo=JAKARTA)).values_list("month", "status", "cause")
    return tuple(
        (f"{month:%Y-%m}", status, cause, number)
        for month, status, cause, number in counted.annotate(number=Count("pk")).order_by("month", "status", "cause")
    )


def fingerprints_issued_for(agency: str, since: Instant, until: Instant, /) -> tuple[str, ...]:
    """What was issued for an agency from an instant until before another, by fingerprint, in the order of issue."""
    rows = _issued_for(agency, since, until)
    return tuple(rows.order_by("issued_at", "pk").values_list("fingerprint", flat=True))


def certificates_with_key(key_hash: str, /) -> tuple[RegisteredCertificate, ...]:
    """All certificates for a key, whoever holds them."""
    rows = Certificate.objects.select_related("authority").filter(with_key(key_hash))
    return tuple(certificate_value(row) for row in rows)


#: Asked before every issuance, for all that are issued together.
_IN_THE_WAY: Final = """
    SELECT 'key', serial, holder, profile, key_hash, status, not_before, id FROM pki_certificate
    WHERE key_head IN ({heads}) AND key_hash IN ({keys})
    UNION ALL
    SELECT 'serial', serial, holder, profile, key_hash, status, not_before, id FROM pki_certificate
    WHERE authority_id IN ({authorities}) AND serial IN ({serials})
    UNION ALL
    SELECT 'holder', serial, holder, profile, key_hash, status, not_before, id FROM pki_certificate
    WHERE holder IN ({holders}) AND holder <> '' AND not_after >= %s AND status <> 'revoked'
    ORDER BY 7 DESC, 8 DESC
"""


def in_the_way(intents: Sequence[UnfinishedIssuance], /, *, now: Instant) -> tuple[InTheWay, ...]:
    """All certificates for these keys or with these serials; and of these holders those in use, the newest first."""
    each, authorities = marks(len(intents)), {one.authority for one in intents}
    statement = _IN_THE_WAY.format(
        heads=each, keys=each, authorities=marks(len(authorities)), serials=each, holders=each
    )
    rows = select(
        statement,
        *(head_of(one.key_hash) for one in intents),
        *(one.key_hash for one in intents),
        *authorities,
        *(one.serial for one in intents),
        *(one.holder for one in intents),
        now,
    )
    return tuple(
        InTheWay(
            serial=SerialHex(serial),
            holder=holder,
            profile=profile,
            key_hash=key_hash,
            status=Status(status),
            in_use=found_by == "holder",
        )
        for found_by, serial, holder, profile, key_hash, status, *_ in rows
    )


def set_status(issuer: str, serial: SerialHex, change: StatusChanged, /) -> None:
    """Change what the register says of a certificate, and keep how it was."""
    row = Certificate.objects.only("pk").get(authority__slug=issuer, serial=serial)
    Certificate.objects.filter(pk=row.pk).update(status=change.status.value, reason=change.reason, status_at=change.at)
    StatusChange.objects.create(
        certificate=row, status=change.status.value, reason=change.reason, cause=change.cause, at=change.at
    )


def changes_of(issuer: str, serial: SerialHex, /) -> tuple[StatusChanged, ...]:
    """How a certificate's status went, the oldest change first."""
    rows = StatusChange.objects.filter(certificate__authority__slug=issuer, certificate__serial=serial)
    return tuple(
        StatusChanged(status=Status(row.status), reason=row.reason, cause=row.cause, at=instant(row.at))
        for row in rows.order_by("at", "pk")
    )


def changes_of_held() -> dict[str, tuple[StatusChanged, ...]]:
    """The changes of every certificate that was ever on hold, by its fingerprint, the oldest change first."""
    held = StatusChange.objects.filter(status=Status.SUSPENDED.value).values("certificate")
    rows = StatusChange.objects.filter(certificate__in=held).select_related("certificate").order_by("at", "pk")
    found: dict[str, list[StatusChanged]] = {}
    for row in rows:
        change = StatusChanged(status=Status(row.status), reason=row.reason, cause=row.cause, at=instant(row.at))
        found.setdefault(row.certificate.fingerprint, []).append(change)
    return {fingerprint: tuple(changes) for fingerprint, changes in found.items()}


def every_certificate(issuer: str | None = None, /) -> Iterator[RegisteredCertificate]:
    """The whole register, or what one authority issued: oldest first, a chunk at a time."""
    rows = Certificate.objects.select_related("authority").order_by("pk")
    if issuer is not None:
        rows = rows.filter(authority__slug=issuer)
    for row in rows.iterator(chunk_size=_CHUNK):
        yield certificate_value(row)


def sample_issued_since(moment: Instant, /, *, most: int) -> tuple[RegisteredCertificate, ...]:
    """Up to so many of those issued since then to people, organisations and servers, spread evenly over them."""
    rows = Certificate.objects.filter(issued_at__gte=moment).exclude(holder="")
    numbers = list(rows.order_by("pk").values_list("pk", flat=True))
    step = max(1, -(-len(numbers) // most))
    chosen = Certificate.objects.select_related("authority").filter(pk__in=numbers[::step])
    return tuple(certificate_value(row) for row in chosen.order_by("pk"))
