"""The settings of one instance, parsed once from its data folder into a frozen value.

`DIR/absah.toml` says what the instance is; secrets lie beside it in `DIR/secrets/`, one file each. A missing or
unlawful setting is a refusal with a sentence, never a guess.
"""

import tomllib
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from absah.adapters.pkcs11.settings import KeysTable, TokenSettings, TokenTables, key_settings
from absah.kernel.errors import BadInput, NotFound
from absah.pki.algorithms import KeyAlgorithm
from absah_site.mail_settings import MailTable, MailWay
from absah_site.upstream_settings import UpstreamTable

CONFIG_NAME = "absah.toml"


class NoInstance(NotFound):
    """The data folder holds no instance."""

    code = "site.no-instance"


class ConfigMalformed(BadInput):
    """`absah.toml` cannot be read, or one of its values is not allowed."""

    code = "site.config-malformed"


class Role(StrEnum):
    """Which half of the system an instance is (design §2). `demo` is both, on one machine, for trying out."""

    AGENCY = "agency"
    AUTHORITY = "authority"
    DEMO = "demo"


class TimeTable(BaseModel):
    """The section `[time]`: other clocks, and how far ours may be off before nothing is stamped."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    servers: Annotated[tuple[Annotated[str, Field(pattern=r"^[^\s/]{1,255}$")], ...], Field(max_length=9)] = ()
    largest_offset_ms: Annotated[int, Field(ge=1, le=1000)] = 500
    measure_every_seconds: Annotated[int, Field(ge=16, le=3600)] = 60


class SessionsTable(BaseModel):
    """The section `[sessions]`: how long a session may lie unused, and how long it may last."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    idle_minutes: Annotated[int, Field(ge=1, le=480)] = 30
    hours: Annotated[int, Field(ge=1, le=24)] = 8


class SignOnTable(BaseModel):
    """A section `[[sign_on]]`: a provider of single sign-on (OpenID Connect) that is believed about addresses."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,30}$")]
    name: Annotated[str, Field(min_length=1, max_length=60)]
    issuer: Annotated[str, Field(pattern=r"^https?://[^\s]+$")]
    client_id: Annotated[str, Field(min_length=1, max_length=200)]


class VisitsTable(BaseModel):
    """The section `[visits]`: whether applications are visited by a browser, which hosts, and which browser."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reach: Literal["nobody", "public", "anybody"] = "nobody"
    hosts: Annotated[tuple[Annotated[str, Field(pattern=r"^[a-z0-9.*-]{1,253}$")], ...], Field(max_length=100)] = ()
    browser: Annotated[str, Field(pattern=r"^(/.*)?$")] = ""


#: What people and seals may be given. Design D8b: RSA is for the sake of what cannot check P-256.
HolderKeys = Literal[KeyAlgorithm.P256, KeyAlgorithm.RSA2048, KeyAlgorithm.RSA3072]


class RegistrationTable(BaseModel):
    """The section `[registration]`: in how many working days requests are to be decided, and which keys holders get."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    verify_days: Annotated[int, Field(ge=1, le=60)] = 2
    decide_days: Annotated[int, Field(ge=1, le=60)] = 1
    holder_keys: HolderKeys = KeyAlgorithm.P256


class WebhooksTable(BaseModel):
    """The section `[webhooks]`: whether systems of agencies are told, and which hosts may be private or without TLS.

    `at_once`: so many messages are on their way to one system; with fewer than the worker has threads, no slow one
    holds up the others.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    reach: Literal["nobody", "public", "anybody"] = "public"
    trusted: Annotated[tuple[Annotated[str, Field(pattern=r"^[a-z0-9.*:-]{1,253}$")], ...], Field(max_length=100)] = ()
    at_once: Annotated[int, Field(ge=1, le=20)] = 1


