"""The signatures under an agreement: made here, or made elsewhere and handed in; and agreements signed before.

    typeset, notice on every page -> first party signs at its anchor -> second party signs at its own

Each signature only appends, so the file that comes back must begin with the file that went out. Whoever made it, it is
verified, the signer compared with the representative, and the place with the party's anchor, before it is recorded.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.db import transaction

from absah.adapters.typst_press import press_agreement
from absah.agreements.events import Adopted, Signed, SignerSeen
from absah.agreements.face import face_of
from absah.agreements.parties import Role as Side
from absah.agreements.recording import check
from absah.kernel.clock import Instant
from absah.kernel.errors import WrongState
from absah.pdf.notice import Notice, stamp_notice
from absah.signing.factors import Factors
from absah.signing.levels import Level
from absah.signing.placement import AtAnchor
from absah_site import composition
from absah_site.actors import Account, Actor, Operator
from absah_site.agreements import access
from absah_site.agreements.access import OpenedAgreement
from absah_site.agreements.actions.life import NotYourSide, hold, record_event
from absah_site.agreements.actions.papers import Upload, keep_paper
from absah_site.agreements.actions.seen import keep_report, new_signature
from absah_site.enrolment import access as enrolment
from absah_site.signing.actions import SigningOrder, sign_for_subscriber
from absah_site.validation import access as verification

_APPLICATION: Final = "perjanjian"
_NAME: Final = "perjanjian.pdf"


class NobodysTurn(WrongState):
    """No signature is awaited. Parameter: state."""

    code = "agreements.nobodys-turn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """Whose signature comes next, and the file it goes under."""

    side: Side
    document: bytes


def awaited(found: OpenedAgreement, /) -> Awaited:
    """The next signature. Raises NobodysTurn when both have signed, or the agreement began elsewhere."""
    signatures = found.agreement.signatures
    if found.agreement.adopted is not None or len(signatures) >= len(Side):
        raise NobodysTurn(state=found.agreement.state)
    return Awaited(side=Side.SECOND if signatures else Side.FIRST, document=present_document(found))


def present_document(found: OpenedAgreement, /) -> bytes:
    """The agreement as it stands: signed by both, by one, or typeset and waiting for the first."""
    if found.agreement.adopted is not None:
        return composition.documents().read(found.agreement.adopted.document)
    if found.agreement.signatures:
        return composition.documents().read(found.agreement.signatures[-1].document)
    return typeset(found)


def typeset(found: OpenedAgreement, /) -> bytes:
    """The agreement as PDF, with the statement on every page that tells whose certificates it is signed with."""
    face = press_agreement(face_of(found.agreement))
    issuer = found.agreement.issuer_on(found.agreement.dated)
    return stamp_notice(face, Notice(issuer=issuer, trial=composition.config().trial))


def sign_here(identifier: UUID, factors: Factors, /, *, by: Account) -> None:
    """Sign with the own key, if this person is the party's representative. What can be refused is, before the key."""
    now = composition.clock().now()
    found = access.agreement_for(by, identifier, now=now)
    turn = _turn_of(found, by=by)
    person = enrolment.subscriber_of(by.public_id)
    anchor = found.agreement.parties[turn.side].anchor
    seen = SignerSeen(name=person.name.full, certificate="", anchor=anchor)
    check(found.agreement, _signed(found, turn.side, seen, "", now), open_duties=frozenset())
    order = SigningOrder(
        document=turn.document,
        nik=enrolment.own_nik(by.public_id),
        factors=factors,
        application=_APPLICATION,
        placement=AtAnchor(text=anchor),
        level=Level.B_LT,
        reason="Menyetujui dan menandatangani perjanjian",
    )
    _record(identifier, sign_for_subscriber(order).document, by=by)


def hand_in(identifier: UUID, upload: Upload, /, *, by: Actor) -> None:
    """Take the file that the representative signed with another program."""
    _record(identifier, upload.content, by=by)


@transaction.atomic
def _record(identifier: UUID, document: bytes, /, *, by: Actor) -> None:
    now = composition.clock().now()
    found = hold(identifier, by=by, now=now)
    turn = _turn_of(found, by=by)
    before = len(found.agreement.signatures)
    new = new_signature(found, document, begins_with=turn.document, signed_before=before, now=now)
    paper = keep_paper(found, Upload(name=_NAME, content=document), now=now, by=by)
    keep_report(found, new.report, now=now, by=by)
    record_event(identifier, _signed(found, turn.side, new.signer, paper.sha256, now), by=by)


def _turn_of(found: OpenedAgreement, /, *, by: Actor) -> Awaited:
    """Whose signature is awaited. The operator of the machine hands in for whoever it is."""
    turn = awaited(found)
    if found.side is not turn.side and not isinstance(by, Operator):
        raise NotYourSide(kind=Signed.__name__)
    return turn


def _signed(found: OpenedAgreement, side: Side, seen: SignerSeen, document: str, now: Instant) -> Signed:
    return Signed(on=found.today, recorded_at=now, by=side, signer=seen, document=document)


@transaction.atomic
def adopt(identifier: UUID, upload: Upload, /, *, signed_on: date, by: Actor) -> None:
    """Take over an agreement that was signed before: a signed PDF or a scan, with the report on it."""
    now = composition.clock().now()
    found = hold(identifier, by=by, now=now)
    side = found.side or Side.FIRST
    report = verification.report_on(upload.content, password=None, now=now)
    paper = keep_paper(found, upload, now=now, by=by)
    event = Adopted(
        on=signed_on,
        recorded_at=now,
        by=side,
        document=paper.sha256,
        report=keep_report(found, report, now=now, by=by),
    )
    record_event(identifier, event, by=by)
