"""The kinds of facts of an agreement, by the names they are stored under."""

from collections.abc import Mapping
from typing import Any, Final

from absah.agreements.addendum_paper import AddendumStep
from absah.agreements.events import Event
from absah.agreements.fulfilment import Move, Occasion
from absah.agreements.reckoning import Reckoning
from absah.agreements.registers import REGISTERS
from absah_site import fact_codec
from absah_site.fact_codec import FactUnreadable, alternatives, encode

__all__ = ["KINDS", "FactUnreadable", "decode", "encode"]

#: Every kind of fact, by the name it is stored under.
KINDS: Final[Mapping[str, type[Any]]] = {
    kind.__name__: kind
    for kind in (
        *(kind for family in (Event, Occasion, Move, AddendumStep) for kind in alternatives(family)),
        Reckoning,
        *(register.value for register in REGISTERS.values()),
        *(addition.value for register in REGISTERS.values() for addition in register.additions),
    )
}


def decode(kind: str, body: str, /) -> Any:
    """A fact of that kind from JSON. Raises FactUnreadable."""
    return fact_codec.decode(KINDS, kind, body)
