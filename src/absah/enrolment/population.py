"""The port to the population register (Dukcapil), which knows whether a NIK belongs to a name and a birth date.

What comes back is a word, never the register's data: nothing of it is copied here (UU 27/2022 Pasal 29, 16). The real
register is reached under an agreement of its own; an instance without one says that nobody was asked.
"""

from datetime import date
from enum import StrEnum
from typing import Protocol, final

from absah.enrolment.name_words import words_of
from absah.kernel.people import Nik


class PopulationAnswer(StrEnum):
    """What the register says. UNREACHABLE: it did not answer; NOT_ASKED: this instance has no way to it."""

    MATCH = "match"
    DIFFERS = "differs"
    UNREACHABLE = "unreachable"
    NOT_ASKED = ""


class PopulationRegister(Protocol):
    """Compares a person with the population register. Does not raise: whoever checks sees the answer."""

    def compare(self, nik: Nik, name: str, born: date, /) -> PopulationAnswer:
        """The register's word about NIK, name and birth date together."""
        ...


@final
class NobodyAsked:
    """An instance without a way to the register."""

    def compare(self, nik: Nik, name: str, born: date, /) -> PopulationAnswer:  # noqa: ARG002  (the port's)
        return PopulationAnswer.NOT_ASKED


@final
class FictionalPopulation:
    """A double for demonstrations and tests: it knows fictional people only, and finds them right.

    A name with the word `keliru` is found wrong, and one with `putus` breaks the line.
    """

    def compare(self, nik: Nik, name: str, born: date, /) -> PopulationAnswer:
        words = words_of(name)
        if not nik.is_fictional or "putus" in words:
            return PopulationAnswer.UNREACHABLE
        right = nik.matches_birth_date(born) and "keliru" not in words
        return PopulationAnswer.MATCH if right else PopulationAnswer.DIFFERS
