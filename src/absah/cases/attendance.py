"""Attendance at an event: a ticket that the screen of the room shows for minutes, and what participants say afterwards.

The ticket is for one event. Whoever brings it to another, or keeps it for later, was not in this room.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from absah.kernel.clock import Instant
from absah.kernel.errors import BadInput, NotAllowed, RuleBroken, WrongState

#: How long a screen shows a ticket, and how long it is taken afterwards, to fill in the form.
SHOWN: Final = timedelta(minutes=2)
TAKEN: Final = timedelta(minutes=10)
MOST: Final = 500
QUESTIONS: Final = ("material", "speaker", "use", "place")
_WORST, _BEST = 1, 5


class AttendanceElsewhere(NotAllowed):
    """The ticket is of another event, or nobody's."""

    code = "cases.attendance-elsewhere"


class TicketOld(NotAllowed):
    """The ticket was shown too long ago. Parameter: minutes."""

    code = "cases.ticket-old"


class EventNotRunning(WrongState):
    """Attendance is noted while the event runs."""

    code = "cases.event-not-running"


class EventFull(RuleBroken):
    """More people than an event may have. Parameter: most."""

    code = "cases.event-full"


class AttendedAlready(RuleBroken):
    """Somebody of this name and unit was noted before."""

    code = "cases.attended-already"


class MarksUnfit(BadInput):
    """An evaluation has a mark from 1 to 5 for each question."""

    code = "cases.marks-unfit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What the code on the screen says: the event (its id), and since when it was shown."""

    event: str
    shown_at: Instant


def check_ticket(ticket: Ticket | None, event: str, /, *, now: Instant) -> None:
    """The ticket lets somebody into this event now. Raises AttendanceElsewhere, TicketOld."""
    if ticket is None or ticket.event != event or ticket.shown_at > now:
        raise AttendanceElsewhere
    if now - ticket.shown_at > TAKEN:
        raise TicketOld(minutes=int(TAKEN.total_seconds()) // 60)


def same_person(name: str, unit: str, /) -> str:
    """What two entries of one person share: name and unit without case and spacing."""
    return "|".join(" ".join(words.casefold().split()) for words in (name, unit))


def check_marks(marks: Sequence[int], /) -> None:
    """Raises MarksUnfit."""
    if len(marks) != len(QUESTIONS) or not all(_WORST <= mark <= _BEST for mark in marks):
        raise MarksUnfit


def means(answers: Iterable[Sequence[int]], /) -> dict[str, float]:
    """The mean mark of each question; nothing where nobody answered."""
    given = list(answers)
    if not given:
        return {}
    return {name: sum(marks[at] for marks in given) / len(given) for at, name in enumerate(QUESTIONS)}
