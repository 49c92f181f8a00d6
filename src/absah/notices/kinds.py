"""The kinds of notices, as data: `catalogue/AREA.toml` has an entry for each, with its words in both languages.

```toml
["accounts.new-device"]
mail = "always"                 # or "chosen": each person may switch the mail off; the page tells it anyway

["accounts.new-device".id]
title = "Masuk dari peramban baru"
subject = "Masuk dari peramban yang belum dikenal"
body = "Akun {username} dibuka pada {moment}."

["accounts.new-device".en]
…
```

What stands in braces are the parameters; both languages name the same ones. A kind whose link opens something for
whoever holds it (an invitation) says `private = true`: its content is erased once it is sent, and no page shows it.
A kind that comes by the hundred (a document to sign) says `gathered = true`: the first is mailed at once, the others of
the next hours together.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from string import Formatter
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from absah.kernel.errors import BadInput
from absah.kernel.messages import Language

_NAME = re.compile(r"[a-z][a-z0-9-]*\.[a-z0-9]+(-[a-z0-9]+)*")


class NoticeKindUnknown(BadInput):
    """No entry of the catalogue has this name. Parameter: kind."""

    code = "notices.kind-unknown"


class MailRule(StrEnum):
    """Whether a person may do without the mail of a kind."""

    ALWAYS = "always"
    CHOSEN = "chosen"


class Words(BaseModel):
    """A notice in one language: what the kind is called, the first line of a mail, and what follows it."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    title: Annotated[str, Field(min_length=1, max_length=80)]
    subject: Annotated[str, Field(min_length=1, max_length=120)]
    body: Annotated[str, Field(min_length=1, max_length=2000)]


class _Written(BaseModel):
    """An entry of the catalogue."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    mail: Annotated[MailRule, Field(strict=False)]
    private: bool = False
    gathered: bool = False
    id: Words
    en: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of notice. `parameters` are the names its words need."""

    name: str
    mail: MailRule
    private: bool
    gathered: bool
    words: Mapping[Language, Words]
    parameters: frozenset[str]

    @property
    def area(self) -> str:
        """The part of the site it comes from."""
        return self.name.partition(".")[0]

    def title(self, language: Language, /) -> str:
        """What the kind is called where people choose."""
        return self.words[language].title


def _named_in(words: Words) -> frozenset[str]:
    found = (name for text in (words.subject, words.body) for _, name, _, _ in Formatter().parse(text))
    return frozenset(name for name in found if name is not None)


def parse_kind(name: str, written: Mapping[str, Any], /) -> Kind:
    """An entry of the catalogue as a kind. ValueError: a fault of whoever wrote it."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"a kind is named like area.what-happened, not {name!r}")
    entry = _Written.model_validate(written)
    parameters = _named_in(entry.id)
    if parameters != _named_in(entry.en):
        raise ValueError(f"{name}: the languages name different parameters")
    words = MappingProxyType({Language.INDONESIAN: entry.id, Language.ENGLISH: entry.en})
    if entry.gathered and (entry.private or entry.mail is MailRule.ALWAYS):
        raise ValueError(f"{name}: what is private, or always mailed, is told by itself")
    return Kind(
        name=name,
        mail=entry.mail,
        private=entry.private,
        gathered=entry.gathered,
        words=words,
        parameters=parameters,
    )


@cache
def kinds() -> Mapping[str, Kind]:
    """Every kind, by its name. Loaded once."""
    found: dict[str, Kind] = {}
    for page in sorted((files("absah.notices") / "catalogue").iterdir(), key=lambda entry: entry.name):
        for name, written in tomllib.loads(page.read_text(encoding="utf-8")).items():
            if f"{name.partition('.')[0]}.toml" != page.name:
                raise ValueError(f"{name} belongs in another file than {page.name}")
            found[name] = parse_kind(name, written)
    return MappingProxyType(found)


def kind_named(name: str, /) -> Kind:
    """The kind with this name."""
    try:
        return kinds()[name]
    except KeyError:
        raise NoticeKindUnknown(kind=name) from None
