"""The operators' pages, through HTTP."""

import re
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from django.test import Client
from tests.fixtures_instance import PASSWORD

from absah.adapters.pkcs11.settings import TokenSettings
from absah.adapters.responder_keys import ResponderFolder
from absah.adapters.signer.errors import SignerUnreachable
from absah.pki.names import AuthorityName
from absah.pki.revocation import Cause
from absah.signing.ports import CredentialId
from absah_site import composition
from absah_site.actors import Operator
from absah_site.oversight import access
from absah_site.oversight.access import Condition, Service, State
from absah_site.oversight.templatetags.oversight import bar_chart, common_name, spelt, time_left
from absah_site.pki import access as register
from absah_site.pki import actions as pki
from absah_site.pki.access import Search, Status
from absah_site.roles import Role


@pytest.fixture
def people(instance):
    return {
        "ca": instance.officer("melati", Role.CA),
        "second": instance.officer("wibisono", Role.CA),
        "operator": instance.officer("stefanus", Role.OPERATOR),
        "auditor": instance.officer("hasan", Role.AUDITOR),
    }


@pytest.fixture
def person(walk) -> str:
    return register.certificate_of_credential(CredentialId(walk.activated().credential)).serial


def signed_in(username: str) -> Client:
    client = Client()
    client.post("/masuk/", {"username": username, "password": PASSWORD})
    return client


def test_the_overview_answers_first(instance, people, person):
    page = signed_in("stefanus").get("/otoritas/").content.decode()
    assert "Semua layanan baik" in page
    assert "issuing-ca.crl" in page
    assert "7 hari lagi" in page
    assert "Sertifikat yang habis masa berlakunya pada setiap bulan dalam dua tahun mendatang" in page
    instance.clock.advance(timedelta(days=6))
    assert "perlu segera dilihat" in signed_in("stefanus").get("/otoritas/").content.decode()
    instance.clock.advance(timedelta(days=2))
    assert "layanan sakit" in signed_in("stefanus").get("/otoritas/").content.decode()


def test_the_services_say_where_their_keys_are(instance, people, monkeypatch):
    client = signed_in("stefanus")

    def keys() -> list[str]:
        page = client.get("/otoritas/layanan/").content.decode()
        cells = re.findall(r'<td data-h="Kunci">(.*?)</td>', page, re.DOTALL)
        return [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in cells]

    assert keys() == [*(f"tersegel di penanda tangan {name}" for name in ("ocsp", "tsa", "issuing-ca")), "luring"]
    entry = instance.signer.list_keys(CredentialId("tsa"))[0]
    token = TokenSettings(
        name="hsm-1", module="/usr/lib/hsm.so", label="PSrE satu", serial="", pin_file=Path("pin"), sessions=1
    )
    monkeypatch.setattr(composition, "config", lambda: replace(instance.config, tokens=(token,)))
    moved = entry.model_copy(update={"place": "token:hsm-1:0a1b"})
    monkeypatch.setattr(instance.signer, "list_keys", lambda *_names: (moved,))
    assert keys()[1] == "di token hsm-1 label PSrE satu CKA_ID 0a1b tsa"
    assert keys()[0] == "Penanda tangan tidak punya kunci ini ocsp"

    def silent(*_names: CredentialId) -> None:
        raise SignerUnreachable

    monkeypatch.setattr(instance.signer, "list_keys", silent)
    assert keys()[1:] == ["Penanda tangan tidak menjawab tsa", "Penanda tangan tidak menjawab issuing-ca", "luring"]


def test_keys_that_services_made_for_themselves_are_told_apart(instance, people):
    client, now = signed_in("stefanus"), instance.clock.now()
    assert "tersegel di berkas sendiri" not in client.get("/otoritas/layanan/").content.decode()
    name = AuthorityName(common_name="OCSP CA Uji", organisation="Absah (Uji Coba)")
    ResponderFolder(instance.config.data, "ocsp", "issuing-ca").ask(name, now=now, rng=instance.rng)
    assert pki.certify_responders(by=Operator(name="test")) == 1
    page = client.get("/otoritas/layanan/").content.decode()
    assert page.count("tersegel di berkas sendiri") == 1
    assert "6 hari lagi" in page  # seven days, begun an hour ago
    client.cookies["bahasa"] = "en"
    assert "sealed in its own file" in client.get("/otoritas/layanan/").content.decode()
    client.cookies["bahasa"] = "id"
    instance.clock.advance(timedelta(days=8))
    assert "tersegel di berkas sendiri" not in client.get("/otoritas/layanan/").content.decode()


