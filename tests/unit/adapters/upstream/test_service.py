"""The way to the national service: what it sends, and what it makes of each way in which a line can break."""

import base64
import json
import socket
from dataclasses import replace
from pathlib import Path

import pytest
from tests.fakes.faulty_service import (
    answering,
    closing_without_answer,
    cutting_the_answer,
    cutting_the_request,
    faulty_service,
    silent,
    speaking_no_tls,
)

from absah.adapters.upstream import service as module
from absah.adapters.upstream.line import AddressUnfit, Line, LineSettings
from absah.adapters.upstream.service import HttpNationalService, ServiceCredential, SignIn, Wire
from absah.enrolment.wire_status import WireStatus
from absah.esign.client.ports import ShownAt, SignatureAsk
from absah.esign.client.refusals import (
    CredentialsRefused,
    Fault,
    OutcomeUnknown,
    PassphraseNeeded,
    PassphraseWrong,
    RefusedThere,
    Silent,
    Unreachable,
)
from absah.kernel.clock import SystemClock
from absah.kernel.people import Nik
from absah.kernel.rng import UnsafeSeededRng
from absah.signing.factors import Factors, Secret

pytestmark = pytest.mark.loopback

NIK = Nik("9999014107900001")
PASSPHRASE = "tujuh awan tembaga"
PDF = b"%PDF-1.7 " + b"x" * 400_000
SHOWN = ShownAt(page=2, left=10, top=20, width=100, height=50, page_height=842, picture=b"PNG")
ASK = SignatureAsk(nik=NIK, factors=Factors(passphrase=Secret(PASSPHRASE)), document=PDF, shown=SHOWN, reason="Setuju")
SIGNED = json.dumps({"time": 7, "file": [base64.b64encode(PDF + b"signed").decode()]}).encode()


@pytest.fixture(autouse=True)
def _without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PAUSES", (0.0, 0.0))


def service(url: str, *, patience: float = 60, **changes) -> HttpNationalService:
    settings = LineSettings(base_url=url, plain=True, connect_seconds=60, answer_seconds=patience)
    values = {
        "line": Line(settings, SystemClock()),
        "credential": ServiceCredential(username="instansi", password=Secret("rahasia")),
        "clock": SystemClock(),
        "rng": UnsafeSeededRng(b"upstream"),
    }
    return HttpNationalService(**(values | changes))


def body_of(heard: bytes) -> dict:
    return json.loads(heard.partition(b"\r\n\r\n")[2])


def test_a_signature_is_asked_for_in_the_words_of_version_2():
    with faulty_service(answering(200, SIGNED)) as there:
        made = service(there.url).sign(ASK)
    assert made.document == PDF + b"signed"
    assert made.number == ""
    head, said = there.heard[0].partition(b"\r\n\r\n")[0], body_of(there.heard[0])
    assert head.startswith(b"POST /api/v2/sign/pdf HTTP/1.1\r\n")
    assert b"Authorization: Basic " + base64.b64encode(b"instansi:rahasia") in head
    assert (said["nik"], said["passphrase"]) == (NIK.digits, PASSPHRASE)
    assert "totp" not in said
    assert base64.b64decode(said["file"][0]) == PDF
    assert said["signatureProperties"] == [
        {
            "tampilan": "VISIBLE",
            "page": 2,
            "originX": 10,
            "originY": 20,
            "width": 100,
            "height": 50,
            "imageBase64": "UE5H",
            "reason": "Setuju",
            "location": None,
        }
    ]


def test_version_1_measures_from_below_and_gives_a_number():
    with faulty_service(answering(200, PDF + b"signed", (("id_dokumen", "ab12"),))) as there:
        made = service(there.url, wire=Wire.V1).sign(ASK)
    assert (made.document, made.number) == (PDF + b"signed", "ab12")
    heard = there.heard[0]
    assert heard.startswith(b"POST /api/sign/pdf HTTP/1.1\r\n")
    assert b'name="yAxis"\r\n\r\n772.00\r\n' in heard
    assert b'name="image"\r\n\r\ntrue\r\n' in heard
    assert b'name="imageTTD"; filename="signature.png"\r\nContent-Type: image/png\r\n\r\nPNG\r\n' in heard


def test_version_1_signs_with_a_passphrase_only():
    with pytest.raises(PassphraseNeeded):
        service("http://127.0.0.1:1", wire=Wire.V1).sign(replace(ASK, factors=Factors(totp="123456")))


def test_what_was_certainly_not_sent_is_sent_again():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
    with pytest.raises(Unreachable) as refusal:  # nobody listens there any more
        service(f"http://127.0.0.1:{port}").sign(ASK)
    assert refusal.value.parameters == {"problem": "refused"}


def test_a_handshake_that_fails_has_sent_nothing():
    with faulty_service(speaking_no_tls) as there, pytest.raises(Unreachable) as refusal:
        service(there.url.replace("http:", "https:")).sign(ASK)
    assert refusal.value.parameters == {"problem": "tls"}
    assert all(PASSPHRASE.encode() not in heard for heard in there.heard)


@pytest.mark.parametrize(
    ("behaviour", "problem"),
    [
        (cutting_the_request, None),
        (closing_without_answer, "waiting"),
        (silent, "waiting"),
        (cutting_the_answer(SIGNED), "reading"),
        (answering(500, b'{"timestamp":"x","status":500}'), "status 500"),
        (answering(302, b"", (("Location", "http://10.0.0.1/"),)), "status 302"),
        (answering(200, b"<html>"), "body"),
        (answering(200, b'{"time":1}'), "file"),
        (answering(200, b'{"file":["%%"]}'), "base64"),
        (answering(200, b'{"file":["eHh4"]}'), "not-a-pdf"),
    ],
)
def test_a_signature_that_may_have_been_made_is_asked_for_once(behaviour, problem: str | None):
    with faulty_service(behaviour) as there, pytest.raises(OutcomeUnknown) as refusal:
        service(there.url, patience=1 if behaviour is silent else 60).sign(ASK)
    assert len(there.heard) == 1
    assert problem is None or refusal.value.parameters["problem"] == problem


