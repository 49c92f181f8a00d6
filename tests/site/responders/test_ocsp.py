"""OCSP: what the desk says of a certificate, through the register and the real actions."""

import base64
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp as library
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fakes.signer_in_process import ProcessDied
from tests.fixtures_instance import Instance, Walk
from tests.site.responders.conftest import TestRows

from absah.adapters.signer import wire
from absah.kernel.clock import instant as instant_of
from absah.pki import der
from absah.pki.algorithms import DigestAlgorithm, hash_of
from absah.pki.certificates import load_certificate, public_key_of_certificate, serial_of
from absah.pki.ocsp import OcspAnswer, OcspNotSuccessful, cert_id_for, parse_ocsp_response
from absah.pki.ocsp_statuses import encode_cert_id
from absah.pki.revocation import Cause, Good, RevocationReason, Revoked, Unknown
from absah_site.actors import Operator
from absah_site.pki import access
from absah_site.pki import actions as pki
from absah_site.pki.models import Authority, IssuanceIntent
from absah_site.responders.exchange import Answer, Question
from absah_site.responders.ocsp.application import FolderKeys
from absah_site.responders.ocsp.desk import CACHED_FOR, KEPT_FOR, LIFETIME, OcspDesk
from absah_site.responders.ocsp.register import Register, RegisterSilent

BY = Operator(name="test")
SHA1, SHA256 = DigestAlgorithm.SHA1, DigestAlgorithm.SHA256


def issuer_of(slug: str = "issuing-ca") -> bytes:
    return bytes(Authority.objects.get(slug=slug).certificate)


def question(*serials: int, digest: DigestAlgorithm = SHA1, issuer: bytes | None = None) -> bytes:
    named = (cert_id_for(issuer or issuer_of(), serial, digest) for serial in serials)
    return der.sequence(der.sequence(der.sequence(*(der.sequence(encode_cert_id(one)) for one in named))))


def post(desk: OcspDesk, body: bytes) -> Answer:
    return desk.answer(Question(method="POST", rest="", body=body))


def status(desk: OcspDesk, serial: int | str, **how) -> object:
    number = int(serial, 16) if isinstance(serial, str) else serial
    single = parse_ocsp_response(post(desk, question(number, **how)).body).find(issuer_of(), number)
    assert single is not None
    return single.status


def refused(answer: Answer) -> str:
    with pytest.raises(OcspNotSuccessful) as problem:
        parse_ocsp_response(answer.body)
    assert answer.headers == (("content-type", "application/ocsp-response"), ("cache-control", "no-store"))
    return str(problem.value.parameters["status"])


def check_signature(answer: OcspAnswer) -> x509.Certificate:
    """The responder's certificate came along, is the issuer's delegate, and its key signed."""
    (certificate,) = answer.certificates
    answer.verify(public_key_of_certificate(load_certificate(certificate)))
    load_certificate(certificate).verify_directly_issued_by(load_certificate(issuer_of()))
    return load_certificate(certificate)


def test_a_certificate_is_good_then_on_hold_then_good_then_revoked_each_told_at_the_next_look(
    walk: Walk, desk: OcspDesk
) -> None:
    held, clock = walk.activated(), walk.instance.clock
    for digest in (SHA1, SHA256):
        assert status(desk, held.serial, digest=digest) == Good()

    for change, expected in (
        (lambda: pki.suspend_certificate(held.serial, by=BY), RevocationReason.CERTIFICATE_HOLD),
        (lambda: pki.reinstate_certificate(held.serial, by=BY), None),
        (lambda: pki.revoke_for(held.serial, Cause.DEVICE_LOST, by=BY), RevocationReason.KEY_COMPROMISE),
    ):
        clock.advance(timedelta(seconds=5))
        change()
        desk.tick()
        for digest in (SHA1, SHA256):
            told = Good() if expected is None else Revoked(at=clock.now(), reason=expected)
            assert status(desk, held.serial, digest=digest) == told


def test_a_certificate_that_is_reinstated_while_it_is_looked_up_is_good(walk: Walk, register: Register) -> None:
    held = walk.activated()
    pki.suspend_certificate(held.serial, by=BY)
    questions = []

    class Overtaken(TestRows):
        def rows(self, query: str, parameters: Sequence[Any], /) -> list[tuple[Any, ...]]:
            found = super().rows(query, parameters)
            questions.append(query)
            if len(questions) == 1:
                pki.reinstate_certificate(held.serial, by=BY)
            return found

    (issuer,) = register.issuers()

    assert Register(Overtaken()).status_of(issuer, int(held.serial, 16)) == Good()
    assert len(questions) == 2


