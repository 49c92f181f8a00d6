"""Our verdicts beside those of EU DSS: the same, or a difference that is listed and explained.

DSS judges by its own default policy. What it says of the documents that we sign is in `matrix/test_eu_dss.py`.
"""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.conformance.matrix.eu_dss import Court, Opinion, require_eu_dss
from tests.conformance.test_others_signed import documents
from tests.conformance.test_shadow_attacks import corpus, trusting
from tests.conformance.verdicts_of_dss import (
    EXPLAINED,
    HEARINGS,
    OTHERS_EXPLAINED,
    PASSED,
    Hearing,
    attacks,
    hearings,
)

from absah.adapters.pdf_evidence import gather_evidence
from absah.adapters.verification import verify_document
from absah.kernel.clock import Instant
from absah.kernel.errors import BadInput
from absah.validation.conclusion import Indication
from absah.validation.evidence import SignatureEvidence
from absah.validation.process import ValidationContext
from absah.validation.report import Report
from absah.validation.trust import TrustAnchors

pytestmark = [pytest.mark.judge, pytest.mark.slow, pytest.mark.matrix_full]


def told_by_us(hearing: Hearing) -> dict[str, Report]:
    anchors = TrustAnchors(name="test", taken_at=hearing.at, certificates=hearing.anchors)
    context = ValidationContext(anchors=anchors, now=hearing.at, trial=True, crls=hearing.crls)
    return {name: verify_document(document, context) for name, document in hearing.documents.items()}


def told_by_dss(hearing: Hearing, folder: Path) -> dict[str, tuple[Opinion, ...]]:
    return Court(folder=folder, anchors=hearing.anchors, crls=hearing.crls, at=hearing.at).hear(hearing.documents)


def verdicts(report: Report) -> list[tuple[str, str]]:
    """As DSS spells them."""
    found = (one.conclusion for one in report.signatures)
    return [(one.indication.value.replace("-", "_"), one.reason.value if one.reason else "") for one in found]


@pytest.mark.parametrize("name", HEARINGS)
def test_both_say_the_same_of_signatures_certificates_lists_and_time(name: str, tmp_path: Path) -> None:
    hearing = hearings()[name]
    dss = told_by_dss(hearing, tmp_path)
    for document, report in told_by_us(hearing).items():
        theirs = [(one.indication, one.reason) for one in dss[document]]
        expected = EXPLAINED.get((name, document))
        pair = ([expected[0]], [expected[1]]) if expected else (theirs, theirs)
        assert (verdicts(report), theirs) == pair, document
        for ours, other in zip(report.signatures, dss[document], strict=True):
            if (other.indication, other.reason) == PASSED:
                assert ours.level == other.level, document


def test_no_attack_that_eu_dss_notices_is_missed_by_us(tmp_path: Path) -> None:
    hearing = attacks()
    dss, ours = told_by_dss(hearing, tmp_path), told_by_us(hearing)
    noticed = {attack for attack, told in dss.items() if any((one.indication, one.reason) != PASSED for one in told)}
    assert noticed
    assert {attack for attack in noticed if ours[attack].indication is Indication.TOTAL_PASSED} == set()


def signed_by_others() -> dict[str, tuple[bytes, ValidationContext]]:
    """Files of the shadow attacks and of pyHanko's source distribution that can be judged without a password."""
    shadows = {path.name: path.read_bytes() for path in sorted(corpus().glob("*.pdf"))}
    found = {}
    for name, document in (documents() | shadows).items():
        try:
            signed = any(isinstance(one, SignatureEvidence) for one in gather_evidence(document).signatures)
        except BadInput:
            continue
        if signed and b"/Encrypt" not in document and (context := trusting(document)).anchors.certificates:
            found[name] = (document, context)
    return found


def by_moment(found: Mapping[str, tuple[bytes, ValidationContext]]) -> dict[Instant, Hearing]:
    """The same, heard together where they were signed at the same time."""
    names: dict[Instant, list[str]] = defaultdict(list)
    for name, (_, context) in found.items():
        names[context.now].append(name)
    return {
        at: Hearing(
            documents={name: found[name][0] for name in group},
            anchors=tuple({der: None for name in group for der in found[name][1].anchors.certificates}),
            crls=(),
            at=at,
        )
        for at, group in names.items()
    }


def test_both_say_the_same_of_files_that_others_made(tmp_path: Path) -> None:
    require_eu_dss()
    found = signed_by_others()
    differing = {}
    for number, hearing in enumerate(by_moment(found).values()):
        for name, told in told_by_dss(hearing, tmp_path / str(number)).items():
            report = verify_document(*found[name])
            ours = [indication for indication, _ in verdicts(report)]
            theirs = [one.indication for one in told]
            if told and ours != theirs:
                differing[name] = (ours[0], theirs[0])
    manipulated = {name for name in differing if "manipulated" in name}
    assert {differing[name] for name in manipulated} <= {("INDETERMINATE", "TOTAL_PASSED")}
    assert {name: told for name, told in differing.items() if name not in manipulated} == {
        name: told for name, told in OTHERS_EXPLAINED.items() if name in found
    }
