"""The only reader of the machine's chance."""

import hashlib
import os
from dataclasses import dataclass
from typing import NewType, Protocol, final
from uuid import UUID

from absah.kernel.clock import Instant

Serial = NewType("Serial", int)

_UUID_VARIANT_4 = 4
_SERIAL_BYTES = 16
_BITS_BELOW_DATE = 88


class Rng(Protocol):
    """A source of random bytes. Keys and ECDSA take the crypto library's own randomness, everything else this."""

    def token(self, size: int, /) -> bytes:
        """`size` random bytes."""
        ...


@final
class SystemRng:
    """The operating system's generator."""

    def token(self, size: int, /) -> bytes:
        return os.urandom(size)


@final
@dataclass(slots=True)
class UnsafeSeededRng:
    """A predictable sequence, for tests and golden files only: SHA-256 over a seed and a counter."""

    seed: bytes
    counter: int = 0

    def token(self, size: int, /) -> bytes:
        made = b""
        while len(made) < size:
            made += hashlib.sha256(self.seed + self.counter.to_bytes(8, "big")).digest()
            self.counter += 1
        return made[:size]


def serial_number(rng: Rng, /) -> Serial:
    """A certificate or time-stamp serial: positive, 128 bits, at least 126 of them random (RFC 5280 §4.1.2.2).

    The topmost bit is cleared so that DER needs no leading zero, the next is set so that every serial is 16 octets.
    """
    raw = int.from_bytes(rng.token(_SERIAL_BYTES), "big")
    return Serial(raw & ~(1 << 127) | (1 << 126))


def dated_serial_number(rng: Rng, now: Instant, /) -> Serial:
    """The serial of a certificate in a register: as above, but it begins with the time, and 88 bits are random.

    38 bits are the seconds since 1970. Serials then ascend, and all indexes on them grow at their end; for random ones
    each certificate costs a page from somewhere in each index. The time tells nothing that `notBefore` does not, and
    nobody can foresee the rest (64 random bits are asked for by the CA/Browser Forum's Baseline Requirements, §7.1).
    """
    seconds = int(now.timestamp())
    random = int.from_bytes(rng.token(_BITS_BELOW_DATE // 8), "big")
    return Serial(1 << 126 | seconds << _BITS_BELOW_DATE | random)


def opaque_id(rng: Rng, /) -> UUID:
    """A random identifier (RFC 9562 version 4) that says nothing about what it names."""
    return UUID(bytes=rng.token(16), version=_UUID_VARIANT_4)
