from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from tests.fixtures_pki import NOW, TSA_NAME, Party, Pki, new_key

from absah.kernel.clock import instant
from absah.kernel.rng import Serial
from absah.pki import der, oids
from absah.pki.algorithm_policy import AlgorithmExpired
from absah.pki.algorithms import DigestAlgorithm, KeyAlgorithm, SignatureInvalid, sign_bytes
from absah.pki.cms import Attribute, build_signed_attributes, build_signed_data
from absah.pki.tsp import (
    Accuracy,
    PkiFailure,
    TimestampCertificateAbsent,
    TimestampMismatch,
    TimestampRejected,
    TimestampRequest,
    TimestampRequestRefused,
    TimestampSignerRefused,
    TimestampToken,
    TokenPlan,
    build_timestamp_request,
    build_timestamp_token,
    parse_timestamp_request,
    parse_timestamp_response,
    parse_timestamp_token,
    plan_for,
    timestamp_refusal,
    timestamp_response,
    verify_timestamp_token,
)

SHA1, SHA256 = DigestAlgorithm.SHA1, DigestAlgorithm.SHA256
IMPRINT = SHA256.digest(b"nilai tanda tangan")
SERIAL = Serial(1 << 100)
REQUEST = TimestampRequest(digest_algorithm=SHA256, imprint=IMPRINT, nonce=1 << 80)
PLAN = plan_for(REQUEST, policy=oids.TEST_TIMESTAMP_POLICY, serial=SERIAL, time=NOW, accuracy=Accuracy(seconds=1))


def stamp(pki: Pki, plan: TokenPlan = PLAN) -> bytes:
    return build_timestamp_token(plan, (pki.tsa.certificate, pki.issuing.certificate), pki.tsa.key)


@pytest.mark.parametrize(
    "request_",
    [
        REQUEST,
        replace(REQUEST, nonce=None, certificate_wanted=False),
        replace(REQUEST, policy=oids.TEST_TIMESTAMP_POLICY, nonce=0),
        TimestampRequest(digest_algorithm=DigestAlgorithm.SHA512, imprint=bytes(64)),
    ],
)
def test_a_request_comes_back(request_: TimestampRequest) -> None:
    assert parse_timestamp_request(build_timestamp_request(request_)) == request_


@pytest.mark.parametrize("changes", [{"imprint": b"short"}, {"nonce": -1}, {"nonce": 1 << 512}])
def test_a_request_out_of_range_is_refused(changes) -> None:
    with pytest.raises(TimestampRequestRefused):
        replace(REQUEST, **changes)


DIGEST = der.sequence(der.oid("2.16.840.1.101.3.4.2.1"))


@pytest.mark.parametrize(
    ("encoded", "problem"),
    [
        (der.sequence(der.integer(2)), "version"),
        (der.sequence(der.integer(1), der.sequence(DIGEST, der.octet_string(b"short"))), "imprint-length"),
        (
            der.sequence(der.integer(1), der.sequence(DIGEST, der.octet_string(IMPRINT)), der.null()),
            "trailing-bytes",
        ),
        (b"", "truncated"),
    ],
)
def test_a_malformed_request_is_refused_by_name(encoded: bytes, problem: str) -> None:
    with pytest.raises(der.DerMalformed) as caught:
        parse_timestamp_request(encoded)
    assert caught.value.parameters["problem"] == problem


def test_a_token_says_what_was_planned(pki: Pki) -> None:
    token = parse_timestamp_token(stamp(pki))
    info = token.info
    assert (info.policy, info.imprint, info.digest_algorithm) == (oids.TEST_TIMESTAMP_POLICY, IMPRINT, SHA256)
    assert (info.serial, info.time, info.nonce, info.accuracy) == (SERIAL, NOW, 1 << 80, Accuracy(seconds=1))
    assert token.signer_certificate == pki.tsa.certificate
    assert token.signed.content_type == oids.TST_INFO


def test_a_token_verifies_for_its_imprint_only(pki: Pki) -> None:
    token = parse_timestamp_token(stamp(pki) + bytes(12))
    assert verify_timestamp_token(token, IMPRINT) == pki.tsa.certificate
    with pytest.raises(TimestampMismatch, match="imprint"):
        verify_timestamp_token(token, SHA256.digest(b"lain"))


