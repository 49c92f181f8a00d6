"""The holder's page and the page behind the QR."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from tests.fixtures_instance import NIK, Walk
from tests.site.signing.test_sign_for_subscriber import order

from absah.pki.revocation import RevocationReason
from absah.signing.levels import Level
from absah_site.actors import Operator
from absah_site.applications.models import Application
from absah_site.enrolment.actions import ActivatedCredential
from absah_site.pki import actions as pki
from absah_site.pki.models import StatusChange
from absah_site.signing.actions import sign_for_subscriber
from absah_site.signing.models import SigningRecord

NOW = datetime(2026, 11, 20, 7, 3, tzinfo=UTC)


@pytest.fixture
def held(walk: Walk) -> ActivatedCredential:
    return walk.activated()


def browser(public_id=None) -> Client:
    client = Client()
    client.cookies["bahasa"] = "en"
    if public_id is not None:
        client.force_login(get_user_model().objects.get(public_id=public_id))
    return client


def test_the_holder_sees_certificate_serial_and_every_use_and_nobody_else_gets_in(held: ActivatedCredential) -> None:
    signed = sign_for_subscriber(order(level=Level.B_B))
    page = browser(held.account).get("/sertifikat-saya/").content.decode()
    assert "Rina Ayu Lestari" in page
    assert "Pemerintah Kota Sagara Biru" in page
    assert held.serial.upper()[:2] + " " + held.serial.upper()[2:4] in page
    assert f"/d/{signed.record_id}/" in page
    assert NIK not in page
    assert browser().get("/sertifikat-saya/").status_code == 302


def test_every_use_is_leafed_through_and_a_refusal_is_told_in_words(held: ActivatedCredential, monkeypatch) -> None:
    for _ in range(3):
        sign_for_subscriber(order(level=Level.B_B))
    SigningRecord.objects.filter(pk=SigningRecord.objects.order_by("pk").first().pk).update(
        state="failed", error="register.signing-interrupted", output_sha256=""
    )
    monkeypatch.setattr("absah_site.signing.access.PAGE", 2)
    page = browser(held.account).get("/sertifikat-saya/").content.decode()
    assert page.count("B-B</a>") == 2
    assert "?hal=2" in page
    last = browser(held.account).get("/sertifikat-saya/?hal=2").content.decode()
    assert "Refused" in last
    assert "<code>" not in last
    assert browser(held.account).get("/sertifikat-saya/?hal=99").status_code == 200


def test_each_use_names_what_asked_for_it(held: ActivatedCredential) -> None:
    application = Application.objects.create(
        pk=uuid4(), agency="x", name="Sistem Surat", username="surat", unit="Umum", scopes=["sign"], registered_at=NOW
    )
    for asked in (f"application:{application.pk}", "cli", f"application:{uuid4()}"):
        sign_for_subscriber(replace(order(level=Level.B_B), application=asked))
    page = browser(held.account).get("/sertifikat-saya/").content.decode()
    assert "Sistem Surat" in page
    assert ">command line<" in page
    assert str(application.pk) not in page
    assert page.count("application:") == 1  # one that is not registered here any more


def test_two_regions_of_the_page_never_have_the_same_name(held: ActivatedCredential) -> None:
    """WAI-ARIA 1.2: who moves from landmark to landmark must be able to tell them apart."""
    sign_for_subscriber(order(level=Level.B_B))
    names = re.findall(
        r'<(?:section|div class="scroll")[^>]*aria-labelledby="([^"]+)"',
        browser(held.account).get("/sertifikat-saya/").content.decode(),
    )
    assert len(names) > 1
    assert len(names) == len(set(names))


def test_somebody_without_a_certificate_is_told_how_to_get_one(walk: Walk) -> None:
    answer = browser(walk.office.ra.public_id).get("/sertifikat-saya/")
    assert answer.status_code == 200
    assert "verifikator" in answer.content.decode()


def test_the_page_behind_the_qr_says_who_and_when_and_never_gives_the_file(held: ActivatedCredential) -> None:
    signed = sign_for_subscriber(order(level=Level.B_B))
    answer = browser().get(f"/d/{signed.record_id}/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Dr. Rina Ayu Lestari, M.Kom." in page
    assert 'class="badge ok"' in page
    assert "trial" in page
    assert NIK not in page
    assert answer.headers["Content-Type"].startswith("text/html")
    assert not answer.cookies
    pki.revoke_certificate(held.serial, RevocationReason.KEY_COMPROMISE, by=Operator(name="test"))
    assert 'class="badge bad"' in browser().get(f"/d/{signed.record_id}/").content.decode()


def test_a_number_that_no_finished_signature_has_is_not_found(held: ActivatedCredential) -> None:
    assert browser().get(f"/d/{uuid4()}/").status_code == 404


def test_the_pages_speak_indonesian_first(held: ActivatedCredential) -> None:
    client = Client()
    client.force_login(get_user_model().objects.get(public_id=held.account))
    page = client.get("/sertifikat-saya/").content.decode()
    assert "Sertifikat Anda berlaku sampai" in page
    signed = sign_for_subscriber(order(level=Level.B_B))
    assert "Ditandatangani oleh" in Client().get(f"/d/{signed.record_id}/").content.decode()


def test_the_holder_suspends_the_certificate_at_once_when_the_key_is_lost_and_nobody_else_does(
    held: ActivatedCredential, walk: Walk
) -> None:
    mine, address = browser(held.account), f"/sertifikat-saya/{held.serial}/kunci-hilang/"
    assert address in mine.get("/sertifikat-saya/").content.decode()
    assert browser(walk.office.entering.public_id).post(address).status_code == 404
    assert browser().post(address).status_code == 302
    assert mine.get(address).status_code == 405

    page = mine.post(address, follow=True).content.decode()

    assert "Your certificate is suspended" in page
    assert address not in page
    assert walk.instance.signer.certificate_chain(held.credential).state.value == "suspended"
    (change,) = StatusChange.objects.filter(certificate__serial=held.serial)
    assert (change.status, change.cause) == ("suspended", "kunci-hilang")
    assert mine.post(address, follow=True).status_code == 200
    assert StatusChange.objects.count() == 1
