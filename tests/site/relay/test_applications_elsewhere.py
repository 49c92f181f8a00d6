"""Applications of the agency speak the wire for people whose keys another instance holds, in a process of its own."""

import base64
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.fakes.documents import page_with
from tests.fakes.faulty_way import cutting_the_answer, cutting_the_request, failing, refusing, withholding_the_answer
from tests.fakes.pictures import png
from tests.site.esign.conftest import WireClient
from tests.site.registration.conftest import browser
from tests.site.relay.conftest import BY, Agency

from absah.kernel.clock import legal_date
from absah.signing.placement import Occurrence
from absah_site import composition
from absah_site.applications import access, actions
from absah_site.applications.access import Scope
from absah_site.applications.access.uses import forget_counts
from absah_site.applications.models import Use
from absah_site.esign.people import forget_words
from absah_site.jobs.actions import run_due
from absah_site.outside.models import Certificate, Holder
from absah_site.relay.actions.codes import _asked
from absah_site.relay.models import Errand
from absah_site.signing.models import SigningRecord
from absah_site.validation.access import report_on

SIGN = "/api/v2/sign/pdf"
MARKED = page_with("BT /F1 12 Tf 40 250 Td (#) Tj ET BT /F1 12 Tf 40 150 Td (#) Tj ET")
LETTER = page_with(pages=2)
BOX = {"tampilan": "VISIBLE", "page": 2, "originX": 36, "originY": 36, "width": 100, "height": 100}


