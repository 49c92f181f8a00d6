"""Who has a request, and who could be given it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from absah.enrolment.assignment import ServiceTime, check_assignable, waits_since
from absah.enrolment.decision import Duty, duty_for
from absah.enrolment.request import Completed, OfficerId, Undecided, Verified
from absah.kernel.clock import Instant
from absah.kernel.errors import AbsahError
from absah_site import composition
from absah_site.accounts.access import holders
from absah_site.actors import Account
from absah_site.enrolment import access
from absah_site.enrolment.store import handling, requests
from absah_site.enrolment.store.handling import Cause, Handling
from absah_site.enrolment.store.people import RegisteredSubscriber
from absah_site.enrolment.store.requests import RegisteredRequest
from absah_site.roles import Permission

__all__ = ["Cause", "Handling"]

_DECIDES: Final = {Duty.VERIFIKATOR: Permission.REQUEST_CHECK, Duty.REGISTRATION_AUTHORITY: Permission.REQUEST_DECIDE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Whose turn a request is, as a row of the queue shows it; `mine`: the reader's."""

    name: str = ""
    mine: bool = False
    escalated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HandledRequest:
    """A request as whoever oversees the queue sees it: no number, no address, no picture, no letter."""

    request: RegisteredRequest
    subscriber: RegisteredSubscriber
    handling: Handling
    since: Instant
    eligible: tuple[Account, ...]


def turns_of(requests: Iterable[UUID], reader: Account, /) -> dict[UUID, Turn]:
    """Whose turn each of some requests is, in two queries."""
    listed = tuple(requests)
    officers, escalated = handling.officers_of(listed), handling.escalated_among(listed)
    nobody = (OfficerId(""), "")
    return {
        one: Turn(
            name=officers.get(one, nobody)[1],
            mine=officers.get(one, nobody)[0] == str(reader.public_id),
            escalated=one in escalated,
        )
        for one in listed
    }


def handled_request_for(actor: Account, identifier: UUID, /) -> HandledRequest:
    """A request that waits for a decision, for whoever oversees the queue there. Raises RequestUnknown."""
    found = requests.find_request(identifier)
    if found is None or not actor.may(Permission.REQUEST_OVERSEE, str(found.agency)):
        raise access.RequestUnknown
    state = found.request
    if not isinstance(state, Completed | Verified):
        raise access.RequestUnknown
    done = handling.handling_of(identifier)
    able = holders(_DECIDES[duty_for(state)], str(found.agency), now=composition.clock().now())
    return HandledRequest(
        request=found,
        subscriber=access.subscriber_by_id(found.subscriber),
        handling=done,
        since=waits_since(state),
        eligible=tuple(one for one in able if _may_have(state, one, found.agency, done.officer)),
    )


def _may_have(state: Undecided, officer: Account, agency: UUID, assigned: OfficerId | None) -> bool:
    try:
        check_assignable(state, access.officer_for(officer, agency), assigned=assigned)
    except AbsahError:
        return False
    return True


def promised() -> ServiceTime:
    """How soon requests are to be decided here."""
    written = composition.config().registration
    return ServiceTime(verify_days=written.verify_days, decide_days=written.decide_days)
