"""The words for errors, findings and verdicts, in Indonesian and English.

Code speaks in message ids and parameters; only the edges (command line, pages, reports) render. The catalogues are
TOML, one file per language and area, so that a translator can read them and a test can compare them. Two shapes:
an error has `cause` and `next` (what happened, what to do), any other message has `text`.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

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
    return catalogue(language)[message_id]["text"].format_map(parameters)


def explain(error: AbsahError, language: Language, /) -> Explanation:
    """What happened and what to do, for a person who reads `language`."""
    words = catalogue(language)[error.code]
    return Explanation(
        code=error.code,
        cause=words["cause"].format_map(error.parameters),
        next_step=words["next"].format_map(error.parameters),
    )
