"""What a person holds whose account is to be closed: each app that gives people work says so once, when it is loaded.

Accounts stand below the apps whose work people do, so they ask here. A looker names what is in the way and who settles
it; a hand-over runs in the transaction that closes the account and gives back what others can go on with.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from absah.kernel.messages import Phrase
from absah_site.actors import Account


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """Something that has to be settled first: what, in words, how many, and where that is done ("": by others)."""

    what: Phrase
    number: int
    link: str = ""


Looker: TypeAlias = Callable[[Account], tuple[Obstacle, ...]]
HandOver: TypeAlias = Callable[[Account, Account], int]

_LOOKERS: Final[list[Looker]] = []
_HAND_OVERS: Final[dict[str, HandOver]] = {}


def register_looker(looker: Looker, /) -> None:
    """Say what may be in the way."""
    if looker not in _LOOKERS:
        _LOOKERS.append(looker)


def register_hand_over(what: str, hand_over: HandOver, /) -> None:
    """Say how a kind of work (an opaque word for the ledger) is given back; it returns how much there was."""
    _HAND_OVERS[what] = hand_over


def obstacles_for(account: Account, /) -> tuple[Obstacle, ...]:
    """Everything in the way."""
    return tuple(one for look in _LOOKERS for one in look(account))


def hand_over_all(account: Account, /, *, by: Account) -> dict[str, int]:
    """Give everything back, in the caller's transaction. Returns how much of each kind there was."""
    return {what: hand_over(account, by) for what, hand_over in _HAND_OVERS.items()}
