"""A request that is read by comparison says what the full reader says of it, whatever octets it has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from absah.kernel.errors import AbsahError
from absah.pki import der, oids
from absah.pki.algorithms import DigestAlgorithm
from absah.pki.ocsp_requests import OcspRequest, parse_ocsp_request
from absah.pki.ocsp_shapes import RequestReader

SHA1 = der.sequence(der.oid("1.3.14.3.2.26"), der.null())


def cert_id(serial: bytes, *, name: bytes = b"N" * 20) -> bytes:
    hashes = (der.octet_string(name), der.octet_string(b"K" * 20))
    return der.sequence(SHA1, *hashes, der.tlv(der.INTEGER, serial))


def request(serial: bytes, nonce: bytes | None = None, *, name: bytes = b"N" * 20) -> bytes:
    asked = der.sequence(der.sequence(cert_id(serial, name=name)))
    if nonce is None:
        return der.sequence(der.sequence(asked))
    extension = der.extension(oids.OCSP_NONCE, der.octet_string(nonce))
    return der.sequence(der.sequence(asked, der.explicit(2, der.sequence(extension))))


def said(reader, body: bytes) -> OcspRequest | str:
    try:
        return reader(body)
    except AbsahError as error:
        return error.code


@pytest.fixture(scope="module")
def practised() -> RequestReader:
    """A reader that has seen plain requests and requests with a nonce, with serials of 1, 2 and 16 octets."""
    reader = RequestReader()
    for serial in (b"\x11", b"\x11\x22", b"\x11" * 16):
        for nonce in (None, b"n", b"n" * 16, b"n" * 32, b"n" * 120):
            reader.read(request(serial, nonce))
    return reader


@given(serial=st.sampled_from([1, 2, 16]).flatmap(lambda size: st.binary(min_size=size, max_size=size)), data=st.data())
def test_serials_and_nonces_of_every_kind_are_read_as_the_full_reader_reads_them(
    practised: RequestReader, serial: bytes, data: st.DataObject
) -> None:
    size = data.draw(st.sampled_from([None, 0, 1, 16, 32, 120]))
    body = request(serial, None if size is None else data.draw(st.binary(min_size=size, max_size=size)))

    assert said(practised.read, body) == said(parse_ocsp_request, body)


@given(data=st.data())
def test_a_request_that_differs_anywhere_is_read_as_the_full_reader_reads_it(
    practised: RequestReader, data: st.DataObject
) -> None:
    nonce = data.draw(st.sampled_from([None, b"n" * 32]))
    body = bytearray(request(b"\x11" * 16, nonce))
    body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))

    assert said(practised.read, bytes(body)) == said(parse_ocsp_request, bytes(body))


def test_a_negative_serial_teaches_nothing_wrong_about_others_of_its_length() -> None:
    reader = RequestReader()
    for serial in (b"\x80" + b"\x00" * 15, b"\x11" * 16, b"\x01" + b"\x80" * 15):
        assert said(reader.read, request(serial)) == said(parse_ocsp_request, request(serial))


def test_a_serial_in_more_octets_than_it_needs_a_negative_one_and_nought_go_to_the_full_reader() -> None:
    reader = RequestReader()
    for size in (1, 2):
        reader.read(request(b"\x11" * size))

    for serial in (b"\x00", b"\x80", b"\x00\x7f", b"\xff\xff", b"\x00\x80"):
        assert said(reader.read, request(serial)) == said(parse_ocsp_request, request(serial))


def test_requests_that_carry_more_are_read_in_full_each_time() -> None:
    asked = der.sequence(cert_id(b"\x11"))
    named = der.explicit(1, der.implicit(6, b"urn:somebody"))
    bare = der.explicit(2, der.sequence(der.extension(oids.OCSP_NONCE, b"\x99" * 16)))
    long_name = der.explicit(1, der.implicit(6, b"u" * 400))
    reader = RequestReader()

    for parts in ((named, der.sequence(asked)), (der.sequence(asked), bare), (long_name, der.sequence(asked))):
        body = der.sequence(der.sequence(*parts))
        assert reader.read(body) == parse_ocsp_request(body) == reader.read(body)
    assert reader._shapes == {}


def test_of_a_length_only_the_last_eight_shapes_are_kept() -> None:
    reader = RequestReader()
    names = [bytes([number]) * 20 for number in range(12)]

    for name in names:
        assert reader.read(request(b"\x11", name=name)).asked[0].issuer_name_hash == name

    (kept,) = reader._shapes.values()
    assert [shape.like.issuer_name_hash for shape in kept] == names[:3:-1]
    assert kept[0].like.digest is DigestAlgorithm.SHA1
