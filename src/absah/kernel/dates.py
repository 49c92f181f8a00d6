"""Days and moments as parameters of messages: ISO 8601 for programs, words in each language for people."""

from datetime import date
from typing import Final

from absah.kernel.clock import JAKARTA, Instant, legal_date
from absah.kernel.messages import Phrase

MONTHS: Final = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip


def written_date(day: date, /) -> str:
    """A date as an Indonesian letter writes it: `21 November 2026`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def day_word(day: date, /) -> Phrase:
    """A day: ISO 8601 for programs, `7 Mei 2027` and `7 May 2027` for people."""
    return Phrase(day.isoformat(), text=written_date(day), gloss=f"{day.day} {day:%B} {day.year}")


def moment_word(moment: Instant, /) -> Phrase:
    """A moment, by the clock of Jakarta."""
    day, clock = day_word(legal_date(moment)), f"{moment.astimezone(JAKARTA):%H.%M} WIB"
    return Phrase(moment.isoformat(), text=f"{day.text} {clock}", gloss=f"{day.gloss} {clock}")
