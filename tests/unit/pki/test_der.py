from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from absah.kernel.clock import instant
from absah.pki import der


def refusal(data: bytes, tag: int = der.Reader.ANY) -> str:
    with pytest.raises(der.DerMalformed) as caught:
        der.Reader(data, "test").read(tag)
    assert caught.value.parameters["what"] == "test"
    return str(caught.value.parameters["problem"])


def element(data: bytes) -> der.Element:
    return der.Reader(data, "test").read()


@given(st.integers(min_value=-(1 << 200), max_value=1 << 200))
@example(-128)
@example(-(1 << 127))
def test_an_integer_comes_back(value: int) -> None:
    assert element(der.integer(value)).integer() == value


@given(st.binary(max_size=70_000))
def test_an_octet_string_comes_back_with_its_length_in_the_fewest_octets(value: bytes) -> None:
    assert element(der.octet_string(value)).content == value


@given(st.integers(0, 2), st.integers(0, 39), st.lists(st.integers(0, 1 << 40), max_size=5))
def test_an_identifier_comes_back(first: int, second: int, rest: list[int]) -> None:
    dotted = ".".join(map(str, (first, second, *rest)))
    assert element(der.oid(dotted)).oid() == dotted


def test_an_identifier_under_the_second_arc_may_have_a_large_second_number() -> None:
    assert element(der.oid("2.999.3")).oid() == "2.999.3"
    assert der.oid("2.999.3") == bytes.fromhex("0603883703")


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "truncated"),
        (b"\x30", "truncated"),
        (b"\x30\x03\x01", "truncated"),
        (b"\x1f\x81\x01\x00", "tag"),
        (b"\x30\x80\x00\x00", "indefinite-length"),
        (b"\x30\x81\x05\x00\x00\x00\x00\x00", "length"),
        (b"\x04\x82\x00\x80" + bytes(128), "length"),
        (b"\x04\x85\x01\x00\x00\x00\x00", "length"),
        (b"\x04\x82\x01", "length"),
    ],
)
def test_what_is_not_der_is_refused_by_name(data: bytes, problem: str) -> None:
    assert refusal(data) == problem


def test_an_element_of_another_kind_is_refused() -> None:
    assert refusal(der.null(), der.SEQUENCE) == "unexpected-element"


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"\xff\xff"])
def test_an_integer_is_in_the_fewest_octets(content: bytes) -> None:
    with pytest.raises(der.DerMalformed):
        element(der.tlv(der.INTEGER, content)).integer()


def test_a_zero_octet_before_a_high_bit_is_right() -> None:
    assert element(b"\x02\x02\x00\x80").integer() == 128


@pytest.mark.parametrize("content", [b"", b"\x80\x01", b"\x2a\x80\x01", b"\x2a\x86", bytes(65)])
def test_a_malformed_identifier_is_refused(content: bytes) -> None:
    with pytest.raises(der.DerMalformed):
        element(der.tlv(der.OID, content)).oid()


def test_true_is_ff_and_false_is_00_and_nothing_else() -> None:
    assert element(der.true()).boolean() is True
    assert element(b"\x01\x01\x00").boolean() is False
    with pytest.raises(der.DerMalformed):
        element(b"\x01\x01\x01").boolean()


def test_a_bit_string_of_keys_and_signatures_has_no_unused_bits() -> None:
    assert element(der.bit_string(b"ab")).bits() == b"ab"
    for wrong in (b"\x03\x00", der.bit_string(b"\x80", unused=7)):
        with pytest.raises(der.DerMalformed):
            element(wrong).bits()


def test_times_through_2049_are_utc_times() -> None:
    last, first = instant(datetime(2049, 12, 31, tzinfo=UTC)), instant(datetime(2050, 1, 1, tzinfo=UTC))
    assert (der.time(last)[0], der.time(first)[0]) == (der.UTC_TIME, der.GENERALIZED_TIME)
    assert (element(der.time(last)).time(), element(der.time(first)).time()) == (last, first)


def test_a_two_digit_year_from_50_is_of_the_last_century() -> None:
    assert element(b"\x17\x0d500101000000Z").time().year == 1950


def test_fractions_of_a_second_are_cut_off() -> None:
    found = element(der.tlv(der.GENERALIZED_TIME, b"20261121020304.25Z")).time()
    assert found == datetime(2026, 11, 21, 2, 3, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tag", "content"),
    [
        (der.UTC_TIME, b"2611210203Z"),
        (der.UTC_TIME, b"261321020304Z"),
        (der.UTC_TIME, b"261121020304+"),
        (der.GENERALIZED_TIME, b"20261121020304"),
        (der.GENERALIZED_TIME, b"202611210203Z"),
        (der.GENERALIZED_TIME, b"2026112102030aZ"),
        (der.GENERALIZED_TIME, b"20261121020304.Z"),
        (der.GENERALIZED_TIME, b"20261121020304.50Z"),
        (der.GENERALIZED_TIME, b"20261121020304.5x"),
        (der.GENERALIZED_TIME, b"\xff" * 15),
        (der.OCTET_STRING, b"20261121020304Z"),
    ],
)
def test_times_in_another_form_are_refused(tag: int, content: bytes) -> None:
    with pytest.raises(der.DerMalformed):
        element(der.tlv(tag, content)).time()


def test_a_set_is_sorted_by_its_encodings() -> None:
    assert der.set_of(der.integer(2), der.null(), der.integer(1)) == b"\x31\x08\x02\x01\x01\x02\x01\x02\x05\x00"


def test_a_primitive_value_has_nothing_inside() -> None:
    with pytest.raises(der.DerMalformed, match="not-constructed"):
        element(der.integer(1)).reader()


def test_an_optional_element_is_left_where_it_is() -> None:
    reader = der.Reader(der.integer(5), "test")
    assert reader.read_optional(der.OID) is None
    assert reader.read_optional(der.INTEGER) is not None
    assert reader.read_optional(der.INTEGER) is None
    reader.finish()


def test_the_outermost_element_stands_alone_or_before_zero_octets() -> None:
    whole = der.sequence(der.null())
    assert der.outermost(whole, "test").encoded == whole
    assert der.outermost(whole + bytes(9), "test", zero_padded=True).encoded == whole
    for data, padded in ((whole + bytes(9), False), (whole + b"\x00\x01", True)):
        with pytest.raises(der.DerMalformed, match="trailing-bytes"):
            der.outermost(data, "test", zero_padded=padded)


def test_more_than_any_honest_structure_is_refused_unread() -> None:
    with pytest.raises(der.DerTooLarge):
        der.outermost(bytes(der.MAXIMUM_SIZE + 1), "test")


def test_an_extension_says_critical_only_when_it_is() -> None:
    assert der.extension("2.5.29.15", b"x", critical=True) == bytes.fromhex("300b0603551d0f0101ff040178")
    assert der.extension("2.5.29.15", b"x") == bytes.fromhex("30080603551d0f040178")
