"""The person alone sets the passphrase; the key is made in custody, its certificate issued and attached.

    begin (committed) -> key -> certificate -> attached -> one-time code -> done (committed)

The link is used up only by the last step. Whatever stops in between is undone, at once when an error says so and by
`reconcile` when a process died: a key without certificate is dropped, a certificate nobody got to see is revoked, and
the same link works again.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Final, TypeAlias
from uuid import UUID

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.db import IntegrityError, transaction

from absah.adapters.key_vault import ByPassphrase
from absah.adapters.signer.errors import CredentialPending, CredentialUnknown
from absah.audit.tags import EnrolmentTag
from absah.enrolment.agency import Agency, certificate_subject
from absah.enrolment.applicant import Applicant
from absah.enrolment.invitation import InvitationToken, Purpose
from absah.enrolment.passphrase import check_passphrase
from absah.enrolment.request import Approved, Kind
from absah.enrolment.request import activate as activated_from
from absah.enrolment.subscriber import SubscriberNumber
from absah.kernel.clock import Instant, instant, legal_date
from absah.kernel.dates import day_word, moment_word
from absah.kernel.errors import AbsahError, Parameter, WrongState
from absah.kernel.rng import opaque_id
from absah.pki.algorithms import KeyAlgorithm
from absah.pki.revocation import RevocationReason
from absah.signing.factors import Secret
from absah.signing.ports import CredentialId
from absah_site import composition
from absah_site.accounts.access import account
from absah_site.accounts.actions import NewAccount, create_user, grant_role
from absah_site.actors import Operator
from absah_site.audit.actions import record
from absah_site.enrolment import access
from absah_site.enrolment.actions.entry import RequestInOtherState, opened_by
from absah_site.enrolment.actions.telling import tell
from absah_site.enrolment.store import people, requests
from absah_site.enrolment.store.people import RegisteredSubscriber
from absah_site.enrolment.store.requests import Attempt
from absah_site.pki import access as register
from absah_site.pki import actions as pki
from absah_site.roles import Role

#: An attempt older than this belongs to a process that died.
ABANDONED_AFTER: Final = timedelta(minutes=10)
_PROFILE: Final = "individual-signer"
# Design D8b: new signers get P-256.
_ALGORITHM: Final = KeyAlgorithm.P256
_ACTIVATION = Operator(name="activation")
_RECONCILER = Operator(name="reconcile")


class ActivationRunning(WrongState):
    """The same activation is under way, in another window or on another machine."""

    code = "enrolment.activation-running"


class ActivationGivenUp(WrongState):
    """The activation took so long that it was undone. The link can be used again."""

    code = "enrolment.activation-given-up"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """A new account for the person: the name and the password to sign in with."""

    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAccount:
    """The person has an account already (an officer, say) and is signed in with it."""

    public_id: UUID


Access: TypeAlias = SignIn | OwnAccount


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Begun:
    """Everything that is known once the intention is committed."""

    request: UUID
    kind: Kind
    credential: CredentialId
    subscriber: UUID
    number: SubscriberNumber
    agency: UUID
    terms: Agency
    applicant: Applicant
    account: UUID


def activate(token: InvitationToken, form: ActivationForm, /) -> ActivatedCredential:
    """Make the person's key, certificate and account. All of it, or nothing that lasts but the account."""
    begun = _begin(token, form)
    try:
        serial, totp_secret = _make_credential(begun, form)
        return _finish(token, begun, serial, totp_secret)
    except AbsahError as error:
        _undo(Attempt(request=begun.request, credential=begun.credential), error=error.code, by=_ACTIVATION)
        raise


def _begin(token: InvitationToken, form: ActivationForm) -> _Begun:
    now = composition.clock().now()
    try:
        with transaction.atomic(durable=True):
            begun = _intend(token, form, now)
            requests.add_attempt(Attempt(request=begun.request, credential=begun.credential), at=now)
    except IntegrityError:
        raise ActivationRunning from None
    return begun


def _intend(token: InvitationToken, form: ActivationForm, now: Instant) -> _Begun:
    _, found = opened_by(token, Purpose.ACTIVATE, now=now)
    if not isinstance(found.request, Approved):
        raise RequestInOtherState(state=requests.state_name(found.request))
    terms = access.working_agency(found.agency, today=legal_date(now)).agency
    register.issuing_authority(now=now)  # none: say so before a key is made
    applicant = people.open_applicant(found.subscriber, vault=composition.personal_data())
    check_passphrase(form.passphrase.reveal(), personal=_personal(applicant, terms, form), common=_common())
    number = access.number_of(found.subscriber)
    begun = _Begun(
        request=found.id,
        kind=found.kind,
        credential=CredentialId(str(opaque_id(composition.rng()))),
        subscriber=found.subscriber,
        number=number,
        agency=found.agency,
        terms=terms,
        applicant=applicant,
        account=_account_for(found.subscriber, applicant, form.sign_in),
    )
    record(
        at=now,
        tag=EnrolmentTag.ACTIVATION_INTENDED,
        actor=number.reference,
        subject=f"request:{found.id}",
        facts={"credential": begun.credential},
    )
    return begun


