"""Our own services: rows to values and back."""

from dataclasses import replace
from functools import lru_cache
from typing import Final

from absah.kernel.clock import Instant, instant
from absah_site.pki.models import Authority
from absah_site.pki.store.heads import head_of
from absah_site.pki.store.values import AuthorityKind, RegisteredAuthority, credential_or_none
from absah_site.rows import select


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
        credential=credential_or_none(row.credential),
        not_after=instant(row.not_after),
        shards=row.shards,
        keeps_expired=row.keeps_expired,
        number=row.pk,
    )


def add_authority(authority: RegisteredAuthority, /, *, issuer: str | None, fingerprint: str, at: Instant) -> None:
    """Enter one of our own services; its issuer is entered already."""
    Authority.objects.create(
        slug=authority.slug,
        kind=authority.kind.value,
        name=authority.name,
        certificate=authority.certificate,
        fingerprint=fingerprint,
        fingerprint_head=head_of(fingerprint),
        credential=authority.credential or "",
        issuer=Authority.objects.get(slug=issuer) if issuer else None,
        not_after=authority.not_after,
        recorded_at=at,
        shards=authority.shards,
        keeps_expired=authority.keeps_expired,
    )


def find_authority(slug: str, /) -> RegisteredAuthority | None:
    """By its short name."""
    row = Authority.objects.select_related("issuer__issuer").filter(slug=slug).first()
    return None if row is None else _authority_value(row)


def find_authority_by_fingerprint(fingerprint: str, /) -> RegisteredAuthority | None:
    """By the SHA-256 of its certificate."""
    row = Authority.objects.select_related("issuer__issuer").filter(fingerprint=fingerprint).first()
    return None if row is None else _authority_value(row)


#: Asked before every issuance and every answer: in SQL, as building it anew costs more than the database does.
_SERVING: Final = """
    SELECT authority.id, authority.fingerprint, authority.shards, authority.keeps_expired
    FROM pki_authority authority CROSS JOIN pki_certificate certificate  -- in this order, says SQLite's CROSS JOIN
    WHERE certificate.fingerprint_head = authority.fingerprint_head AND certificate.fingerprint = authority.fingerprint
    AND authority.kind = %s AND authority.not_after >= %s AND certificate.status = 'good'
    ORDER BY authority.recorded_at DESC, authority.id DESC
"""


def serving(kind: AuthorityKind, /, *, now: Instant) -> tuple[RegisteredAuthority, ...]:
    """Those of a kind whose own certificate is in force and good, the newest first."""
    rows = select(_SERVING, kind.value, now)
    return tuple(replace(_known(row[0], row[1]), shards=row[2], keeps_expired=bool(row[3])) for row in rows)


@lru_cache(maxsize=64)
def _known(number: int, _fingerprint: str) -> RegisteredAuthority:
    """What never changes about a service: its certificate and those above it."""
    return _authority_value(Authority.objects.select_related("issuer__issuer").get(pk=number))


def authorities(*kinds: AuthorityKind) -> tuple[RegisteredAuthority, ...]:
    """All of some kinds (of any kind when none is named), the newest first."""
    rows = Authority.objects.select_related("issuer__issuer").order_by("-recorded_at", "-pk")
    if kinds:
        rows = rows.filter(kind__in=[kind.value for kind in kinds])
    return tuple(_authority_value(row) for row in rows)


def lock_authority(slug: str, /) -> None:
    """Hold an authority's row until the transaction ends."""
    Authority.objects.select_for_update(of=("self",)).get(slug=slug)


def set_shards(slug: str, shards: int, /) -> None:
    """Into how many CRLs the certificates are spread that an issuing CA issues from now on."""
    Authority.objects.filter(slug=slug).update(shards=shards)
