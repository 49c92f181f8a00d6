import pytest
from tests.unit.validation.samples import judge, make_cms, signature

from absah.pki import der
from absah.validation import ber
from absah.validation.ber import definite
from absah.validation.conclusion import Indication


def loosened(encoded: bytes, depth: int = 3) -> bytes:
    """The same value with indefinite lengths on the outer levels."""
    if depth == 0 or not encoded[0] & 0x20:
        return encoded
    inner = der.Reader(encoded, "t").read().reader()
    return bytes((encoded[0], 0x80)) + b"".join(loosened(one.encoded, depth - 1) for one in inner) + b"\x00\x00"


def test_a_signature_with_loose_lengths_is_as_good_as_any():
    cms = make_cms()
    assert definite(loosened(cms)) == cms
    assert definite(loosened(cms) + bytes(20)) == cms
    assert judge(signature(loosened(cms) + bytes(20))).indication is Indication.TOTAL_PASSED


def test_what_is_definite_or_nothing_comes_back_as_it_was():
    for data in (b"", b"\x30", b"\x30\x00", make_cms(), make_cms() + bytes(9)):
        assert definite(data) == data


def test_strings_in_pieces_are_joined():
    pieces = b"\x24\x80" + der.octet_string(b"a") + der.octet_string(b"b" * 200) + b"\x00\x00"
    assert definite(pieces) == der.octet_string(b"a" + b"b" * 200)
    inside = b"\x30\x80\x24" + bytes((3,)) + der.octet_string(b"c") + b"\x00\x00"
    assert definite(inside) == der.sequence(der.octet_string(b"c"))


@pytest.mark.parametrize(
    "broken",
    [
        b"\x30\x80",  # never ends
        b"\x30\x80\x04",  # cut off
        b"\x04\x80\x00\x00",  # a primitive of indefinite length
        b"\x30\x80\x04\x80\x00\x00\x00\x00",
        b"\x30\x80\x1f\x01\x00\x00\x00",  # a long tag
        b"\x30\x80\x04\x09ab\x00\x00",  # longer than there is
        b"\x30\x80\x04\x85\x00\x00\x00\x00\x01a\x00\x00",  # a length of five octets
        b"\x24\x80\x02\x01\x05\x00\x00",  # pieces of another kind
    ],
)
def test_broken_ber_comes_back_as_it_was(broken: bytes):
    assert definite(broken) == broken


def test_depth_and_size_are_limited(monkeypatch: pytest.MonkeyPatch):
    deep = b"\x30\x80" * 60 + b"\x00\x00" * 60
    assert definite(deep) == deep
    monkeypatch.setattr(ber, "MAXIMUM_SIZE", 3)
    assert definite(b"\x30\x80\x00\x00") == b"\x30\x80\x00\x00"