def _account_for(subscriber: UUID, applicant: Applicant, sign_in: Access) -> UUID:
    """The person's account: the one linked by an earlier attempt, the person's own, or a new one."""
    linked = access.account_of(subscriber)
    if linked is not None:
        return linked
    if isinstance(sign_in, OwnAccount):
        found = account(sign_in.public_id, now=composition.clock().now())
    else:
        new = NewAccount(username=sign_in.username, password=sign_in.password, display_name=applicant.name.with_titles)
        found = create_user(new, by=_ACTIVATION, clock=composition.clock(), rng=composition.rng())
    people.link_account(subscriber, found.public_id)
    return found.public_id


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


def _make_credential(begun: _Begun, form: ActivationForm) -> tuple[str, str | None]:
    """Between the two transactions: the key, its certificate, and the one-time code where it is wanted."""
    signer = composition.signer()
    public_key = signer.create_key(
        begun.credential, kind="subscriber", algorithm=_ALGORITHM, protection=ByPassphrase(form.passphrase)
    )
    wanted = pki.IssuanceRequest(
        profile=_PROFILE,
        subject=certificate_subject(begun.applicant, begun.terms, begun.number),
        public_key=public_key,
        credential=begun.credential,
        holder=begun.number.text,
        agency=str(begun.agency),
    )
    # A replacement ends what it replaces in the same transaction; where nothing is in use, it is like a first one.
    old = _replaced(begun) if begun.kind is Kind.REPLACEMENT else None
    issued = (
        pki.issue_certificate(wanted, by=_ACTIVATION)
        if old is None
        else pki.supersede_certificate(old.serial, wanted, by=_ACTIVATION)
    )
    signer.attach_certificate(begun.credential, issued.certificate, issued.chain)
    return issued.serial, signer.bind_totp(begun.credential) if form.with_totp else None


@transaction.atomic(durable=True)
def _finish(token: InvitationToken, begun: _Begun, serial: str, totp_secret: str | None) -> ActivatedCredential:
    now = composition.clock().now()
    if not requests.end_attempt(begun.credential, state="done", at=now):
        raise ActivationGivenUp
    invitation = requests.lock_invitation(token.digest)
    found = requests.lock_request(begun.request)
    if invitation is None or found is None or not isinstance(found.request, Approved):
        raise ActivationGivenUp
    requests.use_invitation(invitation.id, at=now)
    requests.save_step(begun.request, activated_from(found.request, now=now))
    people.keep_credential(begun.subscriber, begun.credential)
    people.set_differs(begun.subscriber, since=None)
    if Role.SIGNER not in account(begun.account, now=now).roles:
        grant_role(begun.account, Role.SIGNER, by=_ACTIVATION, clock=composition.clock(), agency=str(begun.agency))
    record(
        at=now,
        tag=EnrolmentTag.CREDENTIAL_ACTIVATED,
        actor=begun.number.reference,
        subject=f"request:{begun.request}",
        facts={"credential": begun.credential, "serial": serial, "totp": totp_secret is not None},
    )
    until = register.certificate(serial).not_after
    parameters: dict[str, Parameter] = {
        "serial": serial,
        "moment": moment_word(now),
        "until": day_word(legal_date(until)),
    }
    tell(access.subscriber_by_id(begun.subscriber), "enrolment.activated", parameters, at=now)
    return ActivatedCredential(
        number=begun.number,
        serial=serial,
        credential=begun.credential,
        account=begun.account,
        totp_secret=totp_secret,
    )


def _replaced(begun: _Begun) -> register.RegisteredCertificate | None:
    """The certificate in use that a replacement ends."""
    now = composition.clock().now()
    held = register.certificates_of(begun.number.text)
    return next((one for one in held if register.is_in_use(one, now=now)), None)


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
        pki.revoke_certificate(issued.serial, RevocationReason.CESSATION_OF_OPERATION, by=by)
    except CredentialPending:
        _drop(credential)  # issued, never attached: the register says revoked, and the key goes


def _drop(credential: CredentialId) -> None:
    try:
        composition.signer().drop_pending(credential)
    except CredentialUnknown:
        return  # the process died before the key was made
