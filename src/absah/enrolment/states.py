"""Three machines: the subscriber in the register, the request for a certificate, the certificate (decision D15).

They are kept apart because they move by different hands: an agency says who works for it, four eyes decide about a
request, and a certificate ends by itself. What the wire calls a status is read from all three
(`absah.enrolment.wire_status`). The tables here are drawn in docs/reference/registration-states.md.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Generic, TypeVar, final

from absah.enrolment.request import Activated, Approved, Completed, Entered, Rejected, Request, Verified, Withdrawn
from absah.kernel.errors import WrongState

_State = TypeVar("_State", bound=StrEnum)


class SubscriberState(StrEnum):
    """A person in the register. LEFT is for good: who comes back is entered again."""

    REGISTERED = "registered"
    SUSPENDED = "suspended"
    LEFT = "left"


class Stage(StrEnum):
    """How far a request has come: the classes of `absah.enrolment.request` by name."""

    ENTERED = "entered"
    COMPLETED = "completed"
    VERIFIED = "verified"
    APPROVED = "approved"
    ACTIVATED = "activated"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something."""
        return self not in {Stage.ACTIVATED, Stage.REJECTED, Stage.WITHDRAWN}


class CertificateStanding(StrEnum):
    """What a person's certificates come to: good if one is, else on hold if one is, else as the newest ended.

    NONE: there never was one.
    """

    NONE = "none"
    GOOD = "good"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    EXPIRED = "expired"


class SubscriberMove(StrEnum):
    """What happens to a person in the register."""

    SUSPEND = "suspend"
    RESUME = "resume"
    LEAVE = "leave"
    RETURN = "return"


class MoveNotPossible(WrongState):
    """A person in this state cannot be moved so. Parameters: state, move."""

    code = "enrolment.move-not-possible"


@final
@dataclass(frozen=True, slots=True)
class Step(Generic[_State]):
    """One arrow of a machine: from, by what, to, and by whom in words."""

    before: _State
    by: str
    after: _State


SUBSCRIBER_STEPS: Final[tuple[Step[SubscriberState], ...]] = (
    Step(SubscriberState.REGISTERED, SubscriberMove.SUSPEND, SubscriberState.SUSPENDED),
    Step(SubscriberState.SUSPENDED, SubscriberMove.RESUME, SubscriberState.REGISTERED),
    Step(SubscriberState.REGISTERED, SubscriberMove.LEAVE, SubscriberState.LEFT),
    Step(SubscriberState.SUSPENDED, SubscriberMove.LEAVE, SubscriberState.LEFT),
    Step(SubscriberState.LEFT, SubscriberMove.RETURN, SubscriberState.REGISTERED),
)

REQUEST_STEPS: Final[tuple[Step[Stage], ...]] = (
    Step(Stage.ENTERED, "complete", Stage.COMPLETED),
    Step(Stage.COMPLETED, "send back", Stage.ENTERED),
    Step(Stage.COMPLETED, "verify", Stage.VERIFIED),
    Step(Stage.COMPLETED, "reject", Stage.REJECTED),
    Step(Stage.VERIFIED, "approve", Stage.APPROVED),
    Step(Stage.VERIFIED, "reject", Stage.REJECTED),
    Step(Stage.APPROVED, "activate", Stage.ACTIVATED),
    Step(Stage.ENTERED, "withdraw", Stage.WITHDRAWN),
    Step(Stage.COMPLETED, "withdraw", Stage.WITHDRAWN),
    Step(Stage.VERIFIED, "withdraw", Stage.WITHDRAWN),
    Step(Stage.APPROVED, "withdraw", Stage.WITHDRAWN),
)

CERTIFICATE_STEPS: Final[tuple[Step[CertificateStanding], ...]] = (
    Step(CertificateStanding.NONE, "issue", CertificateStanding.GOOD),
    Step(CertificateStanding.GOOD, "suspend", CertificateStanding.SUSPENDED),
    Step(CertificateStanding.SUSPENDED, "reinstate", CertificateStanding.GOOD),
    Step(CertificateStanding.GOOD, "revoke", CertificateStanding.REVOKED),
    Step(CertificateStanding.SUSPENDED, "revoke", CertificateStanding.REVOKED),
    Step(CertificateStanding.GOOD, "end of validity", CertificateStanding.EXPIRED),
    Step(CertificateStanding.SUSPENDED, "end of validity", CertificateStanding.EXPIRED),
    Step(CertificateStanding.EXPIRED, "renew", CertificateStanding.GOOD),
    Step(CertificateStanding.REVOKED, "issue another", CertificateStanding.GOOD),
)

_MOVES: Final = {(step.before, step.by): step.after for step in SUBSCRIBER_STEPS}
_STAGES: Final[dict[type[Request], Stage]] = {
    Entered: Stage.ENTERED,
    Completed: Stage.COMPLETED,
    Verified: Stage.VERIFIED,
    Approved: Stage.APPROVED,
    Activated: Stage.ACTIVATED,
    Rejected: Stage.REJECTED,
    Withdrawn: Stage.WITHDRAWN,
}


def moved(state: SubscriberState, move: SubscriberMove, /) -> SubscriberState:
    """Where a move leads. Raises MoveNotPossible."""
    after = _MOVES.get((state, move))
    if after is None:
        raise MoveNotPossible(state=state.value, move=move.value)
    return after


def stage_of(request: Request, /) -> Stage:
    """How far a request has come."""
    return _STAGES[type(request)]
