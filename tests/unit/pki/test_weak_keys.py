"""Keys that look right and are not. The moduli are made here, with the fault and without small factors."""

from math import gcd, prod

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.fixtures_pki import new_key, rsa_key

from absah.pki.algorithms import public_key_of
from absah.pki.weak_keys import (
    KeyExponentSmall,
    KeyFromRoca,
    KeyHasSmallFactor,
    KeyOnWeakList,
    KeyPrimesClose,
    check_key_strength,
    debian_fingerprint,
    parse_weak_list,
)

SMALL = [number for number in range(2, 752) if all(number % divisor for divisor in range(2, number))]


def spki(modulus: int, exponent: int = 65537) -> bytes:
    numbers = rsa.RSAPublicNumbers(exponent, modulus)
    return numbers.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def without_small_factors(first: int, step: int) -> int:
    """The first of first, first + step, ... that no small prime divides."""
    found = first
    while gcd(found, prod(SMALL)) != 1:
        found += step
    return found


def modulus() -> int:
    return rsa_key().public_key().public_numbers().n


def test_keys_that_are_made_as_they_should_be_pass() -> None:
    check_key_strength(public_key_of(rsa_key()))
    check_key_strength(public_key_of(new_key()))


@pytest.mark.parametrize("exponent", [3, 17, 65535])
def test_a_small_exponent_is_refused(exponent: int) -> None:
    with pytest.raises(KeyExponentSmall) as refused:
        check_key_strength(spki(modulus(), exponent))
    assert refused.value.parameters == {"exponent": str(exponent)}


def test_a_modulus_with_the_pattern_of_roca_is_refused() -> None:
    # The faulty chips made primes k·M + (65537^a mod M), M the product of the first primes.
    primorial = prod(prime for prime in SMALL if prime <= 167)
    power = pow(65537, 123456789, primorial)
    faulty = without_small_factors((1 << 2047) // primorial * primorial + primorial + power, 2 * primorial)

    with pytest.raises(KeyFromRoca):
        check_key_strength(spki(faulty if faulty % 2 else faulty + primorial))


def test_two_primes_close_together_are_found() -> None:
    middle = (1 << 1024) - (1 << 700)
    lower = without_small_factors(middle + 1, 2)
    upper = without_small_factors(lower + 2, 2)

    with pytest.raises(KeyPrimesClose):
        check_key_strength(spki(lower * upper))
    with pytest.raises(KeyPrimesClose):
        check_key_strength(spki(lower * lower))


def test_a_modulus_that_a_small_number_divides_is_refused() -> None:
    with pytest.raises(KeyHasSmallFactor):
        check_key_strength(spki(modulus() * 751))


def test_a_key_on_the_operators_list_is_refused() -> None:
    listed = parse_weak_list(f"# RSA-2048\n\n{debian_fingerprint(modulus())}\n  0123456789abcdef0123\n")

    assert len(listed) == 2
    with pytest.raises(KeyOnWeakList):
        check_key_strength(public_key_of(rsa_key()), listed)
    check_key_strength(public_key_of(rsa_key()), frozenset({"0" * 20}))
