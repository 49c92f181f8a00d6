"""The port to whatever holds private keys, and its first filler: software keys, sealed.

A vault makes a key and answers what to store for it, later opens what was stored. What is stored means something to
its vault only: a sealed PKCS #8 here, the identity of an object in a PKCS #11 token (`absah.adapters.pkcs11`). An
opened key is a `SigningKey`, the abstract class of `cryptography`, which a key in a token subclasses too.
"""

from dataclasses import dataclass
from typing import Final, NoReturn, Protocol, TypeAlias, final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
    load_pem_private_key,
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
from absah.adapters.stretching import Stretch, stretch_here
from absah.kernel.errors import NotAllowed, NotFound, WrongState
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

#: Where software keys live; keys in tokens have a place of their own (`absah.adapters.pkcs11.place`).
IN_SOFTWARE: Final = "software"


class ImportRefused(NotAllowed):
    """This instance takes in no private keys that were made elsewhere."""

    code = "keys.import-refused"


class NoTokens(NotFound):
    """This instance has no tokens. Parameter: token."""

    code = "keys.no-tokens"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredKey:
    """What a vault answers for a key: the public half (SPKI DER), what to keep to find the private one, and where."""

    public_key: bytes
    stored: bytes
    place: str = IN_SOFTWARE


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenState:
    """A token as it is now. With a problem (the code of an error) nothing else is known; `keys` are places."""

    name: str
    label: str = ""
    serial: str = ""
    manufacturer: str = ""
    model: str = ""
    keys: tuple[str, ...] = ()
    problem: str = ""


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

    def adopt(self, token: str, key_id: bytes, belonging: Belonging, /) -> StoredKey:
        """Take into custody a key that was made in a token by others and cannot leave it."""
        ...

    def bring_in(self, plain: bytearray, belonging: Belonging, /) -> StoredKey:
        """Take into custody a key that was made elsewhere (PKCS #8 DER). Raises ImportRefused."""
        ...

    def destroy(self, place: str, /) -> None:
        """Remove the key at a place, where it lies outside of what is stored."""
        ...

    def tokens(self) -> tuple[TokenState, ...]:
        """The tokens that are used here."""
        ...

    def close(self) -> None:
        """Let go of whatever was kept open."""
        ...


def sealing_for(protection: KeyProtection, service: ServiceSecret, stretch: Stretch = stretch_here, /) -> Protection:
    """How something that opens a key is sealed."""
    match protection:
        case ByPassphrase(passphrase=passphrase):
            return UnderBoth(passphrase, service, stretch)
        case ByService():
            return UnderService(service)


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

    def __init__(
        self,
        service: ServiceSecret,
        rng: Rng,
        /,
        *,
        cost: DerivationCost | None = None,
        stretch: Stretch = stretch_here,
        allow_import: bool = False,
    ) -> None:
        self._service = service
        self._rng = rng
        self._cost = cost
        self._stretch = stretch
        self._allow_import = allow_import

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

    def adopt(self, token: str, _key_id: bytes, _belonging: Belonging, /) -> StoredKey:
        raise NoTokens(token=token)

    def bring_in(self, plain: bytearray, belonging: Belonging, /) -> StoredKey:
        if not self._allow_import:
            raise ImportRefused
        key = key_from_plain_form(plain)
        with wiped_after(plain_form_of(key)) as ours:
            stored = seal(ours, sealing_for(ByService(), self._service), belonging, self._rng, cost=self._cost)
        return StoredKey(public_key=public_key_of(key), stored=stored)

    def _sealing(self, protection: KeyProtection) -> Protection:
        return sealing_for(protection, self._service, self._stretch)

    def destroy(self, _place: str, /) -> None:
        """What is stored is all there is."""

    def tokens(self) -> tuple[TokenState, ...]:
        return ()

    def close(self) -> None:
        """Nothing is kept open."""


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


def read_encrypted_key(content: bytes, passphrase: bytes, /) -> SigningKey | None:
    """A key that others kept in an encrypted PKCS #8 file, PEM or DER; None when it is none or the passphrase wrong."""
    for read in (load_pem_private_key, load_der_private_key):
        try:
            key = read(content, passphrase)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            continue
        if isinstance(key, SigningKey):
            return key
    return None


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
