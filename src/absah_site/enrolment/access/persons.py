"""One person, as those see who look after the agency's people; and which of them have moved or need a certificate."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from absah.enrolment.applicant import Applicant
from absah.enrolment.states import SubscriberState
from absah.enrolment.subscriber import SubscriberUnknown
from absah.enrolment.wire_status import WireStatus, wire_status
from absah.kernel.clock import Instant, instant
from absah.kernel.messages import word
from absah_site import composition
from absah_site.actors import Account
from absah_site.departures import Obstacle
from absah_site.enrolment import access
from absah_site.enrolment.access.finding import SEES
from absah_site.enrolment.access.queues import agencies_where
from absah_site.enrolment.store import lists, people
from absah_site.enrolment.store.lists import PersonRow, RequestRow
from absah_site.enrolment.store.people import RegisteredSubscriber
from absah_site.pki import access as register
from absah_site.pki.access import CertificateRow, RegisteredCertificate

_REQUESTS: Final = 20
#: How far ahead the list of what ends looks.
AHEAD: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person with everything that belongs to one. NIK and address are masked on pages."""

    subscriber: RegisteredSubscriber
    applicant: Applicant
    certificates: tuple[RegisteredCertificate, ...]
    in_use: RegisteredCertificate | None
    requests: tuple[RequestRow, ...]
    status: WireStatus
    renewal_opens: Instant | None

    @property
    def registered(self) -> bool:
        """Neither suspended nor gone."""
        return self.subscriber.state is SubscriberState.REGISTERED


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A person in a list, with the newest certificate."""

    person: PersonRow
    certificate: CertificateRow | None


def person_for(actor: Account, number: str, /) -> Person:
    """A person at an agency where the actor has to do with people. Raises SubscriberUnknown."""
    found = access.subscriber_with_number(number)
    if not access.may_any(actor, SEES, found.agency.id):
        raise SubscriberUnknown
    now = composition.clock().now()
    held = register.certificates_of(found.number.text)
    in_use = next((one for one in held if register.is_in_use(one, now=now)), None)
    return Person(
        subscriber=found,
        applicant=people.open_applicant(found.id, vault=composition.personal_data()),
        certificates=held,
        in_use=in_use,
        requests=lists.requests_of(found.id, limit=_REQUESTS),
        status=wire_status(access.standing_of(found, now=now)),
        renewal_opens=None if in_use is None else instant(in_use.not_after - register.SOON),
    )


def certificates_in_the_way(person: Account, /) -> tuple[Obstacle, ...]:
    """Certificates in use of a person whose account is to be closed: they end by their own life cycle before."""
    holder = people.find_subscriber(user=person.public_id)
    if holder is None:
        return ()
    now = composition.clock().now()
    number = sum(register.is_in_use(one, now=now) for one in register.certificates_of(holder.number.text))
    what, link = word("accounts.obstacle.certificates"), f"/pegawai/{holder.number.text}/"
    return (Obstacle(what=what, number=number, link=link),) if number else ()


def with_certificates(rows: tuple[PersonRow, ...], /) -> tuple[Listed, ...]:
    """The same people with their newest certificates, in one query more."""
    newest = register.newest_of_holders(row.number.text for row in rows)
    return tuple(Listed(person=row, certificate=newest.get(row.number.text)) for row in rows)


def moved_people(actor: Account, /, *, limit: int) -> tuple[Listed, ...]:
    """Who left, is suspended, or holds a certificate that says something else by now: the newest first."""
    return with_certificates(lists.moved_page(agencies_where(actor, *SEES), limit=limit))


def ending_people(actor: Account, /, *, offset: int, limit: int) -> tuple[Listed, ...]:
    """Whose certificates end within ninety days, the soonest first."""
    scope = agencies_where(actor, *SEES)
    now = composition.clock().now()
    wanted = None if scope is None else [str(one) for one in scope]
    rows = register.ending_page(wanted, after=now, until=instant(now + AHEAD), offset=offset, limit=limit)
    known = lists.people_with_numbers(row.holder for row in rows)
    return tuple(Listed(person=known[row.holder], certificate=row) for row in rows if row.holder in known)


def calendar_for(actor: Account, /, *, months: int) -> dict[date, int]:
    """How many certificates end in each of the coming months."""
    scope = agencies_where(actor, *SEES)
    wanted = None if scope is None else [str(one) for one in scope]
    return register.ending_calendar(wanted, now=composition.clock().now(), months=months)
