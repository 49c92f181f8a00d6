"""The text a person agrees to, by version and hash.

Consent is given to words, not to a tick: what is recorded is the version and the SHA-256 of the Indonesian text that
was shown (UU 27/2022 Pasal 22: consent is written or recorded, and its text clear). Old texts stay readable.
"""

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import final

from pydantic import BaseModel, ConfigDict, Field

from absah.kernel.clock import Instant
from absah.kernel.errors import NotFound, WrongState

CURRENT_VERSION = "2"


class ConsentTextUnknown(NotFound):
    """There is no consent text of this version."""

    code = "enrolment.consent-text-unknown"


class ConsentOutdated(WrongState):
    """The person agreed to a text that is not the present one, or to other words."""

    code = "enrolment.consent-outdated"


class _Written(BaseModel):
    """What stands in a file of `consent/`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: str
    indonesian: str = Field(alias="id", min_length=1)
    english: str = Field(alias="en", min_length=1)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentText:
    """One version of the text. The Indonesian wording binds; the English one explains it."""

    version: str
    indonesian: str
    english: str

    @property
    def digest(self) -> str:
        """SHA-256 of the binding text in UTF-8, hexadecimal."""
        return hashlib.sha256(self.indonesian.encode("utf-8")).hexdigest()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentGiven:
    """That a person agreed, to which words, and when."""

    version: str
    digest: str
    at: Instant


@cache
def consent_text(version: str = CURRENT_VERSION, /) -> ConsentText:
    """The text of a version, the present one unless another is asked for."""
    page = files("absah.enrolment") / "consent" / f"{version}.toml"
    if not version.isdecimal() or not page.is_file():
        raise ConsentTextUnknown(version=version)
    written = _Written.model_validate(tomllib.loads(page.read_text(encoding="utf-8")))
    return ConsentText(version=written.version, indonesian=written.indonesian.strip(), english=written.english.strip())


def give_consent(version: str, digest: str, /, *, now: Instant) -> ConsentGiven:
    """Record that a person agreed to the text shown. It must be the present one, word for word."""
    present = consent_text()
    if (version, digest) != (present.version, present.digest):
        raise ConsentOutdated(version=present.version)
    return ConsentGiven(version=version, digest=digest, at=now)
