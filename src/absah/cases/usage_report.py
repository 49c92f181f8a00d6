"""The annual report on the use of certificates (K1-g): frozen rows, figures computed from them, and the check of both.

    registers -> rows (month, measure, key, count), frozen -> figures -> PDF with XLSX and JSON inside
    receiver:    JSON -> rows -> the same figures, or the report is wrong

A report is over whole months that have passed: a running month is never reported. Its format is data with a version
(`formats/*.toml`), published by the second party, as the agreements leave it to that party.
"""

import hashlib
import json
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from absah.agreements.words import day_word
from absah.kernel.errors import BadInput, NotFound, RuleBroken

SCHEMA: Final = "absah-usage-report/2"
#: What counts once for the whole period and not by month: the number of different people.
SIGNERS: Final = "signers"
_FIRST_YEAR: Final = 2015
#: More than any agency has rows: twelve months, each with every application and reason.
_MOST_ROWS: Final = 200_000
#: A list of more is not read by anybody; the registers have the rest.
MOST_LINES: Final = 1_000


class FormatUnknown(NotFound):
    """No format of reports has this version. Parameter: version."""

    code = "cases.format-unknown"


class MonthRuns(RuleBroken):
    """The report would cover a month that is not over. Parameters: last, today."""

    code = "cases.month-runs"


class YearBefore(BadInput):
    """A year before the agreement was signed. Parameters: year, signed."""

    code = "cases.year-before"


class ReportUnreadable(BadInput):
    """Not a report of ours: no data in it, or not of this shape. Parameter: problem."""

    code = "cases.report-unreadable"


class ReportDisagrees(RuleBroken):
    """What the report says is not what its own rows come to. Parameter: figure."""

    code = "cases.report-disagrees"


