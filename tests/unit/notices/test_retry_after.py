"""How long a receiver asks to be left alone, in each form that RFC 9110 knows, and in none."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from absah.kernel.clock import instant
from absah.notices.retry_after import LONGEST_WAIT, wait_asked

NOW = instant(datetime(2026, 11, 20, 7, 3, tzinfo=UTC))


@pytest.mark.parametrize(
    ("field", "wait"),
    [
        ("120", timedelta(seconds=120)),
        (" 0 ", timedelta()),
        ("Fri, 20 Nov 2026 07:05:00 GMT", timedelta(minutes=2)),  # RFC 9110 §5.6.7: IMF-fixdate
        ("Friday, 20-Nov-26 07:05:00 GMT", timedelta(minutes=2)),  # as RFC 850 wrote it
        ("Fri Nov 20 07:05:00 2026", timedelta(minutes=2)),  # as asctime() writes it
        ("Fri, 20 Nov 2026 14:05:00 +0700", timedelta(minutes=2)),
    ],
)
def test_a_wait_is_asked_for_in_seconds_or_by_a_date(field: str, wait: timedelta) -> None:
    assert wait_asked(field, now=NOW) == wait


@pytest.mark.parametrize("field", ["86401", "9" * 60, "Fri, 20 Nov 2099 07:05:00 GMT"])
def test_nobody_is_waited_for_longer_than_a_day(field: str) -> None:
    assert wait_asked(field, now=NOW) == LONGEST_WAIT


@pytest.mark.parametrize(
    "field", ["", "soon", "-5", "1.5", "٣", "9" * 65, "Fri, 20 Nov 2026 07:01:00 GMT", "Fri, 99 Nov 2026 99:99:99 GMT"]
)
def test_what_is_over_or_cannot_be_read_asks_for_no_wait(field: str) -> None:
    assert wait_asked(field, now=NOW) == timedelta()


@given(st.text(max_size=80) | st.from_regex(r"[A-Z][a-z]{2}, ?[0-9]{1,4}.{1,40}"))
def test_any_field_is_a_wait_within_a_day(field: str) -> None:
    assert timedelta() <= wait_asked(field, now=NOW) <= LONGEST_WAIT
