"""Files of a request: the agency's letter, the person's pictures. All are sealed, and pictures erased in time."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from absah.adapters.identity_pictures import clean_picture
from absah.audit.tags import EnrolmentTag
from absah.enrolment.invitation import InvitationToken, Purpose
from absah.enrolment.request import Entered
from absah.enrolment.subscriber import SubscriberNumber
from absah.kernel.clock import Instant, instant
from absah.kernel.errors import BadInput
from absah.kernel.rng import opaque_id
from absah.pki.algorithms import DigestAlgorithm
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import About, Account
from absah_site.audit.actions import record
from absah_site.enrolment.actions.entry import RequestInOtherState, locked_request_for, opened_by
from absah_site.enrolment.store import evidence, requests
from absah_site.enrolment.store.evidence import EvidenceKind, NewFile
from absah_site.roles import Permission

#: Pictures are kept so long after the decision: for complaints, not longer (UU 27/2022 Pasal 16 (2) g).
PICTURES_KEPT: Final = timedelta(days=30)
LARGEST_LETTER: Final = 1024 * 1024
_AT_ONCE: Final = 500


class LetterTooLarge(BadInput):
    """The letter has more bytes than we keep. Parameter: limit, in MiB."""

    code = "enrolment.letter-too-large"


class LetterNotPdf(BadInput):
    """A letter is a PDF."""

    code = "enrolment.letter-not-pdf"


def check_letter(content: bytes, /) -> None:
    """A letter that may be kept. Raises LetterTooLarge, LetterNotPdf."""
    if len(content) > LARGEST_LETTER:
        raise LetterTooLarge(limit=LARGEST_LETTER // (1024 * 1024))
    if not content.startswith(b"%PDF-"):
        raise LetterNotPdf


@transaction.atomic
def attach_letter(request: UUID, content: bytes, /, *, signed_by: str, by: Account) -> None:
    """Keep a request's recommendation letter; an earlier one goes. `signed_by`: whose signature verified, or none's."""
    check_letter(content)
    found = locked_request_for(by, request)
    authorise(by, Permission.SUBSCRIBER_REGISTER, About(agency=str(found.agency)))
    if not found.stage.is_open:
        raise RequestInOtherState(state=found.stage.value)
    _keep(found.id, EvidenceKind.LETTER, content, actor=by.reference, signed_by=signed_by)


def attach_picture(token: InvitationToken, kind: EvidenceKind, picture: bytes, /) -> None:
    """Keep a picture that the person behind the link took; an earlier one of its kind goes. The link stays usable."""
    now = composition.clock().now()
    with transaction.atomic():
        _opened(token, now)  # nobody without a link has pictures opened
    clean = clean_picture(composition.isolated(), picture)
    with transaction.atomic():
        number, identifier = _opened(token, composition.clock().now())
        _keep(identifier, kind, clean, actor=number.reference)


def _opened(token: InvitationToken, now: Instant) -> tuple[SubscriberNumber, UUID]:
    _, found = opened_by(token, Purpose.COMPLETE_IDENTITY, now=now)
    if not isinstance(found.request, Entered):
        raise RequestInOtherState(state=requests.state_name(found.request))
    return found.request.subscriber, found.id


def _keep(request: UUID, kind: EvidenceKind, content: bytes, *, actor: str, signed_by: str = "") -> None:
    now = composition.clock().now()
    new = NewFile(
        kind=kind,
        content=content,
        media_type="application/pdf" if kind is EvidenceKind.LETTER else "image/jpeg",
        sha256=DigestAlgorithm.SHA256.digest(content).hex(),
        signed_by=signed_by,
    )
    evidence.keep(request, opaque_id(composition.rng()), new, at=now, vault=composition.personal_data())
    facts = {"kind": kind.value, "size": len(content)}
    record(at=now, tag=EnrolmentTag.EVIDENCE_KEPT, actor=actor, subject=f"request:{request}", facts=facts)


@transaction.atomic
def erase_old_pictures() -> int:
    """Forget the pictures of requests that ended thirty days ago. Returns how many, at most five hundred."""
    now = composition.clock().now()
    erased = evidence.erase_decided_before(instant(now - PICTURES_KEPT), at=now, limit=_AT_ONCE)
    if erased:
        facts = {"count": erased}
        tag = EnrolmentTag.EVIDENCE_ERASED
        record(at=now, tag=tag, actor="system:worker", subject="evidence:old", facts=facts)
    return erased
