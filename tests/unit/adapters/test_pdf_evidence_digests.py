"""Digests of what signatures cover: the same however far the document was read before."""

import hashlib

import pytest

from absah.adapters import pdf_evidence_digests as digests
from absah.adapters.document_bytes import document_bytes, places_of_all
from absah.adapters.pdf_evidence_digests import CoveredDigests
from absah.pdf.reader.source import BytesSource
from absah.pki.algorithms import DigestAlgorithm

TEXT = bytes(range(256)) * 40_000  # ten pieces
_RANGES = ((0, 2_100_000, 2_100_900, 1_000_000), (0, 9_000_000, 9_100_000, 1_140_000), (0, 5, 900, 70))


def _expected(algorithm: DigestAlgorithm, byte_range: tuple[int, ...]) -> bytes:
    _, hole, resume, rest = byte_range
    return hashlib.new(algorithm.value, TEXT[:hole] + TEXT[resume : resume + rest]).digest()


@pytest.mark.parametrize("large", [0, 1 << 30], ids=["along", "afterwards"])
@pytest.mark.parametrize("algorithm", [DigestAlgorithm.SHA256, DigestAlgorithm.SHA512])
def test_a_digest_is_the_same_along_with_the_reading_and_after_it(
    algorithm: DigestAlgorithm, large: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(digests, "_LARGE", large)
    document = document_bytes(BytesSource(TEXT))
    covered = CoveredDigests(document)
    with covered.read_along() as heard:
        assert (heard is None) == bool(large)
        (found,) = places_of_all(document, (b"\xfe\xff\x00\x01",), heard)
    assert len(found) == 39_999
    for byte_range in _RANGES:
        assert covered.digest(algorithm, byte_range) == _expected(algorithm, byte_range)
    assert covered.whole(algorithm) == hashlib.new(algorithm.value, TEXT).digest()


def test_what_is_in_memory_needs_nobody_to_read_along():
    covered = CoveredDigests(TEXT)
    with covered.read_along() as heard:
        assert heard is None
    assert covered.whole(DigestAlgorithm.SHA256) == hashlib.sha256(TEXT).digest()


def _break_off(covered: CoveredDigests) -> None:
    with covered.read_along() as heard:
        assert heard is not None
        heard(memoryview(TEXT)[: 1 << 20])
        raise ZeroDivisionError


def test_a_reading_that_breaks_off_leaves_no_digest_of_half_a_document():
    covered = CoveredDigests(document_bytes(BytesSource(TEXT)))
    with pytest.raises(ZeroDivisionError):
        _break_off(covered)
    assert covered.whole(DigestAlgorithm.SHA256) == hashlib.sha256(TEXT).digest()
