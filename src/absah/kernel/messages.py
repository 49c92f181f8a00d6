"""The words for errors, findings and verdicts, in Indonesian and English.

Code speaks in message ids and parameters; only the edges (command line, pages, reports) render. The catalogues are
TOML, one file per language and area, so that a translator can read them and a test can compare them. Two shapes:
an error has `cause` and `next` (what happened, what to do), any other message has `text`.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Final, Self

from absah.kernel.errors import AbsahError, Parameter


class Language(StrEnum):
    """A language of the pages. Indonesian is the first."""

    INDONESIAN = "id"
    ENGLISH = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """An error in the words of a person: what happened, and the next step."""

    code: str
    cause: str
    next_step: str


class Phrase(str):
    """A parameter that people read in their own language: a state, a party, a day.

    As a string it is its key, which stays the same for programs, logs and JSON; `explain` and `render` say its words.
    """

    __slots__ = ("gloss", "text")

    text: str
    gloss: str

    def __new__(cls, key: str, /, *, text: str, gloss: str) -> Self:
        phrase = super().__new__(cls, key)
        phrase.text = text
        phrase.gloss = gloss
        return phrase

    def said(self, language: Language, /) -> str:
        """Its words."""
        return self.text if language is Language.INDONESIAN else self.gloss

    def __reduce__(self) -> tuple[Callable[..., "Phrase"], tuple[str, str, str]]:
        """Errors cross process borders with their parameters."""
        return _phrase, (str(self), self.text, self.gloss)


def _phrase(key: str, text: str, gloss: str, /) -> Phrase:
    return Phrase(key, text=text, gloss=gloss)


def word(message_id: str, /) -> Phrase:
    """A text of the catalogues as a parameter of another. Its key is the last part of its id."""
    text, gloss = (catalogue(language)[message_id]["text"] for language in Language)
    return Phrase(message_id.rpartition(".")[2], text=text, gloss=gloss)


#: Parameter → the terms of the catalogues that its values are: one, or several with commas between.
_TERMS: Final = {
    "act": "act",
    "factor": "factor",
    "held": "role",
    "matters": "matter",
    "role": "role",
    "state": "state",
}


def _said(parameters: Mapping[str, Parameter], language: Language, area: str = "", /) -> dict[str, Parameter]:
    """The parameters as a reader of the language sees them."""
    return {name: _in_words(name, value, language, area) for name, value in parameters.items()}


def _in_words(name: str, value: Parameter, language: Language, area: str, /) -> Parameter:
    if isinstance(value, Phrase):
        return value.said(language)
    if name not in _TERMS or not isinstance(value, str):
        return value
    return ", ".join(_term(_TERMS[name], each, language, area) for each in value.split(", "))


def _term(kind: str, value: str, language: Language, area: str, /) -> str:
    """The word for a value of ours: that of the area, else that of all areas, else the value as it is."""
    known = catalogue(language)
    found = known.get(f"kernel.term.{area}.{kind}.{value}") or known.get(f"kernel.term.{kind}.{value}")
    return found["text"] if found else value


@cache
def catalogue(language: Language, /) -> Mapping[str, Mapping[str, str]]:
    """All messages of one language, keyed by message id. Loaded once."""
    merged: dict[str, Mapping[str, str]] = {}
    folder = files("absah.kernel") / "catalogue" / language.value
    for page in sorted(folder.iterdir(), key=lambda entry: entry.name):
        entries = tomllib.loads(page.read_text(encoding="utf-8"))
        twice = merged.keys() & entries.keys()
        if twice:
            raise ValueError(f"{page.name} repeats {sorted(twice)}")
        merged.update(entries)
    return merged


def render(message_id: str, language: Language, /, **parameters: Parameter) -> str:
    """The sentence for a message id. An unknown id or a missing parameter is a programming error (KeyError)."""
    return catalogue(language)[message_id]["text"].format_map(_said(parameters, language))


def explain(error: AbsahError, language: Language, /) -> Explanation:
    """What happened and what to do, for a person who reads `language`."""
    return explain_code(error.code, error.parameters, language)


def explain_code(code: str, parameters: Mapping[str, Parameter], language: Language, /) -> Explanation:
    """The same for an error that was written down as its code and parameters."""
    words = catalogue(language)[code]
    said = _said(parameters, language, code.partition(".")[0])
    return Explanation(
        code=code,
        cause=words["cause"].format_map(said),
        next_step=words["next"].format_map(said),
    )
