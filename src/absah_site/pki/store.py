"""The register: rows to values and back."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from django.db.models import Exists, F, Max, OuterRef, Q

from absah.kernel.clock import Instant, instant
from absah.signing.ports import CredentialId
from absah_site.pki.models import Authority, Certificate, CrlPublication, IssuanceIntent

#: 32 lower-case hexadecimal digits.
SerialHex = NewType("SerialHex", str)
_CHUNK = 2_000


class AuthorityKind(StrEnum):
    """What a certificate of our own services is for."""

    ROOT = "root"
    ISSUING = "issuing"
    TSA = "tsa"
    OCSP = "ocsp"


class Status(StrEnum):
    """What the register says of a certificate. Whether its time is over is a question for the clock."""

    GOOD = "good"
    SUSPENDED = "suspended"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredAuthority:
    """One of our own services. `chain` are the certificates above it up to the root; a root's key is offline."""

    slug: str
    kind: AuthorityKind
    name: str
    certificate: bytes
    chain: tuple[bytes, ...]
    credential: CredentialId | None
    not_after: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredCertificate:
    """A certificate in the register. `holder` and `agency` are opaque, and empty for our own services."""

    issuer: str
    serial: SerialHex
    subject: str
    profile: str
    certificate: bytes
    fingerprint: str
    not_before: Instant
    not_after: Instant
    credential: CredentialId | None
    holder: str
    agency: str
    status: Status
    reason: str
    status_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class UnfinishedIssuance:
    """An intention that nobody concluded."""

    issuer: str
    serial: SerialHex
    credential: CredentialId


@dataclass(frozen=True, slots=True, kw_only=True)
class NotGood:
    """An entry of the next CRL."""

    serial: SerialHex
    at: Instant
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedCrl:
    """The newest CRL of an authority."""

    issuer: str
    number: int
    this_update: Instant
    next_update: Instant
    sha256: str


def _credential(text: str) -> CredentialId | None:
    return CredentialId(text) if text else None


def _authority_value(row: Authority) -> RegisteredAuthority:
    chain: list[bytes] = []
    above = row.issuer
    while above is not None:
        chain.append(bytes(above.certificate))
        above = above.issuer
    return RegisteredAuthority(
        slug=row.slug,
        kind=AuthorityKind(row.kind),
        name=row.name,
        certificate=bytes(row.certificate),
        chain=tuple(chain),
        credential=_credential(row.credential),
        not_after=instant(row.not_after),
    )


def _certificate_value(row: Certificate) -> RegisteredCertificate:
    return RegisteredCertificate(
        issuer=row.authority.slug,
        serial=SerialHex(row.serial),
        subject=row.subject,
        profile=row.profile,
        certificate=bytes(row.der),
        fingerprint=row.fingerprint,
        not_before=instant(row.not_before),
        not_after=instant(row.not_after),
        credential=_credential(row.credential),
        holder=row.holder,
        agency=row.agency,
        status=Status(row.status),
        reason=row.reason,
        status_at=instant(row.status_at),
    )


def add_authority(authority: RegisteredAuthority, /, *, issuer: str | None, fingerprint: str, at: Instant) -> None:
    """Enter one of our own services; its issuer is entered already."""
    Authority.objects.create(
        slug=authority.slug,
        kind=authority.kind.value,
        name=authority.name,
        certificate=authority.certificate,
        fingerprint=fingerprint,
        credential=authority.credential or "",
        issuer=Authority.objects.get(slug=issuer) if issuer else None,
        not_after=authority.not_after,
        recorded_at=at,
    )


def find_authority(slug: str, /) -> RegisteredAuthority | None:
    """By its short name."""
    row = Authority.objects.select_related("issuer__issuer").filter(slug=slug).first()
    return None if row is None else _authority_value(row)


def find_authority_by_fingerprint(fingerprint: str, /) -> RegisteredAuthority | None:
    """By the SHA-256 of its certificate."""
    row = Authority.objects.select_related("issuer__issuer").filter(fingerprint=fingerprint).first()
    return None if row is None else _authority_value(row)


def authorities(*kinds: AuthorityKind) -> tuple[RegisteredAuthority, ...]:
    """All of some kinds (of any kind when none is named), the newest first."""
    rows = Authority.objects.select_related("issuer__issuer").order_by("-recorded_at", "-pk")
    if kinds:
        rows = rows.filter(kind__in=[kind.value for kind in kinds])
    return tuple(_authority_value(row) for row in rows)


def add_intent(intent: UnfinishedIssuance, /, *, profile: str, holder: str, at: Instant) -> None:
    """Write down that a key is about to be used."""
    IssuanceIntent.objects.create(
        authority=Authority.objects.get(slug=intent.issuer),
        serial=intent.serial,
        profile=profile,
        credential=intent.credential,
        holder=holder,
        state="intended",
        intended_at=at,
    )


def conclude_intent(issuer: str, serial: SerialHex, /, *, state: str, at: Instant, error: str = "") -> bool:
    """Write down how it ended: `issued`, `failed` or `abandoned`. False if somebody else already did."""
    open_intents = IssuanceIntent.objects.filter(authority__slug=issuer, serial=serial, state="intended")
    return open_intents.update(state=state, error=error, ended_at=at) == 1


