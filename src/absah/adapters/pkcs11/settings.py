"""Which tokens an instance has and what is made in them: the tables `[tokens.NAME]` and `[keys]` of `absah.toml`.

The signer process reads them from the data folder; nothing that travels over its socket can choose a token.
"""

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from absah.adapters.pkcs11.errors import TokenSettingsMalformed, TokenUnknown

SOFTWARE: Final = "software"
_FILE: Final = "absah.toml"
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")
_MOST_SESSIONS: Final = 8


class TokenTable(BaseModel):
    """A table `[tokens.NAME]`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    module: Annotated[str, Field(pattern=r"^/")]
    label: Annotated[str, Field(min_length=1, max_length=32)]
    serial: Annotated[str, Field(max_length=16)] = ""
    pin_file: Annotated[str, Field(min_length=1)]
    sessions: Annotated[int, Field(ge=1, le=_MOST_SESSIONS)] = 1


class KeysTable(BaseModel):
    """The table `[keys]`: for each kind of key the token in which it is made, and whether keys may be brought in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    authority: str = SOFTWARE
    ocsp: str = SOFTWARE
    tsa: str = SOFTWARE
    subscriber: str = SOFTWARE
    seal: str = SOFTWARE
    allow_import: bool = False

    def token_for(self, kind: str, /) -> str | None:
        """The name of the token for a kind of key; None for software keys."""
        name: str = getattr(self, kind)
        return None if name == SOFTWARE else name


class TokenTables(BaseModel):
    """The two tables together: whatever else stands in the file is for others."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    tokens: dict[str, TokenTable] = {}
    keys: KeysTable = KeysTable()

    @model_validator(mode="after")
    def _named_rightly(self) -> "TokenTables":
        for name in self.tokens:
            if name == SOFTWARE or not _NAME.fullmatch(name):
                raise ValueError(f"{name!r} is no name for a token: small letters, digits and hyphens")
        for kind in ("authority", "ocsp", "tsa", "subscriber", "seal"):
            wanted = self.keys.token_for(kind)
            if wanted is not None and wanted not in self.tokens:
                raise ValueError(f"keys.{kind}: there is no token {wanted!r}")
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenSettings:
    """One token: the maker's module, how to recognise the token, the file of its PIN, how many sessions are kept."""

    name: str
    module: str
    label: str
    serial: str
    pin_file: Path
    sessions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySettings:
    """What the signer needs to know about tokens."""

    tokens: tuple[TokenSettings, ...] = ()
    keys: KeysTable = field(default_factory=KeysTable)

    def token(self, name: str, /) -> TokenSettings:
        """Raises TokenUnknown."""
        for found in self.tokens:
            if found.name == name:
                return found
        raise TokenUnknown(token=name)


def key_settings(tables: TokenTables, data: Path, /) -> KeySettings:
    """What was written, for the instance in `data`: a PIN file without a folder lies in `secrets/`."""
    return KeySettings(
        tokens=tuple(
            TokenSettings(
                name=name,
                module=table.module,
                label=table.label,
                serial=table.serial,
                pin_file=data / "secrets" / table.pin_file,
                sessions=table.sessions,
            )
            for name, table in sorted(tables.tokens.items())
        ),
        keys=tables.keys,
    )


def read_key_settings(data: Path, /) -> KeySettings:
    """The settings of a data folder; one without a file has no tokens. Raises TokenSettingsMalformed."""
    try:
        written: dict[str, Any] = tomllib.loads((data / _FILE).read_text(encoding="utf-8"))
        return key_settings(TokenTables.model_validate(written), data)
    except FileNotFoundError:
        return KeySettings()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as problem:
        raise TokenSettingsMalformed(setting=_FILE, problem=str(problem)) from None
    except ValidationError as problem:
        first = problem.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "tokens"
        raise TokenSettingsMalformed(setting=where, problem=first["msg"]) from None
