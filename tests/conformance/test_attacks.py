"""Our own attack suite: no attack is accepted, each is caught by the check that is there for it; honesty is not."""

import pytest
from pyhanko.sign import fields
from tests.attacks import catalogue, shadow
from tests.attacks.catalogue import ATTACKS, Attack
from tests.conformance.pades_samples import bench, blank_pdf, sign

from absah.adapters.verification import verify_document
from absah.validation.checks import CheckName, Outcome
from absah.validation.conclusion import Indication
from absah.validation.report import Report


def verify(document: bytes) -> Report:
    return verify_document(document, bench().context())


def failing(report: Report) -> set[CheckName]:
    checks = [*report.findings, *(check for one in report.signatures for check in one.checks)]
    return {check.name for check in checks if check.outcome is Outcome.FAILED and check.conclusion is not None}


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: f"{attack.family}: {attack.what}")
def test_an_attack_is_caught_by_the_check_that_is_there_for_it(attack: Attack):
    report = verify(attack.make())
    assert report.indication is not Indication.TOTAL_PASSED
    assert failing(report) & attack.caught_by


def honest() -> dict[str, bytes]:
    box, other = (50, 50, 200, 100), (300, 50, 450, 100)
    first = sign(blank_pdf(), level="B-LT", box=box)
    form = catalogue.prepared(shadow.honest_field)
    return {
        "one signature": catalogue.signed(),
        "two signatures": sign(catalogue.signed(), field="Second", box=other),
        "two long-term signatures and an archive time-stamp": sign(first, field="Second", level="B-LTA", box=other),
        "certified, then signed": sign(catalogue.certified(fields.MDPPerm.FILL_FORMS), field="Second", box=other),
        "a filled field": shadow.filled(form),
        "a filled field, then signed": sign(shadow.filled(form), field="Second", box=other),
        "before the shadow moves": catalogue.prepared(shadow.covered),
    }


@pytest.mark.parametrize("what", honest())
def test_an_honest_document_stays_green(what: str):
    report = verify(honest()[what])
    assert (failing(report), report.indication) == (set(), Indication.TOTAL_PASSED)
