"""The register's values: what rows become when they leave the store."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from absah.kernel.clock import Instant
from absah.signing.ports import CredentialId

#: 32 lower-case hexadecimal digits.
SerialHex = NewType("SerialHex", str)


class AuthorityKind(StrEnum):
    """What a certificate of our own services is for."""

    ROOT = "root"
    ISSUING = "issuing"
    TSA = "tsa"
    OCSP = "ocsp"


class Status(StrEnum):
    """What the register says of a certificate. Whether its time is over is a question for the clock."""

    GOOD = "good"
    SUSPENDED = "suspended"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredAuthority:
    """One of our own services. `chain` are the certificates above it up to the root; a root's key is offline.

    An issuing CA spreads its new certificates over `shards` CRLs (0: one list); its lists keep expired ones, or not.
    `number` is its row, for rows that belong to it; 0 before it is entered.
    """

    slug: str
    kind: AuthorityKind
    name: str
    certificate: bytes
    chain: tuple[bytes, ...]
    credential: CredentialId | None
    not_after: Instant
    shards: int = 0
    keeps_expired: bool = True
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredCertificate:
    """A certificate in the register. `holder` and `agency` are opaque, and empty for our own services."""

    issuer: str
    serial: SerialHex
    subject: str
    profile: str
    certificate: bytes
    fingerprint: str
    not_before: Instant
    not_after: Instant
    credential: CredentialId | None
    holder: str
    agency: str
    status: Status
    reason: str
    status_at: Instant
    key_hash: str = ""
    shard: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChanged:
    """A change of a certificate's status: what it became, the CRLReason, our own word for why, and when."""

    status: Status
    reason: str
    cause: str
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """An interval on hold. `ended`, by reinstatement or by revocation, is None while it lasts."""

    began: Instant
    ended: Instant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnfinishedIssuance:
    """An intention that nobody concluded. `key_hash` is SHA-256 over the SubjectPublicKeyInfo, hexadecimal.

    `authority` is the row of its issuer; `holder` is empty for services of our own.
    """

    issuer: str
    authority: int
    serial: SerialHex
    credential: CredentialId | None
    profile: str
    holder: str
    key_hash: str
    shard: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InTheWay:
    """A certificate that may stand in the way of another: in use by the same holder, or of the same key."""

    serial: SerialHex
    holder: str
    profile: str
    key_hash: str
    status: Status
    in_use: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedCrl:
    """The newest CRL of an authority, or of one partition of its certificates (`shard`; 0 is all)."""

    issuer: str
    number: int
    this_update: Instant
    next_update: Instant
    sha256: str
    shard: int = 0


def credential_or_none(text: str) -> CredentialId | None:
    """What a column holds; empty is none."""
    return CredentialId(text) if text else None
