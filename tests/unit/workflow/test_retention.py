"""A document is kept its years, longer under a legal hold, and its proof is renewed in time."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from absah.workflow.retention import RENEW_BEFORE, Due, HeldByLaw, Keeping, KeptStill, check_destroyable, kept_until

KEEPING = Keeping(finished=date(2026, 11, 20), keep_until=date(2031, 12, 31), provable_until=date(2029, 1, 1))


def test_years_count_from_the_end_of_the_year_and_by_kind() -> None:
    assert kept_until("letter", date(2026, 1, 2)) == date(2031, 12, 31)
    assert kept_until("decree", date(2026, 11, 20)) == date(2036, 12, 31)


def test_what_is_due_depends_on_the_day() -> None:
    proof = date(2029, 1, 1)
    assert KEEPING.due(proof - RENEW_BEFORE - timedelta(days=1)) is Due.NOTHING
    assert KEEPING.due(proof - RENEW_BEFORE) is Due.RENEW
    assert KEEPING.due(date(2032, 1, 1)) is Due.DESTROY
    assert replace(KEEPING, held=True).due(date(2032, 1, 1)) is Due.RENEW
    assert replace(KEEPING, provable_until=None).due(date(2030, 1, 1)) is Due.NOTHING


def test_nothing_is_destroyed_before_its_time_or_under_a_hold() -> None:
    with pytest.raises(KeptStill):
        check_destroyable(KEEPING, today=date(2031, 12, 31))
    with pytest.raises(HeldByLaw):
        check_destroyable(replace(KEEPING, held=True), today=date(2040, 1, 1))
    check_destroyable(KEEPING, today=date(2032, 1, 1))
