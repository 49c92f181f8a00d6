"""What is written into the fields of a case: whether it fits, and the rows of a field that is a table.

Everything written is text: the key of a choice, a day or a moment of ISO 8601 (the clock of Jakarta), a number in
digits, or rows as JSON, a list of lists of text in the order of the columns.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Final, TypeAlias

from pydantic import TypeAdapter, ValidationError

from absah.cases.kind import CaseField, FieldKind
from absah.kernel.clock import JAKARTA, Instant, instant

MOST_ROWS: Final = 200
#: The most characters of a field, by what is written into it.
_LONGEST: Final = {
    FieldKind.LINE: 300,
    FieldKind.TEXT: 8_000,
    FieldKind.CHOICE: 40,
    FieldKind.DAY: 10,
    FieldKind.MOMENT: 16,
    FieldKind.NUMBER: 12,
    FieldKind.ROWS: 400_000,
}
_ROWS: Final = TypeAdapter(list[list[str]])

Row: TypeAlias = tuple[str, ...]


def fits(field: CaseField, value: str, /) -> bool:
    """Whether something may be written into a field."""
    if len(value) > _LONGEST[field.kind]:
        return False
    fit = _FITTING.get(field.kind)
    return fit is None or fit(field, value)


def _is(read: Callable[[str], object], value: str, /) -> bool:
    try:
        read(value)
    except ValueError:
        return False
    return True


def _rows_fit(field: CaseField, value: str, /) -> bool:
    try:
        rows = read_rows(value)
    except ValidationError:
        return False
    columns = field.columns
    return len(rows) <= MOST_ROWS and all(
        len(row) == len(columns)
        and all(not cell or fits(column, cell) for column, cell in zip(columns, row, strict=True))
        for row in rows
    )


def read_moment(value: str, /) -> Instant:
    """A moment as a page sends it, by the clock of Jakarta: `2026-11-27T08:00`. ValueError where it is none."""
    found = datetime.strptime(value, "%Y-%m-%dT%H:%M").replace(tzinfo=JAKARTA)
    return instant(found)


def read_rows(value: str, /) -> tuple[Row, ...]:
    """The rows of a table; none where nothing was written. ValidationError where it is no table."""
    return tuple(map(tuple, _ROWS.validate_json(value))) if value else ()


def write_rows(rows: Iterable[Iterable[str]], /) -> str:
    """Rows as they are kept, without those in which nothing is written; empty where none is left."""
    kept = [cells for cells in ([cell.strip() for cell in row] for row in rows) if any(cells)]
    return json.dumps(kept, ensure_ascii=False) if kept else ""


_FITTING: Final[Mapping[FieldKind, Callable[[CaseField, str], bool]]] = {
    FieldKind.CHOICE: lambda field, value: field.choice(value) is not None,
    FieldKind.DAY: lambda _, value: _is(date.fromisoformat, value),
    FieldKind.MOMENT: lambda _, value: _is(read_moment, value),
    FieldKind.NUMBER: lambda _, value: value.isascii() and value.isdecimal(),
    FieldKind.ROWS: _rows_fit,
}
