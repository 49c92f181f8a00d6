"""Seals secrets that rest on disk: AES-256-GCM under a key that a passphrase, the service secret, or both make.

Decision D8: KEK = HKDF(Argon2id(passphrase) together with HMAC under the service secret). What a blob belongs to is
authenticated with it, so a sealed key cannot be moved to another credential. The cost of the derivation is written in
the blob and authenticated too: it can be raised without breaking what is already sealed.

Buffers that held a passphrase, a KEK or a plain secret are overwritten after use, as far as Python allows: `bytearray`
can be, `str` and the objects inside OpenSSL cannot (OpenSSL clears its own numbers when it frees them).
"""

import hmac
import struct
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, TypeAlias, assert_never

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from absah.adapters.service_secret import ServiceSecret
from absah.adapters.stretching import SALT, Effort, Stretch, stretch_here
from absah.kernel.errors import BadInput, NotAllowed, WrongState
from absah.kernel.rng import Rng
from absah.signing.factors import Secret

_MAGIC: Final = b"ABSK"
_VERSION: Final = 1
# magic, version, mode, Argon2id iterations, memory (KiB), lanes, identity of the service secret, salt, nonce
_HEADER: Final = struct.Struct(f">4sBBIIB8s{SALT}s12s")
_TAG: Final = 16
_KEK: Final = 32
_NOBODY: Final = bytes(8)
_LONGEST_PASSPHRASE: Final = 1024


class SealUnreadable(BadInput):
    """A sealed blob is not of a form that this release knows."""

    code = "keys.seal-unreadable"


class SealNotOpened(NotAllowed):
    """The passphrase is wrong, or the blob was altered or belongs to something else: nobody can tell which."""

    code = "keys.seal-not-opened"


class ServiceSecretChanged(WrongState):
    """The blob was sealed under another service secret than the one in use."""

    code = "keys.service-secret-changed"


class PassphraseUnusable(BadInput):
    """An empty passphrase, or one of more than 1024 bytes."""

    code = "keys.passphrase-unusable"


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivationCost:
    """The cost of Argon2id. Never below D8's floor: one pass over 46 MiB with one lane, about 50 ms."""

    iterations: int = 1
    memory_kib: int = 46 * 1024
    lanes: int = 1

    def __post_init__(self) -> None:
        # The ceilings keep an altered blob from exhausting the machine.
        if not (
            1 <= self.iterations <= 64 and 46 * 1024 <= self.memory_kib <= 2 * 1024 * 1024 and 1 <= self.lanes <= 16
        ):
            raise SealUnreadable


@dataclass(frozen=True, slots=True, kw_only=True)
class Belonging:
    """What a sealed secret belongs to: authenticated, so that a blob opens in its own place only."""

    credential: str
    kind: str
    key_version: int

    def encode(self) -> bytes:
        """An unambiguous spelling: each text with its length in front."""
        texts = (self.credential.encode(), self.kind.encode())
        return b"".join(struct.pack(">I", len(text)) + text for text in texts) + struct.pack(">I", self.key_version)


@dataclass(frozen=True, slots=True)
class UnderBoth:
    """Sealed under a passphrase mixed with the service secret: neither alone opens it (D8, mode *passphrase*)."""

    passphrase: Secret
    service: ServiceSecret
    stretch: Stretch = stretch_here


@dataclass(frozen=True, slots=True)
class UnderService:
    """Sealed under the service secret alone (D8, mode *activated*, and keys of services)."""

    service: ServiceSecret


@dataclass(frozen=True, slots=True)
class UnderPassphrase:
    """Sealed under a passphrase alone: for keys that rest offline, away from any service."""

    passphrase: Secret


Protection: TypeAlias = UnderBoth | UnderService | UnderPassphrase


class _Mode(IntEnum):
    BOTH = 1
    SERVICE = 2
    PASSPHRASE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    mode: _Mode
    cost: DerivationCost
    service_identity: bytes
    salt: bytes
    nonce: bytes

    def encode(self) -> bytes:
        cost = self.cost
        return _HEADER.pack(
            _MAGIC,
            _VERSION,
            self.mode,
            cost.iterations,
            cost.memory_kib,
            cost.lanes,
            self.service_identity,
            self.salt,
            self.nonce,
        )


@contextmanager
def wiped_after(buffer: bytearray, /) -> Iterator[bytearray]:
    """Lend a buffer and overwrite it with zeros afterwards."""
    try:
        yield buffer
    finally:
        wipe(buffer)


