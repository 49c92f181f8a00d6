import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding
from tests.fixtures_pki import RESPONDER_NAME, new_key, rsa_key

from absah.pki import der
from absah.pki.algorithms import KeyNotAllowed, public_key_of
from absah.pki.der import DerMalformed
from absah.pki.requests import (
    RequestNotProven,
    RequestUnreadable,
    build_certificate_request,
    parse_certificate_request,
    request_in_der,
)


@pytest.mark.parametrize("key", [new_key(), rsa_key()], ids=["p256", "rsa"])
def test_a_request_gives_the_key_that_signed_it(key) -> None:
    read = parse_certificate_request(build_certificate_request(key, RESPONDER_NAME))

    assert read.public_key == public_key_of(key)
    assert read.subject == RESPONDER_NAME.to_x509().public_bytes()


def test_a_request_in_pem_is_unwrapped_and_what_only_looks_like_one_is_refused() -> None:
    made = build_certificate_request(new_key(), RESPONDER_NAME)
    pem = x509.load_der_x509_csr(made).public_bytes(Encoding.PEM)
    assert request_in_der(b"\n" + pem) == request_in_der(made) == made
    with pytest.raises(RequestUnreadable):
        request_in_der(b"-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n")


def test_a_request_signed_by_another_key_or_with_sha1_proves_nothing() -> None:
    own = _parts(build_certificate_request(rsa_key(), RESPONDER_NAME))
    other = _parts(build_certificate_request(new_key(), RESPONDER_NAME))
    again = _parts(build_certificate_request(new_key(), RESPONDER_NAME))
    swapped = der.sequence(*(part.encoded for part in (*other[:2], again[2])))
    sha1 = der.sequence(der.oid("1.2.840.113549.1.1.5"), der.null())
    weak = der.sequence(own[0].encoded, sha1, own[2].encoded)

    for request in (swapped, weak):
        with pytest.raises(RequestNotProven):
            parse_certificate_request(request)


def _parts(request: bytes) -> list[der.Element]:
    return list(der.outermost(request, "request").reader())


def test_a_key_of_another_kind_is_refused_before_its_signature_is_worked_with() -> None:
    builder = x509.CertificateSigningRequestBuilder().subject_name(RESPONDER_NAME.to_x509())
    for key, digest in (
        (ec.generate_private_key(ec.SECP521R1()), hashes.SHA512()),
        (ed25519.Ed25519PrivateKey.generate(), None),
    ):
        with pytest.raises(KeyNotAllowed):
            parse_certificate_request(builder.sign(key, digest).public_bytes(Encoding.DER))


def test_what_is_too_large_or_of_another_version_or_cut_short_is_unreadable() -> None:
    request = build_certificate_request(new_key(), RESPONDER_NAME)
    info, *rest = _parts(request)
    other_version = der.sequence(der.integer(1), *(part.encoded for part in list(info.reader())[1:]))

    with pytest.raises(RequestUnreadable):
        parse_certificate_request(der.sequence(other_version, *(part.encoded for part in rest)))
    with pytest.raises(RequestUnreadable):
        parse_certificate_request(bytes(20_000))
    with pytest.raises(DerMalformed):
        parse_certificate_request(request[:-3])
