"""Entering the certificates of our own services."""

from cryptography import x509
from django.db import transaction

from absah.audit.tags import PkiTag
from absah.kernel.clock import Instant
from absah.pki.certificates import load_certificate, public_key_of_certificate, serial_of, validity_of
from absah.signing.ports import CredentialId
from absah_site.accounts.access import authorise
from absah_site.actors import Actor, Operator
from absah_site.audit.actions import record
from absah_site.pki import access, store
from absah_site.pki.store import AuthorityKind, RegisteredAuthority, RegisteredCertificate, Status
from absah_site.roles import Permission

_PROFILES = {
    AuthorityKind.ROOT: "root-ca",
    AuthorityKind.ISSUING: "issuing-ca",
    AuthorityKind.TSA: "tsa",
    AuthorityKind.OCSP: "ocsp-responder",
}


@transaction.atomic
def record_authority(
    *,
    slug: str,
    kind: str,
    certificate: bytes,
    credential: str,
    now: Instant,
    by: Actor = Operator(),  # noqa: B008
) -> RegisteredAuthority:
    """Enter the root (credential empty: its key rests offline), an issuing CA, the TSA or an OCSP responder.

    The issuer must be entered before. The certificate goes into the register like any other.
    """
    authorise(by, Permission.AUTHORITY_MANAGE)
    parsed = load_certificate(certificate)
    issuer = access.issuer_of(certificate)
    entered = RegisteredAuthority(
        slug=slug,
        kind=AuthorityKind(kind),
        name=str(parsed.subject.rdns[-1].rfc4514_string().partition("=")[2]),
        certificate=certificate,
        chain=() if issuer is None else (issuer.certificate, *issuer.chain),
        credential=CredentialId(credential) if credential else None,
        not_after=validity_of(parsed)[1],
    )
    fingerprint = access.fingerprint_of(certificate)
    issued_by = None if issuer is None else issuer.slug
    store.add_authority(entered, issuer=issued_by, fingerprint=fingerprint, at=now)
    if store.find_certificate_by_fingerprint(fingerprint) is None:  # the issuing action may have entered it already
        store.add_certificate(
            _own_certificate(entered, parsed, issued_by=slug if issuer is None else issuer.slug, at=now)
        )
    facts = {"kind": entered.kind.value, "fingerprint": fingerprint}
    record(at=now, tag=PkiTag.AUTHORITY_CREATED, actor=by.reference, subject=f"authority:{slug}", facts=facts)
    return entered


def _own_certificate(
    entered: RegisteredAuthority, parsed: x509.Certificate, *, issued_by: str, at: Instant
) -> RegisteredCertificate:
    not_before, not_after = validity_of(parsed)
    return RegisteredCertificate(
        issuer=issued_by,
        serial=access.serial_text(serial_of(parsed)),
        subject=parsed.subject.rfc4514_string(),
        profile=_PROFILES[entered.kind],
        certificate=entered.certificate,
        fingerprint=access.fingerprint_of(entered.certificate),
        not_before=not_before,
        not_after=not_after,
        credential=entered.credential,
        holder="",
        agency="",
        status=Status.GOOD,
        reason="",
        status_at=at,
        key_hash=access.key_hash_of(public_key_of_certificate(parsed)),
    )
