"""Lists of dossiers as their pages show them."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from absah.kernel.messages import word
from absah.workflow.life import State
from absah_site.actors import Account
from absah_site.departures import Obstacle
from absah_site.dossiers.store import lists
from absah_site.dossiers.store.lists import Inbox, Line, Sieve, Waiting

__all__ = [
    "PAGE",
    "Dealt",
    "Inbox",
    "Line",
    "Sent",
    "Sieve",
    "Waiting",
    "dealt_with",
    "inbox_of",
    "newest_signed_by",
    "next_for",
    "sent_by",
    "waiting_for",
    "waiting_within",
]

PAGE: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Dealt:
    """A page of what somebody has dealt with, and how many there are."""

    lines: tuple[Line, ...]
    matching: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A page of what somebody prepared, and how many there are in each state."""

    lines: tuple[Line, ...]
    matching: int
    counts: dict[State, int]


def inbox_of(actor: Account, sieve: Sieve, page: int, /, *, size: int = PAGE) -> Inbox:
    """What waits for a person."""
    return lists.inbox(actor.public_id, sieve, offset=(page - 1) * size, limit=size)


def waiting_within(actor: Account, sieve: Sieve, most: int, /) -> tuple[UUID, ...]:
    """Everything that a filter lets through, the oldest first."""
    return lists.waiting_ids(actor.public_id, sieve, limit=most)


def waiting_for(account: UUID, /) -> Waiting:
    """How many documents wait for a person, and since when."""
    return lists.waiting(account)


def documents_in_the_way(person: Account, /) -> tuple[Obstacle, ...]:
    """Documents that wait for a person whose account is to be closed: their senders put somebody else in the place."""
    number = lists.waiting(person.public_id).number
    return (Obstacle(what=word("accounts.obstacle.documents"), number=number),) if number else ()


def next_for(actor: Account, /) -> UUID | None:
    """The document that stands first in a person's inbox."""
    lines = lists.inbox(actor.public_id, Sieve(), offset=0, limit=1).lines
    return lines[0].id if lines else None


def newest_signed_by(actor: Account, /) -> UUID | None:
    """The document that a person signed last."""
    return lists.newest_signed(actor.public_id)


def dealt_with(actor: Account, words: str, page: int, /) -> Dealt:
    """What a person has signed, declined or passed on, and the copies received; by number or words of the title."""
    found, matching = lists.seats_history(actor.public_id, words, offset=(page - 1) * PAGE, limit=PAGE)
    return Dealt(lines=found, matching=matching)


def sent_by(actor: Account, state: State | None, words: str, page: int, /) -> Sent:
    """What a person has prepared, by number or words of the title."""
    found, matching = lists.owned(actor.public_id, state, words, offset=(page - 1) * PAGE, limit=PAGE)
    return Sent(lines=found, matching=matching, counts=lists.owned_counts(actor.public_id))
