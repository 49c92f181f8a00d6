"""One-time codes against the vectors of RFC 6238 appendix B (its eight digits, cut to our six)."""

from datetime import UTC, datetime, timedelta

import pytest

from absah.adapters import totp
from absah.kernel.clock import instant
from absah.kernel.rng import UnsafeSeededRng

SECRET = b"12345678901234567890"
NEVER = -1


def at(seconds):
    return instant(datetime.fromtimestamp(seconds, UTC))


@pytest.mark.parametrize(
    ("seconds", "eight_digits"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_codes_are_those_of_the_norm(seconds, eight_digits):
    assert totp.code_at(SECRET, at(seconds)) == eight_digits[-6:]


@pytest.mark.parametrize("drift", [-30, 0, 30])
def test_one_step_of_drift_is_allowed(drift):
    now = at(1_800_000_000)
    code = totp.code_at(SECRET, now + timedelta(seconds=drift))
    assert totp.matching_step(SECRET, code, now, after=NEVER) == totp.step_at(now) + drift // 30


@pytest.mark.parametrize("drift", [-60, 60])
def test_two_steps_of_drift_are_not(drift):
    now = at(1_800_000_000)
    code = totp.code_at(SECRET, now + timedelta(seconds=drift))
    assert totp.matching_step(SECRET, code, now, after=NEVER) is None


def test_a_used_step_and_those_before_it_are_gone():
    now = at(1_800_000_000)
    step = totp.step_at(now)
    assert totp.matching_step(SECRET, totp.code_at(SECRET, now), now, after=step) is None
    earlier = totp.code_for_step(SECRET, step - 1)
    assert totp.matching_step(SECRET, earlier, now, after=step) is None


@pytest.mark.parametrize("code", ["", "12345", "٣٤٥٦٧٨", "1234567", "\udc80"])
def test_what_is_no_code_matches_nothing(code):
    assert totp.matching_step(SECRET, code, at(1_800_000_000), after=NEVER) is None


def test_a_secret_survives_its_spelling():
    secret = totp.new_secret(UnsafeSeededRng(b"totp"))
    assert len(secret) == 20
    spelled = totp.spelled_in_base32(secret)
    assert len(spelled) == 32
    assert totp.read_base32(spelled.lower()) == secret


def test_what_is_not_base32_is_refused():
    with pytest.raises(ValueError, match="not base32"):
        totp.read_base32("18!")
