"""The port to whatever holds private keys, and its first filler: software keys, sealed.

A vault makes a key and answers what to store for it, later opens what was stored. What is stored means something to
its vault only: a sealed PKCS #8 here, the identity of an object in a PKCS #11 token, the name of a key at a remote
signer. An opened key is a `SigningKey`, the abstract class of `cryptography`, which a PKCS #11 key can subclass too.
"""

from dataclasses import dataclass
from typing import NoReturn, Protocol, TypeAlias, final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from absah.adapters.sealing import (
    Belonging,
    DerivationCost,
    Protection,
    SealUnreadable,
    UnderBoth,
    UnderService,
    seal,
    unseal,
    wiped_after,
)
from absah.adapters.service_secret import ServiceSecret
from absah.kernel.errors import WrongState
from absah.kernel.rng import Rng
from absah.pki.algorithms import KeyAlgorithm, SigningKey, key_algorithm_of, public_key_of
from absah.signing.factors import Secret


class KeyClosed(WrongState):
    """An opened key was closed in the meantime: authorise again."""

    code = "keys.key-closed"


@dataclass(frozen=True, slots=True)
class ByPassphrase:
    """Only the holder's passphrase, together with the service secret, opens the key."""

    passphrase: Secret


@dataclass(frozen=True, slots=True)
class ByService:
    """The service opens the key itself, after it has checked other factors or for its own work."""


KeyProtection: TypeAlias = ByPassphrase | ByService


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredKey:
    """What a vault answers for a new key: the public half (SPKI DER), and what to keep to find the private one."""

    public_key: bytes
    stored: bytes


class KeyHandle(Protocol):
    """An opened key. Whoever opened it closes it."""

    def signing_key(self) -> SigningKey:
        """The key, ready to sign. Raises KeyClosed after `close`."""
        ...

    def close(self) -> None:
        """Drop the key. Closing twice is no mistake."""
        ...


class KeyVault(Protocol):
    """Makes keys and opens them."""

    def generate(self, algorithm: KeyAlgorithm, belonging: Belonging, protection: KeyProtection, /) -> StoredKey:
        """Make a key pair. Nothing is kept here: the caller stores the answer."""
        ...

    def open(self, stored: bytes, belonging: Belonging, protection: KeyProtection, /) -> KeyHandle:
        """Open a stored key. Raises SealNotOpened on a wrong passphrase."""
        ...

    def protect_again(
        self, stored: bytes, belonging: Belonging, protections: tuple[KeyProtection, KeyProtection], /
    ) -> bytes:
        """What to store instead after the protection changed from the first to the second."""
        ...


@final
class OpenedSoftwareKey:
    """A software key in memory. Hides itself and cannot be pickled; OpenSSL clears its numbers when it is dropped."""

    __slots__ = ("_key",)

    def __init__(self, key: SigningKey, /) -> None:
        self._key: SigningKey | None = key

    def signing_key(self) -> SigningKey:
        if self._key is None:
            raise KeyClosed
        return self._key

    def close(self) -> None:
        self._key = None

    def __repr__(self) -> str:
        return f"OpenedSoftwareKey({'closed' if self._key is None else 'open'})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("an opened key is not to be pickled")


@final
class SoftwareVault:
    """Keys made by the crypto library with its own randomness, sealed PKCS #8 at rest (decision D8)."""

    def __init__(self, service: ServiceSecret, rng: Rng, /, *, cost: DerivationCost | None = None) -> None:
        self._service = service
        self._rng = rng
        self._cost = cost

    def generate(self, algorithm: KeyAlgorithm, belonging: Belonging, protection: KeyProtection, /) -> StoredKey:
        key = generate_software_key(algorithm)
        with wiped_after(plain_form_of(key)) as plain:
            stored = seal(plain, self._sealing(protection), belonging, self._rng, cost=self._cost)
        return StoredKey(public_key=public_key_of(key), stored=stored)

    def open(self, stored: bytes, belonging: Belonging, protection: KeyProtection, /) -> OpenedSoftwareKey:
        with wiped_after(unseal(stored, self._sealing(protection), belonging)) as plain:
            return OpenedSoftwareKey(key_from_plain_form(plain))

    def protect_again(
        self, stored: bytes, belonging: Belonging, protections: tuple[KeyProtection, KeyProtection], /
    ) -> bytes:
        old, new = protections
        with wiped_after(unseal(stored, self._sealing(old), belonging)) as plain:
            return seal(plain, self._sealing(new), belonging, self._rng, cost=self._cost)

    def _sealing(self, protection: KeyProtection) -> Protection:
        match protection:
            case ByPassphrase(passphrase=passphrase):
                return UnderBoth(passphrase, self._service)
            case ByService():
                return UnderService(self._service)


def generate_software_key(algorithm: KeyAlgorithm, /) -> SigningKey:
    """A fresh key pair from the crypto library's own randomness. Other threads run meanwhile."""
    match algorithm:
        case KeyAlgorithm.P256:
            return ec.generate_private_key(ec.SECP256R1())
        case KeyAlgorithm.P384:
            return ec.generate_private_key(ec.SECP384R1())
        case KeyAlgorithm.RSA2048:
            return rsa.generate_private_key(65537, 2048)
        case KeyAlgorithm.RSA3072:
            return rsa.generate_private_key(65537, 3072)
        case KeyAlgorithm.RSA4096:
            return rsa.generate_private_key(65537, 4096)


def plain_form_of(key: SigningKey, /) -> bytearray:
    """PKCS #8 in DER, for sealing. The caller wipes it; the library's own copy lives until it is collected."""
    return bytearray(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))


def key_from_plain_form(plain: bytearray, /) -> SigningKey:
    """The inverse. Raises SealUnreadable when what was sealed is no key of ours."""
    try:
        key = load_der_private_key(plain, None)
    except (ValueError, UnsupportedAlgorithm):
        raise SealUnreadable from None
    if not isinstance(key, SigningKey):
        raise SealUnreadable
    key_algorithm_of(public_key_of(key))
    return key
