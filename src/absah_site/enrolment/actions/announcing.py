"""What the systems of an agency are told of its people and their requests, in the transaction of the fact."""

from collections.abc import Mapping
from uuid import UUID

from absah.enrolment.request import entry_of
from absah.kernel.clock import Instant
from absah.notices.webhooks.events import Event, Fact, Happening, happened
from absah_site.enrolment.store.people import RegisteredSubscriber
from absah_site.enrolment.store.requests import RegisteredRequest
from absah_site.webhooks.actions import announce


def about_request(
    event: Event, found: RegisteredRequest, facts: Mapping[str, Fact] | None = None, /, *, at: Instant
) -> Happening:
    """What is told of a request: its id, the number of its person, its kind."""
    person = entry_of(found.request).subscriber.text
    said = {"request": str(found.id), "person": person, "kind": found.kind.value, **(facts or {})}
    return happened(event, found.agency, said, at=at)


def announce_request(
    event: Event, found: RegisteredRequest, facts: Mapping[str, Fact] | None = None, /, *, at: Instant
) -> None:
    """Something about a request."""
    announce(about_request(event, found, facts, at=at))


def announce_person(
    event: Event, found: RegisteredSubscriber, facts: Mapping[str, Fact] | None = None, /, *, at: Instant
) -> None:
    """Something about a person, by number."""
    announce(happened(event, found.agency.id, {"person": found.number.text, **(facts or {})}, at=at))


def announce_agency(event: Event, agency: UUID, /, *, at: Instant) -> None:
    """Something about the agency itself."""
    announce(happened(event, agency, at=at))
