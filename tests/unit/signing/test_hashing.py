import pytest

from absah.pdf.reader.source import BytesSource, ExtendedSource
from absah.pki.algorithms import DigestAlgorithm
from absah.signing.hashing import HashedSource, hash_of, new_hash
from absah.signing.stamp_room import USUAL, StampRoom

CONTENT = bytes(range(256)) * 10_000


class Unhashable:
    """A source that may be read here and there, and not from end to end."""

    size = len(CONTENT)

    def read(self, offset: int, length: int, /) -> bytes:
        assert length < self.size
        return CONTENT[offset : offset + length]


class Ranged:
    """A source that gives no more than a piece at once."""

    size = len(CONTENT)

    def read(self, offset: int, length: int, /) -> bytes:
        assert length <= 1 << 20
        return CONTENT[offset : offset + length]


@pytest.mark.parametrize("algorithm", [DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512])
def test_a_document_has_one_hash_wherever_it_lies(algorithm: DigestAlgorithm) -> None:
    expected = algorithm.digest(CONTENT)
    halves = ExtendedSource(BytesSource(CONTENT[:1000]), CONTENT[1000:])
    for document in (CONTENT, BytesSource(CONTENT), Ranged(), halves):
        assert hash_of(document, algorithm).digest() == expected


def test_a_hash_that_is_known_is_not_taken_again() -> None:
    state = new_hash(DigestAlgorithm.SHA256)
    state.update(CONTENT)
    known = HashedSource(Unhashable(), {DigestAlgorithm.SHA256: state})
    assert known.read(5, 3) == CONTENT[5:8]
    longer = ExtendedSource(ExtendedSource(known, b"more"), b" and more")
    assert hash_of(longer, DigestAlgorithm.SHA256).digest() == DigestAlgorithm.SHA256.digest(CONTENT + b"more and more")
    assert hash_of(known, DigestAlgorithm.SHA256).digest() == DigestAlgorithm.SHA256.digest(CONTENT)
    other = HashedSource(Ranged(), {DigestAlgorithm.SHA256: state})
    assert hash_of(other, DigestAlgorithm.SHA384).digest() == DigestAlgorithm.SHA384.digest(CONTENT)


def test_room_for_stamps_grows_with_the_largest_seen() -> None:
    room = StampRoom()
    room.saw(bytes(10))
    assert room.size == USUAL
    room.saw(bytes(USUAL + 5))
    room.saw(bytes(USUAL + 1))
    assert room.size == USUAL + 5
