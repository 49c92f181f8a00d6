"""The test of a training: the same questions before and after, and what people gained in between.

    running: test before -> the final test opens: test after -> held

The questions are data with a version (`quizzes/*.toml`) and never change, so that the results of one event can be held
against those of another. A test is taken once at each end; which answers were right is told after the final one.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from absah.kernel.errors import BadInput, NotFound, RuleBroken, WrongState


class QuizUnknown(NotFound):
    """There are no such questions. Parameter: quiz."""

    code = "cases.quiz-unknown"


class QuizMissing(RuleBroken):
    """The event has no test, and something that needs one."""

    code = "cases.quiz-missing"


class QuizNotNow(WrongState):
    """This end of the test is not open."""

    code = "cases.quiz-not-now"


class QuizTakenAlready(RuleBroken):
    """Somebody takes each end of a test once."""

    code = "cases.quiz-taken-already"


class AnswersUnfit(BadInput):
    """A question without an answer, or an answer that it does not have. Parameter: number."""

    code = "cases.answers-unfit"


class End(StrEnum):
    """Before the training, or after it."""

    BEFORE = "before"
    AFTER = "after"


#: The states of an event in which each end is open. Whoever left early takes the final test from home.
_OPEN: Final[Mapping[End, frozenset[str]]] = {
    End.BEFORE: frozenset({"running"}),
    End.AFTER: frozenset({"testing", "held"}),
}
#: What an event may ask for a certificate of attendance (`condition` in `kinds/event.toml`) besides being there.
PASSED: Final = "passed"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(_Strict):
    """One of the answers to choose from."""

    text: str
    gloss: str


class Question(_Strict):
    """A question, its answers by their keys, which of them is right, and why."""

    key: str
    right: str
    text: str
    gloss: str
    why: str
    why_gloss: str
    answers: dict[str, Answer] = Field(min_length=2)

    @model_validator(mode="after")
    def _has_its_answer(self) -> Self:
        if self.right not in self.answers:
            raise ValueError(f"{self.key}: {self.right} is none of its answers")
        return self


class Quiz(_Strict):
    """Questions in their order, and how many right answers pass."""

    text: str
    gloss: str
    passes: int = Field(gt=0)
    questions: tuple[Question, ...] = Field(min_length=1)


def quiz_names() -> tuple[str, ...]:
    """The sets of questions that are shipped."""
    folder = files("absah.cases") / "quizzes"
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")))


@cache
def load_quiz(name: str, /) -> Quiz:
    """A shipped set of questions. Raises QuizUnknown."""
    if name not in quiz_names():
        raise QuizUnknown(quiz=name[:40])
    page = files("absah.cases") / "quizzes" / f"{name}.toml"
    return Quiz.model_validate(tomllib.loads(page.read_text(encoding="utf-8")))


def quiz_of(values: Mapping[str, str], /) -> Quiz | None:
    """The test of an event; None where it has none."""
    name = values.get("quiz", "")
    return load_quiz(name) if name else None


def check_condition(values: Mapping[str, str], /) -> None:
    """Whoever asks for a passed test has one. Raises QuizMissing."""
    if values.get("condition") == PASSED and quiz_of(values) is None:
        raise QuizMissing


def is_open(end: End, state: str, /) -> bool:
    """Whether this end of the test may be taken in this state of the event."""
    return state in _OPEN[end]


def check_answers(quiz: Quiz, answers: Mapping[str, str], /) -> None:
    """Every question has one of its answers. Raises AnswersUnfit."""
    for number, question in enumerate(quiz.questions, start=1):
        if answers.get(question.key) not in question.answers:
            raise AnswersUnfit(number=number)


def right_of(quiz: Quiz, answers: Mapping[str, str], /) -> int:
    """How many answers are right."""
    return sum(answers.get(question.key) == question.right for question in quiz.questions)


def percent(right: int, quiz: Quiz, /) -> int:
    """So many right answers, of a hundred."""
    return round(right * 100 / len(quiz.questions))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What somebody reached at each end, of a hundred; None where the test was not taken."""

    before: int | None = None
    after: int | None = None

    @property
    def gain(self) -> int | None:
        """Points of a hundred that were gained, or lost."""
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class Gained:
    """What those who took both ends reached in the mean, and how many they are."""

    people: int
    before: float
    after: float

    @property
    def gain(self) -> float:
        return self.after - self.before


def gained(outcomes: Iterable[Outcome], /) -> Gained | None:
    """The means over whoever took both ends; None where nobody did."""
    both = [(one.before, one.after) for one in outcomes if one.before is not None and one.after is not None]
    if not both:
        return None
    befores, afters = zip(*both, strict=True)
    return Gained(people=len(both), before=sum(befores) / len(both), after=sum(afters) / len(both))


def shares(quiz: Quiz, taken: Iterable[Mapping[str, str]], /) -> tuple[int | None, ...]:
    """For each question the share of right answers, of a hundred; None where nobody answered."""
    every = list(taken)
    return tuple(
        round(sum(answers.get(question.key) == question.right for answers in every) * 100 / len(every))
        if every
        else None
        for question in quiz.questions
    )


def earns(values: Mapping[str, str], after: int | None, /) -> bool:
    """Whether somebody who attended gets the certificate: `after` is what the final test came to, of a hundred."""
    quiz = quiz_of(values)
    if values.get("condition") != PASSED or quiz is None:
        return True
    return after is not None and after >= percent(quiz.passes, quiz)
