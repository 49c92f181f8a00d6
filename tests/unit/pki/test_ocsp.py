from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp as library
from tests.fixtures_pki import NOW, RESPONDER_NAME, Pki

from absah.kernel.clock import instant
from absah.kernel.rng import Serial
from absah.pki import der, oids
from absah.pki.algorithms import DigestAlgorithm, SignatureInvalid, hash_of
from absah.pki.ocsp import (
    OcspNotSuccessful,
    OcspPlan,
    OcspPlanRefused,
    OcspResponderRefused,
    OcspStatusCode,
    ResponderByKey,
    ResponderByName,
    SingleStatus,
    build_ocsp_error,
    build_ocsp_response,
    cert_id_for,
    parse_ocsp_response,
)
from absah.pki.revocation import Good, RevocationReason, RevocationStatus, Revoked, Unknown

NEXT = instant(NOW + timedelta(hours=12))
EARLIER = instant(NOW - timedelta(days=3))
GOOD_STATUS = Good()
SHA1, SHA256 = DigestAlgorithm.SHA1, DigestAlgorithm.SHA256


def single(pki: Pki, status: RevocationStatus = GOOD_STATUS, *, digest=SHA1, next_update=NEXT) -> SingleStatus:
    named = cert_id_for(pki.issuing.certificate, pki.person.serial, digest)
    return SingleStatus(cert_id=named, status=status, this_update=NOW, next_update=next_update)


def plan(pki: Pki, *responses: SingleStatus, **changes) -> OcspPlan:
    usual = OcspPlan(responder_der=pki.responder.certificate, produced_at=NOW, responses=responses or (single(pki),))
    return replace(usual, **changes)


def respond(pki: Pki, *responses: SingleStatus, **changes) -> bytes:
    return build_ocsp_response(plan(pki, *responses, **changes), pki.responder.key)


@pytest.mark.parametrize("digest", DigestAlgorithm)
@pytest.mark.parametrize(
    "status",
    [
        Good(),
        Unknown(),
        Revoked(at=EARLIER, reason=RevocationReason.UNSPECIFIED),
        Revoked(at=EARLIER, reason=RevocationReason.KEY_COMPROMISE),
    ],
)
def test_what_was_said_is_read(pki: Pki, digest: DigestAlgorithm, status: RevocationStatus) -> None:
    answer = parse_ocsp_response(respond(pki, single(pki, status, digest=digest)))
    assert answer.find(pki.issuing.certificate, pki.person.serial) == single(pki, status, digest=digest)
    assert answer.find(pki.issuing.certificate, Serial(1)) is None
    assert answer.find(pki.root.certificate, pki.person.serial) is None


def test_the_library_reads_it_too(pki: Pki) -> None:
    read = library.load_der_ocsp_response(respond(pki))
    assert read.certificate_status is library.OCSPCertStatus.GOOD
    assert read.serial_number == pki.person.serial


def test_several_certificates_are_answered_at_once(pki: Pki) -> None:
    other = replace(single(pki).cert_id, serial=Serial(99))
    answer = parse_ocsp_response(respond(pki, single(pki), replace(single(pki), cert_id=other, status=Unknown())))
    assert [response.status for response in answer.responses] == [Good(), Unknown()]


def test_a_response_may_stay_without_next_update(pki: Pki) -> None:
    answer = parse_ocsp_response(respond(pki, single(pki, next_update=None)))
    assert answer.responses[0].next_update is None


def test_the_nonce_comes_back(pki: Pki) -> None:
    assert parse_ocsp_response(respond(pki, nonce=b"n" * 32)).nonce == b"n" * 32
    assert parse_ocsp_response(respond(pki)).nonce is None


def test_the_responder_is_known_by_its_key_and_its_certificate_comes_along(pki: Pki) -> None:
    answer = parse_ocsp_response(respond(pki))
    assert answer.certificates == (pki.responder.certificate,)
    assert isinstance(answer.responder, ResponderByKey)
    assert answer.is_from(pki.responder.certificate)
    assert not answer.is_from(pki.person.certificate)
    assert answer.produced_at == NOW


def test_the_signature_is_the_responders(pki: Pki) -> None:
    answer = parse_ocsp_response(respond(pki))
    answer.verify(pki.responder.public_key)
    with pytest.raises(SignatureInvalid):
        answer.verify(pki.issuing.public_key)


