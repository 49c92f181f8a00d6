"""Files that belong to an agreement: kept under their fingerprint, once."""

from dataclasses import dataclass, field
from typing import Final

from django.db import transaction

from absah.agreements.confidentiality import (
    Classification,
    Export,
    Passage,
    Recipient,
    RequiredByLaw,
    ToParty,
    classified,
    open_door,
)
from absah.agreements.registers import REGISTERS
from absah.audit.tags import AgreementTag
from absah.kernel.clock import Instant
from absah.kernel.errors import BadInput, NotFound
from absah_site import composition
from absah_site.actors import Actor
from absah_site.agreements import access
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
#: What papers are, as the door of confidentiality knows it: for both parties.
_KIND: Final = "evidence-bundle"


class PaperUnknown(NotFound):
    """The agreement has no such paper, or this person acts for neither party."""

    code = "agreements.paper-unknown"


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
        classification=classified(_KIND).value,
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


def let_out(found: OpenedAgreement, kind: str, subject: str, /, *, by: Actor) -> Passage:
    """Let something that is made on the spot go to whoever reads it for the own house. Raises what the door refuses."""
    house = access.house_of(by, found.listed)
    if house is None:
        raise PaperUnknown
    export = Export(
        subject=subject,
        classification=classified(kind),
        by=house,
        recipient=ToParty(role=house),
        on=found.today,
    )
    return open_door(export, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """A paper that passed the door, and on what ground."""

    paper: KeptPaper
    content: bytes = field(repr=False)
    passage: Passage


@transaction.atomic
def release(
    found: OpenedAgreement, sha256: str, recipient: Recipient, /, *, now: Instant, by: Actor, law: str = ""
) -> Released:
    """Let a paper out: to a party, or to an outsider with the other party's written consent or because a law says so.

    The only way by which a paper leaves. Every passage is in the ledger.
    """
    paper = papers.find(found.id, sha256)
    if paper is None or found.side is None:
        raise PaperUnknown
    export = Export(
        subject=paper.name,
        classification=Classification(paper.classification),
        by=found.side,
        recipient=recipient,
        on=found.today,
        law=RequiredByLaw(rule=law) if law else None,
    )
    consents = tuple(kept.value for kept in access.records(found, REGISTERS["consent"]))
    passage = open_door(export, consents)
    told = {"sha256": paper.sha256, "ground": passage.ground.value}
    record(at=now, tag=AgreementTag.PAPER_RELEASED, actor=by.reference, subject=f"agreement:{found.id}", facts=told)
    return Released(paper=paper, content=composition.documents().read(sha256), passage=passage)
