"""A cooperation agreement as a value: parties, articles, and the one-character anchors under the signature blocks.

The wording is data (`templates/*.toml`); this module knows only its shape. Clauses are addressed as lawyers do:
pasal, ayat, huruf.
"""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from absah.kernel.errors import NotFound, RuleBroken

_MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip


class NoSuchModel(NotFound):
    """There is no model agreement of that name."""

    code = "agreements.no-such-model"


class AnchorsCollide(RuleBroken):
    """Two parties share one anchor, so that nobody could tell whose signature belongs where."""

    code = "agreements.anchors-collide"


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """One side of an agreement: who it is, who signs for it and in which post, where letters go, and its anchor."""

    name: str
    representative: str
    post: str
    seat: str
    number: str
    anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One pasal: either numbered paragraphs (ayat), or a sentence with lettered items (huruf)."""

    title: str
    intro: str
    paragraphs: tuple[str, ...]
    letters: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """An agreement ready to be typeset and signed. `dated` is the day written on its face."""

    title: str
    dated: date
    first: Party
    second: Party
    recitals: tuple[str, ...]
    articles: tuple[Article, ...]
    closing: str

    def __post_init__(self) -> None:
        if self.first.anchor == self.second.anchor:
            raise AnchorsCollide(anchor=self.first.anchor)


class _WrittenArticle(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    intro: str = ""
    paragraphs: tuple[str, ...] = ()
    letters: tuple[str, ...] = ()


class _WrittenModel(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    version: str
    recitals: tuple[str, ...]
    closing: str
    articles: Annotated[tuple[_WrittenArticle, ...], Field(min_length=1)]


@cache
def _model(name: str, /) -> _WrittenModel:
    page = files("absah.agreements") / "templates" / f"{name}.toml"
    if not page.is_file():
        raise NoSuchModel(name=name)
    return _WrittenModel.model_validate(tomllib.loads(page.read_text(encoding="utf-8")))


def draft_agreement(name: str, /, *, first: Party, second: Party, issuer: str, dated: date) -> Agreement:
    """Fill a model agreement with its parties and with the name of who issues the certificates."""
    model = _model(name)

    def fill(sentence: str) -> str:
        return sentence.replace("{first}", first.name).replace("{second}", second.name).replace("{issuer}", issuer)

    return Agreement(
        title=model.title,
        dated=dated,
        first=first,
        second=second,
        recitals=tuple(map(fill, model.recitals)),
        articles=tuple(
            Article(
                title=article.title,
                intro=fill(article.intro),
                paragraphs=tuple(map(fill, article.paragraphs)),
                letters=tuple(map(fill, article.letters)),
            )
            for article in model.articles
        ),
        closing=fill(model.closing),
    )


def written_date(day: date, /) -> str:
    """A date as an Indonesian letter writes it: `21 November 2026`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