@pytest.mark.parametrize(
    "accuracy",
    [Accuracy(seconds=0, millis=500), Accuracy(seconds=1, micros=999), Accuracy(seconds=300, millis=128, micros=1)],
)
def test_accuracy_goes_down_to_microseconds(pki: Pki, accuracy: Accuracy) -> None:
    assert parse_timestamp_token(stamp(pki, replace(PLAN, accuracy=accuracy))).info.accuracy == accuracy
    assert Accuracy(seconds=1, millis=500, micros=20).as_timedelta == timedelta(seconds=1.50002)


def test_certificates_stay_out_when_nobody_wants_them(pki: Pki) -> None:
    plan = plan_for(
        replace(REQUEST, certificate_wanted=False, nonce=None),
        policy=oids.TEST_TIMESTAMP_POLICY,
        serial=SERIAL,
        time=NOW,
        accuracy=Accuracy(),
    )
    token = parse_timestamp_token(stamp(pki, plan))
    assert (token.signed.certificates, token.info.nonce) == ((), None)
    with pytest.raises(TimestampCertificateAbsent):
        verify_timestamp_token(token, IMPRINT)
    assert verify_timestamp_token(token, IMPRINT, certificate_der=pki.tsa.certificate) == pki.tsa.certificate


def test_only_a_time_stamping_unit_stamps_with_its_own_key_while_it_is_valid(pki: Pki) -> None:
    late = replace(PLAN, time=instant(NOW + timedelta(days=4000)))
    for plan, certificate, key, problem in (
        (PLAN, pki.person, pki.person, "extended-key-usage"),
        (PLAN, pki.root, pki.root, "extended-key-usage"),
        (PLAN, pki.tsa, pki.person, "key"),
        (late, pki.tsa, pki.tsa, "validity"),
    ):
        with pytest.raises(TimestampSignerRefused) as caught:
            build_timestamp_token(plan, (certificate.certificate,), key.key)
        assert caught.value.parameters == {"problem": problem}


def lax_unit(*usages: x509.ObjectIdentifier, critical: bool) -> Party:
    """A certificate that says timeStamping, but not as RFC 3161 wants it."""
    key, name = new_key(), TSA_NAME.to_x509()
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1 << 70, NOW, NOW)
    built = builder.add_extension(x509.ExtendedKeyUsage(usages), critical).sign(key, hashes.SHA256())
    return Party(key, built.public_bytes(Encoding.DER))


@pytest.mark.parametrize(
    "unit",
    [
        lax_unit(ExtendedKeyUsageOID.TIME_STAMPING, critical=False),
        lax_unit(ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.CODE_SIGNING, critical=True),
    ],
)
def test_the_purpose_is_critical_and_alone(unit: Party) -> None:
    with pytest.raises(TimestampSignerRefused):
        build_timestamp_token(PLAN, (unit.certificate,), unit.key)
    with pytest.raises(TimestampSignerRefused):
        verify_timestamp_token(parse_timestamp_token(hand_made(unit, tst_info())), IMPRINT)


def test_a_response_grants_or_says_why_not(pki: Pki) -> None:
    token = stamp(pki)
    assert parse_timestamp_response(timestamp_response(token)) == token
    for failure in PkiFailure:
        with pytest.raises(TimestampRejected) as caught:
            parse_timestamp_response(timestamp_refusal(failure, "no"))
        assert caught.value.parameters == {"status": "rejection", "failure": failure.name.lower()}
    with pytest.raises(TimestampRejected):
        parse_timestamp_response(timestamp_refusal(PkiFailure.BAD_REQUEST))


def test_a_refusal_without_a_reason_is_still_a_refusal() -> None:
    with pytest.raises(TimestampRejected) as caught:
        parse_timestamp_response(der.sequence(der.sequence(der.integer(3))))
    assert caught.value.parameters == {"status": "waiting", "failure": "none"}


def test_a_status_nobody_knows_is_refused() -> None:
    with pytest.raises(der.DerMalformed, match="status"):
        parse_timestamp_response(der.sequence(der.sequence(der.integer(9))))


def tst_info(*, before: bytes = b"", more: bytes = b"") -> bytes:
    imprint = der.sequence(DIGEST, der.octet_string(IMPRINT))
    time = der.generalized_time(NOW)
    return der.sequence(der.integer(1), der.oid("1.2.3"), imprint, der.integer(5), time, before, more)


