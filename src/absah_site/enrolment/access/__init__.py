"""Reading agencies, people and requests: permission and existence are one question with one answer."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from absah.enrolment.agency import AgencySuspended, check_agreement
from absah.enrolment.applicant import Applicant, EmailAddress
from absah.enrolment.decision import Duty, Officer
from absah.enrolment.request import OfficerId
from absah.enrolment.states import CertificateStanding
from absah.enrolment.subscriber import SubscriberNumber, SubscriberUnknown
from absah.enrolment.wire_status import Standing, WireStatus, wire_status
from absah.kernel.clock import Instant
from absah.kernel.errors import NotFound
from absah.kernel.people import Nik
from absah.signing.ports import CredentialId
from absah_site import composition
from absah_site.accounts.access import is_open
from absah_site.actors import Account, Actor
from absah_site.directory import Contact
from absah_site.enrolment.store import people, requests
from absah_site.enrolment.store.people import RegisteredAgency, RegisteredSubscriber
from absah_site.enrolment.store.requests import RegisteredRequest
from absah_site.pki import access as register
from absah_site.pki.access import RegisteredCertificate, Status
from absah_site.roles import Permission

__all__ = [
    "AgencyUnknown",
    "RegisteredAgency",
    "RegisteredRequest",
    "RegisteredSubscriber",
    "RequestUnknown",
]


class AgencyUnknown(NotFound):
    """There is no such agency, or it is not the actor's."""

    code = "enrolment.agency-unknown"


class RequestUnknown(NotFound):
    """There is no such request, or it belongs to an agency where the actor has no duty."""

    code = "enrolment.request-unknown"


_TOUCHES_REQUESTS = (Permission.SUBSCRIBER_REGISTER, Permission.REQUEST_CHECK, Permission.REQUEST_DECIDE)


def may_any(actor: Actor, permissions: tuple[Permission, ...], agency: UUID, /) -> bool:
    """Whether the actor has one of these permissions at an agency."""
    return any(actor.may(permission, str(agency)) for permission in permissions)


def agency(identifier: UUID, /) -> RegisteredAgency:
    """By its opaque id."""
    found = people.find_agency(identifier)
    if found is None:
        raise AgencyUnknown
    return found


def working_agency(identifier: UUID, /, *, today: date) -> RegisteredAgency:
    """An agency whose agreement is in force today and that is not suspended. Raises for another."""
    found = agency(identifier)
    check_agreement(found.agency, today=today)
    if not found.is_active:
        raise AgencySuspended
    return found


def agency_ids() -> tuple[UUID, ...]:
    """Every agency, by its opaque id."""
    return people.agency_ids()


def request_for(actor: Actor, identifier: UUID, /) -> RegisteredRequest:
    """A request that the actor has to do with."""
    return concerning(actor, requests.find_request(identifier))


def concerning(actor: Actor, found: RegisteredRequest | None, /) -> RegisteredRequest:
    """This request, where the actor has to do with it. Raises RequestUnknown for every other."""
    if found is None or not may_any(actor, _TOUCHES_REQUESTS, found.agency):
        raise RequestUnknown
    return found


def requests_by_month(agency: UUID, since: Instant, until: Instant, /) -> tuple[tuple[str, str, int], ...]:
    """How many requests of an agency were received, approved and rejected in each month: month, which, number."""
    steps = {"received": "entered_at", "approved": "approved_at", "rejected": "rejected_at"}
    return tuple(
        (month, word, number)
        for word, column in steps.items()
        for month, number in requests.count_by_month(agency, column, since, until)
    )


def applications_handed_over(agency: UUID, since: Instant, until: Instant, /) -> tuple[UUID, ...]:
    """The requests of an agency whose data was completed in an interval, by their opaque ids, in that order."""
    return requests.completed_at_agency(agency, since, until)


def officer_for(actor: Account, agency_id: UUID, /) -> Officer:
    """The actor as one who decides at an agency, with the own subscriber number where there is one."""
    duties = {
        Duty.VERIFIKATOR: actor.may(Permission.REQUEST_CHECK, str(agency_id)),
        Duty.REGISTRATION_AUTHORITY: actor.may(Permission.REQUEST_DECIDE, str(agency_id)),
    }
    own = people.find_subscriber(user=actor.public_id)
    return Officer(
        officer=OfficerId(str(actor.public_id)),
        duties=frozenset(duty for duty, held in duties.items() if held),
        subscriber=None if own is None else own.number,
    )


def subscriber_with_nik(nik: Nik, /) -> RegisteredSubscriber:
    """The person with this NIK."""
    return _known(people.find_subscriber_by_nik(nik, vault=composition.personal_data()))


def subscriber_with_email(email: EmailAddress, /) -> RegisteredSubscriber:
    """The person with this address; one that two people share finds neither."""
    return _known(people.find_subscriber_by_email(email, vault=composition.personal_data()))


