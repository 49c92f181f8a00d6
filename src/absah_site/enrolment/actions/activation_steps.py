"""The steps that every activation has, wherever the key lives: whose account it is, and the conclusion.

The link is used up, the request activated, the role given and the person told in one transaction, or none of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias
from uuid import UUID

from absah.audit.entry import FactValue
from absah.audit.tags import EnrolmentTag
from absah.enrolment.agency import Agency, certificate_subject
from absah.enrolment.applicant import Applicant
from absah.enrolment.invitation import InvitationToken, Purpose
from absah.enrolment.request import Approved, Kind
from absah.enrolment.request import activate as activated_from
from absah.enrolment.subscriber import SubscriberNumber
from absah.kernel.clock import Instant, legal_date
from absah.kernel.dates import day_word, moment_word
from absah.kernel.errors import Parameter, WrongState
from absah.signing.ports import CredentialId
from absah_site import composition
from absah_site.accounts.access import account
from absah_site.accounts.actions import NewAccount, create_user, grant_role
from absah_site.actors import Operator
from absah_site.audit.actions import commit_to, record
from absah_site.enrolment import access
from absah_site.enrolment.actions.entry import RequestInOtherState, opened_by
from absah_site.enrolment.actions.telling import tell
from absah_site.enrolment.store import people, requests
from absah_site.pki import access as register
from absah_site.pki import actions as pki
from absah_site.roles import Role

PROFILE: Final = "individual-signer"
ACTIVATION: Final = Operator(name="activation")


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
class Begun:
    """Everything that is known once the intention is committed."""

    request: UUID
    kind: Kind
    subscriber: UUID
    number: SubscriberNumber
    agency: UUID
    terms: Agency
    applicant: Applicant
    account: UUID


def intend(
    token: InvitationToken,
    sign_in: Access,
    check: Callable[[Applicant, Agency], None],
    facts: Mapping[str, FactValue],
    /,
    *,
    now: Instant,
) -> Begun:
    """Write down what is about to be done, inside the caller's transaction. `check` refuses what the person brings."""
    _, found = opened_by(token, Purpose.ACTIVATE, now=now)
    if not isinstance(found.request, Approved):
        raise RequestInOtherState(state=requests.state_name(found.request))
    terms = access.working_agency(found.agency, today=legal_date(now)).agency
    register.issuing_authority(now=now)  # none: say so before a key is made
    applicant = people.open_applicant(found.subscriber, vault=composition.personal_data())
    check(applicant, terms)
    account_id = _account_for(found.subscriber, applicant, sign_in)
    number = access.number_of(found.subscriber)
    record(
        at=now,
        tag=EnrolmentTag.ACTIVATION_INTENDED,
        actor=number.reference,
        subject=f"request:{found.id}",
        facts=facts,
    )
    return Begun(
        request=found.id,
        kind=found.kind,
        subscriber=found.subscriber,
        number=number,
        agency=found.agency,
        terms=terms,
        applicant=applicant,
        account=account_id,
    )


def certificate_wanted(begun: Begun, public_key: bytes, credential: CredentialId | None, /) -> pki.IssuanceRequest:
    """What the issuing authority is asked for."""
    return pki.IssuanceRequest(
        profile=PROFILE,
        subject=certificate_subject(begun.applicant, begun.terms, begun.number),
        public_key=public_key,
        credential=credential,
        holder=begun.number.text,
        agency=str(begun.agency),
    )


def _account_for(subscriber: UUID, applicant: Applicant, sign_in: Access) -> UUID:
    """The person's account: the one linked by an earlier attempt, the person's own, or a new one."""
    linked = access.account_of(subscriber)
    if linked is not None:
        return linked
    if isinstance(sign_in, OwnAccount):
        found = account(sign_in.public_id, now=composition.clock().now())
    else:
        new = NewAccount(username=sign_in.username, password=sign_in.password, display_name=applicant.name.with_titles)
        found = create_user(new, by=ACTIVATION, clock=composition.clock(), rng=composition.rng())
    people.link_account(subscriber, found.public_id)
    return found.public_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Concluded:
    """What an activation came to. `credential` is None where the key is with its holder."""

    serial: str
    credential: CredentialId | None
    totp: bool = False


def conclude(token: InvitationToken, begun: Begun, done: Concluded, /, *, at: Instant) -> None:
    """The last step, inside the caller's transaction. Raises ActivationGivenUp."""
    invitation = requests.lock_invitation(token.digest)
    found = requests.lock_request(begun.request)
    if invitation is None or found is None or not isinstance(found.request, Approved):
        raise ActivationGivenUp
    requests.use_invitation(invitation.id, at=at)
    requests.save_step(begun.request, activated_from(found.request, now=at))
    people.keep_credential(begun.subscriber, done.credential)
    people.set_differs(begun.subscriber, since=None)
    if Role.SIGNER not in account(begun.account, now=at).roles:
        grant_role(begun.account, Role.SIGNER, by=ACTIVATION, clock=composition.clock(), agency=str(begun.agency))
    record(
        at=at,
        tag=EnrolmentTag.CREDENTIAL_ACTIVATED,
        actor=begun.number.reference,
        subject=f"request:{begun.request}",
        facts={
            "credential": done.credential or "",
            "serial": done.serial,
            "totp": done.totp,
            "identity": commit_to(begun.applicant.identified_by, person=begun.number.reference, rng=composition.rng()),
        },
    )
    until = register.certificate(done.serial).not_after
    parameters: dict[str, Parameter] = {
        "serial": register.in_pairs(done.serial),
        "moment": moment_word(at),
        "until": day_word(legal_date(until)),
    }
    tell(access.subscriber_by_id(begun.subscriber), "enrolment.activated", parameters, at=at)


def held_by(begun: Begun) -> register.RegisteredCertificate | None:
    """The certificate in use of the person, which a replacement ends."""
    now = composition.clock().now()
    held = register.certificates_of(begun.number.text)
    return next((one for one in held if register.is_in_use(one, now=now)), None)
