"""Whose turn a request is, and how long it may wait for a decision.

A request lies open for every officer whose duty its decision is, until one of them takes it or whoever oversees the
queue gives it to one. From then on no other decides it. That takes no rule away: a request is given to nobody who may
not decide it. An assignment counts for one wait: it lapses with the decision, and a request that comes back lies open.
"""

from dataclasses import dataclass
from datetime import datetime, time
from typing import final

from absah.agreements.calendar import WorkCalendar, count_working_days
from absah.agreements.questions import JointLeave
from absah.enrolment.decision import Officer, check_may_decide
from absah.enrolment.request import Completed, OfficerId, Undecided
from absah.kernel.clock import JAKARTA, Instant, instant, legal_date
from absah.kernel.errors import NotAllowed, WrongState


class AssignedToAnother(NotAllowed):
    """The request was given to another officer, who decides it. Parameter: officer, a name."""

    code = "enrolment.assigned-to-another"


class AlreadyAssigned(WrongState):
    """The request lies where it would be put."""

    code = "enrolment.already-assigned"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceTime:
    """In how many working days a verifikator verifies and the registration authority decides: the house's word."""

    verify_days: int
    decide_days: int


def waits_since(request: Undecided, /) -> Instant:
    """Since when a request has waited for its decision."""
    return request.completed_at if isinstance(request, Completed) else request.verified_at


def service_due(request: Undecided, promised: ServiceTime, calendar: WorkCalendar, /) -> Instant:
    """Until when it is to be decided: the end of the last of the working days promised, the first day not counted."""
    days = promised.verify_days if isinstance(request, Completed) else promised.decide_days
    begun = legal_date(waits_since(request))
    day, _skipped = count_working_days(calendar, begun, days, joint_leave=JointLeave.OFF)
    return instant(datetime.combine(day, time(23, 59, 59), tzinfo=JAKARTA))


def check_assignable(request: Undecided, officer: Officer, /, *, assigned: OfficerId | None) -> None:
    """This officer may decide the request and does not have it yet. Raises AlreadyAssigned and what deciding raises."""
    check_may_decide(request, officer)
    if assigned == officer.officer:
        raise AlreadyAssigned
