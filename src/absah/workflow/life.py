"""The life of a dossier, as data: its states, and which act is possible in which of them.

    draft ──send──> circulating ──last signature──> completed
      ^                 │  ├─ decline ──> declined
      │                 │  ├─ cancel ───> cancelled
      │            send back└─ deadline ─> expired
      └─ replace ─ returned

A page draws what may be done from this table; the steps (`absah.workflow.steps`) walk it and nothing else does.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class State(StrEnum):
    """How a dossier stands."""

    DRAFT = "draft"
    CIRCULATING = "circulating"
    RETURNED = "returned"
    COMPLETED = "completed"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"

    @property
    def is_final(self) -> bool:
        """Whether nothing happens any more but reading, and keeping it provable."""
        return self in {State.COMPLETED, State.DECLINED, State.CANCELLED, State.EXPIRED}


class Act(StrEnum):
    """What can happen. Stored for ever in the history of each dossier: members may be added, never renamed."""

    CREATE = "create"
    REPLACE = "replace"
    SEAT = "seat"
    PLACE = "place"
    SEND = "send"
    OPEN = "open"
    SIGN = "sign"
    DECLINE = "decline"
    SEND_BACK = "send-back"
    FORWARD = "forward"
    REMIND = "remind"
    CANCEL = "cancel"
    EXPIRE = "expire"
    COMPLETE = "complete"
    RENEW = "renew"
    FETCH = "fetch"
    HOLD = "hold"
    RELEASE = "release"
    DESTROY = "destroy"


_EDITABLE: Final = frozenset({State.DRAFT, State.RETURNED})
_OPEN: Final = frozenset({State.CIRCULATING})
_ENDED: Final = frozenset(state for state in State if state.is_final)

#: In which states each act is possible, and where it leads (None: the state stays, or the step decides).
LIFE: Final[Mapping[Act, tuple[frozenset[State], State | None]]] = MappingProxyType(
    {
        Act.REPLACE: (_EDITABLE, None),
        Act.SEAT: (_EDITABLE, None),
        Act.PLACE: (_EDITABLE, None),
        Act.SEND: (frozenset({State.DRAFT}), State.CIRCULATING),
        Act.OPEN: (_OPEN, None),
        Act.SIGN: (_OPEN, None),
        Act.DECLINE: (_OPEN, State.DECLINED),
        Act.SEND_BACK: (_OPEN, State.RETURNED),
        Act.FORWARD: (_OPEN, None),
        Act.REMIND: (_OPEN, None),
        Act.CANCEL: (_EDITABLE | _OPEN, State.CANCELLED),
        Act.EXPIRE: (_OPEN, State.EXPIRED),
        Act.COMPLETE: (_OPEN, State.COMPLETED),
        Act.RENEW: (frozenset({State.COMPLETED}), None),
        Act.FETCH: (frozenset(State), None),
        Act.HOLD: (_ENDED, None),
        Act.RELEASE: (_ENDED, None),
        Act.DESTROY: (_ENDED, None),
    }
)


def acts_in(state: State, /) -> frozenset[Act]:
    """What is possible in a state, for somebody or other."""
    return frozenset(act for act, (states, _) in LIFE.items() if state in states)
