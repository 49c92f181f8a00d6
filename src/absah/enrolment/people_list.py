"""A list of people in a table: which columns it has, and what a row says of a person.

A row that is not right says where and why, by codes; the others are not held up by it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar, final

from absah.enrolment.applicant import Applicant, EmailAddress, Employment, FieldMalformed
from absah.enrolment.naming import NameMalformed, PersonName
from absah.kernel.errors import AbsahError, BadInput
from absah.kernel.people import Nik, Nip

T = TypeVar("T")

#: The columns by their first name, and the other names that people give them.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "nama": ("name", "nama lengkap"),
    "gelar_depan": ("gelar depan", "titles before"),
    "gelar_belakang": ("gelar belakang", "titles after"),
    "nik": (),
    "nip": (),
    "status": ("status pegawai", "employment"),
    "unit": ("unit kerja",),
    "jabatan": ("post", "position"),
    "pangkat": ("pangkat/golongan", "golongan", "rank"),
    "surel": ("email", "e-mail", "surel dinas", "email dinas"),
    "kota": ("city",),
    "provinsi": ("province",),
}
NEEDED: Final = ("nama", "nik", "unit", "jabatan", "surel")
_EMPLOYMENT: Final = {"": Employment.ASN, "pns": Employment.ASN, "p3k": Employment.PPPK, "honorer": Employment.OTHER}


class ColumnMissing(BadInput):
    """The table lacks a column. Parameter: column."""

    code = "enrolment.column-missing"


class EmploymentUnknown(BadInput):
    """Not one of the words for how people serve."""

    code = "enrolment.employment-unknown"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """What is wrong in a row: the column and the code of the error, with its parameters."""

    column: str
    error: AbsahError


def columns_of(head: Sequence[str], known: Mapping[str, tuple[str, ...]], needed: Sequence[str], /) -> dict[str, int]:
    """Where each known column stands, by any of its names. Raises ColumnMissing."""
    names = {alias: name for name, aliases in known.items() for alias in (name, *aliases)}
    found: dict[str, int] = {}
    for place, cell in enumerate(head):
        name = names.get(" ".join(cell.lower().split()))
        if name is not None:
            found.setdefault(name, place)
    for name in needed:
        if name not in found:
            raise ColumnMissing(column=name)
    return found


def numbered_rows(rows: Iterable[Sequence[str]], columns: Mapping[str, int], /) -> Iterator[tuple[int, dict[str, str]]]:
    """What each row says by column, numbered as a spreadsheet does: the head is row 1. A short row says less."""
    for number, cells in enumerate(rows, 2):
        yield number, {name: cells[place] for name, place in columns.items() if place < len(cells)}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where people of a list live for whom the list does not say it."""

    city: str
    province: str


def person_of(row: Mapping[str, str], home: Place, /) -> Applicant | tuple[Wrong, ...]:
    """The person of a row, or all that is wrong with it."""
    wrong: list[Wrong] = []
    nik = _read(row, "nik", lambda text: Nik("".join(text.split())), wrong)
    nip = _read(row, "nip", lambda text: Nip.parse(text) if text else None, wrong)
    email = _read(row, "surel", EmailAddress.parse, wrong)
    employment = _read(row, "status", _employment, wrong)
    name = _name(row, wrong)
    if wrong or nik is None or email is None or name is None:
        return tuple(wrong)
    try:
        return Applicant(
            nik=nik,
            nip=nip,
            name=name,
            email=email,
            post=row.get("jabatan", ""),
            unit=row.get("unit", ""),
            city=row.get("kota") or home.city,
            province=row.get("provinsi") or home.province,
            rank=row.get("pangkat", ""),
            employment=employment,
        )
    except FieldMalformed as error:
        return (Wrong(column=_COLUMN_OF.get(str(error.parameters.get("field")), ""), error=error),)


def _read(row: Mapping[str, str], column: str, parse: Callable[[str], T], wrong: list[Wrong]) -> T | None:
    try:
        return parse(row.get(column, ""))
    except AbsahError as error:
        wrong.append(Wrong(column=column, error=error))
        return None


_COLUMN_OF: Final = {"post": "jabatan", "unit": "unit", "city": "kota", "province": "provinsi", "rank": "pangkat"}


def _name(row: Mapping[str, str], wrong: list[Wrong]) -> PersonName | None:
    try:
        return PersonName(
            full=row.get("nama", ""),
            titles_before=row.get("gelar_depan", ""),
            titles_after=row.get("gelar_belakang", ""),
        )
    except NameMalformed as error:
        wrong.append(Wrong(column="nama", error=error))
        return None


def _employment(text: str) -> Employment:
    plain = text.strip().lower()
    if plain in _EMPLOYMENT:
        return _EMPLOYMENT[plain]
    try:
        return Employment(plain)
    except ValueError:
        raise EmploymentUnknown from None
