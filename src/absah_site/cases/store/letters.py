"""Registers of letters: a party's pattern, and the numbers it used, each taken under the lock of its register."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Max

from absah.cases.letter_numbers import NumberPattern
from absah.kernel.clock import Instant, instant
from absah_site.cases.models import LetterBook, LetterNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenNumber:
    """A number of a register and the letter that bears it."""

    keeper: str
    year: int
    sequence: int | None
    number: str
    agreement: UUID
    case: UUID
    act: str
    subject: str
    taken_at: Instant


def pattern_of(keeper: str, /) -> NumberPattern:
    """How a party numbers its letters; the usual way where it has said nothing."""
    row = LetterBook.objects.filter(pk=keeper).first()
    return NumberPattern() if row is None else _pattern(row)


def lock(keeper: str, /) -> NumberPattern:
    """The same, with its register held until the transaction ends."""
    usual = NumberPattern()
    LetterBook.objects.get_or_create(
        pk=keeper, defaults={"pattern": usual.text, "unit": usual.unit, "classification": usual.classification}
    )
    return _pattern(LetterBook.objects.select_for_update().get(pk=keeper))


def change_pattern(keeper: str, pattern: NumberPattern, /) -> None:
    """Number letters so from now on."""
    lock(keeper)
    LetterBook.objects.filter(pk=keeper).update(
        pattern=pattern.text, unit=pattern.unit, classification=pattern.classification
    )


def next_sequence(keeper: str, year: int, /) -> int:
    """The running number of the next letter of a year. The caller holds the register."""
    found = LetterNumber.objects.filter(keeper=keeper, year=year).aggregate(last=Max("sequence"))["last"]
    return (found or 0) + 1


def is_used(keeper: str, number: str, /) -> bool:
    """Whether a letter bears this number."""
    return LetterNumber.objects.filter(keeper=keeper, number=number).exists()


def add(taken: TakenNumber, /, *, actor: str) -> None:
    """Keep that a number is used. The caller holds the register."""
    LetterNumber.objects.create(
        keeper=taken.keeper,
        year=taken.year,
        sequence=taken.sequence,
        number=taken.number,
        agreement=taken.agreement,
        case_id=taken.case,
        act=taken.act,
        subject=taken.subject,
        taken_at=taken.taken_at,
        actor=actor,
    )


def of_case(case: UUID, /) -> dict[str, TakenNumber]:
    """The numbers of a case's letters, by the step that wrote each."""
    return {row.act: _taken(row) for row in LetterNumber.objects.filter(case_id=case)}


def of_keeper(keeper: str, /, *, year: int) -> Sequence[TakenNumber]:
    """The register of a year, the newest first."""
    return [_taken(row) for row in LetterNumber.objects.filter(keeper=keeper, year=year).order_by("-pk")]


def _pattern(row: LetterBook) -> NumberPattern:
    return NumberPattern(text=row.pattern, unit=row.unit, classification=row.classification)


def _taken(row: LetterNumber) -> TakenNumber:
    return TakenNumber(
        keeper=row.keeper,
        year=row.year,
        sequence=row.sequence,
        number=row.number,
        agreement=row.agreement,
        case=row.case_id,
        act=row.act,
        subject=row.subject,
        taken_at=instant(row.taken_at),
    )
