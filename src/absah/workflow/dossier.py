"""A dossier as a value, and what refuses an act on it."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import ClassVar, Final
from uuid import UUID

from absah.kernel.clock import Instant
from absah.kernel.errors import BadInput, NotAllowed, NotFound, Unavailable, WrongState
from absah.kernel.refs import Citation, Norm
from absah.workflow.life import LIFE, Act, State
from absah.workflow.parts import Claim, Classification, Origin, Part, Person, Seat, SeatState, Urgency, Version

#: A claim older than this belongs to a process that died.
CLAIM_LASTS: Final = timedelta(minutes=10)


class DossierUnknown(NotFound):
    """There is no such dossier, or this person has nothing to do with it."""

    code = "workflow.dossier-unknown"


class ActNotNow(WrongState):
    """The dossier is in a state in which this cannot be done. Parameters: act, state."""

    code = "workflow.act-not-now"


class NotYourTurn(WrongState):
    """It is somebody else's turn, or this person has acted already."""

    code = "workflow.not-your-turn"


class SignedAlready(WrongState):
    """This person's signature is there already: another tab or device was quicker. Nothing is signed twice."""

    code = "workflow.signed-already"


class SomebodySigns(Unavailable):
    """Another signature is being made at this moment."""

    code = "workflow.somebody-signs"


class ChangedMeanwhile(WrongState):
    """The document is not the one that was read: it was repaired, or withdrawn and sent again."""

    code = "workflow.changed-meanwhile"
    citation: ClassVar[Citation | None] = Citation(norm=Norm.PP_71_2019, clause="62 (3)")


class NobodySigns(BadInput):
    """A dossier without anybody who signs cannot be sent."""

    code = "workflow.nobody-signs"


class SpotMissing(BadInput):
    """Somebody who signs visibly has no place yet. Parameter: name."""

    code = "workflow.spot-missing"


class SpotsOverlap(BadInput):
    """Two signatures would lie on one another. Parameters: first, second."""

    code = "workflow.spots-overlap"


class SeatTwice(BadInput):
    """The same person has two seats of the same kind. Parameter: name."""

    code = "workflow.seat-twice"


class TooManySeats(BadInput):
    """More people than a dossier may have. Parameter: most."""

    code = "workflow.too-many-seats"


class SealNeedsAnother(NotAllowed):
    """Whoever asks for the agency's seal does not confirm it: two people stand behind each seal."""

    code = "workflow.seal-needs-another"
    citation: ClassVar[Citation | None] = Citation(norm=Norm.PP_71_2019, clause="59 (2)")


class ForwardNotAllowed(NotAllowed):
    """Whoever sent the document did not allow this signature to be passed on."""

    code = "workflow.forward-not-allowed"


class ReasonMissing(BadInput):
    """To decline or send back needs a reason that the others can act on."""

    code = "workflow.reason-missing"


class DeadlinePast(BadInput):
    """The deadline has passed already. Parameter: deadline."""

    code = "workflow.deadline-past"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What the document is: number of the letter, title, kind, how confidential, how urgent, a word to the signers."""

    title: str
    number: str = ""
    kind: str = "letter"
    classification: Classification = Classification.ORDINARY
    urgency: Urgency = Urgency.ORDINARY
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How it goes round: by when, whether the first signature certifies (D8c), whether the notice is put on pages."""

    deadline: date | None = None
    certify: bool = False
    notice: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """One document on its way. `revision` counts its changes, so that two hands never write over one another."""

    id: UUID
    agency: str
    owner: Person
    subject: Subject
    way: Way = Way()
    state: State = State.DRAFT
    round: int = 1
    revision: int = 0
    pages: int = 0
    seats: tuple[Seat, ...] = ()
    versions: tuple[Version, ...] = ()
    claim: Claim | None = None
    warnings: tuple[str, ...] = ()
    created_at: Instant
    sent_at: Instant | None = None
    ended_at: Instant | None = None

    @property
    def current(self) -> Version:
        """The newest version."""
        return self.versions[-1]

    @property
    def original(self) -> Version:
        """The version that this round began with: what everybody in it reads."""
        begun = {Origin.UPLOADED, Origin.NOTED}
        return next(one for one in reversed(self.versions) if one.round == self.round and one.origin in begun)

    @property
    def signing_seats(self) -> tuple[Seat, ...]:
        """The seats that a signature is asked of, in their order."""
        asked = (seat for seat in self.seats if seat.part.uses_key and seat.state is not SeatState.FORWARDED)
        return tuple(sorted(asked, key=lambda seat: (seat.turn, seat.number)))

    @property
    def missing(self) -> tuple[Seat, ...]:
        """The seats whose signature is still to come."""
        return tuple(seat for seat in self.signing_seats if seat.state is not SeatState.DONE)

    def seat(self, number: int, /) -> Seat:
        """By its number. Raises DossierUnknown."""
        found = next((seat for seat in self.seats if seat.number == number), None)
        if found is None:
            raise DossierUnknown
        return found

    def turn_of(self, account: UUID, /) -> Seat:
        """The seat in which a person is asked now. Raises SignedAlready, NotYourTurn, DossierUnknown."""
        own = [seat for seat in self.seats if seat.person.account == account]
        if not own:
            raise DossierUnknown
        asked = next((seat for seat in own if seat.state is SeatState.TURN), None)
        if asked is not None:
            return asked
        if any(seat.state is SeatState.DONE and seat.part.uses_key for seat in own):
            raise SignedAlready
        raise NotYourTurn

    def has_seat(self, account: UUID, /) -> bool:
        """Whether a person has anything to do with it beyond having prepared it. Copies come when it is finished."""
        return any(
            seat.person.account == account
            and (seat.part is not Part.COPY or self.state is State.COMPLETED)
            and (seat.state is not SeatState.WAITING or self.state is not State.DRAFT)
            for seat in self.seats
        )

    def require(self, act: Act, /) -> None:
        """Raises ActNotNow where the state does not allow an act."""
        if self.state not in LIFE[act][0]:
            raise ActNotNow(act=act.value, state=self.state.value)

    def with_seat(self, changed: Seat, /) -> "Dossier":
        """The same with one seat replaced."""
        return replace(self, seats=tuple(changed if seat.number == changed.number else seat for seat in self.seats))
