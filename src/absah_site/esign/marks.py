"""One signature for each occurrence of a mark, where the application is set so; usually one for each document.

A field has one place, so several places are several signatures, each in a revision of its own on top of the one before.
They are made in rounds: in the last one every document gets its last signature, and only then is anything handed out.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from absah.esign.refusals import EveryMarkNeedsPassphrase, TooManyMarks
from absah.signing.placement import AtMark, Occurrence
from absah.signing.siting import marks_meant
from absah_site import composition
from absah_site.applications.actions import SigningUse
from absah_site.signing.actions import DocumentOrder, UsableKey, sign_together

_MOST_MARKS: Final = 20


def sign_at_marks(
    orders: tuple[DocumentOrder, ...], key: UsableKey, row: SigningUse, /, *, name: Callable[[], str]
) -> tuple[bytes, ...]:
    """The signed documents. `name` draws a name for each further field.

    Raises TooManyMarks, EveryMarkNeedsPassphrase, and what `sign_together` raises.
    """
    counts = tuple(map(places_in, orders))
    rounds = max(counts)
    if rounds > 1 and orders[0].factors.totp is not None:
        raise EveryMarkNeedsPassphrase
    row.in_rounds(rounds)
    signed = [order.document for order in orders]
    for number in range(rounds):
        turn = [at for at, count in enumerate(counts) if number >= rounds - count]
        due = tuple(_due(orders[at], signed[at], number - (rounds - counts[at]), name) for at in turn)
        for at, made in zip(turn, sign_together(due, key, witness=row), strict=True):
            signed[at] = made.document
    return tuple(signed)


def places_in(order: DocumentOrder, /) -> int:
    """How many signatures the document gets. A mark that is nowhere is refused where it is looked for."""
    placement = order.placement
    if not isinstance(placement, AtMark) or placement.occurrence is not Occurrence.EVERY:
        return 1
    password = None if order.password is None else order.password.reveal()
    found = len(marks_meant(order.document, placement, password, composition.surveyor()))
    if found > _MOST_MARKS:
        raise TooManyMarks(most=_MOST_MARKS)
    return max(1, found)


def _due(order: DocumentOrder, document: bytes, nth: int, name: Callable[[], str]) -> DocumentOrder:
    """The order of one round."""
    if nth == 0 or not isinstance(order.placement, AtMark):
        return order
    return replace(order, document=document, placement=replace(order.placement, nth=nth), field_name=name())
