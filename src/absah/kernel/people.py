"""Numbers and names of people: NIK, NIP. They exist only when their structure is right, and never print themselves."""

import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import ClassVar, Self, final

from absah.kernel.errors import BadInput

_WOMAN_OFFSET = 40
_DEMO_REGION = "9999"
_FIRST_PROVINCE, _LAST_PROVINCE = 11, 97
_CENTURY = 100
_PPPK_MARK = "21"


class NikMalformed(BadInput):
    """Not the 16 digits of a NIK, or digits that no region, date or sequence can have. The number is not repeated."""

    code = "people.nik-malformed"


class NipMalformed(BadInput):
    """Not the 18 (or 16) digits of a NIP, or digits that no date can have."""

    code = "people.nip-malformed"


class Sex(StrEnum):
    """As the population register and the civil service number it."""

    MALE = "male"
    FEMALE = "female"


@final
@dataclass(frozen=True, slots=True)
class Nik:
    """Nomor Induk Kependudukan: region (6), birth date as DDMMYY (6, women + 40 days), sequence (4).

    `9999…` is a region that no place has: it marks fictional people of the demo and the tests. The number never shows
    in `repr`, so that it cannot slip into a log or a traceback.
    """

    digits: str = field(repr=False)

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[0-9]{16}", self.digits):
            raise NikMalformed(problem="16-digits")
        if not self.is_fictional and not _FIRST_PROVINCE <= int(self.digits[:2]) <= _LAST_PROVINCE:
            raise NikMalformed(problem="region")
        if self.digits[12:] == "0000":
            raise NikMalformed(problem="sequence")
        day, month, year = self._birth
        try:
            date(2000 + year, month, day)  # the century is not coded; 2000 also lets 29 February of year 00 stand
        except ValueError:
            raise NikMalformed(problem="birth-date") from None

    @property
    def is_fictional(self) -> bool:
        """Whether this is a number of the demo or of a test."""
        return self.digits.startswith(_DEMO_REGION)

    @property
    def sex(self) -> Sex:
        """As coded in the day of birth."""
        return Sex.FEMALE if int(self.digits[6:8]) > _WOMAN_OFFSET else Sex.MALE

    def matches_birth_date(self, born: date, /) -> bool:
        """Whether the coded day, month and year of the century are those of a birth date."""
        return self._birth == (born.day, born.month, born.year % _CENTURY)

    @property
    def _birth(self) -> tuple[int, int, int]:
        """Day, month and year of the century. A day from 72 on stays what no month has."""
        day = int(self.digits[6:8])
        woman = self.sex is Sex.FEMALE
        return day - _WOMAN_OFFSET if woman else day, int(self.digits[8:10]), int(self.digits[10:12])

    @property
    def masked(self) -> str:
        """For screens: `9999••••••••0001`."""
        return f"{self.digits[:4]}••••••••{self.digits[-4:]}"


@final
@dataclass(frozen=True, slots=True)
class Nip:
    """Nomor Induk Pegawai: birth date (8), appointment year and month (6), sex (1), sequence (3).

    Contract staff (PPPK) carry `21` in place of the month. The 16-digit form that some registers hold has the same
    two dates and a two-digit sequence without the digit for the sex.
    """

    digits: str = field(repr=False)

    LENGTHS: ClassVar[frozenset[int]] = frozenset({16, 18})

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[0-9]+", self.digits) or len(self.digits) not in self.LENGTHS:
            raise NipMalformed(problem="length")
        try:
            born = date(int(self.digits[:4]), int(self.digits[4:6]), int(self.digits[6:8]))
            month = "01" if self.digits[12:14] == _PPPK_MARK else self.digits[12:14]
            appointed = date(int(self.digits[8:12]), int(month), 1)
        except ValueError:
            raise NipMalformed(problem="date") from None
        if appointed <= born:
            raise NipMalformed(problem="date")
        if len(self.digits) == max(self.LENGTHS) and self.digits[14] not in "12":
            raise NipMalformed(problem="sex")

    @classmethod
    def parse(cls, written: str, /) -> Self:
        """Read a NIP as people write it, with or without spaces."""
        return cls(re.sub(r"\s", "", written))

    @property
    def born(self) -> date:
        """The birth date that it begins with."""
        return date(int(self.digits[:4]), int(self.digits[4:6]), int(self.digits[6:8]))

    @property
    def grouped(self) -> str:
        """For screens and letters: `19910314 201903 2 004`."""
        dates = f"{self.digits[:8]} {self.digits[8:14]}"
        if len(self.digits) == min(self.LENGTHS):
            return f"{dates} {self.digits[14:]}"
        return f"{dates} {self.digits[14]} {self.digits[15:]}"