def test_the_number_of_a_document_survives_a_cut_answer():
    cut = cutting_the_answer(PDF, (("id_dokumen", "ab12"),))
    with faulty_service(cut) as there, pytest.raises(OutcomeUnknown) as refusal:
        service(there.url, wire=Wire.V1).sign(ASK)
    assert refusal.value.number == "ab12"


@pytest.mark.parametrize(
    ("status", "body", "refusal"),
    [
        (400, b'{"error":"Passphrase anda salah","status_code":2031}', PassphraseWrong),
        (200, b'{"error":"Passphrase anda salah","status_code":"2031"}', PassphraseWrong),
        (400, b'{"error":"PDF 9999014107900001 rusak","status_code":4033}', RefusedThere),
        (401, b'{"status":401}', CredentialsRefused),
    ],
)
def test_a_refusal_has_signed_nothing(status: int, body: bytes, refusal: type[Exception]):
    with faulty_service(answering(status, body)) as there, pytest.raises(refusal) as raised:
        service(there.url).sign(ASK)
    assert NIK.digits not in str(raised.value)


def test_what_changes_nothing_is_safe_to_ask_again():
    with faulty_service(answering(503), closing_without_answer, answering(200, b'{"status":"ISSUE"}')) as there:
        national = service(there.url)
        with pytest.raises(Fault):
            national.status(NIK)
        with pytest.raises(Silent):
            national.status(NIK)
        assert national.status(NIK) is WireStatus.ISSUE
    assert NIK.digits not in str(there.heard[0].split(b"\r\n")[0])  # version 2 has it in the body


def test_a_token_is_asked_for_once_and_anew_when_it_is_refused():
    token = answering(200, b'{"access_token":"abc","expires_in":3600}')
    known = answering(200, b'{"status":"ISSUE"}')
    with faulty_service(token, known, known, answering(401), token, known) as there:
        national = service(there.url, sign_in=SignIn.OAUTH)
        assert [national.status(NIK) for _ in range(3)] == [WireStatus.ISSUE] * 3
    assert [heard.split(b" ")[1] for heard in there.heard].count(b"/oauth/token") == 2
    assert b"Authorization: Bearer abc" in there.heard[1]


def test_a_service_that_knows_neither_name_nor_password_gives_no_token():
    with faulty_service(answering(401, b'{"error":"invalid_client"}')) as there, pytest.raises(CredentialsRefused):
        service(there.url, sign_in=SignIn.OAUTH).status(NIK)


@pytest.mark.parametrize("address", ["ftp://x.example", "http://", "https://who:why@x.example", "http://x.example?a=b"])
def test_an_address_that_is_none_is_refused(address: str):
    with pytest.raises(AddressUnfit):
        Line(LineSettings(base_url=address, plain=True), SystemClock())


def test_plain_http_and_foreign_authorities_have_to_be_asked_for(tmp_path: Path):
    with pytest.raises(AddressUnfit):
        Line(LineSettings(base_url="http://x.example"), SystemClock())
    with pytest.raises(AddressUnfit):
        Line(LineSettings(base_url="https://x.example", authorities=tmp_path / "none.pem"), SystemClock())


def test_nothing_shows_the_secrets_it_carries():
    national = service("http://127.0.0.1:1")
    for shown in (repr(national), repr(ASK), repr(module.questions.profile_question(NIK))):
        assert "rahasia" not in shown
        assert PASSPHRASE not in shown
        assert NIK.digits not in shown


def test_people_codes_and_documents_are_asked_for_at_their_addresses():
    profile = {
        "data": {"status_user": "ISSUE", "sertifikat": [{"jenis_sertifikat": "TTE", "berlaku_sampai": "31-12-2027"}]}
    }
    with faulty_service(
        answering(200, json.dumps(profile).encode()),
        answering(404, b"{}"),
        answering(400, b'{"error":"User tidak terdaftar","status_code":2011}'),
        answering(400, b"not json"),
        answering(200, b'{"success":true,"message":"Kode dari aplikasi","data":null}'),
        answering(404, b'{"error":"File tidak tersedia","status_code":4044}'),
        answering(200, PDF),
        answering(400, b'{"error":"User tidak terdaftar","status_code":2011}'),
    ) as there:
        national = service(there.url)
        assert national.profile(NIK).certificates[0].product == "TTE"
        assert national.profile(NIK) is None
        assert national.profile(NIK) is None
        assert national.chain(NIK) == ()
        assert national.send_code(NIK, 2) == "Kode dari aplikasi"
        with pytest.raises(RefusedThere):
            national.fetch("ab12")
        assert national.fetch("ab/12") == PDF
        assert national.status(NIK) is WireStatus.NOT_REGISTERED
    assert body_of(there.heard[4]) == {"nik": NIK.digits, "data": 2}
    assert there.heard[6].startswith(b"GET /api/sign/download/ab%2F12 ")


def test_a_service_is_asked_for_under_its_own_path():
    with faulty_service(answering(200, b'{"status":"ISSUE"}')) as there:
        service(f"{there.url}/esign/").status(NIK)
    assert there.heard[0].startswith(b"POST /esign/api/v2/user/check/status ")
