"""What came back from elsewhere is looked at before it is kept: the same document, one signature more, the right hand.

The bytes that were sent must be a prefix of those that came back; what was added may be a signature and what keeps it
verifiable, and nothing else; the newest signature must hold, cover the file, and be of a certificate that is this
person's and in its time.
"""

from dataclasses import dataclass, field
from typing import Final

from absah.esign.client.refusals import AnotherDocument, AnotherSigner, SignatureNotGood
from absah.esign.client.replies import serial_text
from absah.kernel.clock import Instant
from absah.pki.certificates import load_certificate
from absah.validation.conclusion import Indication
from absah.validation.evidence import Change, ChangeKind
from absah.validation.report import Report, SignatureReport

#: What a signature may bring along. A signer's program writes its own producer and dates (metadata).
_BROUGHT: Final = frozenset(
    {
        ChangeKind.SIGNATURE,
        ChangeKind.TIMESTAMP,
        ChangeKind.VALIDATION_MATERIAL,
        ChangeKind.BOOKKEEPING,
        ChangeKind.METADATA,
    }
)
#: A tagged document gets an element for the field, so that it can be read aloud (ISO 14289-1 §7.18.4).
_TAGGED: Final = "Root/StructTreeRoot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What was sent, how many signatures it had, where the new one was to be shown (0: nowhere), and by whom.

    `serials` are those of the person's certificates, as `serial_text` writes them; `fingerprints` their SHA-256.
    """

    sent: bytes = field(repr=False)
    signatures: int
    page: int = 0
    serials: frozenset[str] = frozenset()
    fingerprints: frozenset[str] = frozenset()


def check_same_document(expected: Expected, came: bytes, /) -> None:
    """Raises AnotherDocument where the document that was sent is not the beginning of the one that came."""
    if not came.startswith(expected.sent) or len(came) == len(expected.sent):
        raise AnotherDocument(problem="bytes")


def check_additions(added: tuple[Change, ...], /) -> None:
    """Raises AnotherDocument where more than a signature was added."""
    for change in added:
        if change.kind not in _BROUGHT and change.where != _TAGGED:
            raise AnotherDocument(problem=change.kind.value)


def check_signature(expected: Expected, report: Report, /, *, now: Instant) -> SignatureReport:
    """The one new signature. Raises AnotherDocument, SignatureNotGood, AnotherSigner."""
    if len(report.signatures) != expected.signatures + 1:
        raise AnotherDocument(problem="count")
    broken = [one for one in report.signatures if one.conclusion.indication is Indication.TOTAL_FAILED]
    if broken:
        raise SignatureNotGood(problem=str(broken[0].conclusion.reason or "failed"))
    newest = max(report.signatures, key=lambda one: one.revision)
    if not newest.intact:
        raise SignatureNotGood(problem="not-intact")
    if expected.page and (newest.place is None or newest.place.page != expected.page):
        raise AnotherDocument(problem="page")
    _check_hand(expected, newest, now)
    return newest


def _check_hand(expected: Expected, newest: SignatureReport, now: Instant) -> None:
    if not newest.chain:
        raise AnotherSigner
    leaf = newest.chain[0]
    serial = serial_text(f"{load_certificate(leaf.certificate).serial_number:x}")
    if serial not in expected.serials and leaf.sha256 not in expected.fingerprints:
        raise AnotherSigner
    if not leaf.not_before <= now <= leaf.not_after:
        raise SignatureNotGood(problem="certificate-ended")
