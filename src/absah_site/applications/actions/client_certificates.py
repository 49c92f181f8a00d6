"""Which certificates an application may show in TLS. Only those that were issued here, to its own agency, for that."""

from typing import Final
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import transaction

from absah.audit.tags import ApplicationTag
from absah.kernel.errors import AbsahError, BadInput, NotFound, WrongState
from absah_site import composition
from absah_site.actors import Actor
from absah_site.applications import access
from absah_site.applications.actions.registering import locked_application
from absah_site.applications.store import certificates as store
from absah_site.applications.store.certificates import BoundCertificate
from absah_site.audit.actions import record
from absah_site.pki import access as register

_PROFILE: Final = "tls-client"


class CertificateMalformed(BadInput):
    """What was pasted is not one certificate in PEM."""

    code = "applications.certificate-malformed"


class CertificateNotFit(WrongState):
    """Not issued here for a client of TLS, not to this agency, or not valid today."""

    code = "applications.certificate-not-fit"


class CertificateTaken(WrongState):
    """Some application shows it already."""

    code = "applications.certificate-taken"


class CertificateNotBound(NotFound):
    """It is not this application's."""

    code = "applications.certificate-not-bound"


def bind_certificate(identifier: UUID, pem: str, /, *, by: Actor) -> BoundCertificate:
    """Let an application prove itself with a certificate."""
    try:
        der = x509.load_pem_x509_certificate(pem.encode()).public_bytes(Encoding.DER)
    except ValueError:
        raise CertificateMalformed from None
    now = composition.clock().now()
    with transaction.atomic():
        found = locked_application(identifier, by=by)
        try:
            certificate = register.certificate_with_fingerprint(register.fingerprint_of(der))
            register.check_certificate_usable(certificate, now=now)
        except AbsahError:
            raise CertificateNotFit from None
        if certificate.profile != _PROFILE or certificate.agency != found.agency:
            raise CertificateNotFit
        if store.is_bound(certificate.fingerprint):
            raise CertificateTaken
        bound = BoundCertificate(
            fingerprint=certificate.fingerprint,
            subject=certificate.subject,
            bound_by=by.reference,
            bound_at=now,
            ends_at=certificate.not_after,
        )
        store.bind(found.id, bound)
        facts = {"agency": found.agency, "serial": certificate.serial}
        record(at=now, tag=ApplicationTag.CERTIFICATE_BOUND, actor=by.reference, subject=found.reference, facts=facts)
    access.forget_applications()
    return bound


def release_certificate(identifier: UUID, fingerprint: str, /, *, by: Actor) -> None:
    """Let a certificate open nothing any more. It is not revoked by this. Raises CertificateNotBound."""
    with transaction.atomic():
        found = locked_application(identifier, by=by)
        if not store.release(found.id, fingerprint):
            raise CertificateNotBound
        facts = {"agency": found.agency, "fingerprint": fingerprint}
        record(
            at=composition.clock().now(),
            tag=ApplicationTag.CERTIFICATE_RELEASED,
            actor=by.reference,
            subject=found.reference,
            facts=facts,
        )
    access.forget_applications()
