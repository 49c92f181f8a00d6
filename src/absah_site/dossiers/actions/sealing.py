"""The agency's seal on a dossier, by two people: whoever prepared it asked, another with the right confirms here.

The seal's key opens with a one-time code that the signer makes for this document, once. Nobody sees or types it.
"""

from uuid import UUID

from absah.kernel.rng import opaque_id
from absah.signing.factors import Factors
from absah.workflow.dossier import NotYourTurn
from absah_site import composition
from absah_site.actors import Account
from absah_site.dossiers.actions.signing import (
    APPLICATION,
    Affirmation,
    NotAffirmed,
    Receipt,
    claim,
    conclude,
    order_for,
    release,
    signatures_in,
    verified,
    version_of,
)
from absah_site.seals.access import seal as seal_numbered
from absah_site.seals.actions import confirmed_code, usable_seal
from absah_site.signing.actions import sign_together


def confirm_seal(identifier: UUID, affirmed: Affirmation, /, *, by: Account) -> Receipt:
    """Seal it. Who confirms has just shown two factors. Raises as `signing.sign`, and SealNeedsAnother."""
    if not (affirmed.has_read and affirmed.agrees):
        raise NotAffirmed
    record = opaque_id(composition.rng())
    claimed, seat = claim(identifier, record, affirmed, by=by, sealing=True)
    made = None
    try:
        if seat.seal is None:
            raise NotYourTurn
        seal = seal_numbered(seat.seal.number)
        key = usable_seal(seal)
        factors = Factors(totp=confirmed_code(seal, APPLICATION, by=by))
        made = sign_together((order_for(claimed, seat, factors, record),), key)[0]
        verdict = verified(made.document, signed_before=signatures_in(claimed))
    finally:
        if made is None:
            release(identifier, record)
    return Receipt(
        dossier=conclude(identifier, version_of(made), record, by=by), seat=seat.number, record=record, verdict=verdict
    )
