"""Where every item of a batch stands, which steps are lawful, and what a crash leaves of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Final
from uuid import UUID

from absah.kernel.errors import NotAllowed, WrongState
from absah.kernel.refs import Citation, Norm
from absah.signing.batch.items import (
    BatchActivation,
    BatchEvent,
    ItemAuthorised,
    ItemCompleted,
    ItemFailed,
    ItemMoved,
    ItemPrepared,
    ItemSigned,
    ItemState,
    ItemValued,
    Waiting,
    room_after,
)
from absah.signing.batch.order import ItemKey
from absah.signing.ports import DocumentDigest


class StepRefused(WrongState):
    """An item cannot go from one state to another in this way. The journal is damaged, or a program is wrong."""

    code: ClassVar[str] = "batch.step-refused"


class DigestSpent(NotAllowed):
    """This digest has been authorised under this consent before. It goes to the key under a new one or not at all."""

    code: ClassVar[str] = "batch.digest-spent"
    citation: ClassVar[Citation | None] = Citation(norm=Norm.EN_419_241_1, clause="SRA_SAP")


_NEXT: Final[Mapping[type[ItemState], tuple[type[ItemState], ...]]] = {
    Waiting: (ItemPrepared, ItemFailed),
    ItemPrepared: (Waiting, ItemAuthorised, ItemFailed),
    ItemAuthorised: (Waiting, ItemValued, ItemFailed),
    ItemValued: (Waiting, ItemCompleted, ItemFailed),
    ItemCompleted: (Waiting, ItemSigned, ItemFailed),
    ItemSigned: (),
    ItemFailed: (Waiting,),
}


@dataclass(slots=True)
class BatchState:
    """Where every item of a batch stands. `spent` are the pairs of consent and digest that went to the key."""

    states: dict[ItemKey, ItemState] = field(default_factory=dict)
    activations: dict[str, BatchActivation] = field(default_factory=dict)
    spent: set[tuple[str, DocumentDigest]] = field(default_factory=set)

    def of(self, key: ItemKey, /) -> ItemState:
        """The state of an item; one that nobody has heard of waits."""
        return self.states.get(key, Waiting())

    def apply(self, event: BatchEvent, /) -> None:
        """Take an event in. Raises StepRefused, DigestSpent; then nothing has changed."""
        if isinstance(event, BatchActivation):
            self.activations[event.consent.consent_id] = event
            return
        before, after = self.of(event.key), event.state
        _check_step(before, after)
        if isinstance(after, ItemAuthorised):
            self._spend(after)
        self.states[event.key] = after

    def _spend(self, authorised: ItemAuthorised) -> None:
        pair = (authorised.consent_id, authorised.prepared.digest)
        activation = self.activations.get(authorised.consent_id)
        if activation is None or authorised.prepared.digest not in activation.consent.digests:
            raise StepRefused(before="ItemPrepared", after="ItemAuthorised")
        if pair in self.spent:
            raise DigestSpent
        self.spent.add(pair)

    def roomiest(self) -> int:
        """The least room that the next signatures need: more than the largest CMS that has not fitted so far."""
        return max((room_after(reached) for reached in self.states.values()), default=0)


def _check_step(before: ItemState, after: ItemState) -> None:
    lawful = type(after) in _NEXT[type(before)]
    match before, after:
        case ItemPrepared(), ItemAuthorised(prepared=prepared):
            lawful = prepared == before
        case ItemAuthorised(), ItemValued(authorised=authorised):
            lawful = authorised == before
        case ItemCompleted(), ItemSigned(record=record, sha256=sha256, name=name):
            lawful = (record, sha256, name) == (before.record, before.sha256, before.name)
        case _:
            pass
    if not lawful:
        raise StepRefused(before=type(before).__name__, after=type(after).__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What a batch that was interrupted needs first: moves back to Waiting, and the attempts that ended with it."""

    moves: tuple[ItemMoved, ...]
    given_up: tuple[UUID, ...]


def recover(state: BatchState, /) -> Recovery:
    """What becomes of each item when the process that worked on it is gone.

    A key may have been used for an authorised item and the answer lost: that authorisation is never used again, the
    item waits for another. What has its value, or is complete, goes on from there. What failed may try again.
    """
    moves, given_up = [], []
    for key, reached in state.states.items():
        if isinstance(reached, ItemPrepared | ItemAuthorised | ItemFailed):
            moves.append(ItemMoved(key=key, state=Waiting()))
        if isinstance(reached, ItemAuthorised):
            given_up.append(reached.prepared.record)
    return Recovery(moves=tuple(moves), given_up=tuple(given_up))
