"""What a passkey is asked about dossiers: everything is prepared first, so that the question names what will be signed.

    question -> each dossier prepared, their digests hashed into the challenge -> the device answers -> signed together

What was prepared lies on the shelf for some minutes, for one answer. A document that got another signature meanwhile
is not the one that was asked about: then the device is asked again, and nothing was signed.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from absah.adapters.sealed_shelf import NotOnShelf, Ticket
from absah.kernel.errors import AbsahError, WrongState
from absah.kernel.rng import opaque_id
from absah.signing.factors import Factors, PasskeyAnswer
from absah.signing.passkeys import consent_challenge
from absah.workflow import steps
from absah.workflow.dossier import Dossier, DossierUnknown
from absah.workflow.life import Act
from absah.workflow.parts import Seat
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import About, Account
from absah_site.dossiers.actions.signing import order_for
from absah_site.dossiers.store import dossiers
from absah_site.enrolment import access as enrolment
from absah_site.roles import Permission
from absah_site.signing.actions import FixedDocument, prepare_each, usable_signer

_NAME: Final = "question"
_LENGTH: Final = 8
_ANSWER_TO_COME: Final = Factors(
    passkey=PasskeyAnswer(credential_id=b"", authenticator_data=b"", client_data=b"", signature=b"")
)


class QuestionOver(WrongState):
    """The passkey was asked about something else, or too long ago. Nothing was signed."""

    code = "dossiers.question-over"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedDossiers:
    """What a passkey was asked about, by dossier."""

    documents: Mapping[UUID, FixedDocument]

    @property
    def digests(self) -> tuple[bytes, ...]:
        """What the answer agrees to."""
        return tuple(one.digest for one in self.documents.values())


def ask_passkey(about: str, wanted: Mapping[UUID, int], /, *, by: Account) -> bytes:
    """Prepare dossiers in the rounds that were read, and return the challenge. `about` says which page asks.

    What one refuses keeps none of the others; where nothing is left, raises what the first refused.
    """
    signer = usable_signer(enrolment.own_nik(by.public_id))
    found: list[tuple[Dossier, Seat]] = []
    refused: list[AbsahError] = []
    for identifier, seen in wanted.items():
        try:
            found.append(_waiting(identifier, seen, by=by))
        except AbsahError as error:
            refused.append(error)
    makers = [
        lambda dossier=dossier, seat=seat: order_for(dossier, seat, _ANSWER_TO_COME, opaque_id(composition.rng()))
        for dossier, seat in found
    ]
    ready, unready = prepare_each(makers, signer)
    refused += unready.values()
    if not ready:
        raise refused[0] if refused else DossierUnknown
    asked_about = [found[position][0].id for position in range(len(found)) if position not in unready]
    documents = {dossier: one.fixed for dossier, one in zip(asked_about, ready, strict=True)}
    composition.shelf().put_under(_ticket(about, by), {_NAME: _packed(documents)})
    return consent_challenge(signer.credential, AskedDossiers(documents=documents).digests)


def _waiting(identifier: UUID, seen: int, *, by: Account) -> tuple[Dossier, Seat]:
    dossier = dossiers.find(identifier)
    if dossier is None:
        raise DossierUnknown
    authorise(by, Permission.DOCUMENT_SIGN, About(agency=dossier.agency or None))
    seat = dossier.turn_of(by.public_id)
    dossier.require(Act.SIGN)
    steps.check_seen(dossier, seen)
    return dossier, seat


def take_question(about: str, /, *, by: Account) -> AskedDossiers:
    """What the passkey was asked about, once. Raises QuestionOver."""
    try:
        packed = composition.shelf().take_away(_ticket(about, by), _NAME)
    except NotOnShelf:
        raise QuestionOver from None
    return AskedDossiers(documents=_unpacked(packed))


def _ticket(about: str, by: Account) -> Ticket:
    return composition.sealed_documents().ticket_for(f"question {by.public_id} {about}")


def _packed(documents: Mapping[UUID, FixedDocument]) -> bytes:
    """The facts as JSON with its length before it, then what each document appends."""
    facts = [{"dossier": str(key), "size": len(one.appended), **one.to_dict()} for key, one in documents.items()]
    head = json.dumps(facts).encode()
    return b"".join([len(head).to_bytes(_LENGTH, "big"), head, *(one.appended for one in documents.values())])


def _unpacked(packed: bytes) -> dict[UUID, FixedDocument]:
    at = _LENGTH + int.from_bytes(packed[:_LENGTH], "big")
    facts: list[dict[str, Any]] = json.loads(packed[_LENGTH:at])
    documents: dict[UUID, FixedDocument] = {}
    for one in facts:
        documents[UUID(one["dossier"])] = FixedDocument.from_dict(one, packed[at : at + one["size"]])
        at += one["size"]
    return documents
