"""The subscriber agreement by version and hash: what a holder signs first with a new key (RFC 3647 §4.9.6.3)."""

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, final

from absah.kernel.messages import Language

CURRENT_VERSION: Final = "1"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriberAgreement:
    """One version. The Indonesian sentences bind; the English ones explain them."""

    version: str
    indonesian: tuple[str, ...]
    english: tuple[str, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of the binding sentences in UTF-8, hexadecimal."""
        return hashlib.sha256("\n".join(self.indonesian).encode("utf-8")).hexdigest()

    def sentences(self, language: Language, /) -> tuple[str, ...]:
        """As somebody reads them."""
        return self.english if language is Language.ENGLISH else self.indonesian


@cache
def subscriber_agreement() -> SubscriberAgreement:
    """The present text."""
    page = files("absah.enrolment") / "subscriber_agreement" / f"{CURRENT_VERSION}.toml"
    written = tomllib.loads(page.read_text(encoding="utf-8"))
    return SubscriberAgreement(
        version=written["version"], indonesian=_sentences(written["id"]), english=_sentences(written["en"])
    )


def _sentences(text: str) -> tuple[str, ...]:
    return tuple(line.partition(". ")[2] for line in text.strip().splitlines())
