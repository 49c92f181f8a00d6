"""A profile as it is written: the shape of `catalogue/*.toml`, checked by pydantic, not yet judged.

What was written (`ProfileDocument`) and what was accepted (`profiles.Profile`) are different types: only the second
has passed the rules.
"""

import tomllib
from datetime import date
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from absah.kernel.errors import BadInput

_ALGORITHMS = "algorithms"  # the dated algorithm policy lies in the same folder


class ProfileUnreadable(BadInput):
    """Not TOML, or TOML without the fields of a profile. Parameters: profile, problem."""

    code = "pki.profile-unreadable"


class ProfileUnknown(BadInput):
    """No profile of this name in the catalogue. Parameter: profile."""

    code = "pki.profile-unknown"


class ShorterDocument(BaseModel):
    """From which day on certificates are shorter."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    first: date = Field(alias="from")
    max_validity_days: int = Field(ge=1)


class ProfileDocument(BaseModel):
    """One TOML file. Fields mean what they mean in `Profile`; durations are whole days and minutes."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: str
    purpose: str
    description: str = Field(min_length=1)
    test: bool
    policies: tuple[str, ...] = Field(strict=False)
    key_usage: tuple[str, ...] = Field(strict=False)
    extended_key_usage: tuple[str, ...] = Field(default=(), strict=False)
    extended_key_usage_critical: bool = False
    authority: bool = False
    path_length: int | None = Field(default=None, ge=0)
    no_revocation_check: bool = False
    key_algorithms: tuple[str, ...] = Field(strict=False)
    endpoints_required: tuple[str, ...] = Field(default=(), strict=False)
    endpoints_allowed: tuple[str, ...] = Field(default=(), strict=False)
    max_validity_days: int = Field(ge=1)
    backdate_minutes: int = Field(ge=0)
    shorter: tuple[ShorterDocument, ...] = Field(default=(), strict=False)


def parse_profile_document(text: str, /, *, name: str) -> ProfileDocument:
    """Raises ProfileUnreadable."""
    try:
        return ProfileDocument.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as problem:
        raise ProfileUnreadable(profile=name, problem=str(problem)) from problem
    except ValidationError as problem:
        fields = ", ".join(sorted({".".join(map(str, error["loc"])) for error in problem.errors()}))
        raise ProfileUnreadable(profile=name, problem=fields) from problem


def profile_names() -> tuple[str, ...]:
    """What the catalogue holds."""
    folder = files("absah.pki") / "catalogue"
    names = {page.name.removesuffix(".toml") for page in folder.iterdir() if page.name.endswith(".toml")}
    return tuple(sorted(names - {_ALGORITHMS}))


def read_profile_document(name: str, /) -> ProfileDocument:
    """A file of the catalogue. Raises ProfileUnknown, ProfileUnreadable."""
    if name not in profile_names():
        raise ProfileUnknown(profile=name)
    page = files("absah.pki") / "catalogue" / f"{name}.toml"
    return parse_profile_document(page.read_text(encoding="utf-8"), name=name)
