"""Who can be asked to sign: people of the agency whose key is active and who have an account."""

from uuid import UUID

from absah.workflow.parts import Person
from absah_site.actors import Account
from absah_site.enrolment import access as enrolment
from absah_site.enrolment.access import RegisteredSubscriber
from absah_site.roles import Permission


def agency_of(actor: Account, /) -> str:
    """The agency for which a person prepares documents; empty for one who holds the role everywhere."""
    named = sorted(
        grant.agency for grant in actor.grants if grant.agency and actor.may(Permission.DOCUMENT_SUBMIT, grant.agency)
    )
    return named[0] if named else ""


def signers_for(actor: Account, /) -> tuple[Person, ...]:
    """Everybody whom this person may ask, by name."""
    agency = agency_of(actor)
    found = enrolment.signers_at(UUID(agency) if agency else None)
    return tuple(person for one in found if (person := person_of(one)) is not None)


def person_of(subscriber: RegisteredSubscriber, /) -> Person | None:
    """A subscriber as one who can have a seat."""
    if subscriber.user is None:
        return None
    return Person(account=subscriber.user, name=subscriber.name.with_titles, post=subscriber.post)
