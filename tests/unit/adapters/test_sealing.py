"""Sealing: a blob opens with everything right, and with anything else not at all."""

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from absah.adapters.sealing import (
    Belonging,
    DerivationCost,
    PassphraseUnusable,
    SealNotOpened,
    SealUnreadable,
    ServiceSecretChanged,
    UnderBoth,
    UnderPassphrase,
    UnderService,
    passphrase_bytes,
    seal,
    unseal,
    wiped_after,
)
from absah.adapters.service_secret import ServiceSecret
from absah.kernel.rng import UnsafeSeededRng
from absah.signing.factors import Secret

SERVICE = ServiceSecret(bytes(range(32)))
ANOTHER_SERVICE = ServiceSecret(bytes(range(1, 33)))
RIGHT = Secret("tujuh gajah menari di sawah")
MINE = Belonging(credential="c-1", kind="subscriber", key_version=1)
PLAIN = b"a plain secret"


def sealed(protection, belonging=MINE):
    return seal(bytearray(PLAIN), protection, belonging, UnsafeSeededRng(b"seal"))


@pytest.mark.parametrize("protection", [UnderBoth(RIGHT, SERVICE), UnderService(SERVICE), UnderPassphrase(RIGHT)])
def test_what_was_sealed_opens_again(protection):
    assert unseal(sealed(protection), protection, MINE) == PLAIN


def test_the_same_secret_sealed_twice_gives_different_blobs():
    rng = UnsafeSeededRng(b"seal")
    first, second = (seal(bytearray(PLAIN), UnderService(SERVICE), MINE, rng) for _ in range(2))
    assert first != second


@pytest.mark.parametrize("protection", [UnderBoth, None])
def test_a_wrong_passphrase_opens_nothing(protection):
    if protection is UnderBoth:
        right, wrong = UnderBoth(RIGHT, SERVICE), UnderBoth(Secret("tujuh gajah"), SERVICE)
    else:
        right, wrong = UnderPassphrase(RIGHT), UnderPassphrase(Secret("tujuh gajah"))
    with pytest.raises(SealNotOpened):
        unseal(sealed(right), wrong, MINE)


def test_the_passphrase_alone_does_not_open_what_the_service_secret_helped_to_seal():
    with pytest.raises(SealNotOpened):
        unseal(sealed(UnderBoth(RIGHT, SERVICE)), UnderPassphrase(RIGHT), MINE)


def test_the_service_secret_alone_does_not_open_what_a_passphrase_helped_to_seal():
    with pytest.raises(SealNotOpened):
        unseal(sealed(UnderBoth(RIGHT, SERVICE)), UnderService(SERVICE), MINE)


def test_another_service_secret_is_named_as_such_and_not_as_a_wrong_passphrase():
    with pytest.raises(ServiceSecretChanged):
        unseal(sealed(UnderBoth(RIGHT, SERVICE)), UnderBoth(RIGHT, ANOTHER_SERVICE), MINE)


@pytest.mark.parametrize(
    "elsewhere",
    [
        Belonging(credential="c-2", kind="subscriber", key_version=1),
        Belonging(credential="c-1", kind="authority", key_version=1),
        Belonging(credential="c-1", kind="subscriber", key_version=2),
        Belonging(credential="c-1s", kind="ubscriber", key_version=1),
    ],
)
def test_a_blob_does_not_open_in_another_place(elsewhere):
    with pytest.raises(SealNotOpened):
        unseal(sealed(UnderService(SERVICE)), UnderService(SERVICE), elsewhere)


@given(position=st.integers(min_value=0), flip=st.integers(min_value=1, max_value=255))
@settings(max_examples=60, deadline=None)
def test_no_byte_of_a_blob_can_be_changed(position, flip):
    blob = bytearray(sealed(UnderService(SERVICE)))
    blob[position % len(blob)] ^= flip
    with pytest.raises((SealNotOpened, SealUnreadable, ServiceSecretChanged)):
        unseal(bytes(blob), UnderService(SERVICE), MINE)


@given(noise=st.binary(max_size=200))
@settings(deadline=None)
def test_noise_is_unreadable_and_nothing_worse(noise):
    with pytest.raises(SealUnreadable):
        unseal(noise, UnderService(SERVICE), MINE)


@pytest.mark.parametrize(
    "cost", [{"iterations": 0}, {"memory_kib": 19 * 1024}, {"lanes": 0}, {"memory_kib": 4 * 1024 * 1024}]
)
def test_a_derivation_below_the_floor_or_above_the_ceiling_is_refused(cost):
    with pytest.raises(SealUnreadable):
        DerivationCost(**cost)


def test_the_cost_travels_with_the_blob():
    protection = UnderPassphrase(RIGHT)
    dearer = seal(
        bytearray(PLAIN), protection, MINE, UnsafeSeededRng(b"s"), cost=DerivationCost(iterations=2, memory_kib=50_000)
    )
    assert unseal(dearer, protection, MINE) == PLAIN


def test_letters_are_spelled_alike_however_the_keyboard_makes_them():
    assert passphrase_bytes(Secret("café")) == passphrase_bytes(Secret("cafe\u0301"))


@pytest.mark.parametrize("text", ["", "x" * 1025])
def test_an_empty_or_endless_passphrase_is_refused(text):
    with pytest.raises(PassphraseUnusable):
        passphrase_bytes(Secret(text))


def test_a_lent_buffer_is_zeros_afterwards_even_after_an_error():
    buffer = bytearray(b"secret")
    with pytest.raises(RuntimeError), wiped_after(buffer):
        raise RuntimeError
    assert buffer == bytes(6)


def test_the_service_secret_hides_itself():
    assert "00" not in repr(SERVICE)
    with pytest.raises(TypeError):
        pickle.dumps(SERVICE)
