"""From the verifikator's entry to the registration authority's approval, through pages alone."""

import hashlib
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.fixtures_instance import NIK, Instance, Office, agency_value
from tests.site.registration.conftest import browser, newest_link, picture, told

from absah.enrolment.consent_text import consent_text
from absah.kernel.clock import instant
from absah_site.actors import Operator
from absah_site.audit.access import latest_entries
from absah_site.enrolment import actions as enrolment
from absah_site.enrolment.models import EnrolmentRequest, Evidence, Subscriber
from absah_site.registration import actions
from absah_site.registration.access import LetterSignature
from absah_site.roles import Role

PERSON = {
    "name": "Rina Ayu Lestari",
    "titles_before": "Dr.",
    "titles_after": "M.Kom.",
    "nik": "9999 0141 0790 0001",
    "employment": "asn",
    "nip": "19900701 201503 2 001",
    "post": "Kepala Dinas",
    "rank": "Pembina, IV/a",
    "email": "rina.lestari@sagarabiru.example",
    "city": "Kota Sagara Biru",
    "province": "Provinsi Nusa Contoh",
}
UNIT = "Dinas Komunikasi dan Informatika"


def entry(office: Office, **changes) -> dict:
    return PERSON | {"unit": f"{office.agency}|{UNIT}"} | changes


def enter(office: Office, **changes) -> EnrolmentRequest:
    answer = browser(office.entering).post("/pendaftaran/baru/", entry(office, **changes))
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return EnrolmentRequest.objects.get(pk=answer["Location"].split("/")[2])


def at_the_link(kind: str = "identity-link") -> Client:
    person = browser()
    assert person.get(newest_link(kind)).status_code == 302
    return person


def identity(**changes) -> dict:
    text = consent_text()
    return {
        "nik": NIK,
        "born": "1990-07-01",
        "phone": "0811 5550 101",
        "agree": "on",
        "version": text.version,
        "digest": text.digest,
    } | changes


def complete(person: Client, **changes) -> None:
    for kind in ("ktp", "selfie"):
        assert person.post(f"/undangan/foto/{kind}/", {"picture": picture()}).status_code == 302
    answer = person.post("/undangan/data/", identity(**changes))
    assert (answer.status_code, answer["Location"]) == (302, "/undangan/terkirim/"), answer.content.decode()[:3000]


def with_letter(request: EnrolmentRequest, office: Office, monkeypatch, signer: str = "Ratna Widyaningsih") -> None:
    """The verification of PDFs has its own tests: here it has found a signature."""
    found = LetterSignature(names=(signer,), at=request.entered_at)
    monkeypatch.setattr(actions, "letter_signature", lambda *_args, **_named: found)
    letter = SimpleUploadedFile("surat.pdf", b"%PDF-1.7 surat", "application/pdf")
    answer = browser(office.entering).post(f"/pendaftaran/{request.pk}/surat/", {"letter": letter})
    assert answer.status_code == 302


def verify(request: EnrolmentRequest, office: Office, **changes):
    data = {"decision": "accept", "compared": ["card", "face"]} | changes
    return browser(office.verifying).post(f"/pendaftaran/{request.pk}/keputusan/", data)


def state(request: EnrolmentRequest) -> str:
    request.refresh_from_db()
    return request.state


def test_a_person_goes_from_entry_to_approval_and_everybody_only_where_they_may(office: Office, monkeypatch) -> None:
    request = enter(office)
    link = newest_link("identity-link")
    assert re.fullmatch(r"/undangan/[A-Za-z0-9_-]{43}/", link)
    page = browser(office.entering).get(f"/pendaftaran/{request.pk}/").content.decode()
    assert link not in page
    assert NIK not in page
    assert "9999••••••••0001" in page

    with_letter(request, office, monkeypatch)
    complete(at_the_link())
    assert state(request) == "completed"
    assert Subscriber.objects.get().rank == "Pembina, IV/a"

    page = browser(office.verifying).get(f"/pendaftaran/{request.pk}/").content.decode()
    assert "Signed by Ratna Widyaningsih" in page
    assert verify(request, office).status_code == 302
    assert state(request) == "verified"
    assert browser(office.ra).post(f"/pendaftaran/{request.pk}/keputusan/", {"decision": "accept"}).status_code == 302
    assert state(request) == "approved"
    assert newest_link("activation-link") != link


