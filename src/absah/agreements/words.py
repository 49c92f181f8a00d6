"""Parameters of messages that people read in their own language: days, parties, and lists of words."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from absah.kernel.clock import JAKARTA, Instant, legal_date
from absah.kernel.messages import Phrase, word

_MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip


def written_date(day: date, /) -> str:
    """A date as an Indonesian letter writes it: `21 November 2026`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def day_word(day: date, /) -> Phrase:
    """A day: ISO 8601 for programs, `7 Mei 2027` and `7 May 2027` for people."""
    return Phrase(day.isoformat(), text=written_date(day), gloss=f"{day.day} {day:%B} {day.year}")


def moment_word(moment: Instant, /) -> Phrase:
    """A moment, by the clock of Jakarta."""
    day, clock = day_word(legal_date(moment)), f"{moment.astimezone(JAKARTA):%H.%M} WIB"
    return Phrase(moment.isoformat(), text=f"{day.text} {clock}", gloss=f"{day.gloss} {clock}")


def party_word(role: StrEnum, /) -> Phrase:
    """A side of the agreement: PIHAK KESATU, first party."""
    return word(f"agreements.party.{role}")


def parties_words(roles: Iterable[StrEnum], /) -> Phrase:
    """Sides of the agreement, in their order."""
    return _listed(party_word(role) for role in sorted(roles))


def evidence_words(kinds: Iterable[StrEnum], /) -> Phrase:
    """Kinds of evidence."""
    return _listed(word(f"agreements.evidence.{kind}") for kind in sorted(kinds))


def amendment_words(kinds: Iterable[StrEnum], /) -> Phrase:
    """What an addendum does."""
    return _listed(word(f"agreements.amendment.{kind}") for kind in sorted(kinds))


def subject_words(subjects: Iterable[StrEnum], /) -> Phrase:
    """What parties differ over."""
    return _listed(word(f"agreements.subject.{subject}") for subject in sorted(subjects))


def _listed(words: Iterable[Phrase], /) -> Phrase:
    each = tuple(words)
    return Phrase(", ".join(each), text=", ".join(w.text for w in each), gloss=", ".join(w.gloss for w in each))