def test_a_signer_that_is_silent_is_ill(instance, monkeypatch):
    def silent() -> None:
        raise SignerUnreachable

    monkeypatch.setattr(instance.signer, "ping", silent)
    found = {one.service: one.condition for one in access.services(now=instance.clock.now())}
    assert found[Service.SIGNER] is Condition.ILL
    assert found[Service.TSA] is Condition.WELL


@pytest.mark.parametrize(("path", "allowed"), [
    ("/otoritas/", ("melati", "stefanus", "hasan", "rara")),
    ("/otoritas/sertifikat/", ("melati", "stefanus", "hasan", "rara")),
    ("/otoritas/layanan/", ("melati", "stefanus", "hasan", "rara")),
    ("/otoritas/usulan/", ("melati", "stefanus", "hasan")),
])  # fmt: skip
def test_each_page_is_for_its_roles(people, office, path, allowed):
    assert Client().get(path).status_code == 302
    for username in ("melati", "stefanus", "hasan", "rara", "veri"):
        assert signed_in(username).get(path).status_code == (200 if username in allowed else 403)


def test_a_certificate_is_found_by_what_people_know_of_it(people, person):
    found = register.certificate(person)
    client = signed_in("melati")
    for text in (person[:8], person.upper(), found.fingerprint, found.holder, common_name(found.subject)[:6]):
        page = client.get("/otoritas/sertifikat/", {"q": text}).content.decode()
        assert person in page, text
    assert person not in client.get("/otoritas/sertifikat/", {"q": "tidak ada orangnya"}).content.decode()
    assert person not in client.get("/otoritas/sertifikat/", {"q": "", "state": "revoked"}).content.decode()
    assert client.get("/otoritas/sertifikat/", {"q": "' OR 1=1 --", "dari": "-1"}).status_code == 200
    assert client.get("/otoritas/sertifikat/no-serial/").status_code == 404


def test_pages_of_a_search_follow_one_another(people, person):
    newest = register.find_certificates(Search(), offset=0, limit=2)
    older = register.find_certificates(Search(), offset=2, limit=2)
    assert len(newest) == len(older) == 2
    assert {one.serial for one in newest}.isdisjoint({one.serial for one in older})


def test_the_registration_authority_holds_lets_go_and_revokes_with_a_reason(people, office, person):
    client, path = signed_in("rara"), f"/otoritas/sertifikat/{person}/"
    assert client.post(f"{path}tahan/", {"tahan-cause": ""}).status_code == 400
    assert client.post(f"{path}tahan/", {"tahan-cause": Cause.DEVICE_LOST.value}).status_code == 302
    assert register.certificate(person).status is Status.SUSPENDED
    assert client.post(f"{path}pulihkan/").status_code == 302
    assert register.certificate(person).status is Status.GOOD
    assert client.post(f"{path}cabut/", {"akhiri-cause": Cause.RETIRED.value}).status_code == 400
    sure = {"akhiri-cause": Cause.RETIRED.value, "akhiri-sure": "on"}
    assert client.post(f"{path}cabut/", sure).status_code == 302
    page = client.get(path).content.decode()
    for word in ("Dicabut", "pensiun", "perangkat hilang", "berlaku kembali"):
        assert word in page
    assert client.post(f"{path}tahan/", {"tahan-cause": Cause.DEVICE_LOST.value}).status_code == 409
    assert "Cabut sertifikat" not in page


def test_others_look_and_change_nothing_and_own_services_end_by_two_people(people, office, person):
    sure = {"akhiri-cause": Cause.RETIRED.value, "akhiri-sure": "on"}
    for username in ("melati", "stefanus", "hasan"):
        client = signed_in(username)
        assert "Cabut sertifikat" not in client.get(f"/otoritas/sertifikat/{person}/").content.decode()
        assert client.post(f"/otoritas/sertifikat/{person}/cabut/", sure).status_code == 403
    tsa = register.certificate_of_credential(CredentialId("tsa")).serial
    answer = signed_in("rara").post(f"/otoritas/sertifikat/{tsa}/cabut/", sure)
    assert (answer.status_code, register.certificate(tsa).status) == (302, Status.GOOD)


