import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp as library
from tests.fixtures_pki import Pki

from absah.pki import der, oids
from absah.pki.algorithms import DigestAlgorithm, hash_of
from absah.pki.certificates import load_certificate
from absah.pki.der import DerMalformed
from absah.pki.ocsp import cert_id_for
from absah.pki.ocsp_requests import OcspRequestRefused, parse_ocsp_request
from absah.pki.ocsp_statuses import encode_cert_id


def made_by_the_library(pki: Pki, *, algorithm=None, nonce: bytes | None = None) -> bytes:
    builder = library.OCSPRequestBuilder().add_certificate(
        load_certificate(pki.person.certificate),
        load_certificate(pki.issuing.certificate),
        algorithm or hash_of(DigestAlgorithm.SHA1),
    )
    if nonce is not None:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    return builder.build().public_bytes(Encoding.DER)


def cert_id(pki: Pki) -> bytes:
    return encode_cert_id(cert_id_for(pki.issuing.certificate, pki.person.serial, DigestAlgorithm.SHA1))


def request(*parts: bytes, asked: bytes, after: bytes = b"") -> bytes:
    return der.sequence(der.sequence(*parts, der.sequence(asked), after))


@pytest.mark.parametrize(
    ("algorithm", "digest"),
    [
        (hash_of(DigestAlgorithm.SHA1), DigestAlgorithm.SHA1),
        (hashes.SHA256(), DigestAlgorithm.SHA256),
        (hashes.SHA384(), DigestAlgorithm.SHA384),
        (hashes.SHA224(), None),
    ],
)
def test_a_request_is_read_with_the_certificate_it_asks_about(pki: Pki, algorithm, digest) -> None:
    read = parse_ocsp_request(made_by_the_library(pki, algorithm=algorithm))

    (asked,) = read.asked
    assert (asked.serial, asked.digest) == (pki.person.serial, digest)
    assert read.is_plain
    assert read.nonce is None
    if digest is not None:
        named = cert_id_for(pki.issuing.certificate, pki.person.serial, digest)
        assert (asked.issuer_name_hash, asked.issuer_key_hash) == (named.issuer_name_hash, named.issuer_key_hash)
        assert asked.encoded == encode_cert_id(named)


def test_a_nonce_of_1_to_128_octets_is_kept_as_it_came_and_any_other_length_is_refused(pki: Pki) -> None:
    for size in (1, 32, 128):
        read = parse_ocsp_request(made_by_the_library(pki, nonce=bytes(size)))
        assert read.nonce == der.extension(oids.OCSP_NONCE, der.octet_string(bytes(size)))
        assert not read.is_plain
    for size in (0, 129):
        with pytest.raises(OcspRequestRefused) as refused:
            parse_ocsp_request(made_by_the_library(pki, nonce=bytes(size)))
        assert refused.value.parameters == {"problem": "nonce"}


def test_a_bare_nonce_of_an_old_client_is_taken(pki: Pki) -> None:
    bare = der.extension(oids.OCSP_NONCE, b"\x99" * 16)
    read = parse_ocsp_request(
        request(asked=der.sequence(cert_id(pki)), after=der.explicit(2, der.sequence(bare))),
    )

    assert read.nonce == bare


def test_what_a_request_may_carry_besides_is_passed_over_and_makes_it_not_plain(pki: Pki) -> None:
    asked = der.sequence(cert_id(pki))
    named = der.explicit(1, der.implicit(6, b"urn:somebody"))
    version = der.explicit(0, der.integer(0))
    other = der.explicit(2, der.sequence(der.extension(oids.OCSP_RESPONSE_TYPES, der.sequence())))
    locator = der.explicit(0, der.sequence(der.extension("1.3.6.1.5.5.7.48.1.7", der.sequence())))
    signed = der.sequence(der.sequence(der.sequence(asked)), der.explicit(0, der.sequence()))

    for body in (
        request(named, asked=asked),
        request(version, asked=asked),
        request(asked=asked, after=other),
        request(asked=der.sequence(cert_id(pki), locator)),
        request(asked=asked * 2),
        signed,
    ):
        read = parse_ocsp_request(body)
        assert read.asked[0].serial == pki.person.serial
        assert not read.is_plain
        assert read.nonce is None
    assert parse_ocsp_request(request(asked=asked)).is_plain


def test_nothing_asked_and_more_than_a_hundred_are_refused(pki: Pki) -> None:
    asked = der.sequence(cert_id(pki))

    assert len(parse_ocsp_request(request(asked=asked * 100)).asked) == 100
    for body, problem in ((request(asked=b""), "nothing"), (request(asked=asked * 101), "too-many")):
        with pytest.raises(OcspRequestRefused) as refused:
            parse_ocsp_request(body)
        assert refused.value.parameters == {"problem": problem}


def test_an_unknown_critical_extension_is_refused_and_a_known_one_taken(pki: Pki) -> None:
    asked = der.sequence(cert_id(pki))
    unknown = der.extension("1.2.3.4", der.null(), critical=True)
    nonce = der.extension(oids.OCSP_NONCE, der.octet_string(b"n" * 32), critical=True)

    assert parse_ocsp_request(request(asked=asked, after=der.explicit(2, der.sequence(nonce)))).nonce == nonce
    for body in (
        request(asked=asked, after=der.explicit(2, der.sequence(unknown))),
        request(asked=der.sequence(cert_id(pki), der.explicit(0, der.sequence(unknown)))),
    ):
        with pytest.raises(OcspRequestRefused) as refused:
            parse_ocsp_request(body)
        assert refused.value.parameters == {"problem": "critical-extension"}


def test_another_version_an_extension_twice_and_trailing_bytes_are_malformed(pki: Pki) -> None:
    asked = der.sequence(cert_id(pki))
    nonce = der.extension(oids.OCSP_NONCE, der.octet_string(b"n" * 32))

    for body in (
        request(der.explicit(0, der.integer(1)), asked=asked),
        request(asked=asked, after=der.explicit(2, der.sequence(nonce, nonce))),
        request(asked=asked) + b"\x00",
        b"",
    ):
        with pytest.raises(DerMalformed):
            parse_ocsp_request(body)