def wipe(buffer: bytearray, /) -> None:
    """Overwrite in place."""
    buffer[:] = bytes(len(buffer))


def passphrase_bytes(passphrase: Secret, /) -> bytearray:
    """The bytes of a passphrase: UTF-8 of NFC, so that every keyboard spells the same letter alike (RFC 8265 §4.2)."""
    encoded = bytearray(unicodedata.normalize("NFC", passphrase.reveal()), "utf-8", "surrogatepass")
    if not 1 <= len(encoded) <= _LONGEST_PASSPHRASE:
        raise PassphraseUnusable
    return encoded


def seal(
    plain: bytearray, protection: Protection, belonging: Belonging, rng: Rng, /, *, cost: DerivationCost | None = None
) -> bytes:
    """Seal `plain`. The caller wipes it. `cost` is D8's floor unless given."""
    mode, service_identity = _description_of(protection)
    header = _Header(
        mode=mode,
        cost=cost or DerivationCost(),
        service_identity=service_identity,
        salt=rng.token(SALT),
        nonce=rng.token(12),
    )
    head = header.encode()
    with wiped_after(_key_encryption_key(protection, header, belonging)) as kek:
        return head + AESGCM(kek).encrypt(header.nonce, plain, head + belonging.encode())


def unseal(blob: bytes, protection: Protection, belonging: Belonging, /) -> bytearray:
    """Open what `seal` made. The caller wipes the result. Raises `SealNotOpened` on a wrong passphrase."""
    header = _parse_header(blob)
    mode, service_identity = _description_of(protection)
    if header.mode is not mode:
        raise SealNotOpened
    if not hmac.compare_digest(header.service_identity, service_identity):
        raise ServiceSecretChanged
    head, sealed = blob[: _HEADER.size], blob[_HEADER.size :]
    plain = bytearray(len(sealed) - _TAG)
    with wiped_after(_key_encryption_key(protection, header, belonging)) as kek:
        try:
            AESGCM(kek).decrypt_into(header.nonce, sealed, head + belonging.encode(), plain)
        except InvalidTag:
            wipe(plain)
            raise SealNotOpened from None
    return plain


def _parse_header(blob: bytes) -> _Header:
    if len(blob) < _HEADER.size + _TAG:
        raise SealUnreadable
    magic, version, mode, iterations, memory_kib, lanes, identity, salt, nonce = _HEADER.unpack_from(blob)
    if magic != _MAGIC or version != _VERSION or mode not in set(_Mode):
        raise SealUnreadable
    cost = DerivationCost(iterations=iterations, memory_kib=memory_kib, lanes=lanes)
    return _Header(mode=_Mode(mode), cost=cost, service_identity=identity, salt=salt, nonce=nonce)


def _description_of(protection: Protection) -> tuple[_Mode, bytes]:
    match protection:
        case UnderBoth(service=service):
            return _Mode.BOTH, service.identity
        case UnderService(service=service):
            return _Mode.SERVICE, service.identity
        case UnderPassphrase():
            return _Mode.PASSPHRASE, _NOBODY
        case _:
            assert_never(protection)


def _key_encryption_key(protection: Protection, header: _Header, belonging: Belonging) -> bytearray:
    """D8: HKDF over what Argon2id makes of the passphrase and what HMAC makes under the service secret."""
    context = header.salt + belonging.encode()
    match protection:
        case UnderBoth(passphrase=passphrase, service=service, stretch=stretch):
            parts = (_stretched(passphrase, header, stretch), service.mixed_with(context))
        case UnderService(service=service):
            parts = (bytearray(), service.mixed_with(context))
        case UnderPassphrase(passphrase=passphrase):
            parts = (_stretched(passphrase, header, stretch_here), bytearray())
        case _:
            assert_never(protection)
    kek = bytearray(_KEK)
    info = b"absah sealed secret 1 " + header.mode.name.encode()
    with wiped_after(parts[0]), wiped_after(parts[1]), wiped_after(parts[0] + parts[1]) as material:
        HKDF(algorithm=SHA256(), length=_KEK, salt=header.salt, info=info).derive_into(material, kek)
    return kek


def _stretched(passphrase: Secret, header: _Header, stretch: Stretch) -> bytearray:
    """Argon2id: tens of milliseconds and 46 MiB at the least."""
    cost = header.cost
    effort = Effort(salt=header.salt, iterations=cost.iterations, memory_kib=cost.memory_kib, lanes=cost.lanes)
    with wiped_after(passphrase_bytes(passphrase)) as spelled:
        return stretch(spelled, effort)
