"""Ending, holding and resuming certificates. The register comes first; the signer is told after."""

from dataclasses import dataclass, replace
from uuid import UUID

from django.db import transaction

from absah.audit.tags import PkiTag
from absah.kernel.clock import Instant
from absah.kernel.dates import moment_word
from absah.kernel.errors import Parameter, WrongState
from absah.notices.webhooks.events import Event, Fact, happened
from absah.pki.revocation import Cause, RevocationReason
from absah.signing.ports import CredentialState
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import About, Actor
from absah_site.audit.actions import record
from absah_site.directory import reader_of
from absah_site.notices.actions import notify
from absah_site.pki import access, store
from absah_site.pki.access import CertificateUnknown
from absah_site.pki.store import RegisteredCertificate, SerialHex, Status, StatusChanged
from absah_site.roles import Permission
from absah_site.webhooks.actions import announce


class AlreadyRevoked(WrongState):
    """The certificate was revoked before, for another reason. A revocation is not changed."""

    code = "register.already-revoked"


def revoke_certificate(
    serial: str, reason: RevocationReason, /, *, by: Actor, cause: Cause | None = None, tell: bool = True
) -> RegisteredCertificate:
    """Revoke for good. Doing it again for the same reason only tells the signer once more.

    The holder is told, unless nobody got to see the certificate (`tell`). The register comes first: from then on
    nothing is signed for this certificate even if the signer was not reached.
    """
    return _change_status(
        serial,
        _Change(
            status=Status.REVOKED, reason=reason.name.lower(), cause=cause, tag=PkiTag.CERTIFICATE_REVOKED, tell=tell
        ),
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
    tell: bool = True


_TOLD = {Status.GOOD: "pki.reinstated", Status.SUSPENDED: "pki.suspended", Status.REVOKED: "pki.revoked"}
_ANNOUNCED = {
    Status.GOOD: Event.CERTIFICATE_REINSTATED,
    Status.SUSPENDED: Event.CERTIFICATE_SUSPENDED,
    Status.REVOKED: Event.CERTIFICATE_REVOKED,
}
_CREDENTIAL_STATES = {
    Status.GOOD: CredentialState.ACTIVE,
    Status.SUSPENDED: CredentialState.SUSPENDED,
    Status.REVOKED: CredentialState.REVOKED,
}


def report_key_lost(serial: str, /, *, owner: UUID, by: Actor) -> RegisteredCertificate:
    """The holder says that the key is lost or in other hands: the certificate is on hold at once, without questions.

    `owner` is the holder's account: nobody else presses this. One that is on hold already stays so.
    """
    authorise(by, Permission.CERTIFICATE_REVOKE_OWN, About(owner=owner))
    found = access.certificate(serial)
    if found.status is Status.SUSPENDED:
        return found
    hold = RevocationReason.CERTIFICATE_HOLD.name.lower()
    change = _Change(status=Status.SUSPENDED, reason=hold, cause=Cause.KEY_LOST, tag=PkiTag.CERTIFICATE_SUSPENDED)
    return tell_signer(_write(found, change, by=by))


def supersede(serial: SerialHex, /, *, by: Actor) -> RegisteredCertificate:
    """Write down that a certificate was replaced by another: in the transaction that enters the other.

    Whoever calls this was authorised for the issuance, and tells the signer after the commit (`tell_signer`).
    """
    reason = Cause.REPLACED.reason.name.lower()
    change = _Change(
        status=Status.REVOKED, reason=reason, cause=Cause.REPLACED, tag=PkiTag.CERTIFICATE_REVOKED, tell=False
    )
    return _write(access.certificate(serial), change, by=by)


def _change_status(serial: str, change: _Change, *, by: Actor) -> RegisteredCertificate:
    found = access.certificate(serial)
    # A certificate of our own services belongs to no agency, and its end is for those who manage authorities.
    permission = Permission.CERTIFICATE_REVOKE if found.agency else Permission.AUTHORITY_MANAGE
    authorise(by, permission, About(agency=found.agency or None))
    return tell_signer(_write(found, change, by=by))


@transaction.atomic
def _write(found: RegisteredCertificate, change: _Change, *, by: Actor) -> RegisteredCertificate:
    """The new status, the change in its history and the ledger's row. Raises AlreadyRevoked, CertificateUnknown."""
    now = composition.clock().now()
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
        _tell_systems(held, change, now)
        if change.tell:
            _tell_holder(held, change, now)
    return replace(held, status=change.status, reason=change.reason, status_at=now)


def _tell_systems(held: RegisteredCertificate, change: _Change, now: Instant) -> None:
    """The systems of the agency whose certificate it is; those of our own services belong to none."""
    if held.agency:
        facts: dict[str, Fact] = {"certificate": held.serial, "holder": held.holder}
        facts |= {"reason": change.reason} if change.reason else {}
        facts |= {"cause": change.cause.value} if change.cause else {}
        announce(happened(_ANNOUNCED[change.status], held.agency, facts, at=now))


def _tell_holder(held: RegisteredCertificate, change: _Change, now: Instant) -> None:
    """Mail to the person whose certificate it is; those of servers and services have none."""
    reader = reader_of(f"subscriber:{held.holder}") if held.holder else None
    if reader is not None:
        parameters: dict[str, Parameter] = {"serial": access.in_pairs(held.serial), "moment": moment_word(now)}
        notify(_TOLD[change.status], to=reader, at=now, parameters=parameters, link="/sertifikat-saya/")


def tell_signer(changed: RegisteredCertificate, /) -> RegisteredCertificate:
    """Have the key follow its certificate: active, suspended, revoked. Again and again is no harm."""
    if changed.credential is not None:
        composition.signer().change_state(changed.credential, _CREDENTIAL_STATES[changed.status])
    return changed
