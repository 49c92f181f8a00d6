"""The person alone sets the passphrase; the key is made in custody, its certificate issued and attached.

    begin (committed) -> key -> certificate -> attached -> one-time code -> done (committed)

The link is used up only by the last step. Whatever stops in between is undone, at once when an error says so and by
`reconcile` when a process died: a key without certificate is dropped, a certificate nobody got to see is revoked, and
the same link works again.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Final
from uuid import UUID

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.db import IntegrityError, transaction

from absah.adapters.key_vault import ByPassphrase
from absah.adapters.signer.errors import CredentialPending, CredentialUnknown
from absah.audit.tags import EnrolmentTag
from absah.enrolment.agency import Agency
from absah.enrolment.applicant import Applicant
from absah.enrolment.invitation import InvitationToken
from absah.enrolment.passphrase import check_passphrase
from absah.enrolment.request import Kind
from absah.enrolment.subscriber import SubscriberNumber
from absah.kernel.clock import instant
from absah.kernel.errors import AbsahError, WrongState
from absah.kernel.rng import opaque_id
from absah.pki.revocation import RevocationReason
from absah.signing.factors import Secret
from absah.signing.ports import CredentialId
from absah_site import composition
from absah_site.actors import Operator
from absah_site.audit.actions import record
from absah_site.enrolment.actions.activation_steps import (
    ACTIVATION,
    Access,
    ActivationGivenUp,
    Begun,
    Concluded,
    SignIn,
    certificate_wanted,
    conclude,
    held_by,
    intend,
)
from absah_site.enrolment.store import people, requests
from absah_site.enrolment.store.people import RegisteredSubscriber
from absah_site.enrolment.store.requests import Attempt
from absah_site.pki import access as register
from absah_site.pki import actions as pki

#: An attempt older than this belongs to a process that died.
ABANDONED_AFTER: Final = timedelta(minutes=10)
_RECONCILER = Operator(name="reconcile")


class ActivationRunning(WrongState):
    """The same activation is under way, in another window or on another machine."""

    code = "enrolment.activation-running"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivationForm:
    """What the person types. `with_totp` binds an authenticator app as second factor."""

    passphrase: Secret
    sign_in: Access
    with_totp: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivatedCredential:
    """What the person gets to see. `totp_secret` (base32) is shown once and stored nowhere outside the signer."""

    number: SubscriberNumber
    serial: str
    credential: CredentialId
    account: UUID
    totp_secret: str | None = field(repr=False)


def activate(token: InvitationToken, form: ActivationForm, /) -> ActivatedCredential:
    """Make the person's key, certificate and account. All of it, or nothing that lasts but the account."""
    credential = CredentialId(str(opaque_id(composition.rng())))
    begun = _begin(token, form, credential)
    try:
        serial, totp_secret = _make_credential(begun, credential, form)
        return _finish(token, begun, credential, serial, totp_secret)
    except AbsahError as error:
        _undo(Attempt(request=begun.request, credential=credential), error=error.code, by=ACTIVATION)
        raise


def _begin(token: InvitationToken, form: ActivationForm, credential: CredentialId) -> Begun:
    now = composition.clock().now()

    def check(applicant: Applicant, terms: Agency) -> None:
        check_passphrase(form.passphrase.reveal(), personal=_personal(applicant, terms, form), common=_common())

    try:
        with transaction.atomic(durable=True):
            begun = intend(token, form.sign_in, check, {"credential": credential}, now=now)
            requests.add_attempt(Attempt(request=begun.request, credential=credential), at=now)
    except IntegrityError:
        raise ActivationRunning from None
    return begun


def check_new_passphrase(passphrase: Secret, found: RegisteredSubscriber, /) -> None:
    """A passphrase that this person may set. Raises PassphraseWeak."""
    applicant = people.open_applicant(found.id, vault=composition.personal_data())
    check_passphrase(passphrase.reveal(), personal=_personal(applicant, found.agency.agency), common=_common())