def test_what_was_never_issued_is_unknown_and_never_kept_so_that_it_is_good_once_it_is_issued(
    walk: Walk, desk: OcspDesk
) -> None:
    answer = post(desk, question(1 << 126))

    assert status(desk, 1 << 126) == Unknown()
    assert status(desk, 1 << 140) == Unknown()
    assert status(desk, -5) == Unknown()
    assert dict(answer.headers)["cache-control"] == "no-store"
    assert answer.outcome == "unknown"


def test_a_serial_that_was_given_up_is_revoked_as_it_is_on_the_crl(instance: Instance, desk: OcspDesk) -> None:
    instance.signer.die_after = wire.FinishIssuance
    with pytest.raises(ProcessDied):
        pki.issue_certificate(wanted_person(), by=BY)
    intent = IssuanceIntent.objects.get(state="intended")
    assert status(desk, intent.serial) == Unknown()

    instance.clock.advance(timedelta(minutes=10))
    pki.reconcile()

    assert status(desk, intent.serial) == Revoked(at=instance.clock.now(), reason=RevocationReason.UNSPECIFIED)


def wanted_person() -> pki.IssuanceRequest:
    from tests.site.pki.test_issuance import wanted

    return wanted()


def test_a_plain_question_is_signed_once_and_answered_from_what_was_kept(instance: Instance, desk: OcspDesk) -> None:
    tsa = serial_of(load_certificate(bytes(Authority.objects.get(slug="tsa").certificate)))
    body = question(tsa)

    first, second = post(desk, body), post(desk, body)

    assert (first.outcome, second.outcome) == ("signed", "kept")
    assert second.body == first.body
    read = parse_ocsp_response(first.body)
    responder = check_signature(read)
    assert responder.not_valid_after_utc - instance.clock.now() <= timedelta(days=7)
    instance.clock.advance(KEPT_FOR + timedelta(seconds=1))
    desk.tick()
    assert post(desk, body).outcome == "signed"


def test_an_answer_bears_the_headers_of_rfc_5019_and_a_get_may_ask_with_its_tag(
    instance: Instance, desk: OcspDesk
) -> None:
    tsa = serial_of(load_certificate(bytes(Authority.objects.get(slug="tsa").certificate)))
    answer = post(desk, question(tsa))
    headers = dict(answer.headers)
    single = parse_ocsp_response(answer.body).responses[0]

    assert headers["content-type"] == "application/ocsp-response"
    assert headers["cache-control"] == (
        f"max-age={int(CACHED_FOR.total_seconds())}, public, no-transform, must-revalidate"
    )
    assert headers["etag"] == answer.etag
    assert headers["last-modified"] == f"{single.this_update:%a, %d %b %Y %H:%M:%S} GMT"
    assert headers["expires"] == f"{single.next_update:%a, %d %b %Y %H:%M:%S} GMT"
    assert single.next_update == instant_of(instance.clock.now() + LIFETIME)


def test_a_question_may_stand_in_an_address_in_every_form_that_clients_and_proxies_make_of_it(
    instance: Instance, desk: OcspDesk
) -> None:
    tsa = serial_of(load_certificate(bytes(Authority.objects.get(slug="tsa").certificate)))
    text = base64.b64encode(question(tsa, digest=SHA256)).decode()

    for rest in (text, text.rstrip("="), text.replace("+", " "), unquote(text)):
        answer = desk.answer(Question(method="GET", rest=rest, body=b""))
        assert parse_ocsp_response(answer.body).responses[0].status == Good()
    for rest in ("", "!!!!", "a", text + "x" * 2000, "\u00e9", text[:20]):
        assert refused(desk.answer(Question(method="GET", rest=rest, body=b""))) == "malformed_request"


