"""Addenda: drafted by either party, typeset, signed by both in order, and then part of the agreement.

One that both signed elsewhere, perhaps on paper, is entered with its file and the report on it.
"""

from datetime import date
from typing import Final
from uuid import UUID

from django.db import transaction

from absah.adapters.typst_press import press_agreement
from absah.agreements.addendum_paper import (
    AddendumAdopted,
    AddendumDrafted,
    AddendumPaper,
    AddendumSigned,
    AddendumStep,
    AddendumWithdrawn,
    addendum_face,
    adopted_by,
    check_draft,
    conclusion_of,
    signed_by,
    withdrawn_by,
)
from absah.agreements.amendments import Addendum
from absah.agreements.events import SignerSeen
from absah.audit.tags import AgreementTag
from absah.kernel.clock import Instant
from absah.pdf.notice import Notice, stamp_notice
from absah.signing.factors import Factors
from absah.signing.levels import Level
from absah.signing.placement import AtAnchor
from absah_site import composition
from absah_site.actors import Account, Actor
from absah_site.agreements import access
from absah_site.agreements.access import OpenedAgreement
from absah_site.agreements.actions.life import NotYourSide, hold, record_event
from absah_site.agreements.actions.papers import Upload, keep_paper
from absah_site.agreements.actions.seen import keep_report, new_signature
from absah_site.agreements.store import facts
from absah_site.audit.actions import record
from absah_site.enrolment import access as enrolment
from absah_site.signing.actions import SigningOrder, sign_for_subscriber
from absah_site.validation import access as verification

_APPLICATION: Final = "perjanjian"
_NAME: Final = "adendum.pdf"


@transaction.atomic
def draft_addendum(identifier: UUID, addendum: Addendum, /, *, now: Instant, by: Actor) -> int:
    """Propose an addendum. Its number among those of the agreement."""
    found = hold(identifier, by=by, now=now)
    if found.side is None:
        raise NotYourSide(kind=AddendumDrafted.__name__)
    check_draft(found.agreement, addendum)
    drafted = AddendumDrafted(by=found.side, on=found.today, recorded_at=now, addendum=addendum)
    press_agreement(addendum_face(found.agreement, AddendumPaper(drafted=drafted)))  # somebody may sign for each party
    return _begin(found, drafted, by=by)


@transaction.atomic
def adopt_addendum(
    identifier: UUID, addendum: Addendum, upload: Upload, /, *, signed_on: date, now: Instant, by: Actor
) -> int:
    """Take over an addendum that both signed elsewhere: a signed PDF or a scan, with the report on it. Its number."""
    found = hold(identifier, by=by, now=now)
    if found.side is None:
        raise NotYourSide(kind=AddendumAdopted.__name__)
    check_draft(found.agreement, addendum)
    report = verification.report_on(upload.content, password=None, now=now)
    drafted = AddendumDrafted(by=found.side, on=found.today, recorded_at=now, addendum=addendum)
    number = _begin(found, drafted, by=by)
    step = AddendumAdopted(
        by=found.side,
        on=signed_on,
        recorded_at=now,
        document=keep_paper(found, upload, now=now, by=by).sha256,
        report=keep_report(found, report, now=now, by=by),
    )
    paper = adopted_by(AddendumPaper(drafted=drafted), step)
    _append(found, number, step, by=by)
    record_event(identifier, conclusion_of(paper), by=by)
    return number


def _begin(found: OpenedAgreement, drafted: AddendumDrafted, *, by: Actor) -> int:
    number = len(access.addenda(found)) + 1
    _append(found, number, drafted, by=by)
    return number


@transaction.atomic
def withdraw_addendum(identifier: UUID, number: int, reason: str, /, *, now: Instant, by: Actor) -> None:
    """Take a proposal back, which either party may until both have signed."""
    found = hold(identifier, by=by, now=now)
    if found.side is None:
        raise NotYourSide(kind=AddendumWithdrawn.__name__)
    step = AddendumWithdrawn(by=found.side, on=found.today, recorded_at=now, reason=reason)
    withdrawn_by(access.addendum_of(found, number), step)
    _append(found, number, step, by=by)


def addendum_document(found: OpenedAgreement, paper: AddendumPaper, /) -> bytes:
    """The addendum as it stands: signed by both, by one, or typeset and waiting for the first."""
    if paper.adopted is not None:
        return composition.documents().read(paper.adopted.document)
    if paper.signatures:
        return composition.documents().read(paper.signatures[-1].document)
    issuer = found.agreement.issuer_on(paper.drafted.on)
    face = press_agreement(addendum_face(found.agreement, paper))
    return stamp_notice(face, Notice(issuer=issuer, trial=composition.config().trial))


def sign_addendum_here(identifier: UUID, number: int, factors: Factors, /, *, by: Account) -> None:
    """Sign with the own key, if this person may sign for the party whose turn it is."""
    now = composition.clock().now()
    found = access.agreement_for(by, identifier, now=now)
    paper = access.addendum_of(found, number)
    anchor = found.agreement.parties[found.side].anchor if found.side else ""
    signer = SignerSeen(name=enrolment.subscriber_of(by.public_id).name.full, certificate="", anchor=anchor)
    signed_by(found.agreement, paper, _signed(found, signer, "", now=now))
    order = SigningOrder(
        document=addendum_document(found, paper),
        nik=enrolment.own_nik(by.public_id),
        factors=factors,
        application=_APPLICATION,
        placement=AtAnchor(text=anchor),
        level=Level.B_LT,
        reason="Menyetujui dan menandatangani adendum",
    )
    hand_in_addendum(identifier, number, sign_for_subscriber(order).document, by=by)


@transaction.atomic
def hand_in_addendum(identifier: UUID, number: int, document: bytes, /, *, by: Actor) -> None:
    """Take the file that the representative signed. With the second signature the agreement is amended."""
    now = composition.clock().now()
    found = hold(identifier, by=by, now=now)
    paper = access.addendum_of(found, number)
    before, base = len(paper.signatures), addendum_document(found, paper)
    new = new_signature(found, document, begins_with=base, signed_before=before, now=now)
    kept = keep_paper(found, Upload(name=_NAME, content=document), now=now, by=by)
    keep_report(found, new.report, now=now, by=by)
    step = _signed(found, new.signer, kept.sha256, now=now)
    paper = signed_by(found.agreement, paper, step)
    _append(found, number, step, by=by)
    if paper.is_concluded:
        record_event(identifier, conclusion_of(paper), by=by)


def _signed(found: OpenedAgreement, signer: SignerSeen, document: str, *, now: Instant) -> AddendumSigned:
    if found.side is None:
        raise NotYourSide(kind=AddendumSigned.__name__)
    return AddendumSigned(by=found.side, on=found.today, recorded_at=now, signer=signer, document=document)


def _append(found: OpenedAgreement, number: int, step: AddendumStep, *, by: Actor) -> None:
    stream = access.addendum_stream(number)
    added = facts.append(found.id, step, on=step.on, recorded_at=step.recorded_at, actor=by.reference, stream=stream)
    told: dict[str, str | int] = {"number": added.number, "addendum": number, "kind": type(step).__name__}
    subject = f"agreement:{found.id}"
    record(at=step.recorded_at, tag=AgreementTag.ADDENDUM_MOVED, actor=by.reference, subject=subject, facts=told)
