"""How one certificate follows another: renewed with the same key near its end, or superseded by one with a new key."""

from dataclasses import replace

from absah.kernel.errors import BadInput
from absah.pki.certificates import load_certificate, public_key_of_certificate
from absah.pki.lint import subject_kind_of
from absah.pki.profiles import load_profile
from absah_site import composition
from absah_site.actors import Actor
from absah_site.pki import access, store
from absah_site.pki.actions.eligibility import NotReplaceable, check_renewable, check_replaceable
from absah_site.pki.actions.issuance import issue_certificate
from absah_site.pki.actions.issuance_requests import IssuanceRequest, IssuedCertificate
from absah_site.pki.store import RegisteredCertificate


class SuccessorDiffers(BadInput):
    """A successor is for the same holder and product as what it replaces, and for a new key. Parameter: difference."""

    code = "register.successor-differs"


def renew_certificate(serial: str, /, *, by: Actor) -> IssuedCertificate:
    """A new certificate for the same key in custody, holder and subject, in the last thirty days of the old one.

    The old one stays good until its end. A renewal that was cut off after the signature is taken up again: the newer
    certificate is given to the key. Raises RenewalTooEarly, NotReplaceable and what issuing raises.
    """
    old = access.certificate(serial)
    if old.credential is None:
        raise NotReplaceable(serial=old.serial, state="custody")
    newer = _renewed_before(old)
    if newer is None:
        check_renewable(old, now=composition.clock().now())
        newer = issue_certificate(_again(old), by=by)
    composition.signer().attach_certificate(old.credential, newer.certificate, newer.chain)
    return newer


def supersede_certificate(serial: str, wanted: IssuanceRequest, /, *, by: Actor) -> IssuedCertificate:
    """Issue a certificate for a new key of the same holder and product; the old one is revoked as superseded with it.

    Both happen in one transaction: there is no moment with two, and none without. Raises SuccessorDiffers,
    NotReplaceable and what issuing raises.
    """
    old = access.certificate(serial)
    if (wanted.holder, wanted.agency, wanted.profile) != (old.holder, old.agency, old.profile):
        raise SuccessorDiffers(difference="holder")
    if access.key_hash_of(wanted.public_key) == old.key_hash:
        raise SuccessorDiffers(difference="key")
    check_replaceable(old, now=composition.clock().now())
    return issue_certificate(replace(wanted, replaces=wanted.replaces | {old.serial}, supersedes=old.serial), by=by)


def _again(old: RegisteredCertificate) -> IssuanceRequest:
    """The order of a certificate, read from it."""
    certificate = load_certificate(old.certificate)
    name = subject_kind_of(load_profile(old.profile).purpose).from_x509(certificate.subject)
    return IssuanceRequest(
        profile=old.profile,
        subject=name,
        public_key=public_key_of_certificate(certificate),
        credential=old.credential,
        holder=old.holder,
        agency=old.agency,
        emails=access.emails_in(certificate),
        replaces=frozenset({old.serial}),
    )


def _renewed_before(old: RegisteredCertificate) -> IssuedCertificate | None:
    """A certificate for the same key that is newer than this one and in use."""
    now = composition.clock().now()
    for found in store.certificates_with_key(old.key_hash):
        if found.not_before > old.not_before and access.is_in_use(found, now=now):
            issuer = access.authority(found.issuer)
            chain = (issuer.certificate, *issuer.chain)
            return IssuedCertificate(serial=found.serial, certificate=found.certificate, chain=chain)
    return None
