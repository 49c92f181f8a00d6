"""Splits a secret among people so that any m of n can put it together and fewer learn nothing (Shamir 1979).

Each byte of the secret is the constant term of a random polynomial of degree m - 1 over GF(2^8), the field of AES
(FIPS 197 §4.2); a share is the value of every polynomial at the share's number. The share's code carries the set it
belongs to, m, n, its number and a check value, so that a slip of the pen is found before anything is tried.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NoReturn

from absah.kernel.errors import BadInput
from absah.kernel.rng import Rng

_VERSION: Final = 1
_SET_BYTES: Final = 4
_CHECK_BYTES: Final = 4
_HEAD_BYTES: Final = 1 + _SET_BYTES + 3
_MOST: Final = 16
_LONGEST_SECRET: Final = 64
_REDUCER: Final = 0x11B  # x^8 + x^4 + x^3 + x + 1
_GROUP: Final = 5


class ShareUnreadable(BadInput):
    """A share that is not spelled as it was given out: a sign is missing, added or wrong."""

    code = "pki.share-unreadable"


class SharesRefused(BadInput):
    """These shares do not make a secret. Parameters: problem, needed."""

    code = "pki.shares-refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One person's part. `set_id` tells the shares of one secret from those of others and says nothing about it."""

    set_id: bytes
    needed: int
    total: int
    number: int
    value: bytes = field(repr=False)

    def spelled(self) -> str:
        """Base32 in groups of five, to be typed or read aloud. Without it no `str` or `repr` shows the value."""
        head = bytes((_VERSION,)) + self.set_id + bytes((self.needed, self.total, self.number))
        code = base64.b32encode(head + self.value + _check(head + self.value)).decode("ascii").rstrip("=")
        return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))

    def __reduce__(self) -> NoReturn:
        raise TypeError("a share is not to be pickled")


def split(secret: bytes | bytearray, /, *, needed: int, total: int, rng: Rng) -> tuple[Share, ...]:
    """`total` shares, of which any `needed` put the secret together."""
    if not 1 <= needed <= total <= _MOST or not 1 <= len(secret) <= _LONGEST_SECRET:
        raise SharesRefused(problem="quorum", needed=needed)
    set_id = rng.token(_SET_BYTES)
    # One random polynomial for each byte of the secret; the secret is its value at 0, which no share has.
    above = [rng.token(len(secret)) for _ in range(needed - 1)]
    return tuple(
        Share(
            set_id=set_id,
            needed=needed,
            total=total,
            number=number,
            value=bytes(_evaluate([byte, *(row[place] for row in above)], number) for place, byte in enumerate(secret)),
        )
        for number in range(1, total + 1)
    )


def combine(shares: Iterable[Share], /) -> bytearray:
    """The secret; the caller wipes it. Raises SharesRefused for too few, or for shares of different secrets.

    Whether it is *the* secret only its use tells: every set of so many numbers makes some secret.
    """
    by_number = {share.number: share for share in shares}
    if not by_number:
        raise SharesRefused(problem="none", needed=1)
    found = list(by_number.values())
    needed = found[0].needed
    if len({(share.set_id, share.needed, share.total, len(share.value)) for share in found}) > 1:
        raise SharesRefused(problem="different-sets", needed=needed)
    if len(found) < needed:
        raise SharesRefused(problem="too-few", needed=needed)
    used = found[:needed]
    weights = [_weight(share.number, [other.number for other in used if other is not share]) for share in used]
    secret = bytearray(len(used[0].value))
    for share, weight in zip(used, weights, strict=True):
        for place, byte in enumerate(share.value):
            secret[place] ^= _times(byte, weight)
    return secret


def parse_share(text: str, /) -> Share:
    """Read what `spelled` wrote; case, hyphens and spaces do not matter. Raises ShareUnreadable."""
    code = re.sub(r"[\s-]", "", text).upper()
    try:
        octets = base64.b32decode(code + "=" * (-len(code) % 8))
    except (binascii.Error, ValueError):
        raise ShareUnreadable from None
    plain, check = octets[:-_CHECK_BYTES], octets[-_CHECK_BYTES:]
    if len(plain) <= _HEAD_BYTES or check != _check(plain) or plain[0] != _VERSION:
        raise ShareUnreadable
    needed, total, number = plain[1 + _SET_BYTES : _HEAD_BYTES]
    if not 1 <= needed <= total <= _MOST or not 1 <= number <= total:
        raise ShareUnreadable
    return Share(set_id=plain[1 : 1 + _SET_BYTES], needed=needed, total=total, number=number, value=plain[_HEAD_BYTES:])


def _check(octets: bytes) -> bytes:
    return hashlib.sha256(b"absah share" + octets).digest()[:_CHECK_BYTES]


def _times(left: int, right: int) -> int:
    """Product in GF(2^8), by the same steps whatever the factors are."""
    product = 0
    for bit in range(8):
        product ^= left * (right >> bit & 1)
        left = left << 1 ^ _REDUCER * (left >> 7)
    return product


def _inverse(value: int) -> int:
    """value^254 in GF(2^8)."""
    power = value
    for _ in range(6):
        power = _times(_times(power, power), value)
    return _times(power, power)


def _evaluate(coefficients: list[int], at: int) -> int:
    """Horner's scheme, the constant term first in the list."""
    found = 0
    for coefficient in reversed(coefficients):
        found = _times(found, at) ^ coefficient
    return found


def _weight(number: int, others: list[int]) -> int:
    """Lagrange's basis polynomial of a share, at 0."""
    weight = 1
    for other in others:
        weight = _times(weight, _times(other, _inverse(number ^ other)))
    return weight