class _Words(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str
    gloss: str


class Block(BaseModel):
    """One thing that a part shows: measures in some form, a list of people or certificates, or a text people write."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    shows: Literal["figures", "months", "keys", "chart", "list", "text"]
    measures: tuple[str, ...] = ()
    slot: str = ""
    columns: tuple[str, ...] = ()


class Part(BaseModel):
    """A part of the report: what it is called, and its blocks in order."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    gloss: str
    blocks: tuple[Block, ...] = Field(min_length=1)


class Mean(BaseModel):
    """A measure that divides one sum of the data by another: what it is called, and how many of its units make one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str
    gloss: str
    of: str
    by: str
    per: int = Field(default=1, gt=0)


class ReportFormat(BaseModel):
    """A format as published: its parts in order, what measures are called, and which are means."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: str
    text: str
    gloss: str
    parts: tuple[Part, ...] = Field(min_length=1)
    measures: dict[str, _Words]
    means: dict[str, Mean] = Field(default_factory=dict)

    def words(self, measure: str, /) -> str:
        """What a measure is called in the report."""
        return self.means[measure].text if measure in self.means else self.measures[measure].text

    def sums(self, measure: str, /) -> tuple[str, ...]:
        """The sums of the data that a measure rests on."""
        mean = self.means.get(measure)
        return (measure,) if mean is None else (mean.of, mean.by)

    def figure(self, measure: str, about: str, computed: Mapping[str, int], /) -> str:
        """What a measure comes to, in all or about a key or month (`/key`, `@month`), as the report writes it."""
        mean = self.means.get(measure)
        if mean is None:
            return str(computed.get(f"{measure}{about}", 0))
        many = computed.get(f"{mean.by}{about}", 0)
        return decimal(computed.get(f"{mean.of}{about}", 0) / many / mean.per) if many else "-"


@cache
def load_format(version: str, /) -> ReportFormat:
    """A shipped format. Raises FormatUnknown."""
    page = files("absah.cases") / "formats" / f"usage-{version}.toml"
    if not version.isalnum() or not page.is_file():
        raise FormatUnknown(version=version[:20])
    return ReportFormat.model_validate(tomllib.loads(page.read_text(encoding="utf-8")))


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class UsageRow:
    """So many of a thing in a month (`2026-03`). `key` tells kinds of it apart: an application, a product, a reason."""

    month: str
    measure: str
    key: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageList:
    """A list of the report: its lines, at most `MOST_LINES`, of so many in all."""

    name: str
    total: int
    lines: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageData:
    """Everything a report rests on, frozen: whose it is, the period, the rows, the lists, and what people wrote."""

    schema: str
    format: str
    agency: str
    numbers: tuple[str, str]
    first: str
    last: str
    signers: int
    rows: tuple[UsageRow, ...]
    before: tuple[UsageRow, ...]
    texts: tuple[tuple[str, str], ...]
    lists: tuple[UsageList, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON: printed in the report, and computed again by whoever receives it."""
        return hashlib.sha256(canonical(asdict(self))).hexdigest()


def canonical(value: object, /) -> bytes:
    """JSON with sorted keys and no spaces, as it is hashed."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def year_of(year: int, /, *, today: date) -> tuple[date, date]:
    """The first and last day of a year's report. A year that runs is reported up to its last whole month.

    Raises MonthRuns where no month of it is over.
    """
    if not _FIRST_YEAR <= year <= today.year:
        raise MonthRuns(last=str(year), today=day_word(today))
    first, last = date(year, 1, 1), date(year, 12, 31)
    if today <= last:
        last = today.replace(day=1) - timedelta(days=1)
    if last < first:
        raise MonthRuns(last=day_word(date(year, 1, 31)), today=day_word(today))
    return first, last


def check_period(data: UsageData, /, *, today: date) -> None:
    """The last month reported is over. Raises MonthRuns."""
    last = date.fromisoformat(data.last)
    if (last + timedelta(days=1)).day != 1 or last >= today:
        raise MonthRuns(last=day_word(last), today=day_word(today))


def figures(data: UsageData, /) -> dict[str, int]:
    """Every number that a report may show, by its name: `measure`, `measure/key`, `measure@month`, `measure<before`."""
    found: Counter[str] = Counter()
    for row in data.rows:
        found[row.measure] += row.count
        found[f"{row.measure}@{row.month}"] += row.count
        if row.key:
            found[f"{row.measure}/{row.key}"] += row.count
    for row in data.before:
        found[f"{row.measure}<before"] += row.count
    found[SIGNERS] = data.signers
    return dict(sorted(found.items()))


def decimal(value: float, /) -> str:
    """A number with one decimal as an Indonesian report writes it: `12,5`."""
    return f"{value:.1f}".replace(".", ",")


def change(now: int, before: int, /) -> str:
    """The change in per cent as an Indonesian report writes it: `12,5`; a dash where there is nothing to compare."""
    return "-" if not before else decimal((now - before) * 100 / before)


def months_of(data: UsageData, /) -> tuple[str, ...]:
    """The months of the period."""
    first, last = date.fromisoformat(data.first), date.fromisoformat(data.last)
    return tuple(f"{first.year}-{month:02}" for month in range(first.month, last.month + 1))


def write_data(data: UsageData, /) -> bytes:
    """The JSON that is attached: the data, its figures, and its digest."""
    written = {"data": asdict(data), "figures": figures(data), "digest": data.digest}
    return json.dumps(written, ensure_ascii=False, indent=1, sort_keys=True).encode()


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    month: str = Field(pattern=r"^\d{4}-\d{2}$")
    measure: str = Field(max_length=60)
    key: str = Field(max_length=200)
    count: int = Field(ge=0)


class _List(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    name: str = Field(max_length=60)
    total: int = Field(ge=0)
    lines: list[list[str]] = Field(max_length=MOST_LINES)


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    schema_: Literal["absah-usage-report/2"] = Field(alias="schema")
    format: str
    agency: str
    numbers: tuple[str, str]
    first: str
    last: str
    signers: int = Field(ge=0)
    rows: list[_Row] = Field(max_length=_MOST_ROWS)
    before: list[_Row] = Field(max_length=_MOST_ROWS)
    texts: list[tuple[str, str]] = Field(max_length=50)
    lists: list[_List] = Field(max_length=20)


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    data: _Data
    figures: dict[str, int]
    digest: str


def read_data(written: bytes, /) -> UsageData:
    """Read an attached JSON and compute it all again. Raises ReportUnreadable, ReportDisagrees."""
    try:
        found = _Written.model_validate_json(written)
    except ValidationError as problem:
        raise ReportUnreadable(problem=problem.errors()[0]["msg"][:120]) from None
    data = UsageData(
        schema=found.data.schema_,
        format=found.data.format,
        agency=found.data.agency,
        numbers=found.data.numbers,
        first=found.data.first,
        last=found.data.last,
        signers=found.data.signers,
        rows=tuple(_row(row) for row in found.data.rows),
        before=tuple(_row(row) for row in found.data.before),
        texts=tuple(found.data.texts),
        lists=tuple(
            UsageList(name=one.name, total=one.total, lines=tuple(map(tuple, one.lines))) for one in found.data.lists
        ),
    )
    check_figures(data, found.figures)
    if data.digest != found.digest:
        raise ReportDisagrees(figure="digest")
    return data


def _row(row: _Row, /) -> UsageRow:
    return UsageRow(month=row.month, measure=row.measure, key=row.key, count=row.count)


def check_figures(data: UsageData, said: Mapping[str, int], /) -> None:
    """Every figure that was said is what the rows come to, and none is missing. Raises ReportDisagrees."""
    computed = figures(data)
    for name in sorted(computed.keys() | said.keys()):
        if computed.get(name) != said.get(name):
            raise ReportDisagrees(figure=f"{name}: {said.get(name)} / {computed.get(name)}")


def check_rows(data: UsageData, rows: Iterable[tuple[str, str, str, int]], /) -> None:
    """The rows of the workbook are those of the data. Raises ReportDisagrees."""
    expected = Counter((row.month, row.measure, row.key, row.count) for row in data.rows)
    odd = sorted((expected - (found := Counter(rows))) + (found - expected))
    if odd:
        raise ReportDisagrees(figure=" ".join(map(str, odd[0])))
