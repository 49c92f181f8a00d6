"""Agencies, as those see them who look after them."""

from uuid import UUID

from absah_site.actors import Account
from absah_site.enrolment import access
from absah_site.enrolment.access import AgencyUnknown
from absah_site.enrolment.access.queues import agencies_where
from absah_site.enrolment.store import agencies, people
from absah_site.enrolment.store.agencies import Appointed
from absah_site.enrolment.store.people import RegisteredAgency
from absah_site.roles import Permission

__all__ = ["Appointed"]

#: More verifikators than these at one agency, and the page warns.
MANY_VERIFIKATORS = 3
_SEES = (Permission.AGENCY_REGISTER, Permission.ROLE_GRANT, Permission.REQUEST_DECIDE)


def agencies_for(actor: Account, /) -> tuple[RegisteredAgency, ...]:
    """The agencies that a person looks after."""
    scope = agencies_where(actor, *_SEES)
    if scope is None:
        return people.agencies()
    return people.agencies(*scope) if scope else ()


def agency_for(actor: Account, identifier: UUID, /) -> RegisteredAgency:
    """One of them. Raises AgencyUnknown."""
    if not access.may_any(actor, _SEES, identifier):
        raise AgencyUnknown
    return access.agency(identifier)


def verifikators_of(identifier: UUID, /) -> tuple[Appointed, ...]:
    """Who is appointed at an agency by a letter."""
    return agencies.appointments(identifier)


def letter_for(actor: Account, appointment: UUID, /) -> bytes:
    """The letter of an appointment."""
    found = agencies.letter_of(appointment)
    if found is None or not access.may_any(actor, _SEES, found[0]):
        raise AgencyUnknown
    return found[1]


def agency_with_code(code: str, /) -> RegisteredAgency:
    """By its short name, for whoever runs commands. Raises AgencyUnknown."""
    found = next((one for one in people.agencies() if one.agency.code == code), None)
    if found is None:
        raise AgencyUnknown
    return found
