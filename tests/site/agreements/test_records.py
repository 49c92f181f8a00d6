"""The registers of an agreement through their pages: what begins, what is added, what is refused."""

from collections.abc import Callable
from uuid import UUID

import pytest
from django.test import Client
from tests.site.agreements.conftest import PROVINCE

from absah.agreements.duties import DutyCode
from absah.agreements.registers import REGISTERS
from absah.kernel.clock import FixedClock
from absah_site.actors import Account
from absah_site.agreements import access
from absah_site.agreements.store.codec import KINDS
from absah_site.roles import Role

pytestmark = pytest.mark.django_db

SYSTEM = {
    "key": "e-izin",
    "name": "e-Perizinan",
    "url": "https://izin.kementerian.example",
    "owner": "Biro Perizinan",
    "interface": "eSign v2",
    "status": "in-use",
    "integrated_on": "2026-03-02",
}


@pytest.fixture
def enter(client: Client) -> Callable[[Account], Client]:
    def sign_in(account: Account) -> Client:
        client.post("/keluar/")
        client.post("/masuk/", {"username": account.username, "password": "kucing-biru-terbang"})
        return client

    return sign_in


def test_every_kind_of_fact_has_a_name_of_its_own() -> None:
    values = [register.value for register in REGISTERS.values()]
    values += [addition.value for register in REGISTERS.values() for addition in register.additions]
    assert all(KINDS[value.__name__] is value for value in values)


@pytest.mark.parametrize("name", sorted(REGISTERS))
@pytest.mark.parametrize("language", ["id", "en"])
def test_every_register_opens_with_its_form(
    ministry: UUID, first: Account, enter: Callable[[Account], Client], name: str, language: str
) -> None:
    client = enter(first)
    client.cookies["bahasa"] = language
    assert client.get(f"/perjanjian/{ministry}/catatan/").status_code == 200
    assert client.get(f"/perjanjian/{ministry}/catatan/{name}/").status_code == 200


def test_a_system_is_registered_by_the_agency_alone(
    ministry: UUID, first: Account, second: Account, enter: Callable[[Account], Client]
) -> None:
    page = f"/perjanjian/{ministry}/catatan/system/"
    assert enter(second).post(page, SYSTEM).status_code == 403
    client = enter(first)
    assert client.post(page, SYSTEM | {"url": "izin"}).status_code == 400
    made = client.post(page, SYSTEM)
    assert made.headers["Location"] == f"{page}1/"
    assert "e-Perizinan" in client.get(page).content.decode()
    assert client.get(f"{page}1/").status_code == 200
    assert client.get(f"{page}2/").status_code == 404


def test_a_request_makes_the_duty_due_and_is_answered_once_with_a_receipt(
    ministry: UUID, first: Account, second: Account, enter: Callable[[Account], Client], clock: FixedClock
) -> None:
    page = f"/perjanjian/{ministry}/catatan/request/"
    asked = {"key": "P-3", "duty": "K1-b", "items": "Daftar pegawai\nDaftar unit", "asked_on": "2026-11-09"}
    client = enter(second)
    assert client.post(page, asked | {"need": ""}).status_code in {200, 422}
    assert client.post(page, asked | {"need": "penerbitan"}).headers["Location"] == f"{page}1/"
    found = access.agreement_for(first, ministry, now=clock.now())
    assert (DutyCode("K1-b"), "P-3") in access.fulfilments(found)
    answer = {"on": "2026-11-12", "received_by": "Bagas"}
    client = enter(first)
    assert client.post(f"{page}1/hand-over/", answer | {"on": "2026-11-01"}).status_code == 422
    assert client.post(f"{page}1/hand-over/", answer).headers["Location"] == f"{page}1/"
    assert client.post(f"{page}1/hand-over/", answer).status_code == 409
    assert "Daftar unit" in client.get(f"{page}1/").content.decode()


def test_mediation_is_there_only_where_the_agreement_has_it(
    ministry: UUID, province: UUID, hire: Callable[..., Account], second: Account, enter: Callable[[Account], Client]
) -> None:
    client = enter(second)
    opened = {"key": "S-1", "subject": "dispute", "clause": "4(2)e", "opened_on": "2026-10-01"}
    panel = {
        "panel-first": "Dewi",
        "panel-second": "Bagas",
        "panel-mediator": "Ratu",
        "panel-appointment": "SP-1",
        "document": "BA-3",
        "on": "2026-11-03",
    }
    for agreement, clause, mediates in ((ministry, "4(2)e", False), (province, "4(1)e", True)):
        page = f"/perjanjian/{agreement}/catatan/dispute/"
        assert client.post(page, opened | {"clause": clause}).status_code == 302
        assert client.post(f"{page}1/fail/", {"on": "2026-11-01", "document": "BA-1"}).status_code != 302
        assert client.post(f"{page}1/meet/", {"on": "2026-11-01", "document": "BA-1"}).status_code == 302
        assert client.post(f"{page}1/fail/", {"on": "2026-11-02", "document": "BA-2"}).status_code == 302
        assert (client.post(f"{page}1/mediate/", panel).status_code == 302) is mediates


def test_a_record_says_what_may_be_added_and_why_something_may_not(
    ministry: UUID, province: UUID, second: Account, enter: Callable[[Account], Client]
) -> None:
    client = enter(second)
    opened = {"key": "S-1", "subject": "dispute", "opened_on": "2026-10-01"}
    for agreement, clause, mediates in ((ministry, "4(2)e", False), (province, "4(1)e", True)):
        page = f"/perjanjian/{agreement}/catatan/dispute/"
        client.post(page, opened | {"clause": clause})
        record = client.get(f"{page}1/").content.decode()
        assert f'href="{page}1/meet/"' in record
        assert f'href="{page}1/fail/"' not in record
        assert "Belum dapat" in record
        assert ("ediasi" in record) is mediates
        assert "S-1: Musyawarah</h1>" in record
        assert "deliberation" not in record
        client.post(f"{page}1/meet/", {"on": "2026-11-01", "document": "BA-1"})
        assert f'href="{page}1/fail/"' in client.get(f"{page}1/").content.decode()