def test_only_a_responder_answers_and_with_its_own_key(pki: Pki) -> None:
    for responder, key, problem in (
        ("person", "person", "extended-key-usage"),
        ("root", "root", "extended-key-usage"),
        ("responder", "person", "key"),
    ):
        with pytest.raises(OcspResponderRefused) as caught:
            build_ocsp_response(plan(pki, responder_der=getattr(pki, responder).certificate), getattr(pki, key).key)
        assert caught.value.parameters == {"problem": problem}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"responses": ()}, "responses"),
        ({"nonce": b""}, "nonce"),
        ({"nonce": bytes(129)}, "nonce"),
        ({"produced_at": EARLIER}, "dates"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(pki: Pki, changes, problem: str) -> None:
    with pytest.raises(OcspPlanRefused) as caught:
        plan(pki, **changes)
    assert caught.value.parameters == {"problem": problem}


def test_an_answer_does_not_end_before_it_begins(pki: Pki) -> None:
    with pytest.raises(OcspPlanRefused, match="dates"):
        plan(pki, single(pki, next_update=EARLIER))


def test_a_responder_that_cannot_answer_says_so() -> None:
    with pytest.raises(OcspNotSuccessful) as caught:
        parse_ocsp_response(build_ocsp_error(OcspStatusCode.TRY_LATER))
    assert caught.value.parameters == {"status": "try_later"}
    with pytest.raises(OcspPlanRefused):
        build_ocsp_error(OcspStatusCode.SUCCESSFUL)


def foreign(pki: Pki, **extensions: bytes) -> bytes:
    """A response by the library's builder, whose responder names itself by name."""
    certificate, issuer = (x509.load_der_x509_certificate(p.certificate) for p in (pki.person, pki.issuing))
    responder = x509.load_der_x509_certificate(pki.responder.certificate)
    builder = library.OCSPResponseBuilder().responder_id(library.OCSPResponderEncoding.NAME, responder)
    builder = builder.add_response(
        certificate, issuer, hash_of(SHA1), library.OCSPCertStatus.GOOD, NOW, NEXT, None, None
    )
    for name, value in extensions.items():
        identifier = x509.ObjectIdentifier(name.strip("_").replace("_", "."))
        critical = name.startswith("_")
        builder = builder.add_extension(x509.UnrecognizedExtension(identifier, value), critical)
    return builder.sign(pki.responder.key, hashes.SHA256()).public_bytes(Encoding.DER)


def test_a_response_of_another_product_is_read(pki: Pki) -> None:
    answer = parse_ocsp_response(foreign(pki))
    assert answer.responder == ResponderByName(name=RESPONDER_NAME.to_x509().public_bytes())
    assert answer.is_from(pki.responder.certificate)
    assert not answer.is_from(pki.person.certificate)
    assert (answer.certificates, answer.find(pki.issuing.certificate, pki.person.serial).status) == ((), Good())


def test_bare_octets_as_nonce_are_read(pki: Pki) -> None:
    dotted = oids.OCSP_NONCE.replace(".", "_")
    assert parse_ocsp_response(foreign(pki, **{dotted: b"raw nonce"})).nonce == b"raw nonce"
    assert parse_ocsp_response(foreign(pki, **{"_" + dotted: der.octet_string(b"n")})).nonce == b"n"


def test_a_critical_extension_nobody_knows_is_refused(pki: Pki) -> None:
    assert parse_ocsp_response(foreign(pki, **{"1_2_3": b"\x05\x00"}))
    with pytest.raises(der.DerMalformed, match="extension"):
        parse_ocsp_response(foreign(pki, _1_2_3=b"\x05\x00"))


TIME = der.generalized_time(NOW)
CERT_ID = der.sequence(
    der.sequence(der.oid("1.3.14.3.2.26")), der.octet_string(bytes(20)), der.octet_string(bytes(20)), der.integer(5)
)
GOOD = der.implicit(0, b"")
BY_KEY = der.explicit(2, der.octet_string(bytes(20)))


def data(*, first: bytes = b"", responder: bytes = BY_KEY, status: bytes = GOOD, more: bytes = b"") -> bytes:
    return der.sequence(first, responder, TIME, der.sequence(der.sequence(CERT_ID, status, TIME, more)))


def wrapped(tbs: bytes, *, kind: str = oids.OCSP_BASIC, status: int = 0) -> bytes:
    algorithm = der.sequence(der.oid("1.2.840.10045.4.3.2"))
    basic = der.sequence(tbs, algorithm, der.bit_string(b"signature"))
    body = der.sequence(der.oid(kind), der.octet_string(basic))
    return der.sequence(der.enumerated(status), der.explicit(0, body))


def test_the_hand_made_response_is_read() -> None:
    assert parse_ocsp_response(wrapped(data())).responses[0].status == Good()
    assert parse_ocsp_response(wrapped(data(first=der.explicit(0, der.integer(0))))).nonce is None
    nothing = der.explicit(1, der.sequence(der.extension("1.2.3", b"\x05\x00")))
    assert parse_ocsp_response(wrapped(data(more=nothing))).responses[0].next_update is None


@pytest.mark.parametrize(
    ("encoded", "problem"),
    [
        (wrapped(data(first=der.explicit(0, der.integer(1)))), "version"),
        (wrapped(data(responder=der.explicit(3, der.null()))), "responder"),
        (wrapped(data(status=der.implicit(0, b"x"))), "status"),
        (wrapped(data(status=der.implicit(2, b"x"))), "status"),
        (wrapped(data(status=der.implicit(7, b""))), "status"),
        (wrapped(data(status=der.explicit(1, TIME, der.explicit(0, der.enumerated(7))))), "reason"),
        (wrapped(data(status=der.explicit(1, TIME, der.null()))), "trailing-bytes"),
        (wrapped(data(more=der.null())), "trailing-bytes"),
        (
            wrapped(data(more=der.explicit(1, der.sequence(*(der.extension("1.2.3", b"x"),) * 2)))),
            "extension",
        ),
        (wrapped(data(), kind="1.2.3"), "response-type"),
        (wrapped(data(), status=9), "status"),
        (wrapped(data())[:-1], "truncated"),
    ],
)
def test_a_malformed_response_is_refused_by_name(encoded: bytes, problem: str) -> None:
    with pytest.raises(der.DerMalformed) as caught:
        parse_ocsp_response(encoded)
    assert caught.value.parameters["problem"] == problem


def test_a_status_without_reason_is_unspecified() -> None:
    answer = parse_ocsp_response(wrapped(data(status=der.explicit(1, TIME))))
    assert answer.responses[0].status == Revoked(at=NOW, reason=RevocationReason.UNSPECIFIED)


def test_another_key_gives_another_identifier(pki: Pki) -> None:
    one = cert_id_for(pki.issuing.certificate, Serial(5), SHA256)
    assert one.matches(pki.issuing.certificate, Serial(5))
    assert not one.matches(pki.issuing.certificate, Serial(6))
