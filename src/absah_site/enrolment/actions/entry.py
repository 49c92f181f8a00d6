"""The verifikator enters a person, a link brings the person to the own form, the person completes and agrees."""

from uuid import UUID

from django.db import IntegrityError, transaction

from absah.audit.tags import EnrolmentTag
from absah.enrolment.agency import check_unit
from absah.enrolment.applicant import Applicant, Identity, check_identity
from absah.enrolment.consent_text import give_consent
from absah.enrolment.invitation import (
    Courier,
    InvitationToken,
    InvitationUnknown,
    Purpose,
    check_invitation,
    draw_invitation,
)
from absah.enrolment.request import (
    Approved,
    Completed,
    Entered,
    OfficerId,
    Request,
    Verified,
    complete,
    entry_of,
    withdraw,
)
from absah.enrolment.states import SubscriberMove, SubscriberState, moved
from absah.enrolment.subscriber import SubscriberNumber, draw_subscriber_number
from absah.kernel.clock import Instant, legal_date
from absah.kernel.errors import WrongState
from absah.kernel.rng import opaque_id
from absah.notices.webhooks.events import Event, Happening
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import About, Account, Actor
from absah_site.audit.actions import record
from absah_site.enrolment import access
from absah_site.enrolment.actions.announcing import about_request, announce_request
from absah_site.enrolment.actions.telling import NoticeCourier
from absah_site.enrolment.store import people, requests
from absah_site.enrolment.store.people import RegisteredSubscriber
from absah_site.enrolment.store.requests import RegisteredInvitation, RegisteredRequest
from absah_site.pki import access as register
from absah_site.roles import Permission
from absah_site.webhooks.actions import announce


class AlreadyOpen(WrongState):
    """The person has an open request, or a certificate in use. Whose agency it is at is not said."""

    code = "enrolment.already-open"


class RequestInOtherState(WrongState):
    """The request is not in the state that this step begins in. Parameter: state."""

    code = "enrolment.request-state"


class AccountLinked(WrongState):
    """The person has an account already."""

    code = "enrolment.account-linked"


@transaction.atomic
def enter_applicant(applicant: Applicant, /, *, agency: UUID, by: Account) -> UUID:
    """Enter a person of an agency. Returns the id of the request. Entering twice at once leaves one request."""
    found, submitted = _entered_once(applicant, agency, by)
    announce(submitted)
    return found.id


@transaction.atomic
def enter_and_invite(applicant: Applicant, /, *, agency: UUID, by: Account, courier: Courier | None = None) -> UUID:
    """The same, and send the link: both, or neither. Lists of thousands come this way, so it reads nothing twice."""
    found, submitted = _entered_once(applicant, agency, by)
    announce(submitted, _send_link(found, courier, by))
    return found.id


def _entered_once(applicant: Applicant, agency: UUID, by: Account) -> tuple[RegisteredRequest, Happening]:
    authorise(by, Permission.SUBSCRIBER_REGISTER, About(agency=str(agency)))
    try:
        with transaction.atomic():
            return _enter(applicant, agency, by)
    except IntegrityError:
        # Two verifikators at once: the constraints let the first one through.
        raise AlreadyOpen from None


def _enter(applicant: Applicant, agency: UUID, by: Account) -> tuple[RegisteredRequest, Happening]:
    """The request, and what the systems of the agency are to be told."""
    now = composition.clock().now()
    check_unit(access.working_agency(agency, today=legal_date(now)).agency, applicant.unit)
    subscriber, number = _person(applicant, agency, now)
    request = opaque_id(composition.rng())
    entered = Entered(subscriber=number, entered_by=OfficerId(str(by.public_id)), entered_at=now)
    requests.add_request(request, subscriber, entered, agency=agency)
    facts = {"subscriber": number.text, "agency": str(agency)}
    record(at=now, tag=EnrolmentTag.REQUEST_SUBMITTED, actor=by.reference, subject=f"request:{request}", facts=facts)
    found = RegisteredRequest(id=request, subscriber=subscriber, agency=agency, request=entered)
    return found, about_request(Event.REQUEST_SUBMITTED, found, at=now)


