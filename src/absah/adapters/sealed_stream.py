"""A stream that only its receiver can read, and that nobody can cut, reorder or lengthen unseen: for backups.

The STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár, CRYPTO 2015) over AES-256-GCM: pieces of 64 KiB, each
under a nonce that holds its number and whether it is the last. The data key is random. It is sealed to a passphrase
(Argon2id, `absah.adapters.sealing`) or to a recovery key (HPKE, RFC 9180: X25519), so that the machine that makes
backups every night need not be able to open them.

    "ABSAHBAK" | version | kind of lock | length of lock (2) | lock | nonce prefix (7) | pieces
"""

import io
import struct
from dataclasses import dataclass
from typing import BinaryIO, Final, TypeAlias, assert_never, final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from absah.adapters.sealing import Belonging, DerivationCost, SealUnreadable, UnderPassphrase, seal, unseal, wiped_after
from absah.kernel.errors import BadInput, NotAllowed
from absah.kernel.rng import Rng
from absah.signing.factors import Secret

PIECE: Final = 64 * 1024
_MAGIC: Final = b"ABSAHBAK\x01"
_HEAD: Final = struct.Struct(">BH")
_TAG: Final = 16
_PREFIX: Final = 7
_LONGEST_LOCK: Final = 4096
_BELONGING: Final = Belonging(credential="backup", kind="stream", key_version=1)
_INFO: Final = b"absah backup 1"
#: A backup outlives the machines of today: the derivation costs about a second and 512 MiB.
_COST: Final = DerivationCost(iterations=2, memory_kib=512 * 1024)
_SUITE: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_BY_PASSPHRASE: Final = 1
_BY_KEY: Final = 2


class StreamUnreadable(BadInput):
    """This is no sealed stream of a form that this release knows."""

    code = "backup.unreadable"


class StreamNotOpened(NotAllowed):
    """The passphrase or recovery key is not the one this stream was sealed to."""

    code = "backup.not-opened"


class StreamDamaged(BadInput):
    """A piece was altered, is missing, or stands where it does not belong; or the end is missing."""

    code = "backup.damaged"


@dataclass(frozen=True, slots=True)
class ToPassphrase:
    """Sealed to whoever knows a passphrase; the same value opens."""

    passphrase: Secret
    cost: DerivationCost = _COST


@dataclass(frozen=True, slots=True)
class ToRecoveryKey:
    """Sealed to the holder of a recovery key."""

    public: X25519PublicKey


@dataclass(frozen=True, slots=True)
class ByRecoveryKey:
    """Opened by the holder of a recovery key."""

    private: X25519PrivateKey


Receiver: TypeAlias = ToPassphrase | ToRecoveryKey
Opener: TypeAlias = ToPassphrase | ByRecoveryKey


@final
class SealedWriter(io.RawIOBase):
    """Write plain bytes, get a sealed stream. Only `close` writes the last piece: without it the stream is damaged."""

    def __init__(self, target: BinaryIO, receiver: Receiver, rng: Rng, /) -> None:
        super().__init__()
        data_key = bytearray(rng.token(32))
        with wiped_after(data_key):
            kind, lock = _lock(data_key, receiver, rng)
            head = _MAGIC + _HEAD.pack(kind, len(lock)) + lock + rng.token(_PREFIX)
            self._pieces = _Pieces(data_key, head)
        self._target = target
        self._waiting = bytearray()
        target.write(head)

    def writable(self) -> bool:
        return True

    def write(self, content: "bytes | bytearray | memoryview", /) -> int:  # type: ignore[override]  # any buffer
        self._waiting += content
        # A full piece waits until something follows: the last one is marked as such.
        while len(self._waiting) > PIECE:
            self._target.write(self._pieces.seal(bytes(self._waiting[:PIECE]), last=False))
            del self._waiting[:PIECE]
        return len(content)

    def finish(self) -> None:
        """Write the last piece. What is not finished cannot be read as whole."""
        self._target.write(self._pieces.seal(bytes(self._waiting), last=True))
        self._waiting.clear()


