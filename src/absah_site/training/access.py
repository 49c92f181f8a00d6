"""Reading events: for officers of the agreement, and for participants, whom their own link lets in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from django.core.signing import BadSignature, Signer

from absah.cases.attendance import AttendanceElsewhere, Ticket, check_ticket, means
from absah.cases.quiz import End, Gained, Outcome, Question, Quiz, earns, gained, is_open, percent, quiz_of, shares
from absah.kernel.clock import Instant, instant
from absah_site.cases import access as cases
from absah_site.cases.access import CaseUnknown, OpenedCase
from absah_site.dossiers.access import opening
from absah_site.training import store
from absah_site.training.store import Attended, Taken

__all__ = ["Attended", "Taken"]

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
    taken: tuple[Taken, ...] = ()

    @property
    def runs(self) -> bool:
        return self.opened.case.state == "running"

    @property
    def quiz(self) -> Quiz | None:
        return quiz_of(self.opened.case.values)

    @property
    def results(self) -> tuple[tuple[Attended, Outcome, bool], ...]:
        """Everybody with what the test came to at each end, and whether this earns the certificate."""
        values = self.opened.case.values
        return tuple(
            (one, outcome, earns(values, outcome.after))
            for one in self.people
            for outcome in (_outcome(self.quiz, self.taken, one.number),)
        )

    @property
    def gained(self) -> Gained | None:
        """What those reached in the mean who took both ends."""
        return gained(outcome for _, outcome, _ in self.results)

    @property
    def questions(self) -> tuple[tuple[Question, int | None, int | None], ...]:
        """Each question with the share of right answers before and after."""
        if self.quiz is None:
            return ()
        ends = (shares(self.quiz, [one.answers for one in self.taken if one.end is end]) for end in End)
        return tuple(zip(self.quiz.questions, *ends, strict=True))

    @property
    def waiting(self) -> tuple[Attended, ...]:
        """Who earned a certificate that is not on its way yet."""
        return tuple(one for one, _, earned in self.results if earned and one.dossier is None)

    @property
    def lacking(self) -> int:
        """How many have not earned theirs."""
        return sum(not earned for _, _, earned in self.results)

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
        taken=store.results(opened.listed.id),
    )


def _outcome(quiz: Quiz | None, taken: Iterable[Taken], number: int) -> Outcome:
    if quiz is None:
        return Outcome()
    reached = {one.end: percent(one.right, quiz) for one in taken if one.number == number}
    return Outcome(before=reached.get(End.BEFORE), after=reached.get(End.AFTER))


def outcome_of(opened: OpenedCase, person: Attended, /) -> Outcome:
    """What somebody reached."""
    return _outcome(quiz_of(opened.case.values), store.results(opened.listed.id), person.number)


def taken_by(opened: OpenedCase, person: Attended, end: End, /) -> Taken | None:
    """How somebody answered at one end."""
    found = (one for one in store.results(opened.listed.id) if (one.number, one.end) == (person.number, end))
    return next(found, None)


def open_ends(opened: OpenedCase, person: Attended, /) -> tuple[End, ...]:
    """The tests that this participant may take now."""
    if quiz_of(opened.case.values) is None:
        return ()
    return tuple(end for end in End if is_open(end, opened.case.state) and taken_by(opened, person, end) is None)


def event_figures(identifier: UUID, values: Mapping[str, str], /) -> Mapping[str, int]:
    """What an event adds to the usage report: participants, and the points of those who took both ends of its test."""
    people, quiz, taken = store.attended(identifier), quiz_of(values), store.results(identifier)
    figures = {"participants": len(people)}
    found = gained(_outcome(quiz, taken, one.number) for one in people)
    if found is None:
        return figures
    points = {"before": round(found.before * found.people), "after": round(found.after * found.people)}
    return figures | {"tested": found.people} | points


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