def test_who_entered_does_not_verify_and_nothing_is_decided_twice(office: Office, monkeypatch) -> None:
    request = enter(office)
    with_letter(request, office, monkeypatch)
    complete(at_the_link())
    own = browser(office.entering).post(
        f"/pendaftaran/{request.pk}/keputusan/", {"decision": "accept", "compared": ["card", "face"]}
    )
    assert own.status_code == 403
    assert state(request) == "completed"
    assert verify(request, office).status_code == 302
    again = verify(request, office)
    assert again.status_code in {403, 409}
    assert state(request) == "verified"


def test_what_eyes_compare_must_be_ticked_and_what_is_wrong_blocks(office: Office, monkeypatch) -> None:
    request = enter(office)
    complete(at_the_link())
    refused = verify(request, office, note="typed and kept")
    assert refused.status_code == 409
    assert "enrolment" not in refused.content.decode()
    assert "typed and kept" in refused.content.decode()
    with_letter(request, office, monkeypatch)
    assert verify(request, office, compared=["card"]).status_code == 409
    assert state(request) == "completed"
    assert verify(request, office).status_code == 302


def test_a_request_is_sent_back_mended_and_the_old_link_opens_nothing(office: Office, monkeypatch) -> None:
    request = enter(office)
    with_letter(request, office, monkeypatch)
    complete(at_the_link())
    nothing = browser(office.verifying).post(f"/pendaftaran/{request.pk}/keputusan/", {"decision": "send-back"})
    assert nothing.status_code == 400
    first = newest_link("identity-link")
    answer = browser(office.verifying).post(
        f"/pendaftaran/{request.pk}/keputusan/", {"decision": "send-back", "reason": "card", "note": "silau"}
    )
    assert answer.status_code == 302
    assert state(request) == "entered"
    assert "silau" in told("sent-back")[-1][1]
    assert browser().get(first).status_code == 409
    person = at_the_link()
    assert "silau" in person.get("/undangan/foto/").content.decode()
    complete(person)
    assert state(request) == "completed"
    assert Evidence.objects.filter(request=request, kind="ktp").count() == 2
    assert Evidence.objects.filter(request=request, kind="ktp", sealed__isnull=False).count() == 1


def test_a_rejected_person_reads_why_and_can_be_entered_again(office: Office) -> None:
    request = enter(office)
    complete(at_the_link())
    answer = browser(office.verifying).post(
        f"/pendaftaran/{request.pk}/keputusan/", {"decision": "reject", "reason": "post", "note": "sudah mutasi"}
    )
    assert answer.status_code == 302
    assert state(request) == "rejected"
    assert "sudah mutasi" in told("rejected")[-1][1]
    assert enter(office).pk != request.pk


def test_a_link_is_used_once_ends_after_a_day_and_is_for_one_person(office: Office, instance: Instance) -> None:
    enter(office)
    link = newest_link("identity-link")
    assert browser(office.entering).get(link).status_code == 403
    person = at_the_link()
    complete(person)
    assert browser().get(link).status_code == 409
    assert browser().get("/undangan/" + "A" * 43 + "/").status_code == 404
    enter(office, nik="9999014107900002", nip="", employment="non-asn", email="lain@sagarabiru.example")
    instance.clock.moment = instant(instance.clock.moment + timedelta(hours=24))
    assert browser().get(newest_link("identity-link")).status_code == 409


def test_a_wrong_nik_is_told_without_saying_what_was_wrong_and_keeps_what_was_typed(office: Office) -> None:
    request = enter(office)
    person = at_the_link()
    for kind in ("ktp", "selfie"):
        person.post(f"/undangan/foto/{kind}/", {"picture": picture()})
    malformed = person.post("/undangan/data/", identity(nik="12"))
    assert malformed.status_code == 400
    assert "16 digits" in malformed.content.decode()
    wrong = person.post("/undangan/data/", identity(nik="9999014107900002"))
    assert wrong.status_code == 400
    assert 'value="0811 5550 101"' in wrong.content.decode()
    assert state(request) == "entered"
    unread = person.post("/undangan/data/", {key: value for key, value in identity().items() if key != "agree"})
    assert unread.status_code == 400
    outdated = person.post("/undangan/data/", identity(digest="0" * 64))
    assert outdated.status_code == 409
    assert person.post("/undangan/data/", identity()).status_code == 302


@pytest.mark.parametrize(
    ("upload", "status"),
    [
        (lambda: picture("PNG"), 302),
        (lambda: picture("WEBP"), 302),
        (lambda: picture("GIF"), 400),
        (lambda: picture(size=(100, 100)), 400),
    ],
)
def test_pictures_in_three_formats_and_of_a_size_that_eyes_can_use(office: Office, upload, status: int) -> None:
    enter(office)
    person = at_the_link()
    assert person.post("/undangan/foto/ktp/", {"picture": upload()}).status_code == status
    assert Evidence.objects.count() == (status == 302)


