"""Whatever bytes arrive, a parser gives a value or a coded refusal, never a library's exception."""

import contextlib
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fixtures_pki import NOW, PERSON_NAME, make_pki

from absah.kernel.clock import instant
from absah.kernel.errors import AbsahError
from absah.pki import der, oids
from absah.pki.algorithms import DigestAlgorithm, KeyAlgorithm, sign_bytes
from absah.pki.certificates import load_certificate, public_key_of_certificate
from absah.pki.cms import build_signed_attributes, build_signed_data, parse_signed_data, verify_signer_info
from absah.pki.crl import CrlPlan, RevokedEntry, build_crl, parse_crl
from absah.pki.lint import lint_certificate
from absah.pki.ocsp import OcspPlan, SingleStatus, build_ocsp_response, cert_id_for, parse_ocsp_response
from absah.pki.ocsp_requests import parse_ocsp_request
from absah.pki.ocsp_statuses import encode_cert_id
from absah.pki.profiles import load_profile
from absah.pki.requests import build_certificate_request, parse_certificate_request
from absah.pki.revocation import RevocationReason, Revoked
from absah.pki.tsp import (
    Accuracy,
    TimestampRequest,
    build_timestamp_request,
    build_timestamp_token,
    parse_timestamp_request,
    parse_timestamp_response,
    parse_timestamp_token,
    plan_for,
    timestamp_response,
    verify_timestamp_token,
)

SHA256 = DigestAlgorithm.SHA256
PKI = make_pki()
LATER = instant(NOW + timedelta(days=1))


def signature() -> bytes:
    attributes = build_signed_attributes(oids.DATA, SHA256.digest(b""), PKI.person.certificate, SHA256)
    return build_signed_data(
        content=None,
        content_type=oids.DATA,
        certificates=(PKI.person.certificate, PKI.issuing.certificate),
        signed_attributes=attributes,
        signature=sign_bytes(PKI.person.key, attributes, SHA256),
        digest=SHA256,
        key_algorithm=KeyAlgorithm.P256,
    )


REQUEST = TimestampRequest(digest_algorithm=SHA256, imprint=bytes(32), nonce=7)
TOKEN = build_timestamp_token(
    plan_for(REQUEST, policy="1.2.3", serial=PKI.tsa.serial, time=NOW, accuracy=Accuracy()),
    (PKI.tsa.certificate,),
    PKI.tsa.key,
)
STATUS = Revoked(at=NOW, reason=RevocationReason.SUPERSEDED)
ANSWER = build_ocsp_response(
    OcspPlan(
        responder_der=PKI.responder.certificate,
        produced_at=NOW,
        nonce=b"n" * 8,
        responses=(
            SingleStatus(
                cert_id=cert_id_for(PKI.issuing.certificate, PKI.person.serial, SHA256),
                status=STATUS,
                this_update=NOW,
                next_update=LATER,
            ),
        ),
    ),
    PKI.responder.key,
)
ASKED = der.sequence(encode_cert_id(cert_id_for(PKI.issuing.certificate, PKI.person.serial, SHA256)))
QUESTION = der.sequence(
    der.sequence(
        der.sequence(ASKED),
        der.explicit(2, der.sequence(der.extension(oids.OCSP_NONCE, der.octet_string(b"n" * 32)))),
    )
)
ENTRY = RevokedEntry(serial=PKI.person.serial, at=NOW, reason=RevocationReason.SUPERSEDED)
LIST = build_crl(
    CrlPlan(
        issuer_der=PKI.issuing.certificate,
        number=1,
        this_update=NOW,
        next_update=LATER,
        entries=(ENTRY,),
        distribution_point="http://x.example/c",
    ),
    PKI.issuing.key,
)


def read_certificate(data: bytes) -> None:
    public_key_of_certificate(load_certificate(data))
    lint_certificate(data, load_profile("individual-signer"))


def read_signature(data: bytes) -> None:
    signed = parse_signed_data(data)
    for signer in signed.signers:
        signed.certificate_of(signer)
        verify_signer_info(signer, PKI.person.public_key, content=b"")


def read_list(data: bytes) -> None:
    found = parse_crl(data)
    found.find(PKI.person.serial)
    list(found)
    found.verify(PKI.issuing.public_key)


def read_answer(data: bytes) -> None:
    answer = parse_ocsp_response(data)
    answer.find(PKI.issuing.certificate, PKI.person.serial)
    for certificate in answer.certificates:
        answer.is_from(certificate)
    answer.verify(PKI.responder.public_key)


def read_token(data: bytes) -> None:
    verify_timestamp_token(parse_timestamp_token(data), bytes(32))


READERS: dict[str, tuple[bytes, Callable[[bytes], object]]] = {
    "certificate": (PKI.person.certificate, read_certificate),
    "signature": (signature(), read_signature),
    "list": (LIST, read_list),
    "answer": (ANSWER, read_answer),
    "question": (QUESTION, parse_ocsp_request),
    "certificate request": (build_certificate_request(PKI.person.key, PERSON_NAME), parse_certificate_request),
    "token": (TOKEN, read_token),
    "response": (timestamp_response(TOKEN), parse_timestamp_response),
    "request": (build_timestamp_request(REQUEST), parse_timestamp_request),
}


@pytest.mark.parametrize("kind", READERS)
def test_the_untouched_original_is_read(kind: str) -> None:
    original, read = READERS[kind]
    read(original)


@pytest.mark.parametrize("kind", READERS)
@given(data=st.data())
@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
def test_changed_octets_give_a_value_or_a_refusal(kind: str, data: st.DataObject) -> None:
    original, read = READERS[kind]
    changed = bytearray(original)
    for place, octet in data.draw(
        st.lists(st.tuples(st.integers(0, len(original) - 1), st.integers(0, 255)), min_size=1, max_size=4)
    ):
        changed[place] = octet
    end = data.draw(st.integers(1, len(original))) if data.draw(st.booleans()) else len(original)
    with contextlib.suppress(AbsahError):
        read(bytes(changed[:end]))


@pytest.mark.parametrize("kind", READERS)
@given(data=st.binary(max_size=64))
@settings(max_examples=50)
def test_rubbish_is_refused(kind: str, data: bytes) -> None:
    with pytest.raises(AbsahError):
        READERS[kind][1](data)
