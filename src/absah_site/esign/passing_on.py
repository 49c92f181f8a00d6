"""Passing on what an application asks for somebody whose certificate the national service holds.

The application speaks the same wire and need not know. Each document is an errand of its own (`absah_site.relay`), each
place in it a call; they are sent one after another, and nothing is handed out before the last of them is there. What
was certainly not sent may be asked again. Where nobody knows, nothing is sent again: the attempt stays open on the
application's page until a person has decided, and the same question is answered with that.
"""

from dataclasses import replace

from absah.esign.asks import BOTH_FACTORS
from absah.esign.refusals import EveryMarkNeedsPassphrase, SecondFactorNeeded
from absah.kernel.errors import AbsahError
from absah.kernel.rng import opaque_id
from absah.signing.factors import FactorKind
from absah_site import composition
from absah_site.applications.access import require_known
from absah_site.applications.actions import SigningUse
from absah_site.enrolment.access import RegisteredSubscriber
from absah_site.esign.exchange import Call
from absah_site.esign.marks import places_in
from absah_site.relay.access import is_open, needs_both_factors
from absah_site.relay.actions import check_ready_elsewhere, look_at, sign_elsewhere
from absah_site.signing.actions import DocumentOrder, SignedDocument


def pass_on(
    call: Call, orders: tuple[DocumentOrder, ...], person: RegisteredSubscriber, row: SigningUse, /, *, asked: str
) -> tuple[bytes, ...]:
    """The signed documents. `asked` is the mark of the request.

    Raises StillRunning, OutcomeUnknown, EveryMarkNeedsPassphrase, SecondFactorNeeded, and what `sign_elsewhere` raises.
    """
    require_known(call.application.id, asked, now=call.at)
    _check_factors(orders)
    if len(orders) > 1:  # what can be refused is, before the first of them is sent
        check_ready_elsewhere(person)
        for order in orders:
            look_at(order)
    made = tuple(_sent(_numbered(order), person, row) for order in orders)
    row.passed_on(tuple(one.sha256 for one in made))
    return tuple(one.document for one in made)


def _check_factors(orders: tuple[DocumentOrder, ...]) -> None:
    kinds = orders[0].factors.kinds
    if needs_both_factors() and kinds != BOTH_FACTORS:
        raise SecondFactorNeeded
    if FactorKind.TOTP in kinds and sum(map(places_in, orders)) > 1:
        raise EveryMarkNeedsPassphrase


def _numbered(order: DocumentOrder) -> DocumentOrder:
    return replace(order, record_id=opaque_id(composition.rng()))


def _sent(order: DocumentOrder, person: RegisteredSubscriber, row: SigningUse) -> SignedDocument:
    try:
        return sign_elsewhere(order, person, witness=row)
    except AbsahError as error:
        if order.record_id is not None and is_open(order.record_id):
            row.left_open(error)
        raise
