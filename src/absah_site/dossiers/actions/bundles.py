"""Many dossiers signed by one act: claimed one by one, valued together, each concluded when its document is whole."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from absah.kernel.errors import AbsahError
from absah.kernel.rng import opaque_id
from absah.signing.completion import SigningPorts
from absah.signing.factors import Factors
from absah.workflow import steps
from absah.workflow.dossier import Dossier, SignedAlready
from absah.workflow.parts import Origin, Seat, Version
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import About, Account
from absah_site.dossiers.access.opening import document_of
from absah_site.dossiers.actions.signing import APPLICATION, conclude, order_for, release, signatures_in, verified
from absah_site.dossiers.actions.steps import held
from absah_site.dossiers.store import dossiers
from absah_site.enrolment import access as enrolment
from absah_site.roles import Permission
from absah_site.signing.actions import ValuedDocument, finish, prepare_each, usable_signer, value_together

__all__ = ["ValuedDossier", "conclude_valued", "sign_bundle"]

ValuedDossier = tuple[UUID, ValuedDocument]


def sign_bundle(
    wanted: Mapping[UUID, int], factors: Factors, /, *, by: Account
) -> tuple[tuple[ValuedDossier, ...], dict[UUID, AbsahError]]:
    """Use the key once for all dossiers of the rounds that were seen. What one refuses keeps none of the others.

    Raises what is wrong with the certificate or the factors: then every dossier is free again.
    """
    signer = usable_signer(enrolment.own_nik(by.public_id))
    claimed, refused = _claim_each(wanted, by=by)
    valued: tuple[ValuedDocument, ...] = ()
    try:
        makers = [
            lambda found=found, seat=seat, record=record: order_for(found, seat, factors, record)
            for found, seat, record in claimed
        ]
        ready, unready = prepare_each(makers, signer)
        refused |= {claimed[position][0].id: error for position, error in unready.items()}
        if ready:
            valued = value_together(ready, factors, APPLICATION)
    finally:
        made = {one.record for one in valued}
        for found, _seat, record in claimed:
            if record not in made:
                release(found.id, record)
    by_record = {record: found.id for found, _seat, record in claimed}
    return tuple((by_record[one.record], one) for one in valued), refused


def _claim_each(
    wanted: Mapping[UUID, int], *, by: Account
) -> tuple[list[tuple[Dossier, Seat, UUID]], dict[UUID, AbsahError]]:
    claimed: list[tuple[Dossier, Seat, UUID]] = []
    refused: dict[UUID, AbsahError] = {}
    with transaction.atomic(durable=True):
        for identifier, seen in wanted.items():
            record = opaque_id(composition.rng())
            try:
                before = held(identifier)
                authorise(by, Permission.DOCUMENT_SIGN, About(agency=before.agency or None))
                now = composition.clock().now()
                after = steps.claimed(before, by.public_id, record=record, seen=seen, now=now)
            except AbsahError as error:
                refused[identifier] = error
            else:
                claimed.append((dossiers.save(before, after), before.turn_of(by.public_id), record))
    return claimed, refused


def conclude_valued(identifier: UUID, valued: ValuedDocument, ports: SigningPorts, /, *, by: Account) -> Dossier:
    """Make the document of a value whole, check it, and add it to its dossier. May be called again."""
    found = dossiers.find(identifier)
    if found is None or not steps.is_claimed_by(found, valued.record):
        if found is not None and any(seat.record == valued.record for seat in found.seats):
            return found
        raise SignedAlready
    made = finish(valued, document_of(found), ports, kept_in=composition.sealed_documents())
    verified(made.document, signed_before=signatures_in(found))
    version = Version(number=0, round=0, sha256=made.sha256, size=len(made.document), origin=Origin.SIGNED, at=made.at)
    return conclude(identifier, version, valued.record, by=by, ports=ports)
