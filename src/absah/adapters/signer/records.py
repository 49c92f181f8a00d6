"""What the signer remembers of a credential, as values."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, NoReturn

from absah.adapters.sealing import Belonging
from absah.pki.algorithms import (
    KeyAlgorithm,
    SignatureAlgorithm,
    SignatureScheme,
    digest_algorithm_for,
    signature_algorithm_for,
)
from absah.signing.ports import CredentialId, CredentialState


class KeyKind(StrEnum):
    """What a key is for. A key does the work of its own kind and no other."""

    SUBSCRIBER = "subscriber"
    SEAL = "seal"
    AUTHORITY = "authority"
    TSA = "tsa"
    OCSP = "ocsp"

    @property
    def signs_documents(self) -> bool:
        """Whether a person or an organisation stands behind it, so that factors must be shown."""
        return self in {KeyKind.SUBSCRIBER, KeyKind.SEAL}


class ProtectionMode(StrEnum):
    """The two modes of decision D8."""

    PASSPHRASE = "passphrase"  # noqa: S105 - the name of a mode
    SERVICE = "service"


@dataclass(frozen=True, slots=True, kw_only=True)
class CertifiedChain:
    """A certificate and those above it up to the root (DER)."""

    certificate: bytes
    chain: tuple[bytes, ...]


class Standing(NamedTuple):
    """What decides whether a key may be used: its state, and its certificate (DER) as it lasts only so long."""

    state: CredentialState
    certificate: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A key with all that belongs to it. `certified` is None exactly while the state is pending.

    `place` says where the private half lives: `software` (sealed, in `stored_key`), or in which token.
    `scheme` is how it signs, where that was chosen.
    """

    credential: CredentialId
    kind: KeyKind
    algorithm: KeyAlgorithm
    protection: ProtectionMode
    key_version: int
    public_key: bytes
    stored_key: bytes = field(repr=False)
    state: CredentialState
    certified: CertifiedChain | None
    place: str
    scheme: SignatureScheme | None = None

    @property
    def standing(self) -> Standing:
        return Standing(self.state, None if self.certified is None else self.certified.certificate)

    @property
    def way(self) -> SignatureAlgorithm:
        """How it signs documents."""
        return signature_algorithm_for(self.algorithm, digest_algorithm_for(self.algorithm), self.scheme)

    @property
    def belonging(self) -> Belonging:
        """What the sealed key is bound to."""
        return Belonging(credential=self.credential, kind=self.kind.value, key_version=self.key_version)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a credential is not to be pickled")


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundTotp:
    """The one-time code of a credential. `last_step` was used, and none before it counts any more."""

    sealed_secret: bytes = field(repr=False)
    required: bool
    last_step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundPasskey:
    """A passkey that agrees for a credential: its public key (COSE_Key), and the site that it was made for (RP ID).

    `last_count` is the highest count of uses that the device has told; devices that do not count always tell 0.
    """

    credential_id: bytes
    public_key: bytes
    site: str
    last_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyUse:
    """A line of the journal: what is about to be done with a key. `subject` is a digest in hex, or a serial."""

    credential: CredentialId
    operation: str
    subject: str = ""
    application: str = ""
    factors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongAttempts:
    """How often in a row an application has been wrong about a credential, and until when it waits (epoch seconds)."""

    wrong: int = 0
    wait_until: int = 0
