"""What the national service answers, in our words: whatever it sends, a value or a coded error."""

import base64
import json
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes.hierarchy import hierarchy

from absah.enrolment.wire_status import WireStatus
from absah.esign.client import replies
from absah.esign.client.ports import SignatureAsk
from absah.esign.client.questions import chain_question, signing_question
from absah.esign.client.refusals import (
    AnswerUnusable,
    CertificateEnded,
    CertificateMissing,
    CertificateWithdrawn,
    CodeWrong,
    CredentialsRefused,
    MustWait,
    PassphraseWrong,
    PersonUnknown,
    RefusedThere,
)
from absah.esign.client.replies import Answer
from absah.kernel.errors import AbsahError
from absah.kernel.people import Nik
from absah.signing.factors import Factors

NIK = Nik("9999014107900001")
READERS = (
    replies.status_in,
    replies.profile_in,
    replies.chain_in,
    replies.message_in,
    replies.token_in,
    replies.signed_in,
    replies.signed_in_v1,
    replies.document_in,
)


def said(status: int = 200, **fields) -> Answer:
    return Answer(status=status, body=json.dumps(fields).encode())


KEYS = st.sampled_from(
    ["data", "status", "file", "error", "status_code", "sertifikat", "message", "success", "access_token", "nomor_seri"]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=20)
OBJECTS = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5), max_leaves=8
)
BODIES = st.binary(max_size=200) | OBJECTS.map(lambda value: json.dumps(value).encode())


@given(BODIES, st.sampled_from([200, 302, 400, 401, 404, 429, 500, 503]))
def test_any_answer_is_a_value_or_a_coded_error(body: bytes, status: int):
    answer = Answer(status=status, body=body)
    for reader in READERS:
        with suppress(AbsahError):
            reader(answer)
    for question in (
        chain_question(NIK),
        signing_question(SignatureAsk(nik=NIK, factors=Factors(totp="123456"), document=b"x")),
    ):
        with suppress(AbsahError):
            replies.require_success(question, answer)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (said(400, error="User tidak terdaftar", status_code=2011), PersonUnknown),
        (said(400, error="Passphrase anda salah !!!"), PassphraseWrong),
        (said(400, error="TOTP salah", status_code=9999), CodeWrong),
        (said(400, error="x", status_code="2022"), CertificateEnded),
        (said(400, error="Sertifikat anda expired"), CertificateEnded),
        (said(400, error="x", status_code=2024), CertificateWithdrawn),
        (said(400, error="User tidak memiliki sertifikat"), CertificateMissing),
        (said(403), CredentialsRefused),
        (said(429), MustWait),
        (said(400, error="sesuatu yang lain"), RefusedThere),
    ],
)
def test_a_refusal_is_known_by_its_number_then_by_its_words(answer: Answer, kind: type[AbsahError]):
    assert isinstance(replies.refusal_in(answer), kind)


def test_their_words_are_passed_on_without_numbers_of_people():
    refusal = replies.refusal_in(said(400, error=f"Dokumen {NIK.digits}\n rusak " + "x" * 300, status_code=4033))
    assert refusal.parameters["number"] == 4033
    assert refusal.parameters["says"].startswith("Dokumen … rusak x")
    assert len(refusal.parameters["says"]) == 160


@pytest.mark.parametrize(("word", "status"), [("ISSUE", "ISSUE"), (" issued ", "ISSUE"), ("REVOKED", "REVOKE")])
def test_the_nine_words_are_read_as_services_spell_them(word: str, status: str):
    assert replies.status_in(Answer(status=200, body=json.dumps({"status": word}).encode())) is WireStatus(status)


def test_another_word_is_no_status():
    with pytest.raises(AnswerUnusable):
        replies.status_in(Answer(status=200, body=b'{"status":"PERHAPS"}'))


def test_a_profile_says_what_each_certificate_is():
    listed = [
        {
            "jenis_sertifikat": "Tanda Tangan Elektronik",
            "berlaku_sampai": "31-12-2027",
            "nomor_seri": "0A:1F",
            "status": "ISSUE",
        },
        {"product": "x", "notAfterDate": "2026-01-02T00:00:00Z"},
        {"berlaku_sampai": "yesterday"},
        "none",
    ]
    profile = replies.profile_in(said(success=True, data={"status_user": "ISSUE", "sertifikat": listed}))
    first, second, third = profile.certificates
    assert (first.serial, first.not_after, first.status) == ("a1f", date(2027, 12, 31), WireStatus.ISSUE)
    assert (second.product, second.not_after, second.serial) == ("x", date(2026, 1, 2), "")
    assert third.not_after is None


def test_a_chain_begins_with_the_person_whatever_its_order_and_its_clothes():
    member = hierarchy().signer()
    root, middle, leaf = member.chain[1], member.chain[0], member.certificate
    plain = [base64.b64encode(one).decode() for one in (root, middle, leaf)]
    dressed = [f"-----BEGIN CERTIFICATE-----\n{one}\n-----END CERTIFICATE-----\n" for one in plain]
    for written in (plain, dressed, [*plain, 7, "%%", "eHh4"]):
        found = replies.chain_in(said(success=True, data=written))
        assert found[0] == leaf
        assert set(found) == {root, middle, leaf}


@pytest.mark.parametrize(("written", "plain"), [("00:AB:0c", "ab0c"), ("0x1f", "1f"), ("x", ""), ("", ""), ("g1", "")])
def test_serial_numbers_are_compared_in_one_spelling(written: str, plain: str):
    assert replies.serial_text(written) == plain


def test_a_token_is_what_a_header_can_carry():
    assert replies.token_in(said(access_token="abc", expires_in="60")) == ("abc", 60)
    with pytest.raises(AnswerUnusable):
        replies.token_in(said(access_token="a b"))
