"""EU DSS agrees about every row of the matrix: TOTAL-PASSED at the level asked for, without a warning."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.conformance.matrix.cases import CASES, Case
from tests.conformance.matrix.eu_dss import Court, Opinion, require_eu_dss
from tests.conformance.matrix.people import AFTER, crls, member
from tests.conformance.matrix.signing import Outcome, signed
from tests.fixtures_pki import make_pki

from absah.adapters.engines import ChosenEngine
from absah.adapters.pyhanko_engine import PyHankoEngine
from absah.kernel.clock import instant
from absah.pki.certificates import load_certificate
from absah.signing.levels import Level
from absah.signing.ports import DocumentEngine

pytestmark = [pytest.mark.judge, pytest.mark.slow, pytest.mark.matrix_full]

ENGINES: dict[str, DocumentEngine] = {"chosen": ChosenEngine(), "pyHanko": PyHankoEngine()}


def self_contained(case: Case) -> bool:
    """Whether the document carries proofs for every signature in it, so that the judge needs nothing else."""
    return case.level.has_material and case.input != "signed by pyHanko"


@pytest.fixture(scope="module")
def opinions(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, Case], tuple[Opinion, ...]]:
    """What DSS says of all rows: asked twice, with lists of revoked certificates and without."""
    require_eu_dss()
    court = Court(folder=tmp_path_factory.mktemp("alone"), anchors=(make_pki().root.certificate,), at=AFTER)
    helped = replace(court, folder=tmp_path_factory.mktemp("helped"), crls=crls())
    rows = {f"{name}: {case.name}": (name, case) for name in ENGINES for case in CASES}
    told = {}
    for judge, alone in ((court, True), (helped, False)):
        asked = {key: row for key, row in rows.items() if self_contained(row[1]) is alone}
        answers = judge.hear({key: signed(case, ENGINES[name]).signed for key, (name, case) in asked.items()})
        told |= {asked[key]: answer for key, answer in answers.items()}
    return told


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_eu_dss_says_total_passed_at_the_level(case: Case, engine: str, opinions) -> None:
    outcome: Outcome = signed(case, ENGINES[engine])
    told = opinions[engine, case]

    assert len(told) == outcome.signatures
    assert {(one.indication, one.errors, one.warnings) for one in told} == {("TOTAL_PASSED", (), ())}
    ours = told[-len(outcome.levels) :]
    assert [one.level for one in ours] == [level.value for level in outcome.levels]


def test_eu_dss_sees_one_changed_byte(tmp_path) -> None:
    """The judge can say no."""
    document = signed(CASES[0], ENGINES["chosen"]).signed
    spot = document.index(b"/Reason") + 10
    changed = document[:spot] + bytes([document[spot] ^ 1]) + document[spot + 1 :]
    court = Court(folder=tmp_path, anchors=(make_pki().root.certificate,), crls=crls(), at=AFTER)

    told = court.hear({"changed": changed})["changed"]

    assert {(one.indication, one.reason) for one in told} == {("TOTAL_FAILED", "HASH_FAILURE")}


@pytest.mark.parametrize("engine", ENGINES)
def test_eu_dss_still_says_so_when_the_signer_s_certificate_has_expired(engine: str, tmp_path) -> None:
    """What B-LTA is for: nothing but the document and the root, four years later."""
    case = next(case for case in CASES if case.level is Level.B_LTA and case.signers == 1 and self_contained(case))
    expiry = load_certificate(member(case.key, 1).certificate).not_valid_after_utc
    later = instant(AFTER + timedelta(days=4 * 365))
    assert expiry < later
    court = Court(folder=tmp_path, anchors=(make_pki().root.certificate,), at=later)

    told = court.hear({"archived": signed(case, ENGINES[engine]).signed})["archived"]

    assert [(one.level, one.indication) for one in told] == [("B-LTA", "TOTAL_PASSED")]
