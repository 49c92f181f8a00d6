"""Reading certificates issued elsewhere: for officers of an agency, and for whoever signs with them."""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

from absah.enrolment.wire_status import WireStatus
from absah.kernel.clock import Instant, legal_date
from absah.kernel.errors import NotFound
from absah_site import composition
from absah_site.actors import Account
from absah_site.enrolment.access.queues import agencies_where
from absah_site.outside.store import certificates, lists, looks
from absah_site.outside.store.certificates import KnownCertificate, KnownHolder, Sieve
from absah_site.outside.store.lists import ListState
from absah_site.outside.store.looks import Round
from absah_site.roles import Permission

__all__ = [
    "KnownCertificate",
    "KnownHolder",
    "ListState",
    "ListUnknown",
    "Round",
    "Sieve",
    "calendar_for",
    "certificates_ending",
    "counts_for",
    "find_holder",
    "holders_among",
    "holders_for",
    "issued_elsewhere",
    "list_for",
    "lists_for",
    "rounds",
]

#: Who sees the certificates of an agency's people.
SEES: Final = (Permission.SUBSCRIBER_REGISTER, Permission.REQUEST_CHECK)
PAGE: Final = 50
_MONTHS: Final = timedelta(days=366)


class ListUnknown(NotFound):
    """There is no such list, or it is another agency's."""

    code = "outside.list-unknown"


def find_holder(number: str, /) -> KnownHolder | None:
    """A person whose certificates are elsewhere, by the subscriber's number; None: not such a person."""
    return certificates.find(number)


def holders_for(actor: Account, sieve: Sieve, page: int, /) -> tuple[tuple[KnownHolder, ...], int]:
    """A page of people, and how many there are."""
    scope = agencies_where(actor, *SEES)
    found = certificates.page(scope, sieve, offset=(page - 1) * PAGE, limit=PAGE)
    return found, certificates.count(scope, sieve)


def counts_for(actor: Account, /) -> dict[WireStatus, int]:
    """How many people of each status."""
    return certificates.counts(agencies_where(actor, *SEES))


def calendar_for(actor: Account, /) -> tuple[tuple[date, int], ...]:
    """How many certificates in use end in each of the months to come."""
    today = legal_date(composition.clock().now())
    return certificates.ends_by_month(agencies_where(actor, *SEES), today, today + _MONTHS)


def rounds(*, limit: int = 10) -> tuple[Round, ...]:
    """The newest rounds of looks at the service."""
    return looks.newest(limit=limit)


def list_for(actor: Account, identifier: UUID, /) -> ListState:
    """A list of an agency at which the actor enters people. Raises ListUnknown."""
    found = lists.find(identifier)
    if found is None or not actor.may(Permission.SUBSCRIBER_REGISTER, str(found.agency)):
        raise ListUnknown
    return found


def lists_for(actor: Account, /, *, limit: int) -> tuple[ListState, ...]:
    """The newest lists."""
    return lists.newest(agencies_where(actor, Permission.SUBSCRIBER_REGISTER), limit=limit)


def certificates_ending(
    agency: UUID, since: date, until: date, /, *, limit: int
) -> tuple[tuple[str, KnownCertificate], ...]:
    """The certificates of an agency's people that end from a day to a day, each with the person's name."""
    return certificates.ending_of(agency, since, until, limit=limit)


def holders_among(numbers: tuple[str, ...], /) -> frozenset[str]:
    """Which of these people hold certificates issued elsewhere."""
    return certificates.known_numbers(numbers)


def issued_elsewhere(agency: str, since: Instant, until: Instant, /) -> tuple[str, ...]:
    """What was issued to an agency's people in an interval, by serial number: evidence of an agreement (K2-a)."""
    try:
        return certificates.seen_first(UUID(agency), since, until)
    except ValueError:
        return ()
