"""How many costly questions an address may ask."""

from datetime import UTC, datetime, timedelta

import pytest

from absah.kernel.clock import FixedClock, instant
from absah_site import allowance
from absah_site.allowance import Allowance, TooManyQuestions


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(instant(datetime(2026, 11, 20, 7, 3, tzinfo=UTC)))


def test_some_at_once_then_one_every_few_seconds(clock: FixedClock) -> None:
    allowed = Allowance(clock, at_once=3, every=2.0)
    for _ in range(3):
        allowed.spend("192.0.2.1")
    for _ in range(2):  # asking in vain costs nothing
        with pytest.raises(TooManyQuestions) as refused:
            allowed.spend("192.0.2.1")
        assert refused.value.parameters == {"seconds": 2}
    allowed.spend("192.0.2.2")
    clock.advance(timedelta(seconds=2))
    allowed.spend("192.0.2.1")
    with pytest.raises(TooManyQuestions):
        allowed.spend("192.0.2.1")
    clock.advance(timedelta(hours=1))
    for _ in range(3):
        allowed.spend("192.0.2.1")


def test_a_household_shares_one_bucket_whatever_address_it_takes(clock: FixedClock) -> None:
    allowed = Allowance(clock, at_once=1, every=2.0)
    allowed.spend("2001:db8:1:2:aaaa::1")
    with pytest.raises(TooManyQuestions):
        allowed.spend("2001:db8:1:2:ffff::9")
    allowed.spend("2001:db8:1:3::1")
    allowed.spend("no address")
    with pytest.raises(TooManyQuestions):
        allowed.spend("no address")


def test_many_addresses_do_not_fill_the_memory(clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allowance, "_MOST_ADDRESSES", 2)
    allowed = Allowance(clock, at_once=1, every=2.0)
    for number in range(5):
        allowed.spend(f"192.0.2.{number}")
    allowed.spend("192.0.2.0")  # forgotten, as the oldest
    with pytest.raises(TooManyQuestions):
        allowed.spend("192.0.2.4")
