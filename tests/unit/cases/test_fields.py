"""What is written into fields: tables, moments, and what does not fit."""

from datetime import datetime, timedelta
from importlib.resources import files

import pytest
from pydantic import ValidationError
from tests.fakes.agreements import CALENDAR

from absah.agreements.duties import DutyCode
from absah.agreements.parties import Role
from absah.cases.case import CaseOpened, Filled, check_opening, fold_case
from absah.cases.clocks import read_clocks
from absah.cases.fields import MOST_ROWS, fits, read_moment, read_rows, write_rows
from absah.cases.kind import CaseField, CaseKind, FieldKind, parse_kind
from absah.kernel.clock import JAKARTA, instant

DAY = CaseField(name="day", kind=FieldKind.DAY, text="Hari", gloss="Day")
WORDS = CaseField(name="words", kind=FieldKind.LINE, text="Isi", gloss="Words")
TABLE = CaseField(name="t", kind=FieldKind.ROWS, text="Tabel", gloss="Table", columns=(DAY, WORDS))


def kind_with(more: str) -> CaseKind:
    text = (files("absah.cases") / "kinds" / "support.toml").read_text()
    return parse_kind(text.replace("[graph]", f"{more}\n[graph]", 1), name="x")


def test_rows_are_written_without_the_empty_ones_and_read_again():
    written = write_rows([["2026-11-27", " a "], ["", " "], ["", "b"]])
    assert read_rows(written) == (("2026-11-27", "a"), ("", "b"))
    assert (write_rows([["", ""]]), read_rows("")) == ("", ())
    with pytest.raises(ValidationError):
        read_rows("{}")


def test_a_table_fits_when_each_cell_fits_its_column_and_there_are_not_too_many():
    assert fits(TABLE, write_rows([["2026-11-27", "a"], ["", "b"]]))
    assert not fits(TABLE, write_rows([["27-11-2026", "a"]]))
    assert not fits(TABLE, write_rows([["2026-11-27"]]))
    assert not fits(TABLE, "nothing")
    assert not fits(TABLE, write_rows([["", "a"]] * (MOST_ROWS + 1)))


def test_a_moment_is_by_the_clock_of_jakarta():
    assert read_moment("2026-11-27T08:00") == instant(datetime(2026, 11, 27, 8, tzinfo=JAKARTA))
    field = CaseField(name="m", kind=FieldKind.MOMENT, text="Saat", gloss="Moment")
    assert fits(field, "2026-11-27T08:00")
    assert not fits(field, "kemarin")


def test_a_table_without_columns_and_a_clock_without_its_field_are_refused():
    with pytest.raises(ValueError, match="bare"):
        kind_with('[fields.bare]\nkind = "rows"\ntext = "x"\ngloss = "x"\n')
    with pytest.raises(ValueError, match="nowhere"):
        kind_with(
            '[clocks.z]\ntext = "x"\ngloss = "x"\namount = 1\nunit = "hours"\nstops = ["answer"]\nsince = "nowhere"\n'
        )


def test_a_clock_may_start_when_something_happened():
    kind = kind_with(
        '[fields.found]\nkind = "moment"\ntext = "x"\ngloss = "x"\n'
        '[fields.on]\nkind = "day"\ntext = "x"\ngloss = "x"\n'
        '[clocks.hours]\ntext = "x"\ngloss = "x"\namount = 72\nunit = "hours"\nstops = ["answer"]\nsince = "found"\n'
        '[clocks.days]\ntext = "x"\ngloss = "x"\namount = 3\nunit = "calendar-days"\nstops = ["answer"]\nsince = "on"\n'
    )
    at = instant(datetime(2026, 11, 27, 8, tzinfo=JAKARTA))
    early = Filled(name="found", value="2026-11-26T20:00"), Filled(name="on", value="2026-11-20")
    for fields, hours, days in ((early, at + timedelta(hours=60), 23), ((), at + timedelta(hours=72), 30)):
        case = fold_case(kind, (CaseOpened(by=Role.FIRST, at=at, number="1", subject="x", fields=fields),))
        readings = {each.clock.name: each.due for each in read_clocks(case, CALENDAR)}
        assert readings["hours"] == hours
        assert readings["days"].astimezone(JAKARTA).day == days


def test_a_kind_may_serve_duties_of_both_parties():
    kind = kind_with('[also.K2-c]\nevidence = ["minutes"]\nproves = ["new"]\n')
    assert [each.duty for each in kind.servings] == [DutyCode("K2-d"), DutyCode("K2-c")]
    fields = Filled(name="class", value="integrity"), Filled(name="description", value="x")
    at = instant(datetime(2026, 11, 27, 8, tzinfo=JAKARTA))
    case = check_opening(kind, CaseOpened(by=Role.FIRST, at=at, number="1", subject="x", fields=fields))
    assert case.proven == ("K2-c",)
