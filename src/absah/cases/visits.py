"""The check of logo and statement (K1-i, K1-j): what a visit to each application showed, what a person saw in it.

    systems in use -> visited, a dated picture of each -> a person judges the logo      -> score per application
    output documents -> every page read -> those that lack the statement                 /

A machine takes the picture and reads pages; whether a logo is there is a person's judgement. An application whose
documents nobody showed is scored by its logo alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from absah.cases.case import Case, CasePaper
from absah.cases.fields import read_rows
from absah.kernel.errors import BadInput, RuleBroken

SCREENSHOT, VISITS, STATEMENTS = "screenshot", "visits", "statements"
#: The field of judgements, and what is said there of a logo.
JUDGED: Final = "judged"
SHOWN: Final = "shown"
_WORTH: Final = {SHOWN: 1.0, "partly": 0.5, "missing": 0.0}


class NotVisited(RuleBroken):
    """A logo is judged by a picture: this application has none of this case. Parameter: system."""

    code = "cases.not-visited"


class NotJudged(BadInput):
    """Every application that was visited gets a judgement. Parameter: system."""

    code = "cases.not-judged"


class VisitsUnreadable(BadInput):
    """The kept list of visits is not one of ours."""

    code = "cases.visits-unreadable"


class Visited(BaseModel):
    """One application and what came of its visit. `picture` is a SHA-256, empty where `refused` says why."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    system: str = Field(max_length=60)
    name: str = Field(max_length=300)
    address: str = Field(max_length=500)
    ended_at: str = Field(default="", max_length=500)
    seen_at: str = Field(default="", max_length=40)
    picture: str = Field(default="", max_length=64)
    refused: str = Field(default="", max_length=60)
    host: str = Field(default="", max_length=100)


class CheckedDocument(BaseModel):
    """An output document: its SHA-256, whose it is (a system's key, or empty), its pages, and those that lack it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sha256: str = Field(max_length=64)
    system: str = Field(default="", max_length=60)
    lacking: tuple[int, ...] = ()


class _Visits(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["absah-visits/1"] = "absah-visits/1"
    visits: tuple[Visited, ...]


class _Statements(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["absah-statements/1"] = "absah-statements/1"
    sentence: str
    checked: tuple[CheckedDocument, ...]


def write_visits(visits: Iterable[Visited], /) -> bytes:
    """The list of visits, as it is kept."""
    return _Visits(visits=tuple(visits)).model_dump_json(indent=1).encode()


def read_visits(written: bytes, /) -> tuple[Visited, ...]:
    """A kept list of visits. Raises VisitsUnreadable."""
    try:
        return _Visits.model_validate_json(written).visits
    except ValidationError:
        raise VisitsUnreadable from None


def write_statements(sentence: str, checked: Iterable[CheckedDocument], /) -> bytes:
    """What was read on pages, as it is kept."""
    return _Statements(sentence=sentence, checked=tuple(checked)).model_dump_json(indent=1).encode()


def read_statements(written: bytes, /) -> tuple[CheckedDocument, ...]:
    """Kept results of reading. Raises VisitsUnreadable."""
    try:
        return _Statements.model_validate_json(written).checked
    except ValidationError:
        raise VisitsUnreadable from None


def last_paper(case: Case, what: str, /) -> CasePaper | None:
    """The newest paper of a kind."""
    return next((each for each in reversed(case.papers) if each.what == what), None)


def judgements(case: Case, /) -> dict[str, str]:
    """What a person said of the logo, by the key of the system."""
    return {row[0]: row[1] for row in read_rows(case.values.get(JUDGED, "")) if row[0]}


def check_judgements(visits: Iterable[Visited], judged: Iterable[tuple[str, ...]], /) -> None:
    """Each visited application is judged, and nothing without a picture. Raises NotVisited, NotJudged."""
    said = {row[0]: row[1] for row in judged}
    seen = {each.system for each in visits if each.picture}
    for system in sorted(said.keys() - seen):
        raise NotVisited(system=system[:60])
    for system in sorted(seen):
        if not said.get(system):
            raise NotJudged(system=system)


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemScore:
    """An application: its logo (None: not judged), how many documents were read and how many carry the statement."""

    visited: Visited
    logo: str
    read: int
    carrying: int

    @property
    def score(self) -> float | None:
        """From 0 to 1, the mean of what could be looked at; None where nothing could."""
        parts = [_WORTH[self.logo]] if self.logo in _WORTH else []
        if self.read:
            parts.append(self.carrying / self.read)
        return sum(parts) / len(parts) if parts else None


def scores(
    visits: Iterable[Visited], said: dict[str, str], checked: Iterable[CheckedDocument], /
) -> tuple[SystemScore, ...]:
    """The score of every application."""
    documents = tuple(checked)
    return tuple(
        SystemScore(
            visited=each,
            logo=said.get(each.system, ""),
            read=sum(one.system == each.system for one in documents),
            carrying=sum(one.system == each.system and not one.lacking for one in documents),
        )
        for each in visits
    )
