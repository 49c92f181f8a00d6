import io

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from absah.adapters.sealed_stream import (
    PIECE,
    ByRecoveryKey,
    SealedReader,
    SealedWriter,
    StreamDamaged,
    StreamNotOpened,
    StreamUnreadable,
    ToPassphrase,
    ToRecoveryKey,
)
from absah.adapters.sealing import DerivationCost
from absah.kernel.errors import AbsahError
from absah.kernel.rng import SystemRng
from absah.signing.factors import Secret

KEY = X25519PrivateKey.generate()
TO_KEY, BY_KEY = ToRecoveryKey(KEY.public_key()), ByRecoveryKey(KEY)
PASSPHRASE = ToPassphrase(Secret("enam kata yang panjang"), DerivationCost())


def sealed(plain: bytes, receiver=TO_KEY) -> bytes:
    out = io.BytesIO()
    writer = SealedWriter(out, receiver, SystemRng())
    assert writer.writable()
    writer.write(plain)
    writer.finish()
    return out.getvalue()


def opened(stream: bytes, opener=BY_KEY) -> bytes:
    reader = SealedReader(io.BytesIO(stream), opener)
    assert reader.readable()
    plain = reader.readall()
    assert reader.finished
    return plain


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_what_was_sealed_is_opened_whatever_its_length(size):
    assert opened(sealed(b"x" * size)) == b"x" * size


def test_a_passphrase_opens_what_it_sealed_and_another_does_not():
    stream = sealed(b"rahasia", PASSPHRASE)
    assert opened(stream, PASSPHRASE) == b"rahasia"
    with pytest.raises(StreamNotOpened):
        opened(stream, ToPassphrase(Secret("frasa yang lain sekali")))


def test_each_kind_of_lock_wants_its_own_kind_of_key():
    with pytest.raises(StreamNotOpened):
        opened(sealed(b"x", PASSPHRASE), BY_KEY)
    with pytest.raises(StreamNotOpened):
        opened(sealed(b"x"), PASSPHRASE)
    with pytest.raises(StreamNotOpened):
        opened(sealed(b"x"), ByRecoveryKey(X25519PrivateKey.generate()))


def test_two_streams_of_the_same_content_share_nothing():
    assert sealed(b"x" * 100)[-100:] != sealed(b"x" * 100)[-100:]


def test_a_stream_that_is_cut_at_any_piece_is_damaged():
    stream = sealed(b"x" * (2 * PIECE + 10))
    head = len(stream) - (2 * PIECE + 10) - 3 * 16
    for end in (head, head + PIECE + 16, head + 2 * (PIECE + 16), len(stream) - 1):
        with pytest.raises(StreamDamaged):
            opened(stream[:end])


def test_a_stream_with_swapped_or_added_pieces_is_damaged():
    stream = sealed(b"x" * (3 * PIECE))
    head, piece = len(stream) - 3 * (PIECE + 16), PIECE + 16
    first, second, rest = (
        stream[head : head + piece],
        stream[head + piece : head + 2 * piece],
        stream[head + 2 * piece :],
    )
    for altered in (second + first + rest, first + second + rest + rest, first + rest):
        with pytest.raises(StreamDamaged):
            opened(stream[:head] + altered)


@given(st.data())
def test_no_bit_can_be_changed_unseen(data):
    stream = bytearray(sealed(b"tujuh awan tembaga"))
    place = data.draw(st.integers(0, len(stream) - 1))
    stream[place] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises((StreamDamaged, StreamNotOpened, StreamUnreadable)):
        opened(bytes(stream))


@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_are_refused_with_a_code(noise, with_magic):
    with pytest.raises(AbsahError):
        opened((b"ABSAHBAK\x01" if with_magic else b"") + noise, PASSPHRASE)


def test_a_lock_that_is_no_seal_is_unreadable():
    with pytest.raises(StreamUnreadable):
        opened(b"ABSAHBAK\x01\x01\x00\x04nono" + bytes(7) + bytes(16), PASSPHRASE)
