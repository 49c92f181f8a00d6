"""People after their first certificate: data change, they forget, are suspended, renew, and leave."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.fixtures_instance import NIK, PASSPHRASE, Instance, Walk, agency_value, applicant_value
from tests.site.registration.conftest import browser, newest_link, told
from tests.site.registration.test_activation_by_pages import RIGHT

from absah.adapters.signer import wire
from absah.enrolment.consent_text import consent_text
from absah.enrolment.subscriber_agreement_text import subscriber_agreement
from absah.enrolment.wire_status import WireStatus
from absah.kernel.clock import instant
from absah.kernel.people import Nik
from absah_site import composition
from absah_site.accounts.access import account
from absah_site.actors import Account, Operator
from absah_site.enrolment import access
from absah_site.enrolment import actions as enrolment
from absah_site.enrolment.actions import ActivatedCredential
from absah_site.enrolment.models import EnrolmentRequest, Subscriber
from absah_site.pki.models import Certificate
from absah_site.roles import Role

NEW = "delapan perahu kertas biru"


@pytest.fixture
def held(walk: Walk) -> ActivatedCredential:
    return walk.activated()


def word(instance: Instance) -> WireStatus:
    return access.wire_status_of(access.subscriber_with_nik(Nik(NIK)), now=instance.clock.now())


def holder(held: ActivatedCredential) -> Account:
    return account(held.account, now=composition.clock().now())


def certificate() -> Certificate:
    return Certificate.objects.filter(profile="individual-signer").latest("pk")


def near_the_end(instance: Instance, days: int) -> None:
    instance.clock.moment = instant(certificate().not_after - timedelta(days=days) + timedelta(hours=1))


def consent() -> dict:
    text = consent_text()
    return {"agree": "on", "version": text.version, "digest": text.digest}


def decide(walk: Walk) -> EnrolmentRequest:
    """Both decisions on the newest open request."""
    request = EnrolmentRequest.objects.exclude(state__in=("activated", "rejected", "withdrawn")).get()
    for officer in (walk.office.verifying, walk.office.ra):
        answer = browser(officer).post(f"/pendaftaran/{request.pk}/keputusan/", {"decision": "accept"})
        assert answer.status_code == 302, answer.content.decode()[:2000]
    request.refresh_from_db()
    return request


def test_a_person_is_found_by_name_number_and_address_and_a_nik_never_stands_in_an_address(
    held: ActivatedCredential, walk: Walk
) -> None:
    client = browser(walk.office.verifying)
    for text in (
        "rina",
        "les",
        "AYU lest",
        NIK,
        "199007012015032001",
        "RINA.lestari@sagarabiru.example",
        held.number.text,
    ):
        page = client.post("/pegawai/cari/", {"q": text}).content.decode()
        assert "Dr. Rina Ayu Lestari" in page, text
    for text in ("tidak ada", "9999014107900002", "orang@lain.example", "ina"):
        assert "Rina Ayu" not in client.post("/pegawai/cari/", {"q": text}).content.decode(), text
    assert "Until" in client.get("/pegawai/").content.decode()
    assert NIK not in client.get(f"/pegawai/{held.number}/").content.decode()


def test_a_suspended_person_signs_nothing_until_the_suspension_is_lifted(held: ActivatedCredential, walk: Walk) -> None:
    client = browser(walk.office.verifying)
    assert client.post(f"/pegawai/{held.number}/tangguhkan/").status_code == 302
    assert (word(walk.instance), certificate().status) == (WireStatus.SUSPEND, "suspended")
    assert client.post(f"/pegawai/{held.number}/tangguhkan/").status_code == 409
    assert "Suspended" in client.get("/pegawai/berubah/").content.decode()
    assert client.post(f"/pegawai/{held.number}/aktifkan/").status_code == 302
    assert (word(walk.instance), certificate().status) == (WireStatus.ISSUE, "good")


@pytest.mark.parametrize(
    ("cause", "reason"),
    [("mutasi", "affiliation_changed"), ("pensiun", "cessation_of_operation"), ("meninggal", "cessation_of_operation")],
)
def test_who_leaves_has_no_certificate_and_may_be_entered_by_another_agency(
    held: ActivatedCredential, walk: Walk, cause: str, reason: str
) -> None:
    client = browser(walk.office.verifying)
    assert client.post(f"/pegawai/{held.number}/keluar/", {"cause": "pelanggaran"}).status_code == 400
    assert certificate().status == "good"
    assert client.post(f"/pegawai/{held.number}/keluar/", {"cause": cause}).status_code == 302
    assert (certificate().status, certificate().reason) == ("revoked", reason)
    assert word(walk.instance) is WireStatus.REVOKE
    other = enrolment.register_agency(agency_value(code="lain"), by=Operator(name="test")).id
    stranger = walk.instance.officer("asing", Role.VERIFIKATOR, agency=str(other))
    enrolment.enter_applicant(applicant_value(), agency=other, by=stranger)
    assert Subscriber.objects.get().agency_id == other
    assert Subscriber.objects.get().state == "registered"
    assert client.get(f"/pegawai/{held.number}/").status_code == 404


def test_changed_data_put_a_person_on_the_list_until_a_new_certificate_names_them(
    held: ActivatedCredential, walk: Walk
) -> None:
    client = browser(walk.office.verifying)
    data = {
        "name": "Rina Ayu Lestari",
        "titles_before": "Dr.",
        "titles_after": "M.Kom.",
        "employment": "asn",
        "nip": "199007012015032001",
        "unit": f"{walk.office.agency}|Sekretariat Daerah",
        "post": "Asisten",
        "email": "rina.lestari@sagarabiru.example",
        "city": "Kota Sagara Biru",
        "province": "Provinsi Nusa Contoh",
    }
    assert client.post(f"/pegawai/{held.number}/ubah/", data | {"post": ""}).status_code == 400
    assert client.post(f"/pegawai/{held.number}/ubah/", data).status_code == 302
    assert "Data changed" in client.get("/pegawai/berubah/").content.decode()
    assert browser(walk.office.entering).post(f"/pegawai/{held.number}/kunci-baru/").status_code == 302
    _replace(walk)
    assert "Data changed" not in client.get("/pegawai/berubah/").content.decode()
    assert "OU=Sekretariat Daerah" in certificate().subject


def _replace(walk: Walk) -> None:
    """The steps of a replacement after it was asked for."""
    request = decide(walk)
    assert request.state == "approved"
    person = browser()
    person.get(newest_link("activation-link"))
    person.post("/undangan/pelajaran/", RIGHT)
    form = {"passphrase": NEW, "again": NEW, "agree": "on"}
    done = person.post("/undangan/aktivasi/", form)
    assert done.status_code == 200, done.content.decode()[:3000]


def test_a_forgotten_passphrase_means_a_new_key_and_the_old_certificate_is_superseded(
    held: ActivatedCredential, walk: Walk
) -> None:
    client = browser(holder(held))
    page = client.get("/kunci-saya/kunci-baru/").content.decode()
    assert "cannot be recovered" in page
    assert client.post("/kunci-saya/kunci-baru/", {"agree": ""}).status_code == 400
    assert client.post("/kunci-saya/kunci-baru/", consent()).status_code == 302
    assert client.post("/kunci-saya/kunci-baru/", consent()).status_code == 409
    _replace(walk)
    old, new = Certificate.objects.filter(profile="individual-signer").order_by("pk")
    assert (old.status, old.reason, new.status) == ("revoked", "superseded", "good")
    assert old.key_hash != new.key_hash
    assert Subscriber.objects.get().credential == new.credential


def test_a_renewal_opens_thirty_days_before_the_end_and_needs_nothing_of_the_person(
    held: ActivatedCredential, walk: Walk
) -> None:
    client = browser(holder(held))
    early = client.post("/kunci-saya/pembaruan/", consent())
    assert early.status_code == 409
    page = client.get("/kunci-saya/pembaruan/").content.decode()
    assert "Renewal opens on" in page
    assert 'name="agree"' not in page
    near_the_end(walk.instance, 30)
    client = browser(holder(held))  # sessions end when nothing is done for long
    assert 'name="agree"' in client.get("/kunci-saya/pembaruan/").content.decode()
    assert client.post("/kunci-saya/pembaruan/", consent()).status_code == 302
    assert word(walk.instance) is WireStatus.ISSUE
    request = decide(walk)
    assert request.state == "activated"
    old, new = Certificate.objects.filter(profile="individual-signer").order_by("pk")
    assert old.key_hash == new.key_hash
    assert new.not_after > old.not_after
    assert "renewed" in told("renewed")[-1][1]


def test_an_officer_relies_on_consent_to_the_present_text_only(held: ActivatedCredential, walk: Walk) -> None:
    near_the_end(walk.instance, 10)
    earlier = consent_text("1")
    EnrolmentRequest.objects.update(consent_version=earlier.version, consent_digest=earlier.digest)
    client = browser(walk.office.entering)
    page = client.post("/pegawai/berakhir/", {"number": [held.number.text]}).content.decode()
    assert "has not agreed to the present consent text, version 2" in page
    holding = browser(holder(held))
    holding.cookies["bahasa"] = "id"
    assert "nomor pemilik sertifikat" in holding.get("/kunci-saya/pembaruan/").content.decode()
    assert holding.post("/kunci-saya/pembaruan/", consent()).status_code == 302


def test_a_renewal_that_the_signer_missed_is_finished_later(held: ActivatedCredential, walk: Walk) -> None:
    near_the_end(walk.instance, 10)
    enrolment.ask_renewal(held.number.text, by=walk.office.entering)
    walk.instance.signer.away = wire.BeginIssuance
    assert decide(walk).state == "approved"
    assert enrolment.finish_open_renewals() == 0
    walk.instance.signer.away = None
    assert enrolment.finish_open_renewals() == 1
    assert EnrolmentRequest.objects.latest("entered_at").state == "activated"
    assert enrolment.finish_open_renewals() == 0


def test_many_are_renewed_at_once_and_a_refused_one_is_named(held: ActivatedCredential, walk: Walk) -> None:
    client = browser(walk.office.entering)
    assert held.number.text not in client.get("/pegawai/berakhir/").content.decode()
    near_the_end(walk.instance, 60)
    client = browser(walk.office.entering)  # sessions end when nothing is done for long
    assert held.number.text in client.get("/pegawai/berakhir/").content.decode()
    early = client.post("/pegawai/berakhir/", {"number": [held.number.text]})
    assert "Not asked for" in early.content.decode()
    near_the_end(walk.instance, 20)
    client = browser(walk.office.entering)
    assert client.post("/pegawai/berakhir/", {"number": [held.number.text]}).status_code == 302
    assert EnrolmentRequest.objects.filter(kind="renewal", state="completed").count() == 1


@pytest.mark.parametrize("days", [90, 60, 30, 14, 7, 1])
def test_people_are_told_once_at_each_distance(held: ActivatedCredential, walk: Walk, days: int) -> None:
    near_the_end(walk.instance, days)
    assert enrolment.remind_of_ends() == 1
    assert enrolment.remind_of_ends() == 0
    assert told("certificate-ending")[-1][0] == f"user:{held.account}"


def test_nobody_is_told_earlier_and_who_left_is_not_told(held: ActivatedCredential, walk: Walk) -> None:
    near_the_end(walk.instance, 91)
    assert enrolment.remind_of_ends() == 0
    Subscriber.objects.update(state="left", state_at=walk.instance.clock.now())
    near_the_end(walk.instance, 30)
    assert enrolment.remind_of_ends() == 0


def test_a_passphrase_is_changed_by_the_old_one_and_wrong_ones_cost_time(held: ActivatedCredential, walk: Walk) -> None:
    client = browser(holder(held))
    form = {"old": PASSPHRASE, "passphrase": NEW, "again": NEW}
    assert client.post("/kunci-saya/frasa-sandi/", form | {"again": "lain"}).status_code == 400
    assert (
        client.post("/kunci-saya/frasa-sandi/", form | {"passphrase": "pendek", "again": "pendek"}).status_code == 400
    )
    wrong = client.post("/kunci-saya/frasa-sandi/", form | {"old": "salah sama sekali"})
    assert wrong.status_code == 403
    assert "salah sama sekali" not in wrong.content.decode()
    assert client.post("/kunci-saya/frasa-sandi/", form).status_code == 302
    assert told("passphrase-changed")
    back = {"old": PASSPHRASE, "passphrase": NEW, "again": NEW}
    answers = [client.post("/kunci-saya/frasa-sandi/", back).status_code for _ in range(6)]
    assert answers[0] == 403
    assert answers[-1] in {403, 429}
    assert "wait" in client.post("/kunci-saya/frasa-sandi/", back).content.decode().lower()


def test_the_agreement_is_fetched_or_signed_later(held: ActivatedCredential, walk: Walk) -> None:
    client = browser(holder(held))
    page = client.get("/kunci-saya/perjanjian/").content.decode()
    assert "not signed yet" in page
    assert subscriber_agreement().english[0] in page
    assert client.post("/kunci-saya/perjanjian/", {"passphrase": "salah sama sekali"}).status_code == 403
    assert client.post("/kunci-saya/perjanjian/", {"passphrase": PASSPHRASE}).status_code == 302
    assert "has signed the agreement" in client.get("/kunci-saya/perjanjian/").content.decode()
    assert client.get("/kunci-saya/perjanjian.pdf").content.startswith(b"%PDF-")


def test_the_list_of_people_asks_as_many_questions_for_ten_as_for_one(held: ActivatedCredential, walk: Walk) -> None:
    client = browser(walk.office.verifying)
    client.get("/pegawai/")
    with CaptureQueriesContext(connection) as one:
        client.get("/pegawai/")
    for number in range(2, 12):
        applicant = applicant_value(nik=Nik(f"99990141079{number:05d}"), nip=None)
        enrolment.enter_applicant(applicant, agency=walk.office.agency, by=walk.office.entering)
    with CaptureQueriesContext(connection) as many:
        page = client.get("/pegawai/").content.decode()
    assert page.count("<tr>") == 12
    assert len(many) == len(one)
