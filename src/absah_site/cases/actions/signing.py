"""The signature under what a case wrote: made here with the own key, or by another program and handed in."""

from typing import Final
from uuid import UUID

from django.db import transaction

from absah.agreements.events import SignerSeen
from absah.agreements.parties import Role as Side
from absah.cases.case import CaseStepped, add_entry
from absah.cases.letters import SIGNED, check_letter_signer
from absah.kernel.clock import Instant
from absah.signing.factors import Factors
from absah.signing.levels import Level
from absah.signing.placement import AtAnchor
from absah_site import composition
from absah_site.actors import Account, Actor
from absah_site.agreements.actions.life import NotYourSide, hold
from absah_site.agreements.actions.papers import Upload
from absah_site.agreements.actions.seen import new_signature, written_report
from absah_site.cases import access
from absah_site.cases.access import OpenedCase
from absah_site.cases.access.letters import to_be_signed
from absah_site.cases.actions.cases import add_paper
from absah_site.cases.actions.work import step_with_work
from absah_site.enrolment import access as enrolment
from absah_site.signing.actions import SigningOrder, sign_for_subscriber

_APPLICATION: Final = "perjanjian"


def document_to_sign(opened: OpenedCase, /) -> bytes:
    """The file that awaits a signature."""
    sha256, _ = to_be_signed(opened)
    return composition.documents().read(sha256)


def sign_here(opened: OpenedCase, act: str, factors: Factors, /, *, by: Account) -> None:
    """Sign with the own key. What can be refused is refused before it is used."""
    now, side = composition.clock().now(), _side(opened, act)
    anchor = opened.found.agreement.parties[side].anchor
    seen = SignerSeen(name=enrolment.subscriber_of(by.public_id).name.full, certificate="", anchor=anchor)
    _check(opened, act, seen, side, now=now)
    order = SigningOrder(
        document=document_to_sign(opened),
        nik=enrolment.own_nik(by.public_id),
        factors=factors,
        application=_APPLICATION,
        placement=AtAnchor(text=anchor),
        level=Level.B_LT,
        reason=opened.case.subject,
    )
    hand_in(opened.found.id, opened.listed.id, act, sign_for_subscriber(order).document, by=by)


@transaction.atomic
def hand_in(agreement: UUID, identifier: UUID, act: str, document: bytes, /, *, by: Actor) -> None:
    """Take the file that was signed: verified, its signer and place compared, kept with the report on it."""
    now = composition.clock().now()
    opened = access.opened(hold(agreement, by=by, now=now), identifier)
    side = _side(opened, act)
    base, signed_before = to_be_signed(opened)
    new = new_signature(
        opened.found,
        document,
        begins_with=composition.documents().read(base),
        signed_before=signed_before,
        now=now,
    )
    _check(opened, act, new.signer, side, now=now)
    step_with_work(opened, act, {}, now=now, by=by)
    name = f"{opened.case.number}-{act}"
    add_paper(agreement, identifier, written_report(new.report), "verification", now=now, by=by)
    add_paper(agreement, identifier, Upload(name=f"{name}.pdf", content=document), SIGNED, now=now, by=by)


def _check(opened: OpenedCase, act: str, signer: SignerSeen, side: Side, *, now: Instant) -> None:
    """The step may be taken, and this is who signs."""
    add_entry(opened.case, CaseStepped(by=side, at=now, act=act))
    wrote = opened.case.kind.asked_at(act).signs
    check_letter_signer(opened.found.agreement, opened.case, wrote, signer, side, opened.found.today)


def _side(opened: OpenedCase, act: str) -> Side:
    if opened.found.side is None:
        raise NotYourSide(kind=act)
    return opened.found.side
