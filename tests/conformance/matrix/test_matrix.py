"""The matrix of signatures: every row is judged by everybody who can judge its kind of key.

The rows of every run are signed by the engine that an instance chooses. The rest, and all of them by pyHanko alone,
is for `make conformance` (marked `matrix_full`).
"""

from collections import Counter
from pathlib import Path

import pytest
from tests.conformance.matrix.cases import CASES, FACTORS, IN_EVERY_RUN, ROWS, Case
from tests.conformance.matrix.covering import pairs_of, possible_pairs
from tests.conformance.matrix.judges import JUDGES_OF
from tests.conformance.matrix.signing import signed

from absah.adapters.engines import ChosenEngine
from absah.adapters.pyhanko_engine import PyHankoEngine
from absah.signing.engine.fast import FastEngine
from absah.signing.ports import DocumentEngine

pytestmark = [pytest.mark.judge, pytest.mark.slow]

CHOSEN, CAREFUL = ChosenEngine(), PyHankoEngine()


def named(case: Case) -> str:
    return case.name


@pytest.mark.parametrize("case", CASES[:IN_EVERY_RUN], ids=named)
def test_a_row_of_every_run_is_valid_to_everybody(case: Case, tmp_path: Path) -> None:
    everybody_agrees(case, CHOSEN, tmp_path)


@pytest.mark.matrix_full
@pytest.mark.parametrize("case", CASES[IN_EVERY_RUN:], ids=named)
def test_the_rest_of_the_matrix_is_valid_to_everybody(case: Case, tmp_path: Path) -> None:
    everybody_agrees(case, CHOSEN, tmp_path)


@pytest.mark.matrix_full
@pytest.mark.parametrize("case", CASES, ids=named)
def test_what_the_second_engine_signs_is_valid_to_everybody(case: Case, tmp_path: Path) -> None:
    everybody_agrees(case, CAREFUL, tmp_path)


def everybody_agrees(case: Case, engine: DocumentEngine, folder: Path) -> None:
    outcome = signed(case, engine)
    for judge in JUDGES_OF[case.key]:
        judge(outcome, folder)


def test_our_own_engine_signs_every_row() -> None:
    """No input of the matrix is so odd that the fast path declines it: a `Declined` would surface here."""
    for case in CASES[:IN_EVERY_RUN]:
        assert signed(case, FastEngine()).signed


def test_all_pairs_of_values_meet_in_the_matrix() -> None:
    met = set().union(*map(pairs_of, ROWS))
    assert set(possible_pairs(FACTORS, lambda _row: True)) <= met


def test_every_run_has_every_value_several_times() -> None:
    counted = Counter(pair for row in ROWS[:IN_EVERY_RUN] for pair in row.items())
    assert set(counted) == {(factor, value) for factor, values in FACTORS.items() for value in values}
    assert all(counted["key", key] >= 5 for key in FACTORS["key"])
