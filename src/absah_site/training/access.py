"""Reading events: for officers of the agreement, and for participants, whom their own link lets in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from django.core.signing import BadSignature, Signer

from absah.cases.attendance import AttendanceElsewhere, Ticket, check_ticket, means
from absah.kernel.clock import Instant, instant
from absah_site.cases import access as cases
from absah_site.cases.access import CaseUnknown, OpenedCase
from absah_site.dossiers.access import opening
from absah_site.training import store
from absah_site.training.store import Attended

__all__ = ["Attended"]

KIND: Final = "event"
_TICKETS: Final = Signer(salt="training.ticket")
_PARTICIPANTS: Final = Signer(salt="training.participant")


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """An event with the people in it."""

    opened: OpenedCase
    people: tuple[Attended, ...]
    means: Mapping[str, float]
    comments: tuple[str, ...]
    answers: int

    @property
    def runs(self) -> bool:
        return self.opened.case.state == "running"

    @property
    def was_held(self) -> bool:
        return self.opened.case.state in {"held", "reported", "accepted"}


def room_of(opened: OpenedCase, /) -> Room:
    """An event as its organisers see it. Raises CaseUnknown for a case of another kind."""
    if opened.case.kind.name != KIND:
        raise CaseUnknown
    said = store.evaluations(opened.listed.id)
    return Room(
        opened=opened,
        people=store.attended(opened.listed.id),
        means=means(marks for marks, _ in said),
        comments=tuple(comment for _, comment in said if comment),
        answers=len(said),
    )


def participants(identifier: UUID, /) -> int:
    """How many people attended an event."""
    return store.count(identifier)


def event(identifier: UUID, /, *, now: Instant) -> OpenedCase:
    """An event, for pages that a link opens. Raises CaseUnknown."""
    found = cases.case_by_id(identifier, now=now)
    if found.case.kind.name != KIND:
        raise CaseUnknown
    return found


def ticket_for(identifier: UUID, /, *, now: Instant) -> str:
    """What the screen of the room shows now."""
    return _TICKETS.sign(f"{identifier.hex}.{int(now.timestamp())}")


def enter(identifier: UUID, ticket: str, /, *, now: Instant) -> OpenedCase:
    """The event that a ticket lets somebody into. Raises AttendanceElsewhere, TicketOld."""
    check_ticket(_read(ticket), identifier.hex, now=now)
    return event(identifier, now=now)


def _read(ticket: str) -> Ticket | None:
    try:
        said, _, shown = _TICKETS.unsign(ticket).partition(".")
    except BadSignature:
        return None
    return Ticket(event=said, shown_at=instant(datetime.fromtimestamp(int(shown), tz=UTC)))


def link_of(identifier: UUID, number: int, /) -> str:
    """A participant's own link, which lasts."""
    return _PARTICIPANTS.sign(f"{identifier.hex}.{number}")


def participant(identifier: UUID, link: str, /) -> Attended:
    """Whose link it is. Raises AttendanceElsewhere."""
    try:
        said, _, number = _PARTICIPANTS.unsign(link).partition(".")
    except BadSignature:
        raise AttendanceElsewhere from None
    found = store.find(identifier, int(number)) if said == identifier.hex else None
    if found is None:
        raise AttendanceElsewhere
    return found


def certificate_of(person: Attended, /) -> bytes | None:
    """The signed certificate of somebody; None while it is not signed."""
    return None if person.dossier is None else opening.finished(person.dossier)