class _Written(TokenTables):
    """What stands in the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    role: Role
    base_url: Annotated[str, Field(pattern=r"^https?://[^\s/]+$")]
    name: Annotated[str, Field(min_length=1, max_length=120)]
    issuer_name: Annotated[str, Field(max_length=120)] = ""
    trial: bool = True
    database: Annotated[str, Field(pattern=r"^(sqlite|postgres(ql)?://.+)$")] = "sqlite"
    cli_second_factor: bool = False
    time: TimeTable = TimeTable()
    mail: MailTable = MailTable()
    sessions: SessionsTable = SessionsTable()
    registration: RegistrationTable = RegistrationTable()
    visits: VisitsTable = VisitsTable()
    webhooks: WebhooksTable = WebhooksTable()
    sign_on: Annotated[tuple[SignOnTable, ...], Field(max_length=5)] = ()
    complaints: Annotated[str, Field(max_length=120)] = ""
    ask_status: Literal["nobody", "public", "anybody"] = "nobody"
    push_checkpoints: Literal["nobody", "public", "anybody"] = "public"
    inner_names: bool = False
    high_water: Annotated[str, Field(pattern=r"^(/.*)?$")] = ""
    population: Literal["nobody", "fictional"] = "nobody"
    upstream: UpstreamTable = UpstreamTable()
    format: Literal[1] = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """One instance.

    `base_url` has no trailing slash and is written into certificates (CDP, AIA); `trial` puts UJI COBA on everything;
    `database` is "sqlite" or a PostgreSQL URL; `cli_second_factor` demands a one-time code from `absah sign`.
    `ask_status` says whom a verification may ask over the network: nobody, public addresses, anybody;
    `push_checkpoints` likewise, to whom checkpoints of the ledger may be sent.
    `tokens` and `keys` say which PKCS #11 tokens there are and which kinds of key are made in them,
    `time` which other clocks, `mail` whether and how mail leaves,
    `visits` whether applications are visited for their logo,
    `webhooks` which systems of agencies may be told,
    `sessions` when a person is signed out by time, `sign_on` whose word opens an account, `registration` how soon
    requests are to be decided and which keys holders get.
    `high_water` is a file outside the instance that keeps the highest CRL numbers. `inner_names` allows certificates
    for servers of an inner network, whose names nobody outside can check. `population` says who is asked whether a NIK
    belongs to a name: nobody, or a double that knows fictional people. `upstream` is the national service, where the
    certificates of this agency come from one.
    """

    data: Path
    role: Role
    base_url: str
    name: str
    issuer_name: str
    trial: bool
    database: str
    cli_second_factor: bool
    complaints: str
    ask_status: str = "nobody"
    push_checkpoints: str = "public"
    tokens: tuple[TokenSettings, ...] = ()
    keys: KeysTable = field(default_factory=KeysTable)
    time: TimeTable = field(default_factory=TimeTable)
    mail: MailTable = field(default_factory=MailTable)
    sessions: SessionsTable = field(default_factory=SessionsTable)
    registration: RegistrationTable = field(default_factory=RegistrationTable)
    visits: VisitsTable = field(default_factory=VisitsTable)
    webhooks: WebhooksTable = field(default_factory=WebhooksTable)
    sign_on: tuple[SignOnTable, ...] = ()
    high_water: Path | None = None
    inner_names: bool = False
    population: str = "nobody"
    upstream: UpstreamTable = field(default_factory=UpstreamTable)

    @property
    def mail_way(self) -> MailWay:
        """What happens to mail. Where nobody chose, it waits; a demo keeps it in a folder, to be looked at."""
        return self.mail.way or (MailWay.FOLDER if self.role is Role.DEMO else MailWay.WAIT)

    @property
    def secrets(self) -> Path:
        """Folder of secret files, mode 0700."""
        return self.data / "secrets"

    @property
    def appearances(self) -> Path:
        """The folder of the agency's own appearances of signatures; it need not be there."""
        return self.data / "appearances"

    @property
    def repository(self) -> Path:
        """Folder of published CA certificates and CRLs, served at `/repo/`."""
        return self.data / "repository"

    @property
    def trust(self) -> Path:
        """Folder of trust anchors, DER, one certificate a file."""
        return self.data / "trust"

    @property
    def documents(self) -> Path:
        """Folder of kept documents, named by their SHA-256."""
        return self.data / "documents"

    @property
    def archive(self) -> Path:
        """Folder of documents that rest sealed under `secrets/archive-*.key`."""
        return self.data / "archive"

    @property
    def branding(self) -> Path:
        """Folder of the logos that an operator uploaded."""
        return self.data / "branding"

    @property
    def pictures(self) -> Path:
        """Folder of pictures of pages, sealed, for a day; may be emptied."""
        return self.data / "pictures"

    @property
    def shelf(self) -> Path:
        """Folder of what readers of a verdict fetch within minutes, sealed under a key that only their page holds."""
        return self.data / "shelf"

    @property
    def outbox(self) -> Path:
        """Folder of signed documents that applications may fetch once, sealed under the number told to them."""
        return self.data / "outbox"

    @property
    def log(self) -> Path:
        """Folder of the key of the ledger's log, and of the public keys it has or had."""
        return self.data / "ledger"

    @property
    def socket(self) -> Path:
        """The signer's Unix socket."""
        return self.data / "run" / "signer.sock"

    def secret(self, name: str, /) -> bytes:
        """The bytes of one secret file. A missing one is a refusal."""
        try:
            return (self.secrets / name).read_bytes()
        except FileNotFoundError:
            raise NoInstance(folder=str(self.data)) from None


def load_config(data: Path, /) -> Config:
    """Read the instance in a data folder."""
    try:
        written = _Written.model_validate(tomllib.loads((data / CONFIG_NAME).read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise NoInstance(folder=str(data)) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigMalformed(setting=CONFIG_NAME, problem=str(error)) from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "tokens"
        raise ConfigMalformed(setting=where, problem=first["msg"]) from None
    tokens = key_settings(written, data)
    return Config(
        data=data,
        role=written.role,
        base_url=written.base_url,
        name=written.name,
        issuer_name=written.issuer_name,
        trial=written.trial,
        database=written.database,
        cli_second_factor=written.cli_second_factor,
        complaints=written.complaints,
        ask_status=written.ask_status,
        push_checkpoints=written.push_checkpoints,
        tokens=tokens.tokens,
        keys=tokens.keys,
        time=written.time,
        mail=written.mail,
        sessions=written.sessions,
        registration=written.registration,
        visits=written.visits,
        webhooks=written.webhooks,
        sign_on=written.sign_on,
        inner_names=written.inner_names,
        population=written.population,
        upstream=written.upstream,
        high_water=Path(written.high_water) if written.high_water else None,
    )
