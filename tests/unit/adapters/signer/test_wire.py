"""Messages: what is written is read back, what is anything else is refused without being repeated."""

import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fixtures_pki import NOW, PERSON_NAME, ROOT_NAME, SEAL_NAME, new_key, order

from absah.adapters.signer import wire
from absah.adapters.signer import wire_replies as replies
from absah.adapters.signer.errors import MessageRefused, MustWait, SignerInternal, WrongPassphrase
from absah.adapters.signer.wire_plans import CrlOnWire, OcspOnWire, OrderOnWire
from absah.kernel.clock import instant
from absah.kernel.errors import AbsahError
from absah.kernel.rng import Serial
from absah.pki.algorithms import DigestAlgorithm
from absah.pki.crl import CrlPlan, RevokedEntry
from absah.pki.ocsp import CertId, OcspPlan, SingleStatus
from absah.pki.revocation import Good, RevocationReason, Revoked, Unknown
from absah.signing.factors import Secret

ISSUER = b"certificate of the issuer"


def carried(request):
    return wire.parse_request(wire.write_message(request))


@pytest.mark.parametrize(
    ("profile", "subject"),
    [
        ("individual-signer", PERSON_NAME),
        ("individual-signer", replace(PERSON_NAME, given_name=None)),
        ("organisation-seal", SEAL_NAME),
        ("root-ca", ROOT_NAME),
    ],
)
def test_an_order_arrives_as_it_was_sent(profile, subject):
    emails = ("siti@kota.example",) if subject is PERSON_NAME else ()
    sent = replace(order(profile, subject, new_key(), None), issuer=ISSUER, emails=emails)
    arrived = carried(wire.IssueCertificate(issuer="ca", order=OrderOnWire.write(sent)))
    assert arrived.order.read() == sent


def test_a_profile_that_is_not_the_catalogues_is_not_sent():
    usual = order("individual-signer", PERSON_NAME, new_key(), None)
    laxer = replace(usual, profile=replace(usual.profile, backdate=timedelta(hours=1)))
    with pytest.raises(MessageRefused):
        OrderOnWire.write(laxer)


def test_a_revocation_list_arrives_as_it_was_sent():
    entries = tuple(
        RevokedEntry(serial=Serial((1 << 126) + number), at=NOW, reason=reason)
        for number, reason in enumerate(RevocationReason)
        if reason is not RevocationReason.REMOVE_FROM_CRL
    )
    week = instant(NOW + timedelta(days=7))
    sent = CrlPlan(
        issuer_der=ISSUER,
        number=1 << 100,
        this_update=NOW,
        next_update=week,
        entries=entries,
        distribution_point="http://pki.absah.example/1.crl",
    )
    assert carried(wire.IssueCrl(issuer="ca", plan=CrlOnWire.write(sent))).plan.read() == sent


def test_an_ocsp_answer_arrives_as_it_was_sent():
    cert_id = CertId(
        digest=DigestAlgorithm.SHA1, issuer_name_hash=b"name", issuer_key_hash=b"key", serial=Serial(1 << 126)
    )
    revoked = Revoked(at=NOW, reason=RevocationReason.SUPERSEDED)
    later = instant(NOW + timedelta(hours=1))
    singles = tuple(
        SingleStatus(cert_id=cert_id, status=status, this_update=NOW, next_update=end)
        for status, end in ((Good(), None), (revoked, later), (Unknown(), later))
    )
    sent = OcspPlan(responder_der=b"responder", produced_at=NOW, responses=singles, nonce=b"n")
    assert carried(wire.RespondOcsp(responder="ocsp", plan=OcspOnWire.write(sent))).plan.read() == sent


