"""What a verification knows besides the document: the anchors of this instance, and what its register publishes."""

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from typing import Final

from django.core import signing

from absah.adapters.document_views import Wanted, drawn_document
from absah.adapters.receipt import LoggedRow, LogView, SharedAnswer, write_receipt, write_shared_receipt
from absah.adapters.receipt import rows_of as rows_of_receipt
from absah.adapters.receipt import sha256_of as subject_of_receipt
from absah.adapters.sealed_shelf import Ticket
from absah.adapters.status_fetch import StatusFetcher
from absah.adapters.trust_store import load_trust, read_snapshot
from absah.adapters.verification import verify_document
from absah.adapters.web_fetch import WebFetcher
from absah.adapters.web_guard import Guard, Reach
from absah.kernel.clock import Instant
from absah.kernel.errors import AbsahError, NotFound
from absah.pdf.geometry import Rect
from absah.pdf.page_views import ComparedPage, DocumentViews, PageView
from absah.validation.material import Suspension
from absah.validation.process import ValidationContext
from absah.validation.report import Report, SignatureReport
from absah.validation.report_etsi import report_xml
from absah_site import composition
from absah_site.language import current_language
from absah_site.ledger.access import find_document, find_signatures, places_of_rows, proof_bundle
from absah_site.pki import access as register
from absah_site.validation import store
from absah_site.validation.adapter import RegisterStatus, published_lists
from absah_site.validation.store import ResultDigest

#: What the statement of the agreements says, whoever the issuer is (`absah.pdf.notice.NOTICE_TEXT`).
NOTICE_WORDS: Final = "ditandatangani secara elektronik menggunakan sertifikat elektronik yang diterbitkan oleh"
MOST_PICTURES: Final = 6
_RECEIPT: Final = "receipt"
_SHORT: Final = 16
OFFER_SALT: Final = "absah.validation.offer"
_LARGEST: Final = 64 * 1024 * 1024


class ReportForm(StrEnum):
    """The forms in which a report can be fetched: ours, and that of ETSI TS 119 102-2."""

    JSON = "json"
    XML = "xml"


class ResultUnknown(NotFound):
    """Nobody shared a result at this address, or its ninety days are over."""

    code = "web.result-unknown"


def _contents(folder: Path, ending: str) -> tuple[bytes, ...]:
    """The files of a folder with this ending, by name. An absent folder is empty."""
    if not folder.is_dir():
        return ()
    paths = sorted(path for path in folder.iterdir() if path.suffix == ending and path.is_file())
    return tuple(path.read_bytes() for path in paths if path.stat().st_size <= _LARGEST)


def verification_context(now: Instant, /, *, snapshot: str = "") -> ValidationContext:
    """Whom this instance trusts, the CA certificates and short CRLs in its repository, the holds in its register.

    `snapshot` is the digest of an earlier set of anchors; empty: today's.
    """
    config = composition.config()
    return ValidationContext(
        anchors=read_snapshot(config.trust, snapshot) if snapshot else load_trust(config.trust, now=now),
        now=now,
        trial=config.trial,
        certificates=_contents(config.repository / "ca", ".cer"),
        crls=published_lists(config.repository),
        suspensions=_suspensions(),
    )


def _suspensions() -> tuple[Suspension, ...]:
    """What no list tells any more: when certificates of this instance were on hold, and from when to when."""
    return tuple(
        Suspension(certificate=bytes.fromhex(fingerprint), since=hold.began, until=hold.ended)
        for fingerprint, holds in register.every_hold().items()
        for hold in holds
    )


@cache
def status_fetcher() -> RegisterStatus:
    """What asks for missing status data: the register for our own, the network where the settings let it."""
    reach = Reach(composition.config().ask_status)
    clock = composition.clock()
    return RegisterStatus(
        None if reach is Reach.NOBODY else StatusFetcher(WebFetcher(Guard(reach=reach), clock), clock)
    )


def report_on(document: bytes, /, *, password: str | None, now: Instant) -> Report:
    """Judge a document. It is not kept. What cannot be read is a coded refusal (`pdf.…`, `validation.…`)."""
    return verify_document(
        document,
        verification_context(now),
        password=password,
        fetcher=status_fetcher(),
        pool=composition.isolated(),
    )


