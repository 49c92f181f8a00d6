"""A row of a list is a person, or says all that is wrong with it."""

import pytest

from absah.enrolment.applicant import Applicant, Employment
from absah.enrolment.people_list import COLUMNS, NEEDED, ColumnMissing, Place, columns_of, numbered_rows, person_of

HOME = Place(city="Kota Sagara Biru", province="Provinsi Nusa Contoh")
ROW = {
    "nama": "Rina Ayu Lestari",
    "gelar_depan": "Dr.",
    "nik": "9999 0141 0790 0001",
    "nip": "199007012015032001",
    "unit": "Dinas",
    "jabatan": "Kepala",
    "surel": "rina@sagarabiru.example",
}


def wrong(**changes: str) -> list[tuple[str, str]]:
    found = person_of(ROW | changes, HOME)
    assert isinstance(found, tuple)
    return [(one.column, one.error.code) for one in found]


def test_columns_are_found_by_any_of_their_names_and_a_needed_one_is_missed() -> None:
    head = ("No", "Nama Lengkap", "NIK", "Unit  Kerja", "Jabatan", "E-mail", "nik")
    assert columns_of(head, COLUMNS, NEEDED) == {"nama": 1, "nik": 2, "unit": 3, "jabatan": 4, "surel": 5}
    for name in NEEDED:
        with pytest.raises(ColumnMissing):
            columns_of([one for one in NEEDED if one != name], COLUMNS, NEEDED)


def test_rows_are_numbered_as_a_spreadsheet_does_and_a_short_one_says_less() -> None:
    rows = (("Rina", "1"), ("Budi",), ())
    assert list(numbered_rows(rows, {"nik": 1, "nama": 0})) == [
        (2, {"nik": "1", "nama": "Rina"}),
        (3, {"nama": "Budi"}),
        (4, {}),
    ]


def test_a_right_row_is_a_person_who_lives_where_the_agency_is() -> None:
    found = person_of(ROW, HOME)
    assert isinstance(found, Applicant)
    assert (found.city, found.employment, found.name.titles_before) == (HOME.city, Employment.ASN, "Dr.")
    other = person_of(ROW | {"kota": "Kota Lain", "status": "P3K", "nip": ""}, HOME)
    assert isinstance(other, Applicant)
    assert (other.city, other.employment, other.nip) == ("Kota Lain", Employment.PPPK, None)


def test_everything_that_is_wrong_is_said_at_once() -> None:
    assert wrong(nik="1", nip="2", surel="x", nama="R1", status="raja") == [
        ("nik", "people.nik-malformed"),
        ("nip", "people.nip-malformed"),
        ("surel", "enrolment.email-malformed"),
        ("status", "enrolment.employment-unknown"),
        ("nama", "enrolment.name-malformed"),
    ]
    assert wrong(jabatan="") == [("jabatan", "enrolment.field-malformed")]
    assert wrong(unit="x" * 65) == [("unit", "enrolment.field-malformed")]