@given(passphrase=st.text(max_size=40), code=st.text(max_size=10))
def test_a_secret_arrives_and_is_shown_nowhere(passphrase, code):
    try:
        passphrase.encode()
    except UnicodeEncodeError:
        return
    sent = wire.Authorise(
        credential="c", application="a", digests=(b"d",), passphrase=Secret(passphrase), totp=Secret(code)
    )
    arrived = carried(sent)
    assert arrived.passphrase.reveal() == passphrase
    assert arrived.totp.reveal() == code
    assert "Secret(…)" in repr(arrived)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"v":1}',
        b'{"v":2,"op":"ping"}',
        b'{"v":"1","op":"ping"}',
        b'{"v":1,"op":"nonsense"}',
        b'{"v":1,"op":"ping","more":1}',
        b'{"v":1,"op":"drop-pending","credential":""}',
        b'{"v":1,"op":"drop-pending","credential":"../etc"}',
        b'{"v":1,"op":"drop-pending","credential":"line\\n"}',
        b'{"v":1,"op":"drop-pending","credential":7}',
        b'{"v":1,"op":"timestamp","tsa":"t","request":"not base64"}',
        b'{"v":1,"op":"timestamp","tsa":"t","request":[1]}',
        b'{"v":1,"op":"create-key","credential":"c","kind":"root","algorithm":"ec-p256","passphrase":null}',
        b'{"v":1,"op":"create-key","credential":"c","kind":"tsa","algorithm":"ec-p256","passphrase":7}',
        b'{"v":1,"op":"sign","consent_id":"x","signed_attributes":[]}',
        b"[" * 10_000,
        b"\xff\xfe",
    ],
)
def test_what_is_no_request_is_refused(text):
    with pytest.raises(MessageRefused):
        wire.parse_request(text)


def test_a_refusal_never_repeats_what_was_sent():
    text = (
        b'{"v":1,"op":"authorise","credential":"c","application":"","digests":["AA=="],"passphrase":"gajah","totp":"7"}'
    )
    with pytest.raises(MessageRefused) as refused:
        wire.parse_request(text)
    shown = str(refused.value) + repr(refused.value.__cause__) + repr(refused.value.parameters)
    assert "gajah" not in shown


@pytest.mark.parametrize(
    "plan",
    [
        CrlOnWire(issuer=b"", number=1, this_update=NOW, next_update=NOW, entries=(), distribution_point=None),
    ],
)
def test_a_plan_that_breaks_a_rule_is_refused_where_it_is_read(plan):
    with pytest.raises(AbsahError):
        plan.read()


@pytest.mark.parametrize("change", [{"reason": 7}, {"status": "revoked", "revoked_at": None}])
def test_an_ocsp_status_that_makes_no_sense_is_refused(change):
    cert_id = CertId(digest=DigestAlgorithm.SHA256, issuer_name_hash=b"n", issuer_key_hash=b"k", serial=Serial(9))
    revoked = Revoked(at=NOW, reason=RevocationReason.SUPERSEDED)
    single = SingleStatus(cert_id=cert_id, status=revoked, this_update=NOW, next_update=None)
    written = OcspOnWire.write(OcspPlan(responder_der=b"r", produced_at=NOW, responses=(single,)))
    broken = written.model_copy(update={"responses": (written.responses[0].model_copy(update=change),)})
    with pytest.raises(MessageRefused):
        broken.read()


@pytest.mark.parametrize("error", [WrongPassphrase(left=3), MustWait(seconds=30), MessageRefused(problem="x")])
def test_an_error_arrives_as_the_same_class_with_its_parameters(error):
    with pytest.raises(type(error)) as raised:
        wire.parse_reply(wire.write_message(wire.failure_of(error)), replies.Done)
    assert raised.value.parameters == error.parameters


def test_an_error_that_we_do_not_know_is_one_inside_the_signer():
    failure = replies.Failure(error="future.unknown", parameters={"a": 1})
    with pytest.raises(SignerInternal):
        wire.parse_reply(wire.write_message(failure), replies.Done)


@pytest.mark.parametrize("text", [b"", b"{}", b'{"v":1,"reply":"octets","octets":"AA=="}'])
def test_an_answer_to_another_question_is_refused(text):
    with pytest.raises(MessageRefused):
        wire.parse_reply(text, replies.Done)


def test_the_client_alone_knows_every_error_that_the_signer_can_raise():
    listing = "print(*sorted(e.code for e in __import__('absah.kernel.errors').kernel.errors.concrete_errors()))"
    known = [
        set(
            subprocess.run(
                [sys.executable, "-c", f"import absah.adapters.{module}; {listing}"],
                check=True,
                capture_output=True,
                text=True,
                cwd="/",
            ).stdout.split()
        )
        for module in ("signer_process", "signer_client")
    ]
    assert known[0]
    assert known[0] <= known[1]
