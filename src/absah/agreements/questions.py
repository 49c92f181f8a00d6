"""What an agreement leaves open, its readings side by side, and the confirmation that closes it.

An agreement is read along seven lines, and a *question* is one of them in one agreement. If the text decides it, the
question has one reading. If it does not, it has several; then either the house has a habit (`default`), which is shown
as a choice of ours, or it has none, and every reading lives until a person confirms one, with reason and document.
Whatever depends on a living question is computed once for each reading, and the stricter date drives the reminders.
"""

from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from itertools import product
from typing import Any, Final

from absah.agreements.clauses import ClauseRef
from absah.kernel.errors import BadInput, NotFound, RuleBroken


class QuestionUnknown(NotFound):
    """The agreement does not ask this. Parameter: question."""

    code = "agreements.question-unknown"


class ReadingUnknown(BadInput):
    """Not one of the readings of this question. Parameters: question, reading."""

    code = "agreements.reading-unknown"


class ConfirmationUnfounded(RuleBroken):
    """A reading is confirmed with a reason and a document, or it stays open. Parameter: question."""

    code = "agreements.confirmation-unfounded"


class QuestionMalformed(RuleBroken):
    """A question without readings, with a default that is none of them, or with no line it belongs to."""

    code = "agreements.question-malformed"


class TermStart(StrEnum):
    """From which day the years of the term are counted."""

    SIGNING = "signing"
    STATED_DAY = "stated-day"


class LastDay(StrEnum):
    """Whether the anniversary still belongs to the term."""

    DAY_BEFORE = "day-before"
    ANNIVERSARY = "anniversary"


class Ending(StrEnum):
    """What ends an agreement early: the notice itself, or only that both agree."""

    BY_NOTICE = "by-notice"
    BY_AGREEMENT = "by-agreement"


class NoticeBefore(StrEnum):
    """The day that a notice of ending must precede."""

    INTENDED_END = "intended-end"
    PROPOSAL = "proposal"


class JointLeave(StrEnum):
    """Whether joint leave (cuti bersama) is a working day."""

    OFF = "off"
    WORKING = "working"


class EventDay(StrEnum):
    """Whether the day of the event is the first day of a count."""

    EXCLUDED = "excluded"
    INCLUDED = "included"


class Year(StrEnum):
    """The year in "at least once a year"."""

    CALENDAR = "calendar"
    AGREEMENT = "agreement"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpretation:
    """One complete way to read an agreement: a reading for each of the seven lines."""

    term_start: TermStart
    last_day: LastDay
    ending: Ending
    notice_before: NoticeBefore
    joint_leave: JointLeave
    event_day: EventDay
    year: Year


#: The lines along which agreements are read: name in data -> vocabulary of its readings.
LINES: Final[dict[str, type[StrEnum]]] = {
    "term-start": TermStart,
    "last-day": LastDay,
    "ending": Ending,
    "notice-before": NoticeBefore,
    "joint-leave": JointLeave,
    "event-day": EventDay,
    "year": Year,
}
assert [name.replace("-", "_") for name in LINES] == [field.name for field in fields(Interpretation)]  # noqa: S101


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One way to read a question, in words a lawyer would use."""

    key: str
    text: str
    gloss: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One line, in one agreement: the clause it comes from, its readings, and the habit of the house, if any."""

    key: str
    clause: ClauseRef
    readings: tuple[Reading, ...]
    default: str | None = None

    def __post_init__(self) -> None:
        vocabulary = {member.value for member in LINES.get(self.key, ())}
        keys = [reading.key for reading in self.readings]
        if not keys or not vocabulary.issuperset(keys) or (self.default is not None and self.default not in keys):
            raise QuestionMalformed(question=self.key)

    @property
    def is_open(self) -> bool:
        """Whether the text leaves a choice."""
        return len(self.readings) > 1

    def reading(self, key: str, /) -> Reading:
        """The reading of that name."""
        for reading in self.readings:
            if reading.key == key:
                return reading
        raise ReadingUnknown(question=self.key, reading=key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """Somebody has settled a question: which reading, why, by which document, on which day."""

    question: str
    reading: str
    reason: str
    document: str
    on: date

    def __post_init__(self) -> None:
        if not self.reason.strip() or not self.document.strip():
            raise ConfirmationUnfounded(question=self.question)


class Whose(StrEnum):
    """Who decided how a question is read."""

    TEXT = "text"
    CONFIRMED = "confirmed"
    HOUSE = "house"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """How one question is read at present, and by whose choice. Several living readings mean: by nobody's, yet."""

    question: Question
    whose: Whose
    living: tuple[Reading, ...]


def choices(questions: tuple[Question, ...], confirmations: tuple[Confirmation, ...], /) -> tuple[Choice, ...]:
    """How each question is read after these confirmations. A later confirmation takes the place of an earlier one."""
    confirmed = {each.question: each.reading for each in confirmations}
    return tuple(_choice(question, confirmed.get(question.key)) for question in questions)


def _choice(question: Question, confirmed: str | None, /) -> Choice:
    if not question.is_open:
        return Choice(question=question, whose=Whose.TEXT, living=question.readings)
    if confirmed is not None:
        return Choice(question=question, whose=Whose.CONFIRMED, living=(question.reading(confirmed),))
    if question.default is not None:
        return Choice(question=question, whose=Whose.HOUSE, living=(question.reading(question.default),))
    return Choice(question=question, whose=Whose.NOBODY, living=question.readings)


def interpretations(taken: tuple[Choice, ...], /) -> tuple[Interpretation, ...]:
    """Every complete way to read the agreement that is still alive. One, when nothing is open."""
    by_key = {choice.question.key: choice for choice in taken}
    living: list[list[Any]] = [[word(each.key) for each in by_key[key].living] for key, word in LINES.items()]
    names = [field.name for field in fields(Interpretation)]
    return tuple(Interpretation(**dict(zip(names, each, strict=True))) for each in product(*living))