def test_a_nonce_comes_back_and_such_an_answer_is_made_for_one_question_only(
    instance: Instance, desk: OcspDesk
) -> None:
    tsa = load_certificate(bytes(Authority.objects.get(slug="tsa").certificate))
    builder = library.OCSPRequestBuilder().add_certificate(tsa, load_certificate(issuer_of()), hash_of(SHA256))
    body = builder.add_extension(x509.OCSPNonce(b"n" * 32), critical=False).build().public_bytes(Encoding.DER)

    for _ in range(2):
        answer = post(desk, body)
        assert answer.outcome == "live"
        assert parse_ocsp_response(answer.body).nonce == b"n" * 32
        assert dict(answer.headers)["cache-control"] == "no-store"


def test_several_certificates_are_answered_at_once_those_of_another_issuer_as_unknown(
    walk: Walk, desk: OcspDesk
) -> None:
    held = int(walk.activated().serial, 16)
    tsa = serial_of(load_certificate(bytes(Authority.objects.get(slug="tsa").certificate)))
    issuing = serial_of(load_certificate(issuer_of()))
    by_root = der.sequence(encode_cert_id(cert_id_for(issuer_of("root-ca"), issuing, SHA1)))
    ours = [der.sequence(encode_cert_id(cert_id_for(issuer_of(), one, SHA256))) for one in (held, tsa)]

    read = parse_ocsp_response(post(desk, der.sequence(der.sequence(der.sequence(by_root, *ours)))).body)

    assert [single.status for single in read.responses] == [Unknown(), Good(), Good()]
    check_signature(read)


def test_an_issuer_that_is_not_ours_is_refused_as_unauthorised(instance: Instance, desk: OcspDesk) -> None:
    assert refused(post(desk, question(5, issuer=issuer_of("root-ca")))) == "unauthorised"
    unknown_digest = der.sequence(
        der.sequence(der.oid("1.2.840.113549.2.5"), der.null()),
        der.octet_string(bytes(16)),
        der.octet_string(bytes(16)),
        der.integer(5),
    )
    assert refused(post(desk, der.sequence(der.sequence(der.sequence(der.sequence(unknown_digest)))))) == "unauthorised"


def test_without_a_key_or_a_register_clients_are_told_to_come_back(instance: Instance, register: Register) -> None:
    class Silent(Register):
        def status_of(self, *_: object) -> object:
            raise RegisterSilent(problem="OperationalError")

    keys = FolderKeys(instance.config.data, instance.rng, instance.clock)
    young = OcspDesk(register, keys, instance.clock)
    assert refused(post(young, question(5))) == "try_later"
    young.tick()
    assert refused(post(young, question(5))) == "try_later"

    pki.certify_responders()
    from tests.site.responders.conftest import TestRows

    silent = OcspDesk(Silent(TestRows()), keys, instance.clock)
    silent.tick()
    assert refused(post(silent, question(5))) == "try_later"
    assert refused(silent.fault()) == "internal_error"


def test_the_key_is_followed_by_another_when_half_its_life_is_over_and_speaks_at_once(
    instance: Instance, desk: OcspDesk
) -> None:
    tsa = serial_of(load_certificate(bytes(Authority.objects.get(slug="tsa").certificate)))
    first = check_signature(parse_ocsp_response(post(desk, question(tsa)).body))
    assert pki.certify_responders() == 0

    instance.clock.advance(timedelta(days=3, hours=13))
    desk.tick()
    assert pki.certify_responders() == 1
    instance.clock.advance(timedelta(seconds=10))
    desk.tick()

    second = check_signature(parse_ocsp_response(post(desk, question(tsa)).body))
    assert second.serial_number != first.serial_number
    assert access.certificate(f"{second.serial_number:x}").profile == "ocsp-responder"


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_whatever_arrives_is_answered_in_the_forms_of_ocsp(
    instance: Instance, desk: OcspDesk, data: st.DataObject
) -> None:
    body = bytearray(question(1 << 126))
    for place, octet in data.draw(st.lists(st.tuples(st.integers(0, len(body) - 1), st.integers(0, 255)), max_size=4)):
        body[place] = octet
    garbage = data.draw(st.binary(max_size=40))
    for sent in (bytes(body), garbage, bytes(body) + garbage):
        answer = post(desk, sent)
        assert answer.status == 200
        assert answer.outcome in {"signed", "kept", "live", "unknown"} or refused(answer) in {
            "malformed_request",
            "unauthorised",
        }
    assert desk.answer(Question(method="GET", rest=data.draw(st.text(max_size=60)), body=b"")).status == 200
