"""Parameters of messages that people read in their own language: days, parties, and lists of words."""

from collections.abc import Iterable
from enum import StrEnum

from absah.kernel.dates import day_word, moment_word, written_date
from absah.kernel.messages import Phrase, word

__all__ = [
    "amendment_words",
    "day_word",
    "evidence_words",
    "moment_word",
    "parties_words",
    "party_word",
    "subject_words",
    "written_date",
]


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