def test_a_request_that_was_answered_offers_no_second_receipt(
    ministry: UUID, second: Account, first: Account, enter: Callable[[Account], Client]
) -> None:
    page = f"/perjanjian/{ministry}/catatan/request/"
    asked = {"key": "P-3", "duty": "K1-b", "items": "Daftar unit", "asked_on": "2026-11-09", "need": "penerbitan"}
    assert enter(second).post(page, asked).status_code == 302
    client = enter(first)
    assert f'href="{page}1/hand-over/"' in client.get(f"{page}1/").content.decode()
    assert client.post(f"{page}1/hand-over/", {"on": "2026-11-10", "received_by": "Bagas"}).status_code == 302
    client.cookies["bahasa"] = "en"
    answered = client.get(f"{page}1/").content.decode()
    assert f'href="{page}1/hand-over/"' not in answered
    assert "Not now" in answered


def test_the_notes_on_costs_are_added_up_for_each_party(
    ministry: UUID, first: Account, enter: Callable[[Account], Client]
) -> None:
    client, page = enter(first), f"/perjanjian/{ministry}/catatan/cost/"
    assert "Tercatat sejauh ini" not in client.get(page).content.decode()
    for rupiah in ("5000000", "2500000"):
        note = {"activity": "Bimtek", "on": "2026-11-02", "bearer": "first", "budget": "dipa", "rupiah": rupiah}
        assert client.post(page, note).status_code == 302
    shown = client.get(page).content.decode()
    assert "Tercatat sejauh ini" in shown
    assert "Rp7.500.000" in shown
    client.cookies["bahasa"] = "en"
    assert "Rp7,500,000" in client.get(page).content.decode()


def test_a_register_says_on_which_duty_and_which_right_it_rests(
    ministry: UUID, province: UUID, second: Account, enter: Callable[[Account], Client]
) -> None:
    client = enter(second)
    client.cookies["bahasa"] = "en"
    with_right, without = (
        client.get(f"/perjanjian/{agreement}/catatan/recommendation/").content.decode()
        for agreement in (ministry, province)
    )
    assert "It answers the right" in with_right
    assert "No counterpart: no right of the other party" in without


def test_force_majeure_is_told_orally_and_in_writing_by_the_party_that_was_struck(
    province: UUID, hire: Callable[..., Account], enter: Callable[[Account], Client], clock: FixedClock
) -> None:
    dewi = hire("dewi", Role.AGREEMENT_OFFICER, PROVINCE)
    client, page = enter(dewi), f"/perjanjian/{province}/catatan/force-majeure/"
    struck = {"key": "banjir", "cause": "natural-disaster", "occurred_at": "2026-11-16T06:30"}
    assert client.post(page, struck).status_code == 302
    told = {"at": "2026-11-16T09:00", "teller": "Dewi", "hearer": "Bagas", "channel": "telepon"}
    assert client.post(f"{page}1/tell-orally/", told | {"at": "2026-11-15T09:00"}).status_code == 422
    assert client.post(f"{page}1/tell-orally/", told).status_code == 302
    letter = {"on": "2026-11-18", "letter": "S-8", "official_statement": "BPBD 12", "outlook": "dua minggu"}
    assert client.post(f"{page}1/tell-in-writing/", letter).status_code == 302
    assert client.post(f"{page}1/note-loss/", {"description": "dua server"}).status_code == 302
    found = access.agreement_for(dewi, province, now=clock.now())
    kept = access.record_of(found, REGISTERS["force-majeure"], 1)
    assert kept.value.losses[0].description == "dua server"
    assert "16 November 2026" in client.get(f"{page}1/").content.decode()


def test_what_both_made_needs_a_written_agreement_only_where_the_text_says_so(
    ministry: UUID, province: UUID, second: Account, enter: Callable[[Account], Client]
) -> None:
    client = enter(second)
    made = {"title": "Modul pelatihan", "made_on": "2026-05-01", "contributions-first": "naskah"}
    assert client.post(f"/perjanjian/{province}/catatan/foreground/", made).status_code == 302
    assert client.post(f"/perjanjian/{ministry}/catatan/foreground/", made).status_code == 422


def test_the_calendar_lists_what_lies_ahead_and_gives_it_to_other_calendars(
    ministry: UUID, first: Account, enter: Callable[[Account], Client]
) -> None:
    client = enter(first)
    page = client.get(f"/perjanjian/{ministry}/kalender/").content.decode()
    assert "14 Mei 2027" in page
    feed = client.get(f"/perjanjian/{ministry}/kalender.ics")
    assert feed.headers["Content-Type"].startswith("text/calendar")
    assert b"BEGIN:VEVENT" in feed.content
    assert b"DTSTART;VALUE=DATE:20270514" in feed.content


def test_nothing_is_added_to_a_register_that_does_not_exist(
    ministry: UUID, first: Account, enter: Callable[[Account], Client]
) -> None:
    client = enter(first)
    assert client.get(f"/perjanjian/{ministry}/catatan/gossip/").status_code == 404
    client.post(f"/perjanjian/{ministry}/catatan/system/", SYSTEM)
    assert client.get(f"/perjanjian/{ministry}/catatan/system/1/burn/").status_code == 404
