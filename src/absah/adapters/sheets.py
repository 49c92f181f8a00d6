"""Tables that people upload, CSV or XLSX: read in a worker, as text, without formulas, within limits.

A workbook is a ZIP: what it says it unpacks to is looked at before anything is unpacked. A formula is refused, because
what it shows here and what it does where somebody opens the list again are two things; so is a number with more digits
than Excel keeps, because the last ones are gone already.
"""

import csv
import io
import zipfile
from typing import Final

from openpyxl import load_workbook

from absah.adapters.isolation.pool import IsolatedPool
from absah.kernel.errors import BadInput

LARGEST_BYTES: Final = 5 * 1024 * 1024
MOST_ROWS: Final = 10_000
MOST_COLUMNS: Final = 40
_MOST_CELL: Final = 300
_UNPACKED: Final = 64 * 1024 * 1024
_RATIO: Final = 200
_MEMBERS: Final = 200
_EXACT_DIGITS: Final = 15  # what a spreadsheet keeps of a number
_FORMULA: Final = ("=", "@", "+", "-", "\t", "\r")

Table = tuple[tuple[str, ...], ...]


class SheetUnreadable(BadInput):
    """Neither CSV in UTF-8 nor a workbook."""

    code = "enrolment.sheet-unreadable"


class SheetTooLarge(BadInput):
    """More bytes or rows than we read at once, or a file that unpacks to far more. Parameter: rows."""

    code = "enrolment.sheet-too-large"


class SheetHasFormula(BadInput):
    """A cell holds a formula. Parameter: cell."""

    code = "enrolment.sheet-has-formula"


class SheetLostDigits(BadInput):
    """A cell holds a number so long that its last digits are gone. Parameter: cell."""

    code = "enrolment.sheet-lost-digits"


def read_table(pool: IsolatedPool, content: bytes, /) -> Table:
    """The rows of the first sheet as text, empty ones left out. Raises the errors above and those of `isolation`."""
    if len(content) > LARGEST_BYTES:
        raise SheetTooLarge(rows=MOST_ROWS)
    found = pool.run(f"{__name__}:table_of", content)
    if not isinstance(found, tuple):
        raise SheetUnreadable
    return found


def table_of(content: bytes, /) -> Table:
    """What runs in the worker."""
    rows = _workbook(content) if content.startswith(b"PK\x03\x04") else _text(content)
    return tuple(row for row in rows if any(row))


def _text(content: bytes) -> Table:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SheetUnreadable from None
    head = text.partition("\n")[0]
    delimiter = max(";,\t", key=head.count)
    rows = []
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), 1):
            _check_place(number, len(row))
            rows.append(tuple(_checked(cell, number, column) for column, cell in enumerate(row)))
    except csv.Error:
        raise SheetUnreadable from None
    return tuple(rows)


def _workbook(content: bytes) -> Table:
    _check_unpacked(content)
    rows = []
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        for number, row in enumerate(book.worksheets[0].iter_rows(), 1):
            _check_place(number, len(row))
            rows.append(tuple(_cell(cell, number, column) for column, cell in enumerate(row)))
    except BadInput:
        raise
    except Exception as problem:  # whatever openpyxl makes of a broken workbook
        raise SheetUnreadable from problem
    return tuple(rows)


def _check_unpacked(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            members = packed.infolist()
    except zipfile.BadZipFile:
        raise SheetUnreadable from None
    whole = sum(member.file_size for member in members)
    if len(members) > _MEMBERS or whole > _UNPACKED or whole > _RATIO * len(content):
        raise SheetTooLarge(rows=MOST_ROWS)


def _check_place(number: int, columns: int) -> None:
    if number > MOST_ROWS + 1 or columns > MOST_COLUMNS:
        raise SheetTooLarge(rows=MOST_ROWS)


def _cell(cell: object, row: int, column: int) -> str:
    kind, value = getattr(cell, "data_type", "n"), getattr(cell, "value", None)
    if kind == "f":
        raise SheetHasFormula(cell=_place(row, column))
    if isinstance(value, int | float) and not isinstance(value, bool):
        if abs(value) >= 10**_EXACT_DIGITS:
            raise SheetLostDigits(cell=_place(row, column))
        return str(int(value)) if value == int(value) else str(value)
    return _checked("" if value is None else str(value), row, column)


def _checked(text: str, row: int, column: int) -> str:
    """A cell as text. What a spreadsheet would run is refused; a sign before digits alone is a telephone number."""
    stripped = text.strip()
    if stripped.startswith(_FORMULA) and not (stripped[0] in "+-" and stripped[1:].replace(" ", "").isdecimal()):
        raise SheetHasFormula(cell=_place(row, column))
    return stripped[:_MOST_CELL]


def _place(row: int, column: int) -> str:
    """As spreadsheets name a cell: B7."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}"