def hand_made(signer: Party, info: bytes, *, attributes: bytes | None = None, **changes) -> bytes:
    usual = build_signed_attributes(oids.TST_INFO, SHA256.digest(info), signer.certificate, SHA256)
    covered = usual if attributes is None else attributes
    parts = {
        "content": info,
        "content_type": oids.TST_INFO,
        "certificates": (signer.certificate,),
        "signed_attributes": covered,
        "signature": sign_bytes(signer.key, covered, SHA256),
        "digest": SHA256,
        "key_algorithm": KeyAlgorithm.P256,
    }
    return build_signed_data(**(parts | changes))


def token_of(pki: Pki, info: bytes, **changes) -> TimestampToken:
    return parse_timestamp_token(hand_made(pki.tsa, info, **changes))


def test_what_others_put_into_a_token_is_read(pki: Pki) -> None:
    name = der.explicit(0, der.explicit(4, TSA_NAME.to_x509().public_bytes()))
    more = der.explicit(1, der.extension("1.2.3", b"\x05\x00"))
    token = token_of(pki, tst_info(before=der.sequence(), more=der.true() + der.integer(9) + name + more))
    assert (token.info.nonce, token.info.accuracy) == (9, Accuracy(seconds=0))
    assert verify_timestamp_token(token, IMPRINT)
    assert token_of(pki, tst_info()).info.accuracy is None


@pytest.mark.parametrize(
    "accuracy",
    [
        der.sequence(der.integer(-1)),
        der.sequence(der.implicit(0, b"\x03\xe8")),
        der.sequence(der.implicit(1, b"\xff")),
    ],
)
def test_an_accuracy_out_of_range_is_refused(pki: Pki, accuracy: bytes) -> None:
    with pytest.raises(der.DerMalformed, match="accuracy"):
        token_of(pki, tst_info(before=accuracy))


def test_a_signature_that_is_no_time_stamp_is_refused(pki: Pki) -> None:
    info = tst_info()
    for changes in ({"content_type": oids.DATA}, {"content": None}):
        with pytest.raises(TimestampMismatch, match="not-a-time-stamp"):
            token_of(pki, info, **changes)


@pytest.mark.parametrize("problem", ["signed-attributes", "message-digest", "signing-certificate"])
def test_a_token_whose_attributes_say_something_else_is_refused(pki: Pki, problem: str) -> None:
    info = tst_info()
    attributes = {
        "signed-attributes": build_signed_attributes(oids.DATA, SHA256.digest(info), pki.tsa.certificate, SHA256),
        "message-digest": build_signed_attributes(oids.TST_INFO, SHA256.digest(b""), pki.tsa.certificate, SHA256),
        "signing-certificate": build_signed_attributes(
            oids.TST_INFO, SHA256.digest(info), pki.seal.certificate, SHA256
        ),
    }
    with pytest.raises(TimestampMismatch) as caught:
        verify_timestamp_token(token_of(pki, info, attributes=attributes[problem]), IMPRINT)
    assert caught.value.parameters == {"problem": problem}


def test_a_token_without_signed_attributes_is_refused(pki: Pki) -> None:
    token = token_of(pki, tst_info())
    bare = replace(token, signer=replace(token.signer, attributes=None))
    with pytest.raises(TimestampMismatch, match="signed-attributes"):
        verify_timestamp_token(bare, IMPRINT)


def test_a_forged_token_is_refused(pki: Pki) -> None:
    token = token_of(pki, tst_info(), signature=b"forged")
    with pytest.raises(SignatureInvalid):
        verify_timestamp_token(token, IMPRINT)


def test_the_older_way_to_name_the_certificate_is_taken(pki: Pki) -> None:
    """RFC 3161 before RFC 5816: SigningCertificate with SHA-1."""
    info = tst_info()
    first = der.sequence(der.sequence(der.sequence(der.octet_string(SHA1.digest(pki.tsa.certificate)))))
    attributes = (
        Attribute(oid=oids.CONTENT_TYPE, values=(der.oid(oids.TST_INFO),)),
        Attribute(oid=oids.MESSAGE_DIGEST, values=(der.octet_string(SHA256.digest(info)),)),
        Attribute(oid=oids.SIGNING_CERTIFICATE, values=(first,)),
    )
    covered = der.set_of(*(attribute.encoded for attribute in attributes))
    assert verify_timestamp_token(token_of(pki, info, attributes=covered), IMPRINT) == pki.tsa.certificate


def test_nothing_new_is_stamped_with_an_algorithm_past_its_day(pki: Pki) -> None:
    old = replace(PLAN, digest_algorithm=SHA1, imprint=bytes(20))
    with pytest.raises(AlgorithmExpired) as caught:
        stamp(pki, old)
    assert caught.value.parameters["algorithm"] == "sha1"
