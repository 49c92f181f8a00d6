"""An agency joins, and gets people who check its applicants."""

from dataclasses import replace
from uuid import UUID

from django.db import transaction

from absah.audit.entry import FactValue
from absah.audit.tags import EnrolmentTag
from absah.enrolment.agency import Agency, CooperationAgreement
from absah.enrolment.applicant import clean_text
from absah.kernel.clock import legal_date
from absah.kernel.errors import BadInput, WrongState
from absah.kernel.rng import opaque_id
from absah.notices.webhooks.events import Event
from absah.pki.algorithms import DigestAlgorithm
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.accounts.actions import end_role, grant_role
from absah_site.actors import About, Actor
from absah_site.audit.actions import record
from absah_site.enrolment import access
from absah_site.enrolment.actions.announcing import announce_agency
from absah_site.enrolment.actions.evidence import check_letter
from absah_site.enrolment.store import agencies, people
from absah_site.enrolment.store.people import RegisteredAgency
from absah_site.roles import Permission, Role


class LetterUnsigned(BadInput):
    """A letter that appoints must itself be signed electronically, and its signature must verify."""

    code = "enrolment.letter-unsigned"


class AgencyExists(WrongState):
    """Another agency has this code."""

    code = "enrolment.agency-exists"


@transaction.atomic
def register_agency(agency: Agency, /, *, by: Actor) -> RegisteredAgency:
    """Enter an agency under its agreement. Its opaque id is what roles are given for."""
    authorise(by, Permission.AGENCY_REGISTER)
    if people.agency_code_taken(agency.code):
        raise AgencyExists
    now = composition.clock().now()
    registered = RegisteredAgency(id=opaque_id(composition.rng()), agency=agency)
    people.add_agency(registered, at=now)
    facts = {"code": agency.code}
    record(
        at=now,
        tag=EnrolmentTag.AGENCY_REGISTERED,
        actor=by.reference,
        subject=f"agency:{registered.id}",
        facts=facts,
    )
    return registered


@transaction.atomic
def change_agency(agency: UUID, /, *, units: tuple[str, ...], domains: tuple[str, ...], by: Actor) -> RegisteredAgency:
    """Units and official mail domains. The agency's own administrator keeps them, or the certification body."""
    if not by.may(Permission.ROLE_GRANT, str(agency)):
        authorise(by, Permission.AGENCY_REGISTER)
    held = people.lock_agency(agency)
    if held is None:
        raise access.AgencyUnknown
    changed = replace(held.agency, units=units, domains=domains)  # checks itself
    people.change_agency(agency, units=changed.units, domains=changed.domains)
    facts: dict[str, FactValue] = {"units": len(changed.units), "domains": changed.domains}
    _record(EnrolmentTag.AGENCY_CHANGED, agency, by, facts)
    return replace(held, agency=changed)


@transaction.atomic
def renew_agreement(agency: UUID, agreement: CooperationAgreement, /, *, by: Actor) -> None:
    """The agreement was extended, or another took its place: under this one certificates are issued from now on.

    Raises AgreementNotInForce where it ends before it begins.
    """
    authorise(by, Permission.AGENCY_REGISTER)
    if people.lock_agency(agency) is None:
        raise access.AgencyUnknown
    people.renew_agreement(agency, agreement)
    facts: dict[str, FactValue] = {"since": agreement.since.isoformat(), "until": agreement.until.isoformat()}
    _record(EnrolmentTag.AGREEMENT_RENEWED, agency, by, facts)


@transaction.atomic
def suspend_agency(agency: UUID, reason: str, /, *, by: Actor) -> None:
    """Nothing is issued for its people until it is activated. What they hold stays good."""
    authorise(by, Permission.AGENCY_REGISTER)
    reason = clean_text(reason, "reason", longest=200)
    held = people.lock_agency(agency)
    if held is None:
        raise access.AgencyUnknown
    now = composition.clock().now()
    people.set_agency_suspended(agency, reason, at=now)
    _record(EnrolmentTag.AGENCY_SUSPENDED, agency, by, {})
    announce_agency(Event.AGENCY_SUSPENDED, agency, at=now)


@transaction.atomic
def resume_agency(agency: UUID, /, *, by: Actor) -> None:
    """The agency works again."""
    authorise(by, Permission.AGENCY_REGISTER)
    if people.lock_agency(agency) is None:
        raise access.AgencyUnknown
    people.set_agency_suspended(agency, "", at=None)
    _record(EnrolmentTag.AGENCY_RESUMED, agency, by, {})
    announce_agency(Event.AGENCY_RESUMED, agency, at=composition.clock().now())


@transaction.atomic
def appoint_by_letter(agency: UUID, person: UUID, letter: bytes, /, *, signed_by: str, by: Actor) -> None:
    """Appoint a verifikator by a letter whose signature was verified: `signed_by` says whose. Raises LetterUnsigned."""
    check_letter(letter)
    if not signed_by:
        raise LetterUnsigned
    appoint_verifikator(agency, person, by=by)
    new = agencies.NewAppointment(
        id=opaque_id(composition.rng()),
        agency=agency,
        verifikator=person,
        letter=letter,
        sha256=DigestAlgorithm.SHA256.digest(letter).hex(),
        signed_by=signed_by,
        appointed_by=by.reference,
    )
    agencies.add_appointment(new, at=composition.clock().now())


@transaction.atomic
def release_verifikator(agency: UUID, person: UUID, /, *, by: Actor) -> None:
    """End an appointment and the role with it."""
    now = composition.clock().now()
    end_role(person, Role.VERIFIKATOR, by=by, clock=composition.clock(), agency=str(agency))
    agencies.end_appointment(agency, person, at=now)
    _record(EnrolmentTag.VERIFIKATOR_RELEASED, agency, by, {"verifikator": f"user:{person}"})


def _record(tag: EnrolmentTag, agency: UUID, by: Actor, facts: dict[str, FactValue]) -> None:
    now = composition.clock().now()
    record(at=now, tag=tag, actor=by.reference, subject=f"agency:{agency}", facts=facts)


@transaction.atomic
def appoint_verifikator(agency: UUID, person: UUID, /, *, by: Actor) -> None:
    """Make the account `person` (its public id) a verifikator of the agency, while its agreement is in force."""
    authorise(by, Permission.ROLE_GRANT, About(agency=str(agency)))
    now = composition.clock().now()
    access.working_agency(agency, today=legal_date(now))
    grant_role(person, Role.VERIFIKATOR, by=by, clock=composition.clock(), agency=str(agency))
    record(
        at=now,
        tag=EnrolmentTag.VERIFIKATOR_APPOINTED,
        actor=by.reference,
        subject=f"agency:{agency}",
        facts={"verifikator": f"user:{person}"},
    )
