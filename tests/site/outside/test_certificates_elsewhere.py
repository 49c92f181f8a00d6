"""Certificates that the national body issued: from lists, from looks at its service, with reminders and links."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.fakes.hierarchy import hierarchy
from tests.fixtures_instance import PASSWORD, Instance, Office, agency_value
from tests.site.outside.conftest import National
from tests.site.registration.conftest import browser

from absah.enrolment.wire_status import WireStatus
from absah.esign.client.ports import CertificateThere, ProfileThere
from absah.esign.client.refusals import AnswerUnusable, CredentialsRefused, Silent
from absah.kernel.clock import instant
from absah.kernel.messages import Language
from absah_site import composition
from absah_site.accounts.models import User
from absah_site.actors import Operator
from absah_site.audit.models import Entry
from absah_site.enrolment import actions as enrolment
from absah_site.enrolment.models import EnrolmentRequest, Subscriber
from absah_site.jobs.actions import enqueue, run_due
from absah_site.notices import store as notices
from absah_site.notices.models import Notice
from absah_site.outside import access, actions
from absah_site.outside.models import Certificate, CertificateList, Holder, Look
from absah_site.roles import Role

HEAD = "nik;nama;unit;jabatan;surel;produk;nomor_seri;berlaku_mulai;berlaku_sampai;status_sertifikat\n"
UNIT = "Sekretariat Daerah"


def line(number: int, **changes: str) -> str:
    values = {
        "nik": f"99990141079{number:05d}",
        "nama": f"Orang Ke {'I' * number}",
        "unit": UNIT,
        "jabatan": "Staf",
        "surel": f"orang{number}@sagarabiru.example",
        "produk": "Tanda Tangan Elektronik",
        "nomor_seri": f"0a{number:02x}",
        "berlaku_mulai": "2026-01-02",
        "berlaku_sampai": "2028-01-01",
        "status_sertifikat": "ISSUE",
    } | changes
    return ";".join(values.values()) + "\n"


def upload(office: Office, text: str):
    found = SimpleUploadedFile("daftar.csv", text.encode(), "text/csv")
    return browser(office.entering).post("/sertifikat-luar/daftar/", {"agency": str(office.agency), "rows": found})


def entered(office: Office, text: str):
    address = upload(office, text)["Location"]
    browser(office.entering).post(address + "mulai/")
    run_due()
    return address


def look_round() -> None:
    """What the worker does every five minutes."""
    from django.db import transaction

    with transaction.atomic():
        enqueue("outside:look", "")
    run_due()


def told(kind: str) -> list[tuple[str, str]]:
    vault = composition.personal_data()
    rows = Notice.objects.filter(kind=kind).order_by("deliveries__pk")
    kept = [(row.recipient, notices._kept(row, vault).content.said(Language.ENGLISH)) for row in rows]
    return [(recipient, said.link) for recipient, said in kept]


def test_a_list_is_looked_at_and_then_entered_but_for_what_is_not_right(office: Office) -> None:
    text = (
        HEAD
        + line(1)
        + line(2, nomor_seri="xyz")
        + line(3, nik="12")
        + line(4, surel="")
        + line(1, produk="Segel", nomor_seri="b1")
    )
    answer = upload(office, text)
    client = browser(office.entering)
    page = client.get(answer["Location"]).content.decode()
    assert "2 rows can be entered" in page
    assert "3 rows are not right" in page
    assert "nomor_seri" in page
    assert Holder.objects.count() == 0
    assert b"99990141" not in bytes(CertificateList.objects.get().sealed)

    assert client.post(answer["Location"] + "mulai/").status_code == 302
    assert client.post(answer["Location"] + "mulai/").status_code == 409
    assert client.get(answer["Location"])["Refresh"] == "3"
    assert run_due() == 1
    assert "2 rows were gone through" in client.get(answer["Location"]).content.decode()
    assert CertificateList.objects.get().sealed is None
    holder = Holder.objects.get()
    assert holder.status == "ISSUE"
    assert {one.serial for one in holder.certificates.all()} == {"a01", "b1"}
    assert EnrolmentRequest.objects.count() == 0  # nobody asked for a certificate here
    assert Subscriber.objects.get().number == holder.number
    table = client.get("/sertifikat-luar/").content.decode()
    assert "Orang Ke I" in table
    assert "99990141" not in table


def test_the_same_list_again_changes_nothing(office: Office) -> None:
    entered(office, HEAD + line(1))
    before = Entry.objects.filter(tag__startswith="outside:certificate:").count()
    entered(office, HEAD + line(1))
    assert Certificate.objects.count() == 1
    assert Entry.objects.filter(tag__startswith="outside:certificate:").count() == before == 1


def test_of_a_person_the_register_knows_the_nik_is_enough(office: Office) -> None:
    entered(office, HEAD + line(1, produk="", nomor_seri="", berlaku_mulai="", berlaku_sampai="", status_sertifikat=""))
    assert Certificate.objects.count() == 0
    entered(office, "NIK;serial;valid until\n9999014107900001;0A01;2028-01-01\n")
    assert [(one.serial, one.not_after) for one in Certificate.objects.all()] == [("a01", date(2028, 1, 1))]


def test_people_of_another_agency_are_not_taken_over(office: Office) -> None:
    entered(office, HEAD + line(1))
    other = enrolment.register_agency(agency_value(code="lain"), by=Operator(name="test")).id
    Subscriber.objects.update(agency_id=other)
    page = browser(office.entering).get(upload(office, HEAD + line(1))["Location"]).content.decode()
    assert "0 rows can be entered" in page


def test_lists_of_others_and_broken_files_are_refused(office: Office, instance: Instance) -> None:
    address = upload(office, HEAD + line(1))["Location"]
    stranger = instance.officer("lain", Role.AGENCY_ADMIN, agency="00000000-0000-4000-8000-000000000000")
    assert browser(stranger).get(address).status_code == 404
    assert browser(instance.officer("ttd", Role.SIGNER)).get("/sertifikat-luar/").status_code == 403
    assert upload(office, "nama\nx\n").status_code == 400
    assert upload(office, HEAD + '"=1+1";x\n').status_code == 400
    example = browser(office.entering).get("/sertifikat-luar/daftar/contoh.csv")
    assert example.content.decode("utf-8-sig").startswith("nama,")


def test_a_look_at_the_service_tells_what_it_knows(office: Office, national: National) -> None:
    entered(office, HEAD + line(1) + line(2))
    leaf = hierarchy().signer()
    serial = f"{leaf.parsed.serial_number:x}"
    national.statuses = {"9999014107900001": WireStatus.ISSUE, "9999014107900002": WireStatus.REVOKE}
    national.chains = {"9999014107900001": (leaf.certificate, *leaf.chain)}
    told_there = CertificateThere(product="Tanda Tangan Elektronik", serial=serial, status=WireStatus.ISSUE)
    national.profiles = {"9999014107900001": ProfileThere(status=WireStatus.ISSUE, certificates=(told_there,))}
    look_round()
    first = access.find_holder(Holder.objects.get(name="Orang Ke I").number)
    assert first.newest.value.serial == serial
    assert first.newest.fingerprint
    assert first.newest.value.product == "Tanda Tangan Elektronik"
    assert first.newest.value.not_after == date(2036, 1, 1)
    assert first.newest.source == "service"
    assert Holder.objects.get(name="Orang Ke II").status == "REVOKE"
    found = Look.objects.get()
    assert (found.asked, found.changed, found.failed, found.problem) == (2, 2, 0, "")
    look_round()  # nobody is due again today
    assert Look.objects.count() == 1
    assert len(national.asked) == 2


def test_what_fails_for_one_person_holds_up_no_other(office: Office, national: National, instance: Instance) -> None:
    entered(office, HEAD + line(1) + line(2) + line(3))
    national.statuses = {
        "9999014107900001": WireStatus.ISSUE,
        "9999014107900002": AnswerUnusable(problem="status"),
        "9999014107900003": WireStatus.SUSPEND,
    }
    look_round()
    assert list(Holder.objects.order_by("name").values_list("status", "problem")) == [
        ("ISSUE", ""),
        ("ISSUE", "upstream.answer-unusable"),
        ("SUSPEND", ""),
    ]
    page = browser(office.entering).get("/sertifikat-luar/?gagal=on").content.decode()
    assert "Orang Ke II" in page
    assert "Orang Ke III" not in page
    assert "answered something that says nothing usable" in page
    instance.clock.advance(timedelta(minutes=6))
    national.asked.clear()
    look_round()
    assert national.asked == ["9999014107900002"]
    due = Holder.objects.get(name="Orang Ke II")
    assert due.failures == 2
    assert due.next_at == instance.clock.now() + timedelta(minutes=10)


@pytest.mark.parametrize(("failure", "asked"), [(Silent(problem="waiting"), 3), (CredentialsRefused(), 1)])
def test_a_service_that_is_away_or_does_not_know_us_ends_the_round(
    office: Office, national: National, failure: Exception, asked: int
) -> None:
    entered(office, HEAD + "".join(line(number) for number in range(1, 7)))
    national.statuses = {f"99990141079{number:05d}": failure for number in range(1, 7)}
    look_round()
    assert len(national.asked) == asked
    found = Look.objects.get()
    assert found.problem == failure.code
    assert found.failed == asked


def test_everybody_is_looked_up_when_an_officer_says_so(office: Office, national: National) -> None:
    entered(office, HEAD + line(1))
    look_round()
    answer = browser(office.entering).post("/sertifikat-luar/selaraskan/", follow=True)
    assert "One person is being looked up." in answer.content.decode()
    run_due()
    assert len(national.asked) == 2


def test_without_a_service_nothing_is_asked(office: Office) -> None:
    entered(office, HEAD + line(1))
    look_round()
    assert Look.objects.count() == 0


def test_a_service_without_our_name_and_password_is_said_to_be_so(office: Office, instance: Instance, settings) -> None:
    entered(office, HEAD + line(1))
    table = settings.CONFIG.upstream.model_copy(update={"base_url": "https://x.example"})
    settings.CONFIG = replace(settings.CONFIG, upstream=table)
    look_round()
    assert Look.objects.get().problem == "upstream.not-connected"


def test_people_are_reminded_once_at_each_distance(office: Office, instance: Instance) -> None:
    end = (instance.clock.now() + timedelta(days=30)).date()
    entered(office, HEAD + line(1, berlaku_sampai=end.isoformat()) + line(2))
    assert actions.remind_of_ends() == 1
    assert actions.remind_of_ends() == 0
    instance.clock.advance(timedelta(days=17))
    assert actions.remind_of_ends() == 1
    assert [link for _, link in told("outside.certificate-ending")] == ["/sertifikat-saya/"] * 2


def test_who_has_left_is_not_reminded(office: Office, instance: Instance) -> None:
    end = (instance.clock.now() + timedelta(days=7)).date()
    entered(office, HEAD + line(1, berlaku_sampai=end.isoformat()))
    Subscriber.objects.update(state="left", state_at=instance.clock.now())
    assert actions.remind_of_ends() == 0


def test_the_table_is_sieved_and_shows_when_certificates_end(office: Office) -> None:
    entered(office, HEAD + line(1) + line(2, berlaku_sampai="2026-12-01") + line(3, status_sertifikat="dicabut"))
    client = browser(office.entering)
    for asked, names in (
        ("cari=Ke+II", {"Orang Ke II", "Orang Ke III"}),
        ("status=REVOKE", {"Orang Ke III"}),
        ("hari=30", {"Orang Ke II"}),
        ("halaman=99999999", {"Orang Ke I", "Orang Ke II", "Orang Ke III"}),
    ):
        page = client.get(f"/sertifikat-luar/?{asked}").content.decode()
        shown = {name for name in ("Orang Ke I", "Orang Ke II", "Orang Ke III") if f">{name}</a>" in page}
        assert shown == names, asked
    page = client.get("/sertifikat-luar/").content.decode()
    assert "December 2026" in page
    assert "in 11 days" in page


def test_the_table_asks_no_more_questions_for_more_people(office: Office) -> None:
    client = browser(office.entering)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get("/sertifikat-luar/")
        return len(queries)

    entered(office, HEAD + line(1))
    asked()  # the first look keeps the session alive
    for_one = asked()
    entered(office, HEAD + "".join(line(number) for number in range(2, 20)))
    assert asked() == for_one


def test_a_link_makes_an_account_once_and_the_holder_sees_where_the_certificate_is(
    office: Office, instance: Instance
) -> None:
    entered(office, HEAD + line(1))
    number = Holder.objects.get().number
    client = browser(office.entering)
    assert "on its way" in client.post(f"/sertifikat-luar/{number}/undang/", follow=True).content.decode()
    link = told("outside.welcome")[-1][1]
    stranger, page = browser(), "/selamat-datang/"
    assert stranger.get(link)["Location"] == page  # which has no secret in its address
    assert "An account for Orang Ke I" in stranger.get(page).content.decode()
    form = {"username": "orang", "new": PASSWORD, "again": "another"}
    assert stranger.post(page, form).status_code == 400
    assert stranger.post(page, form | {"new": "12345678", "again": "12345678"}).status_code == 400
    assert User.objects.filter(username="orang").count() == 0
    assert browser().post(page, form | {"again": PASSWORD}).status_code == 404  # without the link
    assert stranger.post(page, form | {"again": PASSWORD})["Location"] == "/masuk/"
    assert stranger.get(link).status_code == 409
    assert stranger.get("/selamat-datang/xyz/").status_code == 404
    holder = browser()
    holder.force_login(User.objects.get(username="orang"))
    page = holder.get("/sertifikat-saya/").content.decode()
    assert "Held by the national certification body" in page
    assert "0A:01" in page.replace("A0:1", "0A:01")
    refused = client.post(f"/sertifikat-luar/{number}/undang/", follow=True).content.decode()
    assert "has an account already" in refused


def test_a_link_lives_a_day_and_the_newest_one_counts(office: Office, instance: Instance) -> None:
    entered(office, HEAD + line(1))
    number = Holder.objects.get().number
    for _ in range(2):
        actions.welcome(number, by=office.entering)
    first, second = (link for _, link in told("outside.welcome"))
    assert browser().get(first).status_code == 409
    assert browser().get(second).status_code == 302
    instance.clock.advance(timedelta(hours=25))
    assert browser().get(second).status_code == 409
    stranger = instance.officer("lain", Role.AGENCY_ADMIN, agency="00000000-0000-4000-8000-000000000000")
    with pytest.raises(actions.HolderUnknown):
        actions.welcome(number, by=stranger)


def test_what_was_issued_elsewhere_in_a_year_is_evidence(office: Office, instance: Instance) -> None:
    entered(office, HEAD + line(1) + line(2, berlaku_mulai="2025-05-05") + line(3, berlaku_mulai=""))
    year = (instant(instance.clock.now().replace(month=1, day=1)), instance.clock.now())
    assert access.issued_elsewhere(str(office.agency), *year)[:1] == ("a01",)
    assert access.issued_elsewhere("none", *year) == ()


@pytest.mark.parametrize(
    ("language", "heading", "next_step", "nobody"),
    [
        ("id", "Belum ada sertifikat dari luar", "Masukkan daftar", "Tidak ada yang cocok"),
        ("en", "No certificate issued elsewhere", "Enter a list", "Nobody fits"),
    ],
)
def test_an_empty_table_says_so_in_words_and_names_the_next_step(
    office: Office, language: str, heading: str, next_step: str, nobody: str
) -> None:
    client = browser(office.entering)
    client.cookies["bahasa"] = language
    page = client.get("/sertifikat-luar/").content.decode()
    assert heading in page
    assert next_step in page
    assert 'role="search"' not in page
    asked = client.get("/sertifikat-luar/?cari=x").content.decode()
    assert nobody in asked
    assert 'role="search"' in asked
