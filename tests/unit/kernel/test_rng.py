"""Chance: serials, opaque ids, and a predictable source for tests."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from absah.kernel.clock import instant
from absah.kernel.rng import Rng, SystemRng, UnsafeSeededRng, dated_serial_number, opaque_id, serial_number


class Fixed:
    def __init__(self, octet: int) -> None:
        self.octet = octet

    def token(self, size: int, /) -> bytes:
        return bytes([self.octet]) * size


@given(st.binary(max_size=40), st.lists(st.integers(min_value=0, max_value=100), max_size=8))
def test_a_seed_gives_the_same_sequence_each_time(seed: bytes, sizes: list[int]) -> None:
    one, other = UnsafeSeededRng(seed), UnsafeSeededRng(seed)

    first = [one.token(size) for size in sizes]

    assert first == [other.token(size) for size in sizes]
    assert [len(token) for token in first] == sizes


def test_a_seeded_source_does_not_repeat_itself() -> None:
    source = UnsafeSeededRng(b"seed")

    assert len({source.token(16) for _ in range(100)}) == 100
    assert UnsafeSeededRng(b"a").token(16) != UnsafeSeededRng(b"b").token(16)


def test_the_machines_source_gives_as_many_bytes_as_asked() -> None:
    source: Rng = SystemRng()

    assert [len(source.token(size)) for size in (0, 1, 32)] == [0, 1, 32]
    assert source.token(32) != source.token(32)


@given(st.binary(min_size=1, max_size=8))
def test_a_serial_is_positive_and_sixteen_octets_of_der(seed: bytes) -> None:
    serial = serial_number(UnsafeSeededRng(seed))

    # RFC 5280 §4.1.2.2: positive, at most 20 octets. Ours need no leading zero octet and are never shorter than 16.
    assert serial.to_bytes(16, "big", signed=True)[0] in range(0x40, 0x80)


def test_a_serial_is_lawful_even_if_chance_gives_only_zeros_or_only_ones() -> None:
    assert serial_number(Fixed(0x00)) == 1 << 126
    assert serial_number(Fixed(0xFF)) == (1 << 127) - 1


@given(st.binary(min_size=1, max_size=8), st.datetimes(datetime(1970, 1, 1), datetime(4011, 1, 1)))
def test_a_dated_serial_is_as_long_and_ascends_with_time(seed: bytes, moment: datetime) -> None:
    chance, now = UnsafeSeededRng(seed), instant(moment.replace(tzinfo=UTC))
    serial = dated_serial_number(chance, now)

    assert serial.to_bytes(16, "big", signed=True)[0] in range(0x40, 0x80)
    assert serial < dated_serial_number(chance, instant(now + timedelta(seconds=1)))


def test_all_but_the_time_of_a_dated_serial_is_chance() -> None:
    now = instant(datetime(2026, 11, 27, 20, 0, 59, tzinfo=UTC))

    assert f"{dated_serial_number(Fixed(0x00), now):032x}" == "406b09e17b" + 22 * "0"
    assert f"{dated_serial_number(Fixed(0xFF), now):032x}" == "406b09e17b" + 22 * "f"


def test_an_opaque_id_is_a_version_4_uuid() -> None:
    source = UnsafeSeededRng(b"ids")
    one, other = opaque_id(source), opaque_id(source)

    assert (one.version, one.variant) == (4, "specified in RFC 4122")
    assert one != other
