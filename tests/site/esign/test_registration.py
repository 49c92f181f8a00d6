"""Registering people over the wire: in a verifikator's name, by the same checks as everybody."""

import base64
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.fixtures_instance import Office, applicant_value
from tests.site.esign.conftest import WireClient

from absah_site.accounts.models import User
from absah_site.applications.access import Scope
from absah_site.audit.models import Entry
from absah_site.enrolment.models import EnrolmentRequest, Invitation, Subscriber
from absah_site.notices.models import Notice

APPLICANT = applicant_value()
PATHS = ("/api/v2/user/registration", "/api/v2/user/register")
LETTER = b"%PDF-1.7\nsurat\n%%EOF\n"


@pytest.fixture
def client(client: WireClient, office: Office) -> WireClient:
    client.change(owner=office.entering.username, unit=APPLICANT.unit)
    return client


def fields(**changes: str) -> dict[str, str]:
    known = {
        "nik": APPLICANT.nik.digits,
        "nama": APPLICANT.name.full,
        "email": APPLICANT.email.address,
        "nip": APPLICANT.nip.digits if APPLICANT.nip else "",
        "jabatan": APPLICANT.post,
        "unit_kerja": APPLICANT.unit,
        "kota": APPLICANT.city,
        "provinsi": APPLICANT.province,
        "nomor_telepon": "081200000000",
    }
    return {name: value for name, value in (known | changes).items() if value}


def letter() -> SimpleUploadedFile:
    return SimpleUploadedFile("surat.pdf", LETTER, content_type="application/pdf")


def test_version_1_enters_a_person_who_gets_a_link_and_is_told_so(client: WireClient, office: Office) -> None:
    ktp = SimpleUploadedFile("ktp.jpg", b"\xff\xd8", content_type="image/jpeg")
    answer = client.form("/api/user/registrasi", **fields(), surat_rekomendasi=letter(), ktp=ktp)
    assert (answer.status, answer.json) == (200, {"message": "Pendaftaran berhasil"})
    request = EnrolmentRequest.objects.get()
    assert (request.state, request.agency_id) == ("entered", office.agency)
    assert request.entered_by_id == office.entering.public_id
    assert list(request.evidence.values_list("kind", flat=True)) == ["letter"]
    assert Invitation.objects.filter(request=request).count() == 1
    status = client.get(f"/api/user/status/{APPLICANT.nik.digits}").json
    assert status["status"] == "WAITING_FOR_VERIFICATION"


def test_what_stands_in_the_address_counts_too(client: WireClient) -> None:
    answer = client.form("/api/user/registrasi?" + urlencode(fields()), surat_rekomendasi=letter())
    assert answer.status == 200


def test_version_2_enters_whoever_has_a_nik(client: WireClient) -> None:
    content = fields(unit_kerja="", kota="", provinsi="")
    answer = client.json(PATHS[0], content | {"suratRekomendasiBase64": base64.b64encode(LETTER).decode()})
    assert answer.json == {"success": True, "message": "Pendaftaran berhasil", "data": None}
    assert EnrolmentRequest.objects.get().evidence.count() == 1


@pytest.mark.parametrize("path", PATHS)
def test_a_name_and_an_address_ask_the_verifikators_once_a_day(client: WireClient, office: Office, path: str) -> None:
    for _ in range(2):
        answer = client.json(path, {"nama": "Sri Contoh", "email": "sri@sagarabiru.example"})
        assert answer.json["success"] is True
        assert "verifikator" in answer.json["message"]
    assert not EnrolmentRequest.objects.exists()
    assert Notice.objects.filter(kind="enrolment.registration-asked").count() == 2  # each verifikator once
    assert Entry.objects.filter(tag="applications:registration:asked").count() == 1


def test_the_ledger_has_who_entered_and_who_asked(client: WireClient, office: Office) -> None:
    client.json(PATHS[0], fields())
    entered = Entry.objects.get(tag="enrolment:request:submitted")
    asked = Entry.objects.get(tag="applications:registration:asked")
    assert entered.subject == asked.subject
    assert (entered.actor, asked.actor) == (office.entering.reference, client.application.reference)


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({"nik": ""}, 4014),
        ({"nik": "123"}, 4015),
        ({"email": "bukan-alamat"}, 4015),
        ({"nama": "7" * 400}, 4015),
        ({"nip": "12"}, 4015),
        ({"unit_kerja": "Dinas yang tidak ada"}, 4015),
        ({"jabatan": ""}, 4001),
        ({"nama": ""}, 4001),
    ],
)
def test_what_is_wrong_with_the_data_is_said_and_nothing_is_written(
    client: WireClient, changes: dict[str, str], number: int
) -> None:
    answer = client.form("/api/user/registrasi", **fields(**changes))
    assert (answer.status, answer.json["status_code"]) == (400, number)
    if number == 4015:
        assert answer.json["error"].startswith("Data tidak sesuai ketentuan : ")
    assert not Subscriber.objects.exists()


def test_a_letter_that_is_no_pdf_undoes_the_entry(client: WireClient) -> None:
    picture = SimpleUploadedFile("surat.jpg", b"\xff\xd8", content_type="image/jpeg")
    assert client.form("/api/user/registrasi", **fields(), surat_rekomendasi=picture).json["status_code"] == 4015
    assert not EnrolmentRequest.objects.exists()
    assert not Invitation.objects.exists()


def test_somebody_who_waits_already_is_registered(client: WireClient) -> None:
    client.json(PATHS[0], fields())
    answer = client.json(PATHS[0], fields())
    assert answer.json == {"error": "NIK telah terdaftar", "status_code": 4024}


@pytest.mark.parametrize("owner", ["", "nobody"])
def test_without_a_verifikator_who_answers_nobody_is_entered(client: WireClient, owner: str) -> None:
    client.change(owner=owner)
    assert client.json(PATHS[0], fields()).json["status_code"] == 4016


def test_somebody_who_is_no_verifikator_cannot_answer_for_it(client: WireClient, office: Office) -> None:
    client.change(owner=office.ra.username)
    assert client.json(PATHS[0], fields()).json["status_code"] == 4016


def test_an_agency_without_verifikators_is_told_so(client: WireClient) -> None:
    User.objects.update(is_active=False)
    answer = client.json(PATHS[0], {"nama": "Sri Contoh", "email": "sri@sagarabiru.example"})
    assert answer.json["status_code"] == 4017


def test_an_application_without_the_scope_registers_nobody(client: WireClient) -> None:
    client.change(scopes=client.application.scopes - {Scope.REGISTER})
    assert client.json(PATHS[0], fields()).json["status_code"] == 4051