def test_a_picture_is_written_anew_sealed_and_shown_to_who_decides_with_a_trace(office: Office) -> None:
    request = enter(office)
    person = at_the_link()
    sent = picture()
    person.post("/undangan/foto/ktp/", {"picture": sent})
    kept = Evidence.objects.get()
    assert b"\xff\xd8\xff" not in bytes(kept.sealed)
    shown = browser(office.verifying).get(f"/pendaftaran/{request.pk}/berkas/ktp/")
    assert shown["Content-Type"] == "image/jpeg"
    assert hashlib.sha256(shown.content).hexdigest() == kept.sha256
    assert b"Kamera Rahasia" not in shown.content
    assert latest_entries(limit=1)[0][1].tag.value == "enrolment:evidence:viewed"
    assert browser(office.verifying).get(f"/pendaftaran/{request.pk}/berkas/selfie/").status_code == 404
    assert browser().get(f"/pendaftaran/{request.pk}/berkas/ktp/").status_code == 302


def test_a_nik_is_shown_for_a_purpose_that_the_ledger_keeps(office: Office) -> None:
    request = enter(office)
    answer = browser(office.verifying).post(f"/pendaftaran/{request.pk}/nik/", {"purpose": "card"})
    assert NIK in answer.content.decode()
    entry_ = latest_entries(limit=1)[0][1]
    assert (entry_.tag.value, dict(entry_.facts)["purpose"]) == ("enrolment:identity:revealed", "card")
    assert NIK not in repr(entry_)
    assert browser(office.verifying).post(f"/pendaftaran/{request.pk}/nik/", {"purpose": ""}).status_code == 400


def test_entering_twice_is_told_and_keeps_what_was_typed(office: Office) -> None:
    enter(office)
    again = browser(office.verifying).post("/pendaftaran/baru/", entry(office, post="Sekretaris"))
    assert again.status_code == 409
    assert 'value="Sekretaris"' in again.content.decode()
    assert EnrolmentRequest.objects.count() == 1
    assert len(told("identity-link")) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("nik", "1234"),
        ("nik", "9999013207900001"),
        ("nip", "12345"),
        ("email", "rina di dinas"),
        ("name", "R1na"),
        ("unit", "salah|Dinas"),
        ("post", "a\u200bb"),
    ],
)
def test_each_wrong_field_is_told_at_its_field(office: Office, field: str, value: str) -> None:
    answer = browser(office.entering).post("/pendaftaran/baru/", entry(office, **{field: value}))
    assert answer.status_code == 400
    page = answer.content.decode()
    assert f'id="id_{field}_error"' in page
    assert EnrolmentRequest.objects.count() == 0


def test_a_withdrawn_request_is_over_and_its_link_opens_nothing(office: Office) -> None:
    request = enter(office)
    link = newest_link("identity-link")
    assert browser(office.verifying).post(f"/pendaftaran/{request.pk}/batal/").status_code == 302
    assert state(request) == "withdrawn"
    assert browser().get(link).status_code == 409
    assert enter(office).pk != request.pk


def test_another_agency_sees_nothing_and_other_roles_get_no_page(office: Office, instance: Instance) -> None:
    request = enter(office)
    other = enrolment.register_agency(agency_value(code="lain"), by=Operator(name="test")).id
    stranger = instance.officer("asing", Role.VERIFIKATOR, agency=str(other))
    auditor = instance.officer("audi", Role.AUDITOR)
    assert browser(stranger).get(f"/pendaftaran/{request.pk}/").status_code == 404
    assert "Rina Ayu Lestari" not in browser(stranger).get("/pendaftaran/?tab=pemohon").content.decode()
    assert browser(auditor).get("/pendaftaran/").status_code == 403
    assert "Rina Ayu Lestari" in browser(office.ra).get("/pendaftaran/?tab=pemohon").content.decode()


def test_the_queue_asks_as_many_questions_for_ten_rows_as_for_one(office: Office) -> None:
    enter(office)
    client = browser(office.verifying)
    client.get("/pendaftaran/?tab=pemohon")
    with CaptureQueriesContext(connection) as one:
        client.get("/pendaftaran/?tab=pemohon")
    for number in range(2, 12):
        enter(
            office, nik=f"99990141079{number:05d}", nip="", employment="non-asn", email=f"o{number}@sagarabiru.example"
        )
    with CaptureQueriesContext(connection) as many:
        page = client.get("/pendaftaran/?tab=pemohon").content.decode()
    assert page.count("<tr>") == 12
    assert len(many) == len(one)
