"""The lesson before a key is made: three questions, and why the right answer is right.

A subscriber is told the duties before the certificate is issued (RFC 3647 §4.4.5.1, our CPS): reading is not enough, so
the page asks. Wrong answers are explained and asked again; what is recorded is that it was taken, not how often.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import final

from pydantic import BaseModel, ConfigDict, Field

from absah.kernel.messages import Language

CURRENT_VERSION = "1"


class _Words(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    ask: str
    why: str


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    id_words: str
    en_words: str


class _Question(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    right: str
    id_words: _Words
    en_words: _Words
    answer: tuple[_Answer, ...] = Field(min_length=2)


class _Written(BaseModel):
    """What stands in a file of `lesson/`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: str
    question: tuple[_Question, ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question in one language. `answers` are ids and words."""

    id: str
    ask: str
    why: str
    right: str
    answers: tuple[tuple[str, str], ...]


@cache
def _lesson() -> _Written:
    page = files("absah.enrolment") / "lesson" / f"{CURRENT_VERSION}.toml"
    written = _Written.model_validate(tomllib.loads(page.read_text(encoding="utf-8")))
    if any(one.right not in {answer.id for answer in one.answer} for one in written.question):
        raise ValueError("a right answer is none of the answers")
    return written


def questions(language: Language, /) -> tuple[Question, ...]:
    """The questions of the present lesson."""
    indonesian = language is Language.INDONESIAN
    return tuple(
        Question(
            id=one.id,
            ask=(one.id_words if indonesian else one.en_words).ask,
            why=(one.id_words if indonesian else one.en_words).why,
            right=one.right,
            answers=tuple((found.id, found.id_words if indonesian else found.en_words) for found in one.answer),
        )
        for one in _lesson().question
    )


def missed(answers: Mapping[str, str], /) -> frozenset[str]:
    """The questions that were not answered right."""
    return frozenset(one.id for one in _lesson().question if answers.get(one.id) != one.right)