@final
class SealedReader(io.RawIOBase):
    """Reads what a `SealedWriter` wrote. Every byte it hands out is authenticated; `finished` says that all was read.

    Raises StreamUnreadable, StreamNotOpened when made, StreamDamaged when read.
    """

    def __init__(self, source: BinaryIO, opener: Opener, /) -> None:
        super().__init__()
        head = _read_head(source)
        with wiped_after(_unlock(head, opener)) as data_key:
            self._pieces = _Pieces(data_key, head.encoded)
        self._source = source
        self._next = source.read(PIECE + _TAG)
        self._plain = b""
        self.finished = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview", /) -> int:  # type: ignore[override]  # any buffer
        while not self._plain and not self.finished:
            piece, self._next = self._next, self._source.read(PIECE + _TAG)
            self.finished = not self._next
            self._plain = self._pieces.open(piece, last=self.finished)
        taken = self._plain[: len(buffer)]
        buffer[: len(taken)] = taken
        self._plain = self._plain[len(taken) :]
        return len(taken)


class _Pieces:
    """Seals or opens the pieces of one stream in their order."""

    def __init__(self, data_key: bytearray, head: bytes, /) -> None:
        # The whole head goes into the key: a piece of one stream never opens in another.
        stretched = HKDF(algorithm=SHA256(), length=32, salt=None, info=_INFO + head).derive(bytes(data_key))
        self._cipher = AESGCM(stretched)
        self._prefix = head[-_PREFIX:]
        self._number = 0

    def _nonce(self, *, last: bool) -> bytes:
        nonce = self._prefix + struct.pack(">I?", self._number, last)
        self._number += 1
        return nonce

    def seal(self, plain: bytes, *, last: bool) -> bytes:
        return self._cipher.encrypt(self._nonce(last=last), plain, None)

    def open(self, piece: bytes, *, last: bool) -> bytes:
        try:
            return self._cipher.decrypt(self._nonce(last=last), piece, None)
        except InvalidTag:
            raise StreamDamaged from None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    encoded: bytes
    kind: int
    lock: bytes


def _read_head(source: BinaryIO) -> _Head:
    start = source.read(len(_MAGIC) + _HEAD.size)
    if len(start) != len(_MAGIC) + _HEAD.size or not start.startswith(_MAGIC):
        raise StreamUnreadable
    kind, length = _HEAD.unpack(start[len(_MAGIC) :])
    if kind not in {_BY_PASSPHRASE, _BY_KEY} or length > _LONGEST_LOCK:
        raise StreamUnreadable
    rest = source.read(length + _PREFIX)
    if len(rest) != length + _PREFIX:
        raise StreamUnreadable
    return _Head(encoded=start + rest, kind=kind, lock=rest[:length])


def _lock(data_key: bytearray, receiver: Receiver, rng: Rng) -> tuple[int, bytes]:
    match receiver:
        case ToPassphrase(passphrase=passphrase, cost=cost):
            return _BY_PASSPHRASE, seal(data_key, UnderPassphrase(passphrase), _BELONGING, rng, cost=cost)
        case ToRecoveryKey(public=public):
            return _BY_KEY, _SUITE.encrypt(bytes(data_key), public, info=_INFO)
        case _:
            assert_never(receiver)


def _unlock(head: _Head, opener: Opener) -> bytearray:
    match opener:
        case ToPassphrase(passphrase=passphrase) if head.kind == _BY_PASSPHRASE:
            try:
                return unseal(head.lock, UnderPassphrase(passphrase), _BELONGING)
            except SealUnreadable:
                raise StreamUnreadable from None
            except NotAllowed:
                raise StreamNotOpened from None
        case ByRecoveryKey(private=private) if head.kind == _BY_KEY:
            try:
                return bytearray(_SUITE.decrypt(head.lock, private, info=_INFO))
            except (InvalidTag, ValueError):
                raise StreamNotOpened from None
        case _:
            raise StreamNotOpened
