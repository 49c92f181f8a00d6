"""What a file that comes back signed shows: exactly one new signature, whose it is, and at which party's anchor."""

import json
from dataclasses import dataclass
from typing import Final

from absah.agreements.events import SignerSeen
from absah.agreements.parties import Role as Side
from absah.kernel.clock import Instant
from absah.kernel.errors import BadInput
from absah.pdf.geometry import Rect
from absah.validation.conclusion import Indication
from absah.validation.evidence import SignaturePlace
from absah.validation.report import Report, SignatureReport
from absah_site import composition
from absah_site.actors import Actor
from absah_site.agreements.access import OpenedAgreement
from absah_site.agreements.actions.papers import Upload, keep_paper
from absah_site.validation import access as verification

#: A visible signature belongs to the nearest anchor of its page, if that is within so many points.
_NEAR: Final = 72.0


class NotOurDocument(BadInput):
    """The file handed in does not begin with the file that was to be signed: it is another, or was written anew."""

    code = "agreements.not-our-document"


class SignatureNotGood(BadInput):
    """The newest signature is missing, broken, or not the only new one. Parameter: problem."""

    code = "agreements.signature-not-good"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSignature:
    """The signature that is new, and what the verification of the whole file says."""

    signer: SignerSeen
    report: Report


def new_signature(
    found: OpenedAgreement, document: bytes, *, begins_with: bytes, signed_before: int, now: Instant
) -> NewSignature:
    """Verify a file that came back. Raises NotOurDocument, SignatureNotGood."""
    if not document.startswith(begins_with):
        raise NotOurDocument
    report = verification.report_on(document, password=None, now=now)
    newest = _newest(report, signed_before=signed_before)
    signer = SignerSeen(
        name=newest.signer.name if newest.signer else "",
        certificate=newest.chain[0].serial if newest.chain else "",
        anchor=_anchor_at(found, document, newest.place),
    )
    return NewSignature(signer=signer, report=report)


def _newest(report: Report, *, signed_before: int) -> SignatureReport:
    """The signature that is new. Exactly one must be, and none may be broken."""
    if len(report.signatures) != signed_before + 1:
        raise SignatureNotGood(problem=f"{len(report.signatures) - signed_before}")
    broken = [one for one in report.signatures if one.conclusion.indication is Indication.TOTAL_FAILED]
    if broken:
        raise SignatureNotGood(problem=str(broken[0].conclusion.reason))
    return max(report.signatures, key=lambda one: one.revision)


def _anchor_at(found: OpenedAgreement, document: bytes, place: SignaturePlace | None) -> str:
    """The anchor that a visible signature stands at; empty where it is at none."""
    if place is None:
        return ""
    left, bottom, right, top = place.rect
    box = Rect.spanning((left, bottom), (right, top))
    hits = [
        (_apart(box, hit.rect), anchor)
        for anchor in (found.agreement.parties[side].anchor for side in Side)
        for hit in composition.surveyor().anchors(document, anchor, None)
        if hit.page == place.page and not hit.running_text
    ]
    distance, nearest = min(hits, default=(_NEAR + 1, ""))
    return nearest if distance <= _NEAR else ""


def _apart(one: Rect, other: Rect) -> float:
    """How far two rectangles are from one another, in points. Zero: they touch."""
    across = max(other.left - one.right, one.left - other.right, 0.0)
    along = max(other.bottom - one.top, one.bottom - other.top, 0.0)
    return max(across, along)


def keep_report(found: OpenedAgreement, report: Report, *, now: Instant, by: Actor) -> str:
    """Keep what the verification said. Its SHA-256."""
    return keep_paper(found, written_report(report), now=now, by=by).sha256


def written_report(report: Report, /) -> Upload:
    """What the verification said, as a file."""
    written = json.dumps(report.to_dict(), ensure_ascii=False, indent=1).encode()
    return Upload(name="verifikasi.json", content=written)