def applicant_of(subscriber: UUID, /) -> Applicant:
    """What the agency entered of a person, opened: for an application of the same agency that may ask."""
    return people.open_applicant(subscriber, vault=composition.personal_data())


def subscriber_with_number(number: str, /) -> RegisteredSubscriber:
    """The person with this opaque number."""
    return _known(people.find_subscriber(number=number))


def subscriber_by_id(identifier: UUID, /) -> RegisteredSubscriber:
    """The person with this inner id."""
    return _known(people.find_subscriber(pk=identifier))


def subscriber_of(account: UUID, /) -> RegisteredSubscriber:
    """The person behind an account."""
    return _known(people.find_subscriber(user=account))


def find_subscriber_of(account: UUID, /) -> RegisteredSubscriber | None:
    """The same, or nobody."""
    return people.find_subscriber(user=account)


def references_of(account: Account, /) -> tuple[str, ...]:
    """How the ledger names a person: as an account, and as one who holds certificates."""
    found = people.find_subscriber(user=account.public_id)
    return (account.reference,) if found is None else (account.reference, found.number.reference)


def own_nik(account: UUID, /) -> Nik:
    """The NIK of the person behind an account, for this person's own acts; never for a screen."""
    return people.open_applicant(subscriber_of(account).id, vault=composition.personal_data()).nik


def subscriber_with_credential(credential: CredentialId, /) -> RegisteredSubscriber:
    """The holder of a key."""
    return _known(people.find_subscriber(credential=credential))


def wire_status_of(subscriber: RegisteredSubscriber, /, *, now: Instant) -> WireStatus:
    """The word of the eSign wire for a person."""
    return wire_status(standing_of(subscriber, now=now))


def standing_of(found: RegisteredSubscriber, /, *, now: Instant) -> Standing:
    """A person as the three machines see one."""
    newest = requests.newest_request(found.id)
    return Standing(
        subscriber=found.state,
        certificate=certificate_standing(register.certificates_of(found.number.text), now=now),
        request=None if newest is None else newest.stage,
        agency_active=found.agency.is_active,
    )


def certificate_standing(held: Sequence[RegisteredCertificate], /, *, now: Instant) -> CertificateStanding:
    """What a person's certificates, the newest first, come to now."""
    current = {found.status for found in held if register.is_in_use(found, now=now)}
    if Status.GOOD in current:
        return CertificateStanding.GOOD
    if Status.SUSPENDED in current:
        return CertificateStanding.SUSPENDED
    if not held:
        return CertificateStanding.NONE
    return CertificateStanding.REVOKED if held[0].status is Status.REVOKED else CertificateStanding.EXPIRED


def _known(found: RegisteredSubscriber | None) -> RegisteredSubscriber:
    if found is None:
        raise SubscriberUnknown
    return found


def address_of(subscriber: UUID, /) -> EmailAddress:
    """Where mail reaches a person: for the courier, not for a screen."""
    return people.open_applicant(subscriber, vault=composition.personal_data()).email


def contact_of(number: str, /) -> Contact | None:
    """Where mail reaches the person with this number: for the directory."""
    return _contact(people.find_subscriber(number=number))


def reader_of(number: str, /) -> str | None:
    """Under which reference the person with this number reads notices: for the directory."""
    found = people.find_subscriber(number=number)
    return None if found is None else reference_of(found)


def reference_of(found: RegisteredSubscriber, /) -> str:
    """The person's account where there is one, else the person's number."""
    return found.number.reference if found.user is None else f"user:{found.user}"


def contact_of_account(account: str, /) -> Contact | None:
    """Where mail reaches the person behind an account, whose address is sealed with the person's other data."""
    return _contact(people.find_subscriber(user=UUID(account)))


def _contact(found: RegisteredSubscriber | None) -> Contact | None:
    if found is None:
        return None
    address = address_of(found.id)
    return None if address == people.NO_ADDRESS else Contact(name=found.name.with_titles, address=address.address)


def number_of(subscriber: UUID, /) -> SubscriberNumber:
    """A person's opaque number."""
    return subscriber_by_id(subscriber).number


def account_of(subscriber: UUID, /) -> UUID | None:
    """The account that is linked to a person and in use; who comes back after it was closed gets another."""
    return open_account_of(subscriber_by_id(subscriber))


def open_account_of(found: RegisteredSubscriber, /) -> UUID | None:
    """The same for a person at hand."""
    return found.user if found.user is not None and is_open(found.user) else None


def recipients_after(agency: UUID | None, number: str, /, *, limit: int) -> tuple[tuple[str, str], ...]:
    """People of an agency (None: of all) after a number, a page at a time: number, and the reference to write to."""
    found = people.recipients_after(agency, number, limit=limit)
    return tuple(
        (number, SubscriberNumber(number).reference if user is None else f"user:{user}") for number, user in found
    )


def people_with_accounts(agency: UUID | None, /) -> tuple[RegisteredSubscriber, ...]:
    """The people of an agency (None: of all) who have an account, by name."""
    return people.with_accounts_at(agency)