@dataclass(frozen=True, kw_only=True)
class Examination:
    """A report with what a page shows beside it, where the document could be drawn.

    `ticket` opens the pictures and the report on the shelf for some minutes. `logged` are rows of our ledger, about
    the file and about those of its signatures that were made here.
    """

    report: Report
    ticket: Ticket
    views: DocumentViews | None = None
    logged: tuple[LoggedRow, ...] = ()

    @cached_property
    def entries(self) -> dict[int, int]:
        """Which entries of the log the signatures made here are, by their numbers."""
        own = {one.signature: one.row for one in self.logged if one.signature}
        places = places_of_rows(own.values()) if own else {}
        return {number: places[row] for number, row in own.items() if row in places}

    @property
    def pages(self) -> tuple[PageView, ...]:
        """The pages that are shown."""
        return self.views.pages if self.views else ()

    @property
    def lacking_notice(self) -> tuple[int, ...] | None:
        """The pages without the statement that the agreements ask for; None where it was not looked for."""
        return self.views.lacking if self.views and self.report.signatures else None

    @property
    def compared(self) -> tuple[ComparedPage, ...] | None:
        """The pages that look different since they were signed; None where nothing else was changed."""
        return self.views.compared if self.views else None


def examine(document: bytes, /, *, name: str, password: str | None, now: Instant) -> Examination:
    """Judge a document, and draw the pages that its signatures stand on. Raises what `report_on` raises.

    `name` is what its owner calls it, for the receipt.
    """
    report = report_on(document, password=password, now=now)
    logged = _logged(document, report)
    try:
        views = drawn_document(composition.isolated(), document, _wanted(report), password)
    except AbsahError:  # what the picture maker cannot read is judged all the same
        views = None
    return Examination(report=report, ticket=_on_shelf(report, name, logged, views), views=views, logged=logged)


def _wanted(report: Report) -> Wanted:
    """The first page, and those with a visible signature: their boxes, in the order of the signatures.

    Where something was changed that the signatures do not permit, also what changed since the last of those signed.
    """
    boxes: dict[int, tuple[Rect, ...]] = {1: ()}
    for place in (one.place for one in report.signatures if one.place is not None):
        left, bottom, right, top = place.rect
        boxes[place.page] = (*boxes.get(place.page, ()), Rect.spanning((left, bottom), (right, top)))
    changed = changed_since(report)
    return Wanted(
        pages=tuple(sorted(boxes.items())[:MOST_PICTURES]),
        phrase=NOTICE_WORDS if report.signatures else "",
        since=report.document.revisions[changed.revision - 1].end if changed else 0,
        suspects=tuple(dict.fromkeys(one.page for one in changed.beyond if one.page)) if changed else (),
    )


def changed_since(report: Report, /) -> SignatureReport | None:
    """The last signature after which something was changed that it does not permit, if its state is still there.

    The last, because between the signatures much is permitted, and would look like a change.
    """
    states = len(report.document.revisions)
    changed = [one for one in report.signatures if one.beyond and one.intact and 0 < one.revision <= states]
    return max(changed, key=lambda one: one.revision, default=None)


def _logged(document: bytes, report: Report) -> tuple[LoggedRow, ...]:
    """The rows of our ledger about this file, and about those of its signatures that were made here."""
    found = find_document(report.document.sha256)
    whole = () if found is None else (LoggedRow(signature=0, row=found.row),)
    if not report.signatures:
        return whole
    states = tuple(_fingerprints(document, report))
    made = find_signatures(states)
    starts = sorted(one.revision for one in report.signatures)
    rows = list(whole)
    for number, one in enumerate(report.signatures, start=1):
        # What a signing adds besides the signature (certificates, lists) are states of their own before the next one.
        until = next((start for start in starts if start > one.revision), len(states) + 1)
        own = states[one.revision - 1 : until - 1] if one.revision else ()
        rows += [LoggedRow(signature=number, row=made[state].row) for state in own if state in made][:1]
    return tuple(rows)


def _fingerprints(document: bytes, report: Report) -> Iterator[str]:
    """The SHA-256 of every state of the file, the oldest first."""
    digest, done = hashlib.sha256(), 0
    for revision in report.document.revisions:
        digest.update(memoryview(document)[done : revision.end])
        done = max(done, revision.end)
        yield digest.hexdigest()
    yield report.document.sha256


