"""Public keys that look right and are not: RSA keys whose private half can be found. Each weakness has its own error.

Elliptic keys of our curves have no such list; that the point lies on the curve is checked when the key is read.
"""

import hashlib
from collections.abc import Set as AbstractSet
from functools import cache
from math import gcd, isqrt, prod
from typing import Final, TypeAlias

from cryptography.hazmat.primitives.asymmetric import rsa

from absah.kernel.errors import RuleBroken
from absah.kernel.refs import Citation, Norm
from absah.pki.algorithms import load_public_key

_SMALLEST_EXPONENT: Final = 65537
_FERMAT_ROUNDS: Final = 100
_SMALL_FACTORS_BELOW: Final = 752
_ROCA_PRIMES_UP_TO: Final = 167
_ROCA_GENERATOR: Final = 65537
_LISTED_HALF: Final = 20

#: Debian's lists: the last twenty hexadecimal digits of SHA-1 over "Modulus=…\n", lower case.
WeakKeyList: TypeAlias = AbstractSet[str]


class KeyExponentSmall(RuleBroken):
    """The public exponent of an RSA key is even, or smaller than 65537. Parameter: exponent."""

    code = "pki.key-exponent-small"
    citation = Citation(norm=Norm.TS_119_312, clause="6.2.2.1")


class KeyFromRoca(RuleBroken):
    """The modulus has the pattern of keys made by chips with the ROCA fault (CVE-2017-15361)."""

    code = "pki.key-roca"


class KeyPrimesClose(RuleBroken):
    """The two primes lie so close together that Fermat's method finds them."""

    code = "pki.key-primes-close"


class KeyHasSmallFactor(RuleBroken):
    """The modulus can be divided by a small prime."""

    code = "pki.key-small-factor"


class KeyOnWeakList(RuleBroken):
    """The key is one of the few that Debian's OpenSSL made from 2006 to 2008 (CVE-2008-0166)."""

    code = "pki.key-debian-weak"


def check_key_strength(spki_der: bytes, weak_list: WeakKeyList = frozenset(), /) -> None:
    """Raises the errors of this module; KeyUnreadable and KeyNotAllowed for what is no key of a known kind."""
    key = load_public_key(spki_der)
    if not isinstance(key, rsa.RSAPublicKey):
        return
    numbers = key.public_numbers()
    if numbers.e < _SMALLEST_EXPONENT or numbers.e % 2 == 0:
        raise KeyExponentSmall(exponent=str(numbers.e))
    if debian_fingerprint(numbers.n) in weak_list:
        raise KeyOnWeakList
    if gcd(numbers.n, prod(_primes_below(_SMALL_FACTORS_BELOW))) != 1:
        raise KeyHasSmallFactor
    if _has_roca_pattern(numbers.n):
        raise KeyFromRoca
    if _has_close_primes(numbers.n):
        raise KeyPrimesClose


def debian_fingerprint(modulus: int, /) -> str:
    """How Debian's lists name a key."""
    text = f"Modulus={modulus:X}\n".encode("ascii")
    return hashlib.sha1(text, usedforsecurity=False).hexdigest()[_LISTED_HALF:]


def parse_weak_list(text: str, /) -> frozenset[str]:
    """The entries of a list in Debian's form: one a line, comments begin with #."""
    lines = (line.strip() for line in text.splitlines())
    return frozenset(line for line in lines if line and not line.startswith("#"))


@cache
def _primes_below(limit: int) -> tuple[int, ...]:
    return tuple(
        number for number in range(2, limit) if all(number % divisor for divisor in range(2, isqrt(number) + 1))
    )


@cache
def _roca_remainders() -> tuple[tuple[int, frozenset[int]], ...]:
    """What a modulus with the fault leaves when divided by small primes: powers of 65537, where those are few."""
    found = []
    for prime in _primes_below(_ROCA_PRIMES_UP_TO + 1):
        powers = frozenset(pow(_ROCA_GENERATOR, exponent, prime) for exponent in range(prime))
        if len(powers) < prime - 1:
            found.append((prime, powers))
    return tuple(found)


def _has_roca_pattern(modulus: int) -> bool:
    return all(modulus % prime in powers for prime, powers in _roca_remainders())


def _has_close_primes(modulus: int) -> bool:
    """Fermat: n = a² - b² with small b is found in a few steps from √n upwards."""
    start = isqrt(modulus - 1) + 1
    for a in range(start, start + _FERMAT_ROUNDS):
        rest = a * a - modulus
        if isqrt(rest) ** 2 == rest:
            return True
    return False