def test_a_mass_revocation_goes_through_the_pages_and_two_people(people, person):
    first, second, operator = signed_in("melati"), signed_in("wibisono"), signed_in("stefanus")
    form = {"selection": "list", "what": person, "reason": "key_compromise", "why": "Latihan"}
    asked = first.post("/otoritas/usulan/", form)
    assert asked.status_code == 302
    found = access.open_proposals()[0]
    path = f"/otoritas/usulan/{found.public_id}/"
    assert "Tarik kembali" in first.get(path).content.decode()
    assert first.post(f"{path}setujui/").status_code == 403
    assert operator.post(f"{path}setujui/").status_code == 403
    assert "Setujui dan laksanakan" in second.get(path).content.decode()
    assert "Setujui dan laksanakan" not in operator.get(path).content.decode()
    assert second.post(f"{path}setujui/").status_code == 302
    assert access.proposal(found.public_id).state is State.DONE
    page = second.get(path).content.decode()
    assert "1 dari 1 diakhiri" in page
    assert "belum terbit" in page
    lines = b"".join(second.get(f"{path}pemilik.csv").streaming_content).decode().splitlines()
    assert lines[0] == "subscriber,agency,profile,serial,ended,new_serial"
    assert person in lines[1]
    assert signed_in("hasan").post(f"{path}setujui/").status_code == 403
    assert second.post(f"{path}lain/").status_code == 404


@pytest.mark.parametrize(("changes", "status"), [
    ({"what": "kosong", "selection": "list"}, 400),
    ({"what": "tidak-ada", "selection": "issuer"}, 404),
    ({"reason": "certificate_hold"}, 400),
    ({"why": ""}, 400),
])  # fmt: skip
def test_what_cannot_be_asked_for_is_said_on_the_page(people, person, changes, status):
    form = {"selection": "list", "what": person, "reason": "key_compromise", "why": "Latihan"} | changes
    assert signed_in("melati").post("/otoritas/usulan/", form).status_code == status
    assert access.open_proposals() == ()


def test_who_asked_takes_it_back_on_the_page(people, person):
    first = signed_in("melati")
    first.post("/otoritas/usulan/", {"selection": "key", "what": person, "reason": "superseded", "why": "Latihan"})
    found = access.open_proposals()[0]
    assert first.post(f"/otoritas/usulan/{found.public_id}/tolak/").status_code == 302
    assert access.proposal(found.public_id).state is State.WITHDRAWN


def test_the_number_of_queries_does_not_grow_with_the_register(
    people, person, django_assert_max_num_queries, walk, instance
):
    client = signed_in("melati")
    for path, most in (
        ("/otoritas/", 22),
        ("/otoritas/sertifikat/", 7),
        (f"/otoritas/sertifikat/{person}/", 9),
        ("/otoritas/layanan/", 9),
        ("/otoritas/usulan/", 8),
    ):
        with django_assert_max_num_queries(most):
            assert client.get(path).status_code == 200


def test_no_label_of_a_chart_lies_over_another_or_outside():
    months = {date(2026 + number // 12, 1 + number % 12, 1): number for number in range(25)}
    chart = bar_chart(months, "", "m/y")
    labels = [float(x) for x in re.findall(r'<text x="([0-9.]+)" y="181" text-anchor="middle">[0-9]', chart)]

    assert len(labels) > 3
    assert all(after - before > 33 for before, after in pairwise(labels))
    assert labels[-1] + 16 < 410


def test_figures_days_and_names_are_written_for_people(instance):
    now = instance.clock.now()
    days = register.issued_by_day(now=now, days=3)
    assert [day.isoformat() for day in days] == ["2026-11-18", "2026-11-19", "2026-11-20"]
    months = register.ending_by_month(now=now, months=3)
    assert [month.isoformat() for month in months] == ["2026-11-01", "2026-12-01", "2027-01-01"]
    chart = bar_chart(dict.fromkeys(days, 0) | {next(iter(days)): 1234}, "kalimat", "j")
    assert 'role="img" aria-label="kalimat"' in chart
    assert "1.500" in chart
    assert time_left(timedelta(hours=3, minutes=57)) == "3 jam 57 menit lagi"
    assert time_left(timedelta(days=12, hours=3)) == "12 hari lagi"
    assert time_left(timedelta(days=729)) == "729 hari lagi"
    assert time_left(timedelta(days=3649)) == "9 tahun lagi"
    assert time_left(timedelta(seconds=-1)) == "lewat"
    assert common_name("CN=Rina\\, S.H.,O=Kota") == "Rina, S.H."
    assert common_name("O=Kota") == "O=Kota"
    assert spelt("CN=2.5.4.5=x,2.5.4.5=AB\\,C,2.5.4.42=Rina") == "CN=2.5.4.5=x,serialNumber=AB\\,C,givenName=Rina"