def unfinished_intents(*, before: Instant) -> tuple[UnfinishedIssuance, ...]:
    """Intentions that have been open since before a moment."""
    rows = IssuanceIntent.objects.select_related("authority").filter(state="intended", intended_at__lte=before)
    return tuple(
        UnfinishedIssuance(
            issuer=row.authority.slug, serial=SerialHex(row.serial), credential=CredentialId(row.credential)
        )
        for row in rows.order_by("pk")
    )


def add_certificate(certificate: RegisteredCertificate, /) -> None:
    """Enter a certificate."""
    Certificate.objects.create(
        authority=Authority.objects.get(slug=certificate.issuer),
        serial=certificate.serial,
        subject=certificate.subject,
        profile=certificate.profile,
        der=certificate.certificate,
        fingerprint=certificate.fingerprint,
        not_before=certificate.not_before,
        not_after=certificate.not_after,
        credential=certificate.credential or "",
        holder=certificate.holder,
        agency=certificate.agency,
        status=certificate.status.value,
        reason=certificate.reason,
        status_at=certificate.status_at,
        issued_at=certificate.status_at,
    )


def find_certificate(serial: SerialHex, /, *, issuer: str | None = None) -> RegisteredCertificate | None:
    """By serial; serials are random, so that one issuer's is as good as all. None also when two issuers share it."""
    rows = Certificate.objects.select_related("authority").filter(serial=serial)
    if issuer is not None:
        rows = rows.filter(authority__slug=issuer)
    found = list(rows[:2])
    return _certificate_value(found[0]) if len(found) == 1 else None


def lock_certificate(serial: SerialHex, /) -> RegisteredCertificate | None:
    """The same, held until the transaction ends."""
    found = list(
        Certificate.objects.select_for_update(of=("self",)).select_related("authority").filter(serial=serial)[:2]
    )
    return _certificate_value(found[0]) if len(found) == 1 else None


def find_certificate_by_fingerprint(fingerprint: str, /) -> RegisteredCertificate | None:
    """By the SHA-256 of its DER."""
    row = Certificate.objects.select_related("authority").filter(fingerprint=fingerprint).first()
    return None if row is None else _certificate_value(row)


def find_certificate_of_credential(credential: CredentialId, /) -> RegisteredCertificate | None:
    """The newest certificate of a key."""
    rows = Certificate.objects.select_related("authority").filter(credential=credential)
    row = rows.order_by("-not_before", "-pk").first()
    return None if row is None else _certificate_value(row)


def certificates_of(holder: str, /) -> tuple[RegisteredCertificate, ...]:
    """All certificates of a subscriber, the newest first."""
    rows = Certificate.objects.select_related("authority").filter(holder=holder).order_by("-not_before", "-pk")
    return tuple(_certificate_value(row) for row in rows)


def set_status(issuer: str, serial: SerialHex, /, *, status: Status, reason: str, at: Instant) -> None:
    """Change what the register says of a certificate."""
    rows = Certificate.objects.filter(authority__slug=issuer, serial=serial)
    rows.update(status=status.value, reason=reason, status_at=at)


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


def lock_authority(slug: str, /) -> None:
    """Hold an authority's row until the transaction ends."""
    Authority.objects.select_for_update(of=("self",)).get(slug=slug)


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


def every_certificate(issuer: str | None = None, /) -> Iterator[RegisteredCertificate]:
    """The whole register, or what one authority issued: oldest first, a chunk at a time."""
    rows = Certificate.objects.select_related("authority").order_by("pk")
    if issuer is not None:
        rows = rows.filter(authority__slug=issuer)
    for row in rows.iterator(chunk_size=_CHUNK):
        yield _certificate_value(row)


def certificates_of_credential(credential: CredentialId, /) -> tuple[RegisteredCertificate, ...]:
    """Every certificate of a key in custody, the newest first."""
    rows = Certificate.objects.select_related("authority").filter(credential=credential)
    return tuple(_certificate_value(row) for row in rows.order_by("-not_before", "-pk"))


def issued_without_certificate() -> int:
    """Intentions that were concluded as issued although the register has no such certificate. There are none."""
    same = Certificate.objects.filter(authority=OuterRef("authority"), serial=OuterRef("serial"))
    return IssuanceIntent.objects.filter(~Exists(same), state="issued").count()


def give_up_foreign_serial(issuer: str, serial: SerialHex, /, *, revoked_at: Instant, now: Instant) -> bool:
    """List a serial that a CRL of ours revoked and the register never heard of. False when it is listed already."""
    _, made = IssuanceIntent.objects.get_or_create(
        authority=Authority.objects.get(slug=issuer),
        serial=serial,
        defaults={
            "profile": "",
            "credential": "",
            "state": "abandoned",
            "error": "backup.not-in-register",
            "intended_at": revoked_at,
            "ended_at": now,
        },
    )
    return made