def _person(applicant: Applicant, agency: UUID, now: Instant) -> tuple[UUID, SubscriberNumber]:
    """A new person, or one who was here before and whose earlier request has come to its end."""
    vault = composition.personal_data()
    known = people.find_subscriber_by_nik(applicant.nik, vault=vault)
    if known is None:
        subscriber, number = opaque_id(composition.rng()), draw_subscriber_number(composition.rng())
        people.add_subscriber(subscriber, number, applicant, agency=agency, vault=vault)
        return subscriber, number
    people.lock_subscriber(known.id)
    in_use = any(register.is_in_use(found, now=now) for found in register.certificates_of(known.number.text))
    elsewhere = known.agency.id != agency and known.state is not SubscriberState.LEFT
    if elsewhere or requests.has_open_request(known.id) or in_use:
        raise AlreadyOpen
    if known.state is SubscriberState.LEFT:  # a transfer, or a return: the new agency enters the person
        people.set_state(known.id, moved(known.state, SubscriberMove.RETURN), cause="", at=now)
    people.replace_applicant(known.id, applicant, agency=agency, vault=vault)
    return known.id, known.number


@transaction.atomic
def register_person(applicant: Applicant, /, *, agency: UUID, by: Actor) -> RegisteredSubscriber:
    """Enter a person whose certificate somebody else issues: no request, no key here. One that is known stays so.

    Raises AlreadyOpen for a person of another agency.
    """
    authorise(by, Permission.SUBSCRIBER_REGISTER, About(agency=str(agency)))
    now = composition.clock().now()
    check_unit(access.working_agency(agency, today=legal_date(now)).agency, applicant.unit)
    known = people.find_subscriber_by_nik(applicant.nik, vault=composition.personal_data())
    if known is not None and known.agency.id == agency and known.state is SubscriberState.REGISTERED:
        return known
    subscriber, number = _person(applicant, agency, now)
    facts = {"subscriber": number.text, "agency": str(agency), "issued": "elsewhere"}
    record(at=now, tag=EnrolmentTag.SUBSCRIBER_REGISTERED, actor=by.reference, subject=number.reference, facts=facts)
    return access.subscriber_by_id(subscriber)


@transaction.atomic
def adopt_account(number: str, account: UUID, /, *, by: Actor) -> None:
    """An account that a person has just made is this person's. Raises AccountLinked where there is one already."""
    found = access.subscriber_with_number(number)
    people.lock_subscriber(found.id)
    if access.account_of(found.id) is not None:
        raise AccountLinked
    people.link_account(found.id, account)
    facts = {"subscriber": number}
    now = composition.clock().now()
    record(at=now, tag=EnrolmentTag.ACCOUNT_LINKED, actor=by.reference, subject=f"user:{account}", facts=facts)


@transaction.atomic
def invite(request: UUID, /, *, by: Account, courier: Courier | None = None) -> None:
    """Send the person a link: to complete the identity, or once approved to activate. Older links end.

    The token goes to the courier (by default mail) and is not shown to the officer: the person alone uses it.
    """
    announce(_send_link(locked_request_for(by, request), courier, by))


def _send_link(found: RegisteredRequest, courier: Courier | None, by: Account) -> Happening:
    """The courier has the next link of a request; what the systems of the agency are to be told."""
    purpose = _next_link(found.request)
    now = composition.clock().now()
    token, invitation = draw_invitation(purpose, composition.rng(), now=now)
    requests.add_invitation(found.id, invitation, now=now)
    facts = {"purpose": purpose.value}
    record(at=now, tag=EnrolmentTag.PERSON_INVITED, actor=by.reference, subject=f"request:{found.id}", facts=facts)
    chosen = courier or NoticeCourier(
        to=entry_of(found.request).subscriber.reference, agency=access.agency(found.agency).agency.name, at=now
    )
    chosen.deliver(purpose, token)
    return about_request(Event.PERSON_INVITED, found, facts, at=now)


