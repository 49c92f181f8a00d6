"""A request for a certificate: one class per state, and who brought it there.

    Entered --complete--> Completed --decide--> Verified --decide--> Approved --activate--> Activated
       ^                   |      |                 |
       +---- send back ----+      +---- decide -----+--> Rejected (with reasons; may be entered again)

    What is not activated yet can be Withdrawn by the agency.

The verifikator enters, the person completes and agrees, a verifikator verifies, the registration authority approves,
the person activates. Decisions live in `absah.enrolment.decision`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType, TypeAlias, assert_never, final

from absah.enrolment.applicant import Applicant, Identity, check_identity
from absah.enrolment.consent_text import ConsentGiven
from absah.enrolment.subscriber import SubscriberNumber
from absah.kernel.clock import Instant
from absah.kernel.errors import BadInput

LONGEST_REASON = 500

#: An account that acts for an agency or for the certification body.
OfficerId = NewType("OfficerId", str)


class ReasonsMissing(BadInput):
    """A rejection says why, in words the applicant can act on."""

    code = "enrolment.reasons-missing"


class ReasonTooLong(BadInput):
    """A reason is a few sentences, not a letter. Parameter: longest, in characters."""

    code = "enrolment.reason-too-long"


class Kind(StrEnum):
    """What a request is for: a first certificate, the next one for the same key, or one for a new key."""

    FIRST = "first"
    RENEWAL = "renewal"
    REPLACEMENT = "replacement"


def check_reasons(reasons: tuple[str, ...], /) -> None:
    """There is a reason, and each is short. Raises ReasonsMissing, ReasonTooLong."""
    if not any(reason.strip() for reason in reasons):
        raise ReasonsMissing
    if any(len(reason) > LONGEST_REASON for reason in reasons):
        raise ReasonTooLong(longest=LONGEST_REASON)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """The verifikator has entered what the agency knows about the applicant."""

    subscriber: SubscriberNumber
    entered_by: OfficerId
    entered_at: Instant


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """The person has proved to be the applicant and has agreed to the text."""

    entered: Entered
    consent: ConsentGiven
    completed_at: Instant


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A verifikator of the agency has checked person, post and unit."""

    completed: Completed
    verified_by: OfficerId
    verified_at: Instant


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """The registration authority has approved: the person may make a key."""

    verified: Verified
    approved_by: OfficerId
    approved_at: Instant


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Activated:
    """The person has set a passphrase, the key is made and the certificate issued."""

    approved: Approved
    activated_at: Instant


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """Refused, with reasons. The state it was refused in is kept."""

    undecided: "Undecided"
    reasons: tuple[str, ...]
    rejected_by: OfficerId
    rejected_at: Instant

    def __post_init__(self) -> None:
        check_reasons(self.reasons)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """The agency took it back before it was done: entered for the wrong person, or the person has left."""

    unfinished: "Open"
    withdrawn_by: OfficerId
    withdrawn_at: Instant


#: What waits for somebody.
Open: TypeAlias = Entered | Completed | Verified | Approved
#: What waits for a decision.
Undecided: TypeAlias = Completed | Verified
#: Any state of a request.
Request: TypeAlias = Entered | Completed | Verified | Approved | Activated | Rejected | Withdrawn


def entry_of(request: Request, /) -> Entered:
    """How a request began, whatever became of it."""
    before: Request
    match request:
        case Entered():
            return request
        case Completed():
            return request.entered
        case Verified():
            before = request.completed
        case Approved():
            before = request.verified
        case Activated():
            before = request.approved
        case Rejected():
            before = request.undecided
        case Withdrawn():
            before = request.unfinished
        case _:
            assert_never(request)
    return entry_of(before)


def complete(
    entered: Entered, applicant: Applicant, identity: Identity, consent: ConsentGiven, /, *, now: Instant
) -> Completed:
    """The person behind the link is the applicant, and agrees."""
    check_identity(identity, applicant)
    return Completed(entered=entered, consent=consent, completed_at=now)


def activate(approved: Approved, /, *, now: Instant) -> Activated:
    """The key is made and its certificate is in the register."""
    return Activated(approved=approved, activated_at=now)


def withdraw(unfinished: Open, officer: OfficerId, /, *, now: Instant) -> Withdrawn:
    """The agency takes the request back."""
    return Withdrawn(unfinished=unfinished, withdrawn_by=officer, withdrawn_at=now)
