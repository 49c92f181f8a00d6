"""Issuing: the intention is committed before the key is used, the result after.

A serial that was intended and never concluded may have been signed. It is given up, goes on the CRL for good, and
nobody can use a certificate that the register does not know.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import IntegrityError, transaction

from absah.audit.tags import PkiTag
from absah.kernel.clock import Instant, instant
from absah.kernel.errors import AbsahError, Unavailable, WrongState
from absah.kernel.rng import serial_number
from absah.pki.certificates import load_certificate, serial_of, validity_of
from absah.pki.issuance import CertificateOrder
from absah.pki.names import SubjectName
from absah.pki.profiles import Validity, load_profile
from absah.pki.weak_keys import check_key_strength
from absah.signing.ports import CredentialId
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import About, Actor, Operator
from absah_site.audit.actions import record
from absah_site.pki import access, store
from absah_site.pki.actions.eligibility import check_key_is_new, check_none_active
from absah_site.pki.actions.status import supersede, tell_signer
from absah_site.pki.store import RegisteredAuthority, RegisteredCertificate, SerialHex, Status, UnfinishedIssuance
from absah_site.roles import Permission

#: An intention older than this belongs to a process that died.
ABANDONED_AFTER: Final = timedelta(minutes=10)
_RECONCILER = Operator(name="reconcile")


class IssuanceGivenUp(WrongState):
    """The certificate was signed too late: its serial had been given up. It is on the CRL and of no use."""

    code = "register.issuance-given-up"


class IssuanceRunning(WrongState):
    """Another issuance for this holder and product, or for this key, is under way. Parameter: minutes."""

    code = "register.issuance-running"


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuanceRequest:
    """A certificate that is wanted. `holder` and `agency` are opaque ids, empty for services of our own.

    `credential` is the key in custody, None where the key is elsewhere. `issuer` is the short name of the issuing CA,
    by default the newest; `lasting` shortens the validity below what the profile allows. `replaces` are serials of the
    holder's own that the new certificate may stand beside; `supersedes` is one of them that is revoked with its entry.
    """

    profile: str
    subject: SubjectName
    public_key: bytes
    credential: CredentialId | None
    holder: str = ""
    agency: str = ""
    emails: tuple[str, ...] = ()
    dns_names: tuple[str, ...] = ()
    issuer: str | None = None
    lasting: timedelta | None = None
    replaces: frozenset[SerialHex] = frozenset()
    supersedes: SerialHex | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedCertificate:
    """A certificate and those above it up to the root, DER."""

    serial: SerialHex
    certificate: bytes
    chain: tuple[bytes, ...]


def issue_certificate(wanted: IssuanceRequest, /, *, by: Actor) -> IssuedCertificate:
    """Have the issuing CA sign a certificate. The intention is committed before the key is used, the result after.

    The certificate lasts as long as the profile allows and its issuer lives. Raises the errors of `absah.pki`, and
    `Unavailable` when the signer does not answer; a refusal leaves a concluded intention and no certificate.
    """
    # A service of our own is none of the registration authority's business.
    permission = Permission.CERTIFICATE_ISSUE if wanted.holder else Permission.AUTHORITY_MANAGE
    authorise(by, permission, About(agency=wanted.agency or None))
    now = composition.clock().now()
    issuer = access.issuing_authority(now=now, slug=wanted.issuer)
    order = _order_for(wanted, issuer, now)
    check_key_strength(wanted.public_key, access.weak_key_list())
    signer = composition.signer()
    signer.ping()  # a signer that is not there must not leave a serial behind
    intent = UnfinishedIssuance(
        issuer=issuer.slug,
        authority=issuer.number,
        serial=access.serial_text(order.serial),
        credential=wanted.credential,
        key_hash=access.key_hash_of(wanted.public_key),
        shard=access.shard_of(issuer, order.serial),
    )
    _intend(intent, wanted, by=by, at=now)
    try:
        certificate = signer.issue_certificate(access.credential_of(issuer), order)
    except AbsahError as error:
        with transaction.atomic(durable=True):
            _conclude_failure(intent, error, by=by)
        raise
    with transaction.atomic(durable=True):
        done = composition.clock().now()
        # `reconcile` may have given this intention up meanwhile; its serial is then on the CRL and stays there.
        if not store.conclude_intent(intent, state="issued", at=done):
            raise IssuanceGivenUp
        store.add_certificate(_certificate_row(certificate, wanted, intent, at=done), authority=issuer.number)
        _record_issuance(intent, PkiTag.CERTIFICATE_ISSUED, wanted, by=by, at=done)
        superseded = None if wanted.supersedes is None else supersede(wanted.supersedes, by=by)
    if superseded is not None:
        tell_signer(superseded)
    return IssuedCertificate(serial=intent.serial, certificate=certificate, chain=(issuer.certificate, *issuer.chain))


def _intend(intent: UnfinishedIssuance, wanted: IssuanceRequest, *, by: Actor, at: Instant) -> None:
    """Commit the intention, once it is clear that the certificate may be. Raises KeyKnown, AlreadyActive."""
    try:
        with transaction.atomic(durable=True):
            # The intention first: of two at the same time, the second waits at its constraint and then sees the first.
            store.add_intent(intent, profile=wanted.profile, holder=wanted.holder, at=at)
            check_key_is_new(intent.key_hash, holder=wanted.holder, replaces=wanted.replaces)
            check_none_active(wanted.holder, wanted.profile, replaces=wanted.replaces, now=at)
            _record_issuance(intent, PkiTag.ISSUANCE_INTENDED, wanted, by=by, at=at)
    except IntegrityError:
        raise IssuanceRunning(minutes=int(ABANDONED_AFTER.total_seconds()) // 60) from None


def _order_for(wanted: IssuanceRequest, issuer: RegisteredAuthority, now: Instant) -> CertificateOrder:
    profile = load_profile(wanted.profile)
    validity = profile.validity_at(now, lasting=wanted.lasting)
    serial = serial_number(composition.rng())
    return CertificateOrder(
        profile=profile,
        subject=wanted.subject,
        public_key=wanted.public_key,
        serial=serial,
        # The shell model: a certificate ends with its issuer at the latest.
        validity=Validity(not_before=validity.not_before, not_after=min(validity.not_after, issuer.not_after)),
        issuer=issuer.certificate,
        endpoints=access.endpoints_under(profile, issuer, shard=access.shard_of(issuer, serial)),
        emails=wanted.emails,
        dns_names=wanted.dns_names,
    )


def _certificate_row(
    certificate: bytes, wanted: IssuanceRequest, intent: UnfinishedIssuance, *, at: Instant
) -> RegisteredCertificate:
    parsed = load_certificate(certificate)
    not_before, not_after = validity_of(parsed)
    return RegisteredCertificate(
        issuer=intent.issuer,
        serial=access.serial_text(serial_of(parsed)),
        subject=parsed.subject.rfc4514_string(),
        profile=wanted.profile,
        certificate=certificate,
        fingerprint=access.fingerprint_of(certificate),
        not_before=not_before,
        not_after=not_after,
        credential=wanted.credential,
        holder=wanted.holder,
        agency=wanted.agency,
        status=Status.GOOD,
        reason="",
        status_at=at,
        key_hash=intent.key_hash,
        shard=intent.shard,
    )


def _record_issuance(
    intent: UnfinishedIssuance, tag: PkiTag, wanted: IssuanceRequest, *, by: Actor, at: Instant
) -> None:
    facts = {"issuer": intent.issuer, "profile": wanted.profile, "holder": wanted.holder}
    record(at=at, tag=tag, actor=by.reference, subject=f"certificate:{intent.serial}", facts=facts)


def _conclude_failure(intent: UnfinishedIssuance, error: AbsahError, *, by: Actor) -> None:
    """A refusal before the signature is `failed`; where nobody knows whether it was made, `abandoned`."""
    now = composition.clock().now()
    state = "abandoned" if isinstance(error, Unavailable) else "failed"
    store.conclude_intent(intent, state=state, at=now, error=error.code)
    facts = {"issuer": intent.issuer, "error": error.code, "state": state}
    record(at=now, tag=PkiTag.ISSUANCE_FAILED, actor=by.reference, subject=f"certificate:{intent.serial}", facts=facts)


def reconcile(*, by: Actor = _RECONCILER, older_than: timedelta = ABANDONED_AFTER) -> int:
    """Give up intentions of processes that died. Returns how many there were. Run at start-up and by the worker."""
    now = composition.clock().now()
    given_up = 0
    for intent in store.unfinished_intents(before=instant(now - older_than)):
        with transaction.atomic():
            if store.conclude_intent(intent, state="abandoned", at=now):
                given_up += 1
                record(
                    at=now,
                    tag=PkiTag.ISSUANCE_FAILED,
                    actor=by.reference,
                    subject=f"certificate:{intent.serial}",
                    facts={"issuer": intent.issuer, "state": "abandoned"},
                )
    return given_up
