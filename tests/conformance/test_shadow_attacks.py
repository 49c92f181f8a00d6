"""The published shadow attacks (RUB, 2021): no manipulated file is accepted, none crashes the verifier.

The signer's own certificate is made a trust anchor and the clock is set to the day of signing, so that nothing but the
manipulation stands between a file and a false "valid".
"""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from tests.fixtures_pki import NOW

from absah.adapters.pdf_evidence import gather_evidence
from absah.adapters.verification import verify_document
from absah.kernel.clock import instant
from absah.kernel.errors import AbsahError
from absah.pki.cms import parse_signed_data
from absah.validation.checks import CheckName, Outcome
from absah.validation.conclusion import Indication
from absah.validation.evidence import SignatureEvidence
from absah.validation.process import ValidationContext
from absah.validation.trust import TrustAnchors

_ABOUT_THE_FILE = {
    CheckName.LATER_CHANGES, CheckName.SECOND_OPINION, CheckName.FIELD_PICTURES, CheckName.FILE_STRUCTURE,
    CheckName.TRAILING_BYTES, CheckName.CERTIFICATION, CheckName.DOCUMENT_DIGEST,
}  # fmt: skip


def corpus() -> Path:
    root = os.environ.get("ABSAH_CORPORA")
    if root is None:
        pytest.skip("ABSAH_CORPORA is not set: the shadow attack files are not at hand")
    folder = Path(root) / "shadow-attacks"
    if not folder.is_dir():
        pytest.fail(f"ABSAH_CORPORA is set, but there is no {folder}")
    return folder


def trusting(document: bytes) -> ValidationContext:
    """A context in which everybody who signed this document is trusted, on the day of signing."""
    signed = [one for one in gather_evidence(document).signatures if isinstance(one, SignatureEvidence)]
    anchors: list[bytes] = []
    for one in signed:
        try:
            anchors += parse_signed_data(one.cms).certificates
        except AbsahError:
            continue
    claimed = next((one.statements.time for one in signed if one.statements.time is not None), NOW)
    now = instant(claimed + timedelta(minutes=1))
    return ValidationContext(anchors=TrustAnchors(name="t", taken_at=now, certificates=tuple(anchors)), now=now)


def test_no_manipulated_file_is_accepted_and_each_is_caught_by_its_manipulation():
    manipulated = sorted(corpus().glob("*4_*manipulated*.pdf"))
    assert len(manipulated) == 8
    for path in manipulated:
        document = path.read_bytes()
        report = verify_document(document, trusting(document))
        assert report.indication is not Indication.TOTAL_PASSED, path.name
        checks = [*report.findings, *(check for one in report.signatures for check in one.checks)]
        found = {check.name for check in checks if check.outcome is Outcome.FAILED and check.conclusion is not None}
        assert found & _ABOUT_THE_FILE, path.name


def test_signed_files_that_were_not_manipulated_raise_no_alarm_about_changes():
    for path in sorted(corpus().glob("*3_*signed.pdf")):
        document = path.read_bytes()
        report = verify_document(document, trusting(document))
        checks = [*report.findings, *(check for one in report.signatures for check in one.checks)]
        found = {check.name for check in checks if check.outcome is Outcome.FAILED and check.conclusion is not None}
        # The overlay file was signed while its field already showed one payee and held another.
        expected = {CheckName.FIELD_PICTURES} if "replace-via-overlay" in path.name else set()
        assert found & _ABOUT_THE_FILE == expected, path.name


def test_no_file_crashes_the_verifier():
    files = sorted(corpus().glob("*.pdf"))
    assert len(files) == 26
    for path in files:
        document = path.read_bytes()
        verify_document(document, ValidationContext.without_anchors(now=NOW)).to_dict()
