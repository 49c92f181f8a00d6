"""Who can be asked to sign: people of the agency with an account, whose key is active here or held elsewhere."""

from uuid import UUID

from absah.kernel.clock import legal_date
from absah.workflow.parts import Person, SealName
from absah_site import composition
from absah_site.accounts.access import holders
from absah_site.actors import Account
from absah_site.enrolment import access as enrolment
from absah_site.enrolment.access import RegisteredSubscriber
from absah_site.enrolment.access.mandates import GivenMandate, mandates_at
from absah_site.outside import access as outside
from absah_site.roles import Permission
from absah_site.seals.access import seals_of


def agency_of(actor: Account, /) -> str:
    """The agency for which a person prepares documents; empty for one who holds the role everywhere."""
    return next(iter(actor.own_agencies(Permission.DOCUMENT_SUBMIT)), "")


def signers_for(actor: Account, /) -> tuple[Person, ...]:
    """Everybody whom this person may ask, by name."""
    agency = agency_of(actor)
    found = enrolment.people_with_accounts(UUID(agency) if agency else None)
    elsewhere = outside.holders_among(tuple(one.number.text for one in found if one.credential is None))
    able = (one for one in found if one.credential is not None or one.number.text in elsewhere)
    return tuple(person for one in able if (person := person_of(one)) is not None)


def sealers_for(actor: Account, /) -> tuple[tuple[Person, SealName], ...]:
    """Everybody else who may confirm a seal of the agency for which this person prepares, with each seal."""
    agency, now = agency_of(actor), composition.clock().now()
    if not agency:
        return ()
    people = holders(Permission.DOCUMENT_SEAL, agency, now=now)
    return tuple(
        (Person(account=one.public_id, name=one.display_name), SealName(number=seal.number, name=seal.name))
        for seal in seals_of(agency)
        for one in people
        if one.public_id != actor.public_id
    )


def mandates_for(actor: Account, /) -> tuple[GivenMandate, ...]:
    """By what authority people of the agency may sign beside their own post."""
    agency = agency_of(actor)
    return mandates_at(UUID(agency) if agency else None, today=legal_date(composition.clock().now()))


def person_of(subscriber: RegisteredSubscriber, /) -> Person | None:
    """A subscriber as one who can have a seat."""
    if subscriber.user is None:
        return None
    return Person(account=subscriber.user, name=subscriber.name.with_titles, post=subscriber.post)
