"""Numbers of official letters: the pattern of a party's register, and the next number by it.

    {sifat}/{nomor:04}/{klasifikasi}/{bulan-romawi}/{tahun}   ->   B/0017/KS.02/XI/2026

A register begins again each year, so a pattern has the running number and the year; the rest is the agency's own. The
placeholders are those of official correspondence in Indonesia (Peraturan ANRI 5/2021): class of secrecy, running
number, code of classification, unit, month, year.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from absah.kernel.errors import BadInput, WrongState

DEFAULT: Final = "{sifat}/{nomor}/{klasifikasi}/{bulan}/{tahun}"
_PLACEHOLDER: Final = re.compile(r"\{([a-z-]+)(?::0([2-6]))?\}")
_KNOWN: Final = frozenset({"sifat", "nomor", "klasifikasi", "unit", "bulan", "bulan-romawi", "tahun"})
_NEEDED: Final = frozenset({"nomor", "tahun"})
_LONGEST: Final = 120
_ROMAN: Final = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


class PatternUnfit(BadInput):
    """A pattern without running number or year, or with a placeholder nobody knows. Parameter: problem."""

    code = "cases.pattern-unfit"


class NumberUsed(WrongState):
    """The register has a letter of this number. Parameter: number."""

    code = "cases.number-used"


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberPattern:
    """How a party numbers its letters. `unit` and `classification` stand there where a letter says nothing."""

    text: str = DEFAULT
    unit: str = ""
    classification: str = "KS.02"

    def __post_init__(self) -> None:
        found = [name for name, _ in _PLACEHOLDER.findall(self.text)]
        rest = _PLACEHOLDER.sub("", self.text)
        if unknown := sorted(set(found) - _KNOWN):
            raise PatternUnfit(problem=f"{{{unknown[0]}}}")
        if "{" in rest or "}" in rest or len(self.text) > _LONGEST or not rest.isprintable():
            raise PatternUnfit(problem=rest[:40])
        if missing := sorted(_NEEDED - set(found)):
            raise PatternUnfit(problem=f"{{{missing[0]}}}")
        if "unit" in found and not self.unit.strip():
            raise PatternUnfit(problem="{unit}")

    def number(self, sequence: int, day: date, /, *, secrecy: str = "B", classification: str = "") -> str:
        """The number of the so-manieth letter of a year."""
        values = {
            "sifat": secrecy,
            "nomor": str(sequence),
            "klasifikasi": classification or self.classification,
            "unit": self.unit,
            "bulan": f"{day.month:02}",
            "bulan-romawi": _ROMAN[day.month - 1],
            "tahun": str(day.year),
        }
        return _PLACEHOLDER.sub(lambda found: values[found[1]].zfill(int(found[2] or 0)), self.text)