def _personal(applicant: Applicant, agency: Agency, form: ActivationForm | None = None) -> tuple[str, ...]:
    """What a passphrase must not be made of."""
    nip = () if applicant.nip is None else (applicant.nip.digits,)
    names = (form.sign_in.username,) if form is not None and isinstance(form.sign_in, SignIn) else ()
    return (
        applicant.nik.digits,
        applicant.name.full,
        applicant.email.address,
        applicant.post,
        applicant.unit,
        agency.name,
        *nip,
        *names,
    )


@cache
def _common() -> frozenset[str]:
    """Django's list of common passwords."""
    return frozenset(CommonPasswordValidator().passwords)


def _make_credential(begun: Begun, credential: CredentialId, form: ActivationForm) -> tuple[str, str | None]:
    """Between the two transactions: the key, its certificate, and the one-time code where it is wanted."""
    signer = composition.signer()
    algorithm = composition.config().registration.holder_keys
    public_key = signer.create_key(
        credential, kind="subscriber", algorithm=algorithm, protection=ByPassphrase(form.passphrase)
    )
    wanted = certificate_wanted(begun, public_key, credential)
    # A replacement ends what it replaces in the same transaction; where nothing is in use, it is like a first one.
    old = held_by(begun) if begun.kind is Kind.REPLACEMENT else None
    issued = (
        pki.issue_certificate(wanted, by=ACTIVATION)
        if old is None
        else pki.supersede_certificate(old.serial, wanted, by=ACTIVATION)
    )
    signer.attach_certificate(credential, issued.certificate, issued.chain)
    return issued.serial, signer.bind_totp(credential) if form.with_totp else None


@transaction.atomic(durable=True)
def _finish(
    token: InvitationToken, begun: Begun, credential: CredentialId, serial: str, totp_secret: str | None
) -> ActivatedCredential:
    now = composition.clock().now()
    if not requests.end_attempt(credential, state="done", at=now):
        raise ActivationGivenUp
    done = Concluded(serial=serial, credential=credential, totp=totp_secret is not None)
    conclude(token, begun, done, at=now)
    return ActivatedCredential(
        number=begun.number,
        serial=serial,
        credential=credential,
        account=begun.account,
        totp_secret=totp_secret,
    )


def reconcile(*, older_than: timedelta = ABANDONED_AFTER) -> int:
    """Undo activations of processes that died. Returns how many. Run at start-up and by the worker, after `pki`'s."""
    before = instant(composition.clock().now() - older_than)
    unfinished = requests.unfinished_attempts(before=before)
    return sum(_undo(attempt, error="", by=_RECONCILER) for attempt in unfinished)


def _undo(attempt: Attempt, *, error: str, by: Operator) -> bool:
    """Take back what an attempt left. False when the signer is away: it stays open until the next reconciliation."""
    try:
        _take_back(attempt.credential, by=by)
    except AbsahError:
        return False
    with transaction.atomic(durable=True):
        now = composition.clock().now()
        if not requests.end_attempt(attempt.credential, state="undone", at=now, error=error):
            return False
        record(
            at=now,
            tag=EnrolmentTag.ACTIVATION_UNDONE,
            actor=by.reference,
            subject=f"request:{attempt.request}",
            facts={"credential": attempt.credential, "error": error},
        )
    return True


def _take_back(credential: CredentialId, *, by: Operator) -> None:
    """No certificate: drop the key. A certificate: revoke it, and make sure that its key signs nothing."""
    try:
        issued = register.certificate_of_credential(credential)
    except register.CertificateUnknown:
        _drop(credential)
        return
    try:
        pki.revoke_certificate(issued.serial, RevocationReason.CESSATION_OF_OPERATION, by=by, tell=False)
    except CredentialPending:
        _drop(credential)  # issued, never attached: the register says revoked, and the key goes


def _drop(credential: CredentialId) -> None:
    try:
        composition.signer().drop_pending(credential)
    except CredentialUnknown:
        return  # the process died before the key was made
