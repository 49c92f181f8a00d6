"""Tables of strangers: text comes out, formulas and bombs do not go in."""

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from absah.adapters.isolation.pool import IsolatedPool
from absah.adapters.sheets import (
    LARGEST_BYTES,
    SheetHasFormula,
    SheetLostDigits,
    SheetTooLarge,
    SheetUnreadable,
    read_table,
    table_of,
)
from absah.kernel.clock import SystemClock
from absah.kernel.errors import BadInput


def workbook(*rows: tuple) -> bytes:
    book, written = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(written)
    return written.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_is_read_whatever_separates_it_and_empty_rows_do_not_count(delimiter: str) -> None:
    text = f'\ufeffnama{delimiter}nik\r\n" Rina  "{delimiter}9999\r\n\r\n{delimiter}\r\nBudi{delimiter}+62 811'
    assert table_of(text.encode()) == (("nama", "nik"), ("Rina", "9999"), ("Budi", "+62 811"))


def test_a_workbook_is_read_as_text() -> None:
    content = workbook(
        ("nama", "nik", "nomor"), ("Rina", "9999014107900001", 42), (None, None, None), ("Budi", None, 1.5)
    )
    assert table_of(content) == (
        ("nama", "nik", "nomor"),
        ("Rina", "9999014107900001", "42"),
        ("Budi", "", "1.5"),
    )


@pytest.mark.parametrize(
    "formula", ["=1+1", '=HYPERLINK("http://jahat")', "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3", "\t=1"]
)
def test_a_formula_is_refused_and_its_place_named(formula: str) -> None:
    with pytest.raises(SheetHasFormula) as refused:
        table_of(f'nama\n"{formula.replace(chr(34), chr(34) * 2)}"\n'.encode())
    assert refused.value.parameters["cell"] == "A2"
    with pytest.raises(SheetHasFormula):
        table_of(workbook(("nama",), (formula.strip(),)))


def test_a_number_that_lost_digits_is_refused() -> None:
    with pytest.raises(SheetLostDigits) as refused:
        table_of(workbook(("nama", "nik"), ("Rina", 9999014107900001)))
    assert refused.value.parameters["cell"] == "B2"


def test_too_much_is_refused() -> None:
    rows = "a\n" * 10_002
    with pytest.raises(SheetTooLarge):
        table_of(rows.encode())
    assert len(table_of(("a\n" * 10_001).encode())) == 10_001
    with pytest.raises(SheetTooLarge):
        table_of((",".join("a" * 41) + "\n").encode())


def test_a_workbook_that_unpacks_to_far_more_is_refused_before_it_is_unpacked() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * (65 * 1024 * 1024))
    with pytest.raises(SheetTooLarge):
        table_of(written.getvalue())


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"PK\x03\x04 nothing", b'a,"b\nc', workbook(("a",))[:-200]])
def test_what_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(SheetUnreadable):
        table_of(content)


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_a_table_or_a_coded_error(content: bytes) -> None:
    try:
        found = table_of(content)
    except BadInput:
        return
    assert all(isinstance(cell, str) for row in found for cell in row)


def test_the_worker_reads_it_and_what_is_too_long_is_not_sent() -> None:
    with IsolatedPool(1, SystemClock()) as pool:
        assert read_table(pool, workbook(("nama",), ("Rina",))) == (("nama",), ("Rina",))
        with pytest.raises(SheetTooLarge):
            read_table(pool, bytes(LARGEST_BYTES + 1))
