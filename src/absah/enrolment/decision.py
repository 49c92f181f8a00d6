"""Decisions by four eyes.

Nobody decides on his own request or on one he entered; and whoever verified for the agency does not approve for the
registration authority. RFC 3647 §4.5.2 (separation of duties) asks for roles that may not be joined; that these may
not is our CPS. The type of a decision's result depends on what was decided, so a step cannot be skipped.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, TypeAlias, assert_never, final, overload

from absah.enrolment.request import (
    Approved,
    Completed,
    Entered,
    OfficerId,
    Rejected,
    Request,
    Undecided,
    Verified,
    check_reasons,
    entry_of,
)
from absah.enrolment.subscriber import SubscriberNumber
from absah.kernel.clock import Instant
from absah.kernel.errors import NotAllowed
from absah.kernel.refs import Citation, Norm

FOUR_EYES = Citation(norm=Norm.RFC_3647, clause="4.5.2")


class Duty(StrEnum):
    """What an officer decides: for the agency that the applicant is right, or for the authority that all is."""

    VERIFIKATOR = "verifikator"
    REGISTRATION_AUTHORITY = "ra"


class OwnRequest(NotAllowed):
    """The officer is the applicant."""

    code = "enrolment.own-request"
    citation: ClassVar[Citation | None] = FOUR_EYES


class OwnEntry(NotAllowed):
    """The officer entered this request."""

    code = "enrolment.own-entry"
    citation: ClassVar[Citation | None] = FOUR_EYES


class OwnVerification(NotAllowed):
    """The officer has already verified this request for the agency."""

    code = "enrolment.own-verification"
    citation: ClassVar[Citation | None] = FOUR_EYES


class NotYourDuty(NotAllowed):
    """A request in this state is decided by somebody with another duty."""

    code = "enrolment.not-your-duty"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """Somebody who decides. `subscriber`: the officer's own number, where the officer has a certificate too."""

    officer: OfficerId
    duties: frozenset[Duty]
    subscriber: SubscriberNumber | None = None


@final
@dataclass(frozen=True, slots=True)
class Accept:
    """Checked, and found right."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """Checked, and not right, for these reasons."""

    reasons: tuple[str, ...]


Decision: TypeAlias = Accept | Reject


def check_four_eyes(request: Request, officer: Officer, /) -> None:
    """The officer is neither the applicant, nor who entered the request, nor who verified it. Raises."""
    entered = entry_of(request)
    if officer.subscriber == entered.subscriber:
        raise OwnRequest
    if officer.officer == entered.entered_by:
        raise OwnEntry
    if isinstance(request, Verified) and officer.officer == request.verified_by:
        raise OwnVerification


def duty_for(request: Undecided, /) -> Duty:
    """Whose decision a request waits for."""
    return Duty.VERIFIKATOR if isinstance(request, Completed) else Duty.REGISTRATION_AUTHORITY


def check_may_decide(request: Undecided, officer: Officer, /) -> None:
    """The decision is this officer's duty, and four eyes stay four. Raises NotYourDuty and what those raise."""
    needed = duty_for(request)
    if needed not in officer.duties:
        raise NotYourDuty(duty=needed.value)
    check_four_eyes(request, officer)


@overload
def decide(request: Completed, officer: Officer, decision: Accept, /, *, now: Instant) -> Verified: ...
@overload
def decide(request: Verified, officer: Officer, decision: Accept, /, *, now: Instant) -> Approved: ...
@overload
def decide(request: Undecided, officer: Officer, decision: Reject, /, *, now: Instant) -> Rejected: ...


def decide(
    request: Undecided, officer: Officer, decision: Decision, /, *, now: Instant
) -> Verified | Approved | Rejected:
    """One decision on a request: the next state, or a rejection. Raises when this officer may not take it."""
    check_may_decide(request, officer)
    match decision:
        case Reject():
            return Rejected(undecided=request, reasons=decision.reasons, rejected_by=officer.officer, rejected_at=now)
        case Accept():
            if isinstance(request, Completed):
                return Verified(completed=request, verified_by=officer.officer, verified_at=now)
            return Approved(verified=request, approved_by=officer.officer, approved_at=now)
        case _:
            assert_never(decision)


def send_back(completed: Completed, officer: Officer, reasons: tuple[str, ...], /) -> Entered:
    """The person mends what is not right and agrees again; the request is as it was when it was entered."""
    if Duty.VERIFIKATOR not in officer.duties:
        raise NotYourDuty(duty=Duty.VERIFIKATOR.value)
    check_four_eyes(completed, officer)
    check_reasons(reasons)
    return completed.entered
