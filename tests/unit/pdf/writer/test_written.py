from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from absah.pdf.reader.syntax import Reference, as_array, as_dictionary, as_name, as_string, as_text, value_at
from absah.pdf.writer.written import (
    with_reference,
    written_array,
    written_date,
    written_dictionary,
    written_name,
    written_number,
    written_string,
    written_text,
)


@given(st.binary(max_size=60))
def test_strings_and_names_come_back(value: bytes) -> None:
    assert as_string(written_string(value)) == value
    assert as_name(written_name(value)) == value
    assert value_at(written_string(value) + b" ", 0)[0] == written_string(value)
    assert value_at(written_name(value) + b" ", 0)[0] == written_name(value)


@given(st.text(max_size=40).filter(lambda text: not text.startswith("\ufeff") and text.isprintable()))
def test_texts_come_back(text: str) -> None:
    assert as_text(written_text(text)) == text


@pytest.mark.parametrize(
    ("value", "written"),
    [(3, b"3"), (-2.5, b"-2.5"), (0.0, b"0"), (0.00001, b"0"), (1 / 3, b"0.3333"), (100.0, b"100"), (10, b"10")],
)
def test_numbers_are_short(value: float, written: bytes) -> None:
    assert written_number(value) == written


@pytest.mark.parametrize(("hours", "offset"), [(7, b"+07'00'"), (0, b"+00'00'"), (-3.5, b"-03'30'")])
def test_dates_carry_their_offset(hours: float, offset: bytes) -> None:
    moment = datetime(2026, 11, 21, 9, 15, tzinfo=timezone(timedelta(hours=hours)) if hours else UTC)
    assert written_date(moment) == b"(D:20261121091500" + offset + b")"
    assert written_date(moment.replace(tzinfo=None)) == b"(D:20261121091500+00'00')"


def test_dictionaries_and_arrays_come_back() -> None:
    entries = {b"A": b"1", b"B C": b"/D", b"E": b"<</F 1>>", b"G": b"2 0 R"}
    assert as_dictionary(written_dictionary(entries)) == entries
    assert as_dictionary(written_dictionary({})) == {}
    assert as_array(written_array([b"1", b"/A", b"(x)"])) == [b"1", b"/A", b"(x)"]
    assert with_reference(b"[ 1 0 R]", Reference(2, 0)) == b"[ 1 0 R 2 0 R]"