@transaction.atomic
def cancel_request(request: UUID, /, *, by: Account) -> None:
    """Take a request back that is not activated yet. Its links open nothing any more."""
    found = locked_request_for(by, request)
    authorise(by, Permission.SUBSCRIBER_REGISTER, About(agency=str(found.agency)))
    if not isinstance(found.request, Entered | Completed | Verified | Approved):
        raise RequestInOtherState(state=requests.state_name(found.request))
    now = composition.clock().now()
    requests.save_step(found.id, withdraw(found.request, OfficerId(str(by.public_id)), now=now))
    requests.end_invitations(found.id, now=now)
    facts = {"from": found.stage.value}
    record(at=now, tag=EnrolmentTag.REQUEST_CANCELLED, actor=by.reference, subject=f"request:{found.id}", facts=facts)
    announce_request(Event.REQUEST_WITHDRAWN, found, facts, at=now)


def _next_link(request: Request) -> Purpose:
    match request:
        case Entered():
            return Purpose.COMPLETE_IDENTITY
        case Approved():
            return Purpose.ACTIVATE
        case _:
            raise RequestInOtherState(state=requests.state_name(request))


def locked_request_for(by: Account, request: UUID, /) -> RegisteredRequest:
    """A request that the actor has to do with, held until the transaction ends."""
    return access.concerning(by, requests.lock_request(request))


def opened_by(
    token: InvitationToken, purpose: Purpose, /, *, now: Instant
) -> tuple[RegisteredInvitation, RegisteredRequest]:
    """The request behind a link that may be used now; both rows are held. Raises."""
    invitation = requests.lock_invitation(token.digest)
    found = None if invitation is None else requests.lock_request(invitation.request)
    if invitation is None or found is None:
        raise InvitationUnknown
    check_invitation(invitation.invitation, purpose, now=now)
    return invitation, found


def complete_identity(
    token: InvitationToken, identity: Identity, /, *, consent_version: str, consent_digest: str
) -> UUID:
    """The person behind the link proves to be the one entered, and agrees to the text shown. Returns the request.

    A wrong NIK or birth date leaves the link usable: people mistype. The link was sent to the person's own address.
    The population register is asked between two transactions, and its word kept; it refuses nobody.
    """
    with transaction.atomic():
        _, _, applicant = _expected_behind(token, identity)
    answer = composition.population().compare(identity.nik, applicant.name.full, identity.born)
    with transaction.atomic():
        now = composition.clock().now()
        consent = give_consent(consent_version, consent_digest, now=now)
        invitation, found, applicant = _expected_behind(token, identity)
        entered = _entered(found)
        completed = complete(entered, applicant, identity, consent, now=now)
        people.keep_phone(found.subscriber, identity.phone.number, vault=composition.personal_data())
        requests.save_step(found.id, completed)
        requests.keep_population_answer(found.id, answer)
        requests.use_invitation(invitation.id, at=now)
        record(
            at=now,
            tag=EnrolmentTag.IDENTITY_COMPLETED,
            actor=entered.subscriber.reference,
            subject=f"request:{found.id}",
            facts={
                "consent_version": consent.version,
                "consent_digest": consent.digest,
                "population": answer.value or "not-asked",
            },
        )
    return found.id


def _expected_behind(
    token: InvitationToken, identity: Identity
) -> tuple[RegisteredInvitation, RegisteredRequest, Applicant]:
    """The request behind a link, and its applicant, who is the person that came. Both rows are held."""
    invitation, found = opened_by(token, Purpose.COMPLETE_IDENTITY, now=composition.clock().now())
    _entered(found)
    applicant = people.open_applicant(found.subscriber, vault=composition.personal_data())
    check_identity(identity, applicant)
    return invitation, found, applicant


def _entered(found: RegisteredRequest) -> Entered:
    if not isinstance(found.request, Entered):
        raise RequestInOtherState(state=requests.state_name(found.request))
    return found.request
