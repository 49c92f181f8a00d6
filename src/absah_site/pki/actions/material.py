"""Proof of status for B-LT: OCSP answers by our own responder for people and services, CRLs for CAs.

An answer is made fresh for the moment of signing (RFC 6960 §2.4), so that the proof is not older than the signature.
Where the responder of an issuer is missing, its published CRL stands in.
"""

from datetime import timedelta
from typing import Final

from absah.kernel.clock import Instant, instant
from absah.kernel.rng import Serial
from absah.pki.algorithms import DigestAlgorithm
from absah.pki.certificates import load_certificate, serial_of
from absah.pki.ocsp import OcspPlan, SingleStatus, cert_id_for
from absah.pki.revocation import Good, RevocationReason, RevocationStatus, Revoked, Unknown
from absah.signing.material import ValidationMaterial
from absah_site import composition
from absah_site.pki import access, store
from absah_site.pki.store import RegisteredAuthority, RegisteredCertificate, Status

_ANSWER_LIFETIME: Final = timedelta(hours=24)


class RegisterRevocationSource:
    """Fills `absah.signing.ports.RevocationSource` from the register of this instance."""

    def material_for(self, certificates: tuple[bytes, ...], /) -> ValidationMaterial:
        return revocation_material(certificates)


def revocation_material(certificates: tuple[bytes, ...], /) -> ValidationMaterial:
    """What is needed to check these certificates later, themselves included. Foreign ones bring nothing of ours."""
    now = composition.clock().now()
    found = ValidationMaterial(certificates=certificates)
    for certificate in dict.fromkeys(certificates):
        issuer = access.issuer_of(certificate)
        if issuer is not None:
            found = found.merged_with(_proof(certificate, issuer, now))
    return found


def _proof(certificate: bytes, issuer: RegisteredAuthority, now: Instant) -> ValidationMaterial:
    above = (issuer.certificate, *issuer.chain)
    responder = access.responder_of(issuer, now=now)
    if responder is not None and certificate == responder.certificate:
        return ValidationMaterial(certificates=above)  # RFC 6960 §4.2.2.2.1: nocheck, there is nothing to ask
    if responder is None or responder.credential is None:
        shard = access.shard_of_issued(issuer, serial_of(load_certificate(certificate)))
        return ValidationMaterial(certificates=above, crls=access.published_crl(issuer.slug, shard))
    answer = composition.signer().ocsp_response(
        responder.credential,
        OcspPlan(
            responder_der=responder.certificate,
            produced_at=now,
            responses=(_single_status(certificate, issuer, now),),
        ),
    )
    return ValidationMaterial(certificates=(*above, responder.certificate), ocsps=(answer,))


def _single_status(certificate: bytes, issuer: RegisteredAuthority, now: Instant) -> SingleStatus:
    serial = serial_of(load_certificate(certificate))
    registered = store.find_certificate(access.serial_text(serial), issuer=issuer.slug)
    return SingleStatus(
        cert_id=cert_id_for(issuer.certificate, Serial(serial), DigestAlgorithm.SHA1),
        status=status_of(registered),
        this_update=now,
        next_update=instant(now + _ANSWER_LIFETIME),
    )


def status_of(registered: RegisteredCertificate | None, /) -> RevocationStatus:
    """What a responder says: `unknown` for what was never issued, `revoked` with certificateHold while suspended."""
    if registered is None:
        return Unknown()
    if registered.status is Status.GOOD:
        return Good()
    return Revoked(at=registered.status_at, reason=RevocationReason[registered.reason.upper()])
