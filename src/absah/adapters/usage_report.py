"""The usage report on paper and back: typeset with its data inside, and taken out of a file that somebody sends."""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import openpyxl
import pikepdf
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from absah.adapters.typst_press import press
from absah.agreements.face import FaceParty
from absah.agreements.words import written_date
from absah.cases.charts import bars
from absah.cases.usage_report import (
    SIGNERS,
    Block,
    Part,
    ReportFormat,
    ReportUnreadable,
    UsageData,
    change,
    check_rows,
    figures,
    load_format,
    months_of,
    read_data,
    write_data,
)

_JSON, _XLSX = "data.json", "data.xlsx"
_HEADER: Final = ("bulan", "ukuran", "kunci", "jumlah")
_LARGEST: Final = 32 * 1024 * 1024
#: Characters; what is longer is read by widening the column.
_WIDEST: Final = 60
#: Characters of a printed header that leave the first column its room; more of them are broken into lines.
_HEADER_FITS: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class PressedReport:
    """The report as three files; the first holds the other two."""

    pdf: bytes = field(repr=False)
    xlsx: bytes = field(repr=False)
    json: bytes = field(repr=False)


def press_report(data: UsageData, party: FaceParty, /, *, made_on: date, trial: bool) -> PressedReport:
    """Typeset a report (PDF/A-3a, PDF/UA-1). `party` is the first party as it signs."""
    form, written, workbook = load_format(data.format), write_data(data), write_workbook(data)
    first, last = (written_date(date.fromisoformat(day)) for day in (data.first, data.last))
    page: dict[str, Any] = {
        "title": form.text,
        "agency": data.agency,
        "period": f"{first} sampai {last}",
        "facts": [["Nomor perjanjian", f"{data.numbers[0]} dan {data.numbers[1]}"], ["Format", form.version]],
        "parts": [_part(number, part, form, data) for number, part in enumerate(form.parts, start=1)],
        "digest": data.digest,
        "trial": trial,
        "called": party.called,
        "post": party.post,
        "anchor": party.anchor,
        "representative": party.representative,
        "json": written.decode(),
        "xlsx": list(workbook),
    }
    pdf = press("usage_report", page, dated=made_on, standard="a-3a")
    return PressedReport(pdf=pdf, xlsx=workbook, json=written)


def _part(number: int, part: Part, form: ReportFormat, data: UsageData, /) -> dict[str, Any]:
    return {"number": number, "title": part.title, "blocks": [_block(block, form, data) for block in part.blocks]}


def _block(block: Block, form: ReportFormat, data: UsageData, /) -> dict[str, Any]:
    names = [form.words(measure) for measure in block.measures]
    computed = figures(data)
    match block.shows:
        case "text":
            return {"shows": "text", "text": dict(data.texts).get(block.slot, "")}
        case "list":
            return _list(block, data)
        case "chart":
            return _chart(names[0], block.measures[0], computed, months_of(data))
        case "figures":
            rows = [_compared(name, measure, computed) for name, measure in zip(names, block.measures, strict=True)]
            return _table(["Ukuran", "Periode ini", "Periode lalu", "Perubahan (%)"], rows)
        case "months":
            rows = [
                [month, *(form.figure(measure, f"@{month}", computed) for measure in block.measures)]
                for month in months_of(data)
            ]
            return _table(["Bulan", *names], rows)
        case _:
            sums = {each for measure in block.measures for each in form.sums(measure)}
            keys = sorted({row.key for row in data.rows if row.measure in sums and row.key})
            rows = [[key, *(form.figure(measure, f"/{key}", computed) for measure in block.measures)] for key in keys]
            return _table(["Rincian", *names], rows, about=", ".join(names))


def _chart(name: str, measure: str, computed: Mapping[str, int], months: Sequence[str], /) -> dict[str, Any]:
    """Bars by month, with the numbers as words for who does not see them; a word where there was nothing to draw."""
    values = [computed.get(f"{measure}@{month}", 0) for month in months]
    if not any(values):
        return _table([], [], about=name)
    spoken = ", ".join(f"{month} {value}" for month, value in zip(months, values, strict=True))
    svg = bars([month[5:] for month in months], values)
    return {"shows": "chart", "about": name, "svg": svg, "alt": f"{name}: {spoken}"}


