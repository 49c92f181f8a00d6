"""The PDFs of pyHanko's source distribution: none crashes the verifier, and no edited file is accepted.

Everybody who signed is trusted, on the day of signing, so that nothing but the file itself keeps it from passing.
"""

import pytest
from tests.conformance.matrix.others import pyhanko_sources
from tests.conformance.test_shadow_attacks import trusting

from absah.adapters.pdf_evidence import gather_evidence
from absah.adapters.verification import verify_document
from absah.kernel.errors import BadInput
from absah.validation.checks import CheckName, Outcome
from absah.validation.evidence import SignatureEvidence
from absah.validation.report import Report

#: Edited so that something that was there before shows something else afterwards. (Two more are named "sneaky" there
#: that change nothing which was there: only a reference to it goes.)
EDITED = {
    "extensions-indirect-not-all-paths.pdf",
    "form-update-override-appearance-stream-ap-indirect-sneaky.pdf",
    "form-update-override-appearance-stream-sneaky.pdf",
}
_ABOUT_CHANGES = {
    CheckName.LATER_CHANGES, CheckName.SECOND_OPINION, CheckName.FILE_STRUCTURE, CheckName.TRAILING_BYTES,
    CheckName.HIDDEN_CONTENT, CheckName.FIELD_PICTURES, CheckName.CERTIFICATION, CheckName.REMOVED_SIGNATURE,
}  # fmt: skip


def documents() -> dict[str, bytes]:
    folder = pyhanko_sources()
    return {} if folder is None else {path.name: path.read_bytes() for path in sorted(folder.rglob("*.pdf"))}


def about_changes(report: Report) -> set[CheckName]:
    checks = [*report.findings, *(check for one in report.signatures for check in one.checks)]
    failed = {check.name for check in checks if check.outcome is Outcome.FAILED and check.conclusion is not None}
    return failed & _ABOUT_CHANGES


def test_every_file_gets_an_answer_and_edited_ones_no_green_one():
    if not (found := documents()):
        pytest.skip("the source distribution of pyHanko is not at hand: tools/fetch_judges.sh brings it")
    alarmed = set()
    for name, document in found.items():
        try:
            signed = any(isinstance(one, SignatureEvidence) for one in gather_evidence(document).signatures)
            if not signed:
                continue
            report = verify_document(document, trusting(document))
        except BadInput:
            continue
        alarmed |= {name} if about_changes(report) else set()
    assert alarmed & EDITED == EDITED & found.keys()
