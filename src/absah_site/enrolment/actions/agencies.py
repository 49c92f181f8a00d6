"""An agency joins, and gets people who check its applicants."""

from uuid import UUID

from django.db import transaction

from absah.audit.tags import EnrolmentTag
from absah.enrolment.agency import Agency
from absah.kernel.clock import legal_date
from absah.kernel.errors import WrongState
from absah.kernel.rng import opaque_id
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.accounts.actions import grant_role
from absah_site.actors import About, Actor
from absah_site.audit.actions import record
from absah_site.enrolment import access
from absah_site.enrolment.store import people
from absah_site.enrolment.store.people import RegisteredAgency
from absah_site.roles import Permission, Role


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
