"""Instants are UTC and whole seconds; dates in law are those of Jakarta."""

import time
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from absah.kernel.clock import Clock, FixedClock, SystemClock, instant, legal_date

ZONES = st.integers(min_value=-14 * 60, max_value=14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(
    min_value=datetime(1950, 1, 2), max_value=datetime(9999, 12, 30), timezones=ZONES
)  # the years of UTCTime and GeneralizedTime


@given(MOMENTS)
def test_an_instant_is_the_same_moment_in_utc_without_its_fraction(moment: datetime) -> None:
    taken = instant(moment)

    assert taken.tzinfo is UTC
    assert timedelta(0) <= moment - taken < timedelta(seconds=1)
    assert taken.microsecond == 0
    assert instant(taken) == taken


def test_a_naive_datetime_is_no_instant() -> None:
    with pytest.raises(ValueError, match="time zone"):
        instant(datetime(2026, 11, 21))


def test_a_legal_date_turns_at_midnight_in_jakarta() -> None:
    assert legal_date(instant(datetime(2026, 11, 20, 16, 59, 59, tzinfo=UTC))) == date(2026, 11, 20)
    assert legal_date(instant(datetime(2026, 11, 20, 17, 0, 0, tzinfo=UTC))) == date(2026, 11, 21)


def test_the_machines_clock_tells_whole_seconds_and_never_runs_backwards() -> None:
    clock: Clock = SystemClock()
    before = datetime.now(UTC)

    assert abs(clock.now() - before) < timedelta(seconds=5)
    assert clock.now().microsecond == 0
    assert clock.monotonic() <= clock.monotonic()


def test_a_fixed_clock_moves_only_when_moved() -> None:
    clock = FixedClock(instant(datetime(2026, 1, 1, tzinfo=UTC)))
    first, started = clock.now(), clock.monotonic()
    assert clock.now() == first

    clock.advance(timedelta(hours=2, microseconds=9))

    assert clock.now() - first == timedelta(hours=2)
    assert clock.monotonic() - started == 7200


@pytest.mark.skipif(not hasattr(time, "CLOCK_BOOTTIME"), reason="a clock of Linux")
def test_the_time_that_a_machine_sleeps_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def ask(which: int) -> float:
        asked.append(which)
        return 1.0

    monkeypatch.setattr(time, "clock_gettime", ask)
    assert SystemClock().monotonic() == 1.0
    assert asked == [time.CLOCK_BOOTTIME]
