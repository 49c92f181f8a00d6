"""Files that belong to an agreement: kept under their fingerprint, once."""

from dataclasses import dataclass, field
from typing import Final

from absah.audit.tags import AgreementTag
from absah.kernel.clock import Instant
from absah.kernel.errors import BadInput
from absah_site import composition
from absah_site.actors import Actor
from absah_site.agreements.access import OpenedAgreement
from absah_site.agreements.store import papers
from absah_site.agreements.store.papers import KeptPaper
from absah_site.audit.actions import record

LARGEST: Final = 25 * 1024 * 1024
#: What both parties may hand in, by what the first bytes say it is.
_KINDS: Final = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"PK\x03\x04": "application/zip",
}
_TEXT: Final = "text/plain"


class PaperTooLarge(BadInput):
    """More bytes than a paper may have. Parameter: limit, in MiB."""

    code = "agreements.paper-too-large"


class PaperOfOtherKind(BadInput):
    """Not a PDF, a picture, a ZIP (office documents are) or plain text. Parameter: name."""

    code = "agreements.paper-of-other-kind"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file as a browser sends it. What it says of its kind is not believed."""

    name: str
    content: bytes = field(repr=False)


def keep_paper(found: OpenedAgreement, upload: Upload, /, *, now: Instant, by: Actor) -> KeptPaper:
    """Keep a file. The caller's transaction holds the agreement."""
    if len(upload.content) > LARGEST:
        raise PaperTooLarge(limit=LARGEST // 1024**2)
    media_type = _kind_of(upload)
    paper = KeptPaper(
        sha256=composition.documents().keep(upload.content),
        name=upload.name[-200:],
        media_type=media_type,
        size=len(upload.content),
        classification=papers.RESTRICTED,
        kept_at=now,
        kept_by=by.reference,
    )
    if papers.add(found.id, paper):
        facts: dict[str, str | int] = {"sha256": paper.sha256, "size": paper.size}
        record(at=now, tag=AgreementTag.PAPER_KEPT, actor=by.reference, subject=f"agreement:{found.id}", facts=facts)
    return paper


def _kind_of(upload: Upload) -> str:
    for start, media_type in _KINDS.items():
        if upload.content.startswith(start):
            return media_type
    try:
        upload.content.decode("utf-8")
    except UnicodeDecodeError:
        raise PaperOfOtherKind(name=upload.name[-60:]) from None
    if b"\x00" in upload.content or not upload.content:
        raise PaperOfOtherKind(name=upload.name[-60:])
    return _TEXT
