"""Reading letters: the register of a party, and the letters of a case."""

from collections.abc import Sequence

from absah.agreements.parties import Role as Side
from absah.cases.letter_numbers import NumberPattern
from absah.cases.letters import SIGNED, TYPESET
from absah.kernel.errors import NotFound
from absah_site.agreements.access import OpenedAgreement
from absah_site.cases.access import OpenedCase
from absah_site.cases.store import letters
from absah_site.cases.store.letters import TakenNumber

__all__ = ["TakenNumber"]

#: The certification body numbers all its letters in one register.
_AUTHORITY = ""


class LetterUnknown(NotFound):
    """No letter was written with this step."""

    code = "cases.letter-unknown"


def keeper_of(found: OpenedAgreement, side: Side, /) -> str:
    """Whose register a side's letters are numbered in. An agency that is not registered has one for its agreement."""
    if side is Side.SECOND:
        return _AUTHORITY
    return found.listed.agency or f"agreement:{found.id}"


def pattern_of(found: OpenedAgreement, side: Side, /) -> NumberPattern:
    """How a side numbers its letters."""
    return letters.pattern_of(keeper_of(found, side))


def register_of(found: OpenedAgreement, side: Side, year: int, /) -> Sequence[TakenNumber]:
    """The numbers that a side used in a year."""
    return letters.of_keeper(keeper_of(found, side), year=year)


def numbers_of(opened: OpenedCase, /) -> dict[str, TakenNumber]:
    """The letters of a case, by the step that wrote each."""
    return letters.of_case(opened.listed.id)


def number_of(opened: OpenedCase, act: str, /) -> TakenNumber:
    """The number of a letter. Raises LetterUnknown."""
    try:
        return numbers_of(opened)[act]
    except KeyError:
        raise LetterUnknown from None


def to_be_signed(opened: OpenedCase, /) -> tuple[str, int]:
    """The newest file that awaits a signature (its SHA-256), and how many signatures it has. Raises LetterUnknown."""
    signed = 0
    newest = ""
    for paper in opened.case.papers:
        if paper.what == TYPESET:
            newest, signed = paper.sha256, 0
        elif paper.what == SIGNED:
            newest, signed = paper.sha256, signed + 1
    if not newest:
        raise LetterUnknown
    return newest, signed
