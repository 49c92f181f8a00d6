"""x509-limbo and BetterTLS: paths made by others to be refused, and some to be accepted.

Every case is answered; where the answer is not the suite's, `deviations` says why, and a case that stops deviating
fails here as one that starts to.
"""

import time

from tests.conformance.paths.corpus import Case, bettertls_cases, limbo_cases
from tests.conformance.paths.deviations import BETTERTLS, DEVIATIONS, LIMBO
from tests.conformance.paths.server_profile import judge

_SLOWEST = 2.0  # seconds of the processor for one case: nothing may hang


def deviates(case: Case, *, strict: bool) -> bool:
    return (judge(case, strict=strict) == "") is not (case["expected_result"] == "SUCCESS")


def test_limbo_is_answered_as_expected_but_for_the_cases_in_the_table():
    cases = limbo_cases()
    assert len(cases) == LIMBO
    assert {case["id"] for case in cases if deviates(case, strict=True)} == set(DEVIATIONS)


def test_without_the_rules_for_issuers_no_good_path_is_refused():
    expected = [case for case in limbo_cases() if case["expected_result"] == "SUCCESS"]
    assert [case["id"] for case in expected if deviates(case, strict=False)] == []


def test_no_case_takes_long_however_it_was_made():
    for case in limbo_cases():
        if case["id"].startswith("pathological::"):
            began = time.process_time()
            judge(case, strict=False)
            assert time.process_time() - began < _SLOWEST, case["id"]


def test_bettertls_is_answered_as_expected_in_every_case():
    wrong: list[str] = []
    count = 0
    for case in bettertls_cases():
        count += 1
        if deviates(case, strict=False):
            wrong.append(case["id"])
    assert wrong == []
    assert count == BETTERTLS