def _on_shelf(report: Report, name: str, logged: tuple[LoggedRow, ...], views: DocumentViews | None = None) -> Ticket:
    """Put the pictures, the report and what the receipt will say aside, for the reader of this answer."""
    things: dict[str, bytes] = {
        ReportForm.JSON: json.dumps(report.to_dict(), ensure_ascii=False, indent=1).encode(),
        ReportForm.XML: report_xml(report),
        _RECEIPT: write_receipt(
            report,
            current_language(),
            file=name or report.document.sha256[:_SHORT],
            logged=logged,
        ),
    }
    if views is not None:
        things |= {f"{view.number}": view.picture for view in views.pages}
        for page in views.compared or ():
            things |= {
                f"{page.before.number}-before": page.before.picture,
                f"{page.after.number}-after": page.after.picture,
            }
    return composition.shelf().put(things)


def picture(ticket: str, name: str, /) -> bytes:
    """A page's picture (`3`, `3-before`, `3-after`), for whoever holds the ticket. Raises `register.not-on-shelf`."""
    return composition.shelf().take(ticket, name)


def report_file(ticket: str, form: ReportForm, /) -> bytes:
    """The report as a file, for whoever holds the ticket. Raises `register.not-on-shelf`."""
    return composition.shelf().take(ticket, form)


def is_kept(sha256: str, /) -> bool:
    """Whether this platform keeps a document with this SHA-256."""
    return composition.documents().holds(sha256)


def examine_kept(sha256: str, /, *, now: Instant) -> Examination:
    """Judge a document that this platform keeps, named by its SHA-256. Raises `register.document-not-kept`.

    Its pages are not drawn: who knows the fingerprint need not have the document.
    """
    document = composition.documents().read(sha256)
    report = report_on(document, password=None, now=now)
    logged = _logged(document, report)
    return Examination(report=report, ticket=_on_shelf(report, "", logged), logged=logged)


def written_receipt(ticket: str, /) -> bytes:
    """What the receipt on a document says, for whoever holds the ticket. Raises `register.not-on-shelf`."""
    return composition.shelf().take(ticket, _RECEIPT)


def written_shared_receipt(result: ResultDigest, /, *, address: str) -> bytes:
    """What the receipt on a shared result says."""
    answer = SharedAnswer(
        address=address,
        sha256=result.sha256,
        verdict=result.verdict,
        verdict_message=result.verdict_message,
        sentence_message=result.sentence_message,
        indication=" / ".join(part for part in (result.indication, result.sub_indication) if part),
        names=result.names,
        trial=result.trial,
        checked_at=result.checked_at,
        logged=tuple(LoggedRow(signature=number, row=row) for number, row in result.logged),
    )
    return write_shared_receipt(answer, current_language())


def log_view(written: bytes, /) -> LogView:
    """What the log says today about the rows that a receipt tells of, with the proofs that there are by now."""
    rows = {one.row for one in rows_of_receipt(written)}
    if not rows:
        return LogView()
    return LogView(
        entries=places_of_rows(rows),
        address=f"{composition.config().base_url}/rekam-jejak/dokumen/{subject_of_receipt(written)}.json",
        proofs=proof_bundle(rows=rows).to_bytes(),
    )


def shared_result(identifier: str, /, *, now: Instant) -> ResultDigest:
    """A result that somebody shared. Raises ResultUnknown, also when its time is over."""
    result = store.find(identifier, now=now)
    if result is None:
        raise ResultUnknown
    return result


def offer(found: Examination, /) -> str:
    """What the button "share" sends back: the digest of a result, signed by us, so that nothing need be remembered."""
    report = found.report
    identifier = composition.rng().token(15)
    payload = {
        "id": base64.b32encode(identifier).decode().lower(),
        "sha256": report.document.sha256,
        "verdict": report.verdict.value,
        "indication": report.conclusion.indication.value,
        "sub_indication": report.conclusion.reason.value if report.conclusion.reason else "",
        "why": report.sentence_message.rpartition(".")[2],
        "names": list(dict.fromkeys(one.signer.name for one in report.signatures if one.signer is not None)),
        "signatures": len(report.signatures),
        "trial": report.trial,
        "checked_at": report.checked_at.isoformat(),
        "logged": [[one.signature, one.row] for one in found.logged],
    }
    return signing.dumps(payload, salt=OFFER_SALT, compress=True)
