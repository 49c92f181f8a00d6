"""Many dossiers signed by one act: claimed one by one, valued together, each concluded when its document is whole."""

from collections.abc import Callable, Mapping
from uuid import UUID

from django.db import transaction

from absah.kernel.errors import AbsahError
from absah.kernel.rng import opaque_id
from absah.pki.algorithms import DigestAlgorithm
from absah.signing.completion import SigningPorts
from absah.signing.factors import Factors
from absah.workflow import steps
from absah.workflow.dossier import Dossier, SignedAlready
from absah.workflow.parts import Seat
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import About, Account
from absah_site.dossiers.access.opening import document_of
from absah_site.dossiers.actions.questions import AskedDossiers, QuestionOver, take_question
from absah_site.dossiers.actions.signing import (
    APPLICATION,
    Affirmation,
    check_affirmed,
    conclude,
    order_for,
    release,
    signatures_in,
    verified,
    version_of,
)
from absah_site.dossiers.actions.steps import held
from absah_site.dossiers.store import dossiers
from absah_site.enrolment import access as enrolment
from absah_site.roles import Permission
from absah_site.signing.actions import (
    DocumentOrder,
    ReadyDocument,
    UsableSigner,
    ValuedDocument,
    finish,
    give_up,
    prepare_each,
    ready_again,
    signing_ports,
    usable_signer,
    value_together,
)

__all__ = ["ValuedDossier", "conclude_valued", "is_concluded", "sign_bundle", "sign_by_passkey"]

ValuedDossier = tuple[UUID, ValuedDocument]


def sign_bundle(
    wanted: Mapping[UUID, int], factors: Factors, /, *, by: Account, about: str = ""
) -> tuple[tuple[ValuedDossier, ...], dict[UUID, AbsahError]]:
    """Use the key once for all dossiers of the rounds that were seen. What one refuses keeps none of the others.

    With a passkey, `about` is the question that it answered. Raises what is wrong with the certificate or the factors:
    then every dossier is free again.
    """
    signer = usable_signer(enrolment.own_nik(by.public_id))
    asked = None if factors.passkey is None else take_question(about, by=by)
    claimed, refused = _claim_each(wanted, asked, by=by)
    valued: tuple[ValuedDocument, ...] = ()
    try:
        makers = [
            lambda found=found, seat=seat, record=record: order_for(found, seat, factors, record)
            for found, seat, record in claimed
        ]
        if asked is None:
            ready, unready = prepare_each(makers, signer)
        else:
            orders: list[tuple[UUID, Callable[[], DocumentOrder]]] = [
                (found.id, make) for (found, _seat, _record), make in zip(claimed, makers, strict=True)
            ]
            ready, unready = _as_asked(orders, asked, signer)
        refused |= {claimed[position][0].id: error for position, error in unready.items()}
        if ready:
            valued = value_together(ready, factors, APPLICATION, agreed=() if asked is None else asked.digests)
    finally:
        made = {one.record for one in valued}
        for found, _seat, record in claimed:
            if record not in made:
                release(found.id, record)
    by_record = {record: found.id for found, _seat, record in claimed}
    return tuple((by_record[one.record], one) for one in valued), refused


def _as_asked(
    orders: list[tuple[UUID, Callable[[], DocumentOrder]]], asked: AskedDossiers, signer: UsableSigner
) -> tuple[tuple[ReadyDocument, ...], dict[int, AbsahError]]:
    """Each document as the passkey was asked about it; what is another one by now is refused."""
    ready, refused = [], {}
    for position, (identifier, order_of) in enumerate(orders):
        try:
            order, fixed = order_of(), asked.documents[identifier]
            if DigestAlgorithm.SHA256.digest(order.document).hex() != fixed.source:
                raise QuestionOver
            ready.append(ready_again(order, signer, fixed))
        except AbsahError as error:
            refused[position] = error
    return tuple(ready), refused


def _claim_each(
    wanted: Mapping[UUID, int], asked: AskedDossiers | None, *, by: Account
) -> tuple[list[tuple[Dossier, Seat, UUID]], dict[UUID, AbsahError]]:
    claimed: list[tuple[Dossier, Seat, UUID]] = []
    refused: dict[UUID, AbsahError] = {}
    with transaction.atomic(durable=True):
        for identifier, seen in wanted.items():
            record = opaque_id(composition.rng())
            try:
                if asked is not None:
                    record = _asked_as(identifier, asked)
                before = held(identifier)
                authorise(by, Permission.DOCUMENT_SIGN, About(agency=before.agency or None))
                now = composition.clock().now()
                after = steps.claimed(before, by.public_id, record=record, seen=seen, now=now)
            except AbsahError as error:
                refused[identifier] = error
            else:
                claimed.append((dossiers.save(before, after), before.turn_of(by.public_id), record))
    return claimed, refused


def _asked_as(identifier: UUID, asked: AskedDossiers) -> UUID:
    """The number under which a dossier was prepared. Raises QuestionOver where it was not."""
    if identifier not in asked.documents:
        raise QuestionOver
    return asked.documents[identifier].record


def sign_by_passkey(identifier: UUID, affirmed: Affirmation, factors: Factors, /, *, by: Account) -> Dossier:
    """Sign one dossier with passphrase and passkey. Raises as `signing.sign`, and QuestionOver."""
    check_affirmed(affirmed, factors)
    valued, refused = sign_bundle({identifier: affirmed.seen}, factors, by=by, about=str(identifier))
    if identifier in refused:
        raise refused[identifier]
    [(_dossier, one)] = valued
    try:
        return conclude_valued(identifier, one, signing_ports(), by=by)
    except AbsahError as error:
        give_up(one.record, error)
        release(identifier, one.record)
        raise


def is_concluded(identifier: UUID, record: UUID, /) -> bool:
    """Whether the signature of this number is in its dossier."""
    found = dossiers.find(identifier)
    return found is not None and any(seat.record == record for seat in found.seats)


def conclude_valued(identifier: UUID, valued: ValuedDocument, ports: SigningPorts, /, *, by: Account) -> Dossier:
    """Make the document of a value whole, check it, and add it to its dossier. May be called again."""
    found = dossiers.find(identifier)
    if found is None or not steps.is_claimed_by(found, valued.record):
        if found is not None and any(seat.record == valued.record for seat in found.seats):
            return found
        raise SignedAlready
    made = finish(valued, document_of(found), ports, kept_in=composition.sealed_documents())
    verified(made.document, signed_before=signatures_in(found))
    return conclude(identifier, version_of(made), valued.record, by=by, ports=ports)
