"""Agencies: they join, keep their units and domains, get verifikators by letter, and are suspended."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.fixtures_instance import NIK, PASSPHRASE, Instance, Office, Walk
from tests.site.registration.conftest import browser
from tests.site.registration.test_enrolment_by_pages import entry

from absah.adapters.typst_press import press
from absah.audit.tags import EnrolmentTag
from absah.kernel.clock import instant
from absah.kernel.people import Nik
from absah.signing.factors import Factors, Secret
from absah.signing.levels import Level
from absah_site.accounts.actions import grant_role
from absah_site.actors import Account, Operator
from absah_site.audit.access import latest_entries
from absah_site.enrolment.models import Agency, Appointment
from absah_site.roles import Role
from absah_site.signing.actions import SigningOrder, sign_for_subscriber

NEW = {
    "name": "Pemerintah Kabupaten Muara Jingga",
    "code": "muara-jingga",
    "organisation_identifier": "GOV:ID-9998",
    "city": "Kabupaten Muara Jingga",
    "province": "Provinsi Nusa Contoh",
    "agreement_number": "PKS-9/2026",
    "agreement_since": "2026-01-01",
    "agreement_until": "2029-12-31",
    "units": "Dinas Satu\nDinas Dua\n\nDinas Satu\n",
    "domains": "muarajingga.example",
}


@pytest.fixture
def ca(instance: Instance) -> Account:
    return instance.officer("melati", Role.CA)


@pytest.fixture
def admin(instance: Instance, office: Office) -> Account:
    return instance.officer("yonas", Role.AGENCY_ADMIN, agency=str(office.agency))


def pdf(content: bytes = b"%PDF-1.7 surat") -> SimpleUploadedFile:
    return SimpleUploadedFile("surat.pdf", content, "application/pdf")


def test_an_agency_joins_once_and_each_wrong_field_is_told(ca: Account, admin: Account) -> None:
    client = browser(ca)
    assert client.post("/instansi/baru/", NEW | {"agreement_until": ""}).status_code == 400
    assert client.post("/instansi/baru/", NEW | {"domains": "bukan domain"}).status_code == 400
    assert client.post("/instansi/baru/", NEW | {"agreement_until": "2025-01-01"}).status_code in {400, 409}
    made = client.post("/instansi/baru/", NEW)
    assert made.status_code == 302
    agency = Agency.objects.get(code="muara-jingga")
    assert (agency.units, agency.domains) == (["Dinas Satu", "Dinas Dua"], ["muarajingga.example"])
    assert client.post("/instansi/baru/", NEW).status_code == 409
    assert browser(admin).get("/instansi/baru/").status_code == 403
    assert browser(admin).get(f"/instansi/{agency.pk}/").status_code == 404
    assert "Muara Jingga" not in browser(admin).get("/instansi/").content.decode()


def test_agreements_are_linked_for_those_who_may_read_them(admin: Account, office: Office, instance: Instance) -> None:
    address = f"/instansi/{office.agency}/"
    assert 'href="/perjanjian/"' not in browser(admin).get(address).content.decode()
    grant_role(
        admin.public_id,
        Role.AGREEMENT_OFFICER,
        by=Operator(name="test"),
        clock=instance.clock,
        agency=str(office.agency),
    )
    assert 'href="/perjanjian/"' in browser(admin).get(address).content.decode()


def test_the_agency_keeps_its_own_units_and_domains(admin: Account, office: Office) -> None:
    client = browser(admin)
    kept = {"units": "Dinas Komunikasi dan Informatika\nInspektorat", "domains": "@SagaraBiru.example\n"}
    assert client.post(f"/instansi/{office.agency}/data/", kept).status_code == 302
    agency = Agency.objects.get()
    assert agency.domains == ["sagarabiru.example"]
    assert "Inspektorat" in browser(office.entering).get("/pendaftaran/baru/").content.decode()
    assert browser(office.entering).post(f"/instansi/{office.agency}/data/", kept).status_code == 403


def test_an_agreement_that_ended_is_renewed_by_the_certification_body(
    ca: Account, admin: Account, office: Office, instance: Instance
) -> None:
    instance.clock.advance(timedelta(days=800))
    assert browser(office.entering).post("/pendaftaran/baru/", entry(office)).status_code == 409
    address = f"/instansi/{office.agency}/perjanjian/"
    renewed = {"agreement_number": "PKS-2/2029", "agreement_since": "2029-01-01", "agreement_until": "2031-12-31"}
    assert browser(admin).post(address, renewed).status_code == 403
    assert browser(ca).post(address, renewed | {"agreement_until": "2028-01-01"}).status_code == 409
    assert browser(ca).post(address, renewed).status_code == 302
    assert "PKS-2/2029" in browser(ca).get(f"/instansi/{office.agency}/").content.decode()
    assert browser(office.entering).post("/pendaftaran/baru/", entry(office)).status_code == 302
    assert EnrolmentTag.AGREEMENT_RENEWED in {row.tag for _, row in latest_entries(limit=20)}


def test_a_suspended_agency_enters_nobody_and_an_activated_one_does(ca: Account, office: Office) -> None:
    client = browser(ca)
    assert client.post(f"/instansi/{office.agency}/tangguhkan/", {"reason": ""}).status_code == 302
    assert Agency.objects.get().suspended_for == ""
    assert client.post(f"/instansi/{office.agency}/tangguhkan/", {"reason": "Laporan belum masuk"}).status_code == 302
    refused = browser(office.entering).post("/pendaftaran/baru/", entry(office))
    assert refused.status_code == 409
    assert "suspended" in refused.content.decode()
    assert client.post(f"/instansi/{office.agency}/aktifkan/").status_code == 302
    assert browser(office.entering).post("/pendaftaran/baru/", entry(office)).status_code == 302


def test_a_verifikator_is_appointed_by_a_letter_whose_signature_verifies(
    admin: Account, walk: Walk, instance: Instance
) -> None:
    """A real letter, really signed by somebody with a certificate of this instance, and really verified."""
    walk.activated()
    plain = press("subscriber_agreement", _letter(), dated=instance.clock.now().date())
    signed = sign_for_subscriber(
        SigningOrder(
            document=plain,
            nik=Nik(NIK),
            factors=Factors(passphrase=Secret(PASSPHRASE)),
            application="test",
            level=Level.B_LT,
        )
    ).document
    someone = instance.officer("budi", Role.SIGNER, agency=str(walk.office.agency))
    client, address = browser(admin), f"/instansi/{walk.office.agency}/verifikator/"
    for letter in (pdf(), pdf(plain), pdf(b"tidak ada"), pdf(signed[:-2000] + b"x" * 2000)):
        answer = client.post(address, {"username": "budi", "letter": letter})
        assert answer.status_code in {400, 409}, answer.status_code
    assert Appointment.objects.count() == 0
    assert client.post(address, {"username": "tidak-ada", "letter": pdf(signed)}).status_code == 404
    assert client.post(address, {"username": "budi", "letter": pdf(signed)}).status_code == 302
    made = Appointment.objects.get()
    assert (made.signed_by, made.verifikator_id) == ("Rina Ayu Lestari", someone.public_id)
    page = client.get(f"/instansi/{walk.office.agency}/").content.decode()
    assert "by letter signed by Rina Ayu Lestari" in page
    assert client.get(f"/instansi/penunjukan/{made.pk}.pdf").content == signed
    assert client.post(address, {"username": "budi", "letter": pdf(signed)}).status_code == 409
    assert browser(someone).get("/pendaftaran/").status_code == 200
    released = client.post(f"/instansi/{walk.office.agency}/lepas/", {"verifikator": str(someone.public_id)})
    assert released.status_code == 302
    assert browser(someone).get("/pendaftaran/").status_code == 403
    assert client.post(f"/instansi/{walk.office.agency}/lepas/", {"verifikator": "bukan"}).status_code == 302


def _letter() -> dict:
    return {
        "title": "Surat Penunjukan Verifikator",
        "issuer": "Pemerintah Kota Sagara Biru",
        "dated": "20 November 2026",
        "holder": "Budi",
        "trial": True,
        "facts": [["Verifikator", "Budi"]],
        "sentences": ["Ditunjuk sebagai verifikator."],
        "version": "1",
        "digest": "0" * 64,
    }


def test_more_than_three_verifikators_bring_a_warning(admin: Account, office: Office, instance: Instance) -> None:
    client = browser(admin)
    for number in range(4):
        page = client.get(f"/instansi/{office.agency}/").content.decode()
        assert "more than three" not in page
        person = instance.officer(f"orang{number}", Role.SIGNER)
        Appointment.objects.create(
            id=person.public_id,
            agency_id=office.agency,
            verifikator_id=person.public_id,
            letter=b"",
            sha256="0" * 64,
            signed_by="Ratna",
            appointed_by="user:x",
            appointed_at=instance.clock.now(),
        )
    assert "more than three" in client.get(f"/instansi/{office.agency}/").content.decode()


def test_the_desk_counts_what_waits_with_its_age(office: Office, instance: Instance, walk: Walk) -> None:
    walk.completed()
    instance.clock.moment = instant(instance.clock.moment + timedelta(days=3))
    page = browser(office.verifying).get("/beranda/").content.decode()
    assert "the oldest: 3 days" in page
    assert "To verify" in page
    assert "To verify" not in browser(office.ra).get("/beranda/").content.decode()
