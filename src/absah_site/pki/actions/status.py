"""Ending, holding and resuming certificates. The register comes first; the signer is told after."""

from dataclasses import dataclass, replace

from django.db import transaction

from absah.audit.tags import PkiTag
from absah.kernel.errors import WrongState
from absah.pki.revocation import Cause, RevocationReason
from absah.signing.ports import CredentialState
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import About, Actor
from absah_site.audit.actions import record
from absah_site.pki import access, store
from absah_site.pki.access import CertificateUnknown
from absah_site.pki.store import RegisteredCertificate, Status, StatusChanged
from absah_site.roles import Permission


class AlreadyRevoked(WrongState):
    """The certificate was revoked before, for another reason. A revocation is not changed."""

    code = "register.already-revoked"


def revoke_certificate(
    serial: str, reason: RevocationReason, /, *, by: Actor, cause: Cause | None = None
) -> RegisteredCertificate:
    """Revoke for good. Doing it again for the same reason only tells the signer once more.

    The register comes first: from then on nothing is signed for this certificate even if the signer was not reached.
    """
    return _change_status(
        serial,
        _Change(status=Status.REVOKED, reason=reason.name.lower(), cause=cause, tag=PkiTag.CERTIFICATE_REVOKED),
        by=by,
    )


def revoke_for(serial: str, cause: Cause, /, *, by: Actor) -> RegisteredCertificate:
    """Revoke for one of our own causes; the CRLReason follows from it."""
    return revoke_certificate(serial, cause.reason, by=by, cause=cause)


def suspend_certificate(serial: str, /, *, by: Actor, cause: Cause | None = None) -> RegisteredCertificate:
    """Put a certificate on hold (RFC 5280 §5.3.1 certificateHold): at once, before anybody asks why."""
    reason = RevocationReason.CERTIFICATE_HOLD.name.lower()
    return _change_status(
        serial,
        _Change(status=Status.SUSPENDED, reason=reason, cause=cause, tag=PkiTag.CERTIFICATE_SUSPENDED),
        by=by,
    )


def reinstate_certificate(serial: str, /, *, by: Actor) -> RegisteredCertificate:
    """End a hold. A certificate that is good already stays so."""
    return _change_status(serial, _Change(status=Status.GOOD, reason="", tag=PkiTag.CERTIFICATE_REINSTATED), by=by)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """A status to be, and the word of the ledger for it."""

    status: Status
    reason: str
    tag: PkiTag
    cause: Cause | None = None


_CREDENTIAL_STATES = {
    Status.GOOD: CredentialState.ACTIVE,
    Status.SUSPENDED: CredentialState.SUSPENDED,
    Status.REVOKED: CredentialState.REVOKED,
}


def _change_status(serial: str, change: _Change, *, by: Actor) -> RegisteredCertificate:
    found = access.certificate(serial)
    # A certificate of our own services belongs to no agency, and its end is for those who manage authorities.
    permission = Permission.CERTIFICATE_REVOKE if found.agency else Permission.AUTHORITY_MANAGE
    authorise(by, permission, About(agency=found.agency or None))
    now = composition.clock().now()
    with transaction.atomic():
        held = store.lock_certificate(found.serial)
        if held is None:
            raise CertificateUnknown
        if (held.status, held.reason) != (change.status, change.reason):
            # RFC 5280 §5.3.1: only certificateHold can be taken back.
            if held.status is Status.REVOKED:
                raise AlreadyRevoked
            cause = "" if change.cause is None else change.cause.value
            store.set_status(
                held.issuer,
                held.serial,
                StatusChanged(status=change.status, reason=change.reason, cause=cause, at=now),
            )
            facts = {"issuer": held.issuer, "reason": change.reason} | ({"cause": cause} if cause else {})
            record(at=now, tag=change.tag, actor=by.reference, subject=f"certificate:{held.serial}", facts=facts)
    if held.credential is not None:
        composition.signer().change_state(held.credential, _CREDENTIAL_STATES[change.status])
    return replace(held, status=change.status, reason=change.reason, status_at=now)