@pytest.fixture(autouse=True)
def _nobody_is_known(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("absah_site.esign.door.close_old_connections", lambda: None)
    for forget in (access.forget_applications, forget_counts, forget_words, _asked.cache_clear):
        forget()
    yield
    for forget in (access.forget_applications, forget_counts, forget_words, _asked.cache_clear):
        forget()


@pytest.fixture
def client(agency: Agency) -> WireClient:
    drawn = actions.register_application(
        actions.NewApplication(
            agency=agency.id,
            unit="Dinas Komunikasi dan Informatika",
            owner="",
            name="Surat Dinas",
            purpose="surat keluar",
            username="surat-dinas",
            scopes=frozenset(Scope),
        ),
        by=BY,
    )
    return WireClient(drawn.application, drawn.password)


def body(agency: Agency, *documents: bytes, **changes: Any) -> dict[str, Any]:
    found = {
        "nik": agency.nik.digits,
        "passphrase": agency.passphrase,
        "signatureProperties": [{"tampilan": "INVISIBLE"}],
        "file": [base64.b64encode(one).decode() for one in documents or (LETTER,)],
    }
    return {name: value for name, value in (found | changes).items() if value is not None}


def number(answer: Any) -> int:
    assert answer.status == 400, answer.body
    assert set(answer.json) == {"error", "status_code"}
    return answer.json["status_code"]


def signed(answer: Any) -> list[bytes]:
    assert answer.status == 200, answer.body
    return [base64.b64decode(one) for one in answer.json["file"]]


def test_an_application_signs_with_a_key_that_is_elsewhere_and_need_not_know(
    agency: Agency, client: WireClient
) -> None:
    picture = base64.b64encode(png(60, 60)).decode()
    properties = [BOX | {"imageBase64": picture, "reason": "Disetujui", "location": "Sagara Biru"}]
    (document,) = signed(client.json(SIGN, body(agency, signatureProperties=properties)))
    report = report_on(document, password=None, now=composition.clock().now())
    assert document.startswith(LETTER)
    assert [one.place.page for one in report.signatures] == [2]
    assert report.signatures[0].chain[0].sha256 == Certificate.objects.get().fingerprint
    assert (report.signatures[0].reason, report.signatures[0].location) == ("Disetujui", "Sagara Biru")
    errand, use = Errand.objects.get(), Use.objects.get()
    assert (use.state, use.signatures, use.outputs) == ("done", [str(errand.pk)], [errand.output_sha256])
    assert (use.holder, use.factors) == (agency.person.number.text, "passphrase")
    assert SigningRecord.objects.get().application == client.application.reference


def test_version_one_passes_on_a_code_at_a_mark_and_hands_the_document_out_once_more(
    agency: Agency, client: WireClient
) -> None:
    file = SimpleUploadedFile("surat.pdf", MARKED, "application/pdf")
    fields = {"tampilan": "visible", "image": "false", "linkQR": "https://contoh.example/1", "tag_koordinat": "#"}
    shown = {"nik": agency.nik.digits, "passphrase": agency.passphrase, "width": "90", "height": "90"}
    answer = client.form("/api/sign/pdf", file=file, **fields, **shown)
    assert answer.body.startswith(MARKED), answer.body
    assert Errand.objects.get().places == [[1, pytest.approx(40, abs=2), pytest.approx(45, abs=12), 90.0, 90.0, 300.0]]
    again = client.get(f"/api/sign/download/{answer.headers['id_dokumen']}")
    assert again.body == answer.body


def test_every_mark_is_a_call_of_its_own(agency: Agency, client: WireClient) -> None:
    client.change(reading=replace(client.application.reading, occurrence=Occurrence.EVERY))
    at_marks = [{"tampilan": "VISIBLE", "tag_koordinat": "#", "width": 90, "height": 90}]
    (document,) = signed(client.json(SIGN, body(agency, MARKED, signatureProperties=at_marks)))
    assert len(report_on(document, password=None, now=composition.clock().now()).signatures) == 2
    assert agency.way.asked == 2
    coded = body(agency, MARKED, signatureProperties=at_marks, passphrase=None, totp="123456")
    assert number(client.json(SIGN, coded)) == 4071


def test_several_documents_are_handed_out_together_or_not_at_all(agency: Agency, client: WireClient) -> None:
    both = (LETTER, MARKED)
    assert [
        one[: len(sent)] for one, sent in zip(signed(client.json(SIGN, body(agency, *both))), both, strict=True)
    ] == [*both]
    assert len(Use.objects.get().signatures) == 2
    no_such_page = [{"tampilan": "INVISIBLE"}, BOX]
    assert number(client.json(SIGN, body(agency, *both, signatureProperties=no_such_page))) == 4063
    assert agency.way.asked == 2
    passed = agency.way.passed

    def second_fails(way: Any, connection: Any, request: bytes) -> None:
        way.fault = refusing(2023, "revoke")
        connection.sendall(passed(request))

    agency.way.fault = second_fails
    assert number(client.json(SIGN, body(agency, MARKED, LETTER))) == 2023
    assert sorted(Use.objects.values_list("state", flat=True)) == ["done", "refused", "refused"]


def test_what_the_service_refuses_is_told_in_the_words_of_the_wire(
    agency: Agency, client: WireClient, settings
) -> None:
    wrong = client.json(SIGN, body(agency, passphrase="bukan yang ini sama sekali"))
    assert (number(wrong), wrong.json["error"]) == (2031, "Passphrase anda salah")
    locked = body(agency, signatureProperties=[{"tampilan": "INVISIBLE", "pdfPassword": "rahasia"}])
    assert number(client.json(SIGN, locked)) == 4034
    Holder.objects.update(status="REVOKE")
    assert number(client.json(SIGN, body(agency))) == 2023
    Holder.objects.update(status="ISSUE")
    table = agency.config.upstream.model_copy(update={"base_url": "http://127.0.0.1:9"})
    settings.CONFIG = replace(agency.config, upstream=table)
    assert number(client.json(SIGN, body(agency))) == 5035
    settings.CONFIG = agency.config
    assert signed(client.json(SIGN, body(agency)))
    assert sorted(Use.objects.values_list("state", flat=True)) == ["done", "refused", "refused", "refused", "refused"]


def test_two_factors_are_asked_for_where_the_service_wants_both(agency: Agency, client: WireClient, settings) -> None:
    settings.CONFIG = replace(agency.config, upstream=agency.config.upstream.model_copy(update={"factors": "both"}))
    assert number(client.json(SIGN, body(agency))) == 2036


@pytest.mark.parametrize(
    "fault", [cutting_the_request, cutting_the_answer, withholding_the_answer, failing], ids=lambda one: one.__name__
)
def test_where_nobody_knows_the_application_is_told_so_and_nothing_is_sent_again(
    agency: Agency, client: WireClient, fault: Callable, request: pytest.FixtureRequest
) -> None:
    if fault is withholding_the_answer:
        request.getfixturevalue("impatient")
    agency.way.fault = fault
    first = client.json(SIGN, body(agency))
    assert number(first) == 4093
    assert "Jangan menandatanganinya lagi" in first.json["error"]
    agency.way.fault = None
    Certificate.objects.update(serial="ab")  # a newer one is seen meanwhile; the question is the same
    assert number(client.json(SIGN, body(agency))) == 4093
    assert agency.way.asked == 1
    use = Use.objects.get(state="unknown")
    assert (use.code, use.ended_at) == ("upstream.outcome-unknown", None)
    actions.reconcile()
    assert Use.objects.filter(state="unknown").count() == 1
    page = browser(agency.admin).get(f"/aplikasi/{client.application.id}/").content.decode()
    assert "Nobody knows yet" in page
    assert f"/tanda-tangan-terbuka/{Errand.objects.get().pk}/" in page
    assert signed(client.json(SIGN, body(agency, MARKED)))  # another document is another question


@pytest.mark.usefixtures("impatient")
def test_what_a_person_finds_out_is_what_became_of_the_call(agency: Agency, client: WireClient, settings) -> None:
    agency.way.fault = withholding_the_answer
    assert number(client.json(SIGN, body(agency))) == 4093
    settings.CONFIG = agency.config
    errand, admin = Errand.objects.get(), browser(agency.admin)
    address = f"/tanda-tangan-terbuka/{errand.pk}/"
    assert admin.post(f"{address}dokumen/").status_code == 404
    found = SimpleUploadedFile("x.pdf", agency.way.signed, "application/pdf")
    assert admin.post(address, {"document": found}).status_code == 302
    run_due()
    use = Use.objects.get()
    assert (use.state, use.code, use.outputs) == ("done", "", [Errand.objects.get().output_sha256])
    assert "Take the document" in admin.get(address).content.decode()
    assert admin.post(f"{address}dokumen/").content == agency.way.signed


def test_what_is_given_free_may_be_asked_again(agency: Agency, client: WireClient) -> None:
    agency.way.fault = failing
    assert number(client.json(SIGN, body(agency))) == 4093
    address = f"/tanda-tangan-terbuka/{Errand.objects.get().pk}/bebaskan/"
    assert browser(agency.admin).post(address, {"sure": "on"}).status_code == 302
    run_due()
    use = Use.objects.get()
    assert (use.state, use.number) == ("refused", 4093)
    agency.way.fault = None
    assert signed(client.json(SIGN, body(agency)))


def test_the_attempt_of_a_process_that_died_ends_as_its_errands_did(agency: Agency, client: WireClient) -> None:
    assert signed(client.json(SIGN, body(agency)))
    long_ago = Use.objects.get().began_at.replace(year=2025)
    Use.objects.update(state="begun", ended_at=None, outputs=[], began_at=long_ago)
    actions.reconcile()
    assert (Use.objects.get().state, len(Use.objects.get().outputs)) == ("done", 1)
    Use.objects.update(state="begun", ended_at=None, outputs=[], files=2)
    actions.reconcile()
    assert (Use.objects.get().state, Use.objects.get().code) == ("refused", "register.signing-interrupted")
    Use.objects.update(state="begun", ended_at=None, code="", files=1)
    Errand.objects.update(state="unknown", ended_at=None, output_sha256="", problem="relay.errand-interrupted")
    actions.reconcile()
    assert (Use.objects.get().state, Use.objects.get().number) == ("unknown", 4093)
    Use.objects.update(state="begun", code="", number=0, began_at=composition.clock().now())
    Errand.objects.update(state="asked", problem="")
    assert actions.follow() == 0
    assert number(client.json(SIGN, body(agency))) == 4091


def test_questions_about_people_are_answered_with_what_the_service_says(agency: Agency, client: WireClient) -> None:
    assert client.get(f"/api/user/status/{agency.nik.digits}").json["status"] == "ISSUE"
    (listed,) = client.get(f"/api/user/profile/{agency.nik.digits}").json["data"]["sertifikat"]
    assert listed["status"] == "ISSUE"
    assert len(client.get(f"/api/v2/user/certificate/chain/{agency.nik.digits}").json["data"]) == 3
    told = client.json("/api/v2/sign/get/totp", {"nik": agency.nik.digits, "data": 1}).json
    assert told["success"] is True
    ends = (legal_date(composition.clock().now()) + timedelta(days=30)).strftime("%d-%m-%Y")
    Certificate.objects.update(not_after=legal_date(composition.clock().now()) + timedelta(days=30))
    (soon,) = client.get("/api/entity/cert/expired").json["data"]
    assert (soon["berlaku_sampai"], soon["status"]) == (ends, "ISSUE")
    forget_words()
    Holder.objects.update(status="SUSPEND")
    assert client.get(f"/api/user/status/{agency.nik.digits}").json["status"] == "SUSPEND"
