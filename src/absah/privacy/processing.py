"""The record of processing (UU 27/2022 Pasal 31), as data: `processing.toml`.

Pages, the copy that a person asks for, the job that erases and the documents in `docs/policy` are all made from it. A
field names the columns that hold it; a retention names what ends it and, where a machine does so, which eraser.
"""

import re
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Annotated, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

from absah.kernel.messages import Language

_COLUMN = re.compile(r"[a-z_]+\.[a-z_]+")


class Sensitivity(StrEnum):
    """Pasal 4: general data, or specific data (biometrics, and what identifies together)."""

    GENERAL = "general"
    SPECIFIC = "specific"


class Protection(StrEnum):
    """How a field lies in the database."""

    SEALED = "sealed"
    HASHED = "hashed"
    PLAIN = "plain"


class AtStop(StrEnum):
    """What becomes of a field when a stop is granted (Pasal 40, 41). What is kept says why by its retention."""

    KEPT = "kept"
    ERASED = "erased"


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Bilingual(_Table):
    """Words in both languages."""

    id: Annotated[str, Field(min_length=1, max_length=600)]
    en: Annotated[str, Field(min_length=1, max_length=600)]

    def said(self, language: Language, /) -> str:
        """In one of them."""
        return self.id if language is Language.INDONESIAN else self.en


class Retention(_Table):
    """Until when. With `days` and `eraser`, a machine erases; without, the words say what ends it."""

    until: Bilingual
    days: Annotated[int, Field(ge=1, le=36_500)] | None = None
    eraser: str = ""

    @model_validator(mode="after")
    def _both_or_neither(self) -> "Retention":
        if (self.days is None) != (not self.eraser):
            raise ValueError("a number of days needs its eraser, and the other way round")
        return self

    @property
    def period(self) -> timedelta | None:
        """How long a machine keeps it."""
        return None if self.days is None else timedelta(days=self.days)


class DataField(_Table):
    """One kind of data. `columns` are `table.column`; none where it lies outside the database."""

    name: Bilingual
    sensitivity: Sensitivity = Sensitivity.GENERAL
    protection: Protection
    columns: tuple[str, ...] = ()
    retention: Retention
    at_stop: AtStop = AtStop.KEPT

    @model_validator(mode="after")
    def _columns_are_named(self) -> "DataField":
        for column in self.columns:
            if not _COLUMN.fullmatch(column):
                raise ValueError(f"a column is written table.column, not {column!r}")
        return self


class Processing(_Table):
    """What is done with data of people, why, and on which legal ground (Pasal 20 (2))."""

    name: str
    title: Bilingual
    purpose: Bilingual
    ground: Annotated[str, Field(pattern=r"^Pasal 20 \(2\) [a-f](, [a-f])*$")]
    people: Bilingual
    recipients: Bilingual
    fields: Annotated[tuple[DataField, ...], Field(min_length=1)]


class Risk(_Table):
    """A risk for people, what is done against it, and what remains: a row of the impact assessment (Pasal 34)."""

    risk: Bilingual
    measures: Bilingual
    remains: Bilingual


class _Record(_Table):
    processing: Annotated[tuple[Processing, ...], Field(min_length=1)]
    risk: Annotated[tuple[Risk, ...], Field(min_length=1)]


@cache
def _record() -> _Record:
    written = (files("absah.privacy") / "processing.toml").read_text(encoding="utf-8")
    return _Record.model_validate(tomllib.loads(written))


def processings() -> tuple[Processing, ...]:
    """Every processing, as it stands in the record."""
    return _record().processing


def risks() -> tuple[Risk, ...]:
    """Every risk of the impact assessment."""
    return _record().risk


def retention_days() -> Mapping[str, int]:
    """How many days each eraser leaves. One eraser has one period."""
    found: dict[str, int] = {}
    for one in processings():
        for data in one.fields:
            days, eraser = data.retention.days, data.retention.eraser
            if days is not None and found.setdefault(eraser, days) != days:
                raise ValueError(f"{eraser} has two periods")
    return found


#: A processing as a page says it: title, purpose, legal ground, of whom, who receives it, and its fields: name, class,
#: until when, and what becomes of it at a stop.
SpokenProcessing: TypeAlias = tuple[str, str, str, str, str, tuple[tuple[str, str, str, str], ...]]


def spoken_record(language: Language, /) -> tuple[SpokenProcessing, ...]:
    """The record in one language, for pages."""
    return tuple(
        (
            one.title.said(language),
            one.purpose.said(language),
            one.ground,
            one.people.said(language),
            one.recipients.said(language),
            tuple(
                (
                    data.name.said(language),
                    data.sensitivity.value,
                    data.retention.until.said(language),
                    data.at_stop.value,
                )
                for data in one.fields
            ),
        )
        for one in processings()
    )