def _list(block: Block, data: UsageData, /) -> dict[str, Any]:
    """A list under its columns, and how many lines it would have in all."""
    found = next((one for one in data.lists if one.name == block.slot), None)
    lines = [list(line) for line in found.lines] if found is not None else []
    more = found.total - len(lines) if found is not None else 0
    return _table(list(block.columns), lines) | {"shows": "list", "more": more}


def _compared(name: str, measure: str, computed: dict[str, int], /) -> list[str]:
    now, before = computed.get(measure, 0), computed.get(f"{measure}<before", 0)
    if measure == SIGNERS:  # people are counted for one period only
        return [name, str(now), "-", "-"]
    return [name, str(now), str(before), change(now, before)]


def _table(header: list[str], rows: list[list[str]], /, *, about: str = "") -> dict[str, Any]:
    """A table, whose first column is the widest; where it has no row, the report names what there was none of."""
    room = "narrow" if sum(map(len, header)) <= _HEADER_FITS else "even"
    columns = ["wide", *[room] * (len(header) - 1)]
    return {"shows": "table", "about": about, "columns": columns, "header": header, "rows": rows}


def write_workbook(data: UsageData, /) -> bytes:
    """The rows, the lists and the figures as XLSX. Text is text: a key that begins with `=` is no formula."""
    book = openpyxl.Workbook(write_only=True)
    _sheet(book, "data", _HEADER, [(row.month, row.measure, row.key, row.count) for row in data.rows])
    columns = {block.slot: block.columns for part in load_format(data.format).parts for block in part.blocks}
    for one in data.lists:
        _sheet(book, one.name, columns.get(one.name, ()), one.lines)
    _sheet(book, "angka", ("angka", "jumlah"), list(figures(data).items()))
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _sheet(book: openpyxl.Workbook, name: str, header: Sequence[str], rows: Sequence[Sequence[str | int]], /) -> None:
    """A sheet whose header stays in sight, with columns as wide as what stands in them."""
    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    for number, title in enumerate(header):
        widest = max((len(str(row[number])) for row in rows), default=0)
        letter = get_column_letter(number + 1)
        sheet.column_dimensions[letter].width = min(max(widest, len(title)), _WIDEST) + 2
    sheet.append([_cell(sheet, words, bold=True) for words in header])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])


def _cell(sheet: Any, value: str | int, /, *, bold: bool = False) -> Cell:
    cell = WriteOnlyCell(sheet, value)
    if bold:
        cell.font = Font(bold=True)
    if isinstance(value, str):
        cell.data_type = "s"
    return cell


def read_workbook(content: bytes, /) -> tuple[tuple[str, str, str, int], ...]:
    """The rows of a workbook. Raises ReportUnreadable."""
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        found = tuple(_rows(book["data"].iter_rows(min_row=2, max_col=4, values_only=True)))
    except Exception as problem:  # noqa: BLE001 - a library's reader of strangers' files
        raise ReportUnreadable(problem=type(problem).__name__) from None
    return found


def _rows(cells: Any, /) -> Iterator[tuple[str, str, str, int]]:
    for month, measure, key, count in cells:
        yield str(month), str(measure), str(key or ""), int(count)


def read_report(pdf: bytes, /) -> UsageData:
    """The data in a report, with every figure computed again and the workbook compared. Raises what does not agree."""
    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            files = {name: _file(document, name) for name in (_JSON, _XLSX)}
    except pikepdf.PdfError:
        raise ReportUnreadable(problem="PDF") from None
    data = read_data(files[_JSON])
    check_rows(data, read_workbook(files[_XLSX]))
    return data


def _file(document: pikepdf.Pdf, name: str, /) -> bytes:
    if name not in document.attachments:
        raise ReportUnreadable(problem=name)
    content = document.attachments[name].get_file().read_bytes()
    if len(content) > _LARGEST:
        raise ReportUnreadable(problem=name)
    return content
