"""Holidays that a decree changes after a date was told, clocks on the board, and addresses for calendar programs."""

import re
from collections.abc import Callable
from datetime import date
from uuid import UUID

import icalendar
import pytest
from django.test import Client
from tests.fakes.agreements import at
from tests.site.agreements.conftest import MINISTRY

from absah.kernel.clock import FixedClock
from absah_site.accounts.actions import end_role
from absah_site.actors import Account, Operator
from absah_site.roles import Role

pytestmark = pytest.mark.django_db

LIST = "/perjanjian/hari-libur/"


@pytest.fixture
def enter(client: Client) -> Callable[[Account], Client]:
    def sign_in(account: Account) -> Client:
        client.post("/keluar/")
        client.post("/masuk/", {"username": account.username, "password": "kucing-biru-terbang"})
        return client

    return sign_in


def test_a_date_that_was_told_is_flagged_when_a_decree_moves_it(
    ministry: UUID, first: Account, second: Account, enter: Callable[[Account], Client]
) -> None:
    client = enter(second)
    told = client.post(f"/perjanjian/{ministry}/kewajiban/K1-e/baru/", {"key": "P-17", "on": "2026-11-09"})
    duty = told.headers["Location"]
    assert "27 November 2026" in client.get(duty).content.decode()
    decree = {"day": "2026-11-25", "word": "joint-leave", "name": "Pilkada", "basis": "SKB 9/2026"}
    assert client.post(LIST, decree).headers["Location"] == LIST
    page = client.get(duty).content.decode()
    assert "diberitahukan sebagai Jumat, 27 November 2026, kini Senin, 30 November 2026" in page
    assert "SKB 9/2026" in page  # the new count says which decree
    assert "diberitahukan sebagai" in enter(first).get(f"/perjanjian/{ministry}/kewajiban/").content.decode()
    back = {"day": "2026-11-25", "word": "working", "basis": "SKB 10/2026"}
    assert enter(second).post(LIST, back).status_code == 302
    assert "diberitahukan sebagai" not in client.get(duty).content.decode()


def test_the_day_by_which_a_new_address_was_to_be_told_keeps_the_list_it_was_counted_by(
    ministry: UUID, first: Account, second: Account, enter: Callable[[Account], Client]
) -> None:
    address = {"on": "2026-11-20", "effective_on": "2026-11-27", "unit": "Biro Umum", "address": "Jalan Baru 2"}
    told = enter(first).post(f"/perjanjian/{ministry}/langkah/contact/", address)
    assert told.status_code == 302
    decree = {"day": "2026-11-25", "word": "joint-leave", "name": "Pilkada", "basis": "SKB 9/2026"}
    assert enter(second).post(LIST, decree).status_code == 302
    page = enter(first).get(f"/perjanjian/{ministry}/pihak/").content.decode()
    assert "diberitahukan sebagai Selasa, 24 November 2026, kini Senin, 23 November 2026" in page
    assert "diberitahukan terlambat" not in page  # judged by what was known when it was told


def test_a_year_is_final_when_somebody_says_so(
    ministry: UUID, second: Account, enter: Callable[[Account], Client]
) -> None:
    client = enter(second)
    page = f"{LIST}?tahun=2027"
    assert "masih dapat berubah" in client.get(page).content.decode()
    assert client.post(LIST, {"day": "2027-06-01", "word": "final", "basis": "SKB 1/2026"}).status_code == 302
    assert "Daftar ini final" in client.get(page).content.decode()
    assert "Daftar 2027 sudah final" in client.get(f"{LIST}?tahun=x").content.decode()


def test_only_the_certification_body_notes_decrees_and_each_has_a_name_and_a_basis(
    ministry: UUID, first: Account, second: Account, enter: Callable[[Account], Client]
) -> None:
    decree = {"day": "2026-11-25", "word": "public-holiday", "name": "Pilkada", "basis": "SKB 9/2026"}
    assert enter(first).post(LIST, decree).status_code == 403
    assert "Catat keputusan bersama" not in enter(first).get(LIST).content.decode()
    client = enter(second)
    assert client.post(LIST, decree | {"basis": ""}).status_code == 200
    assert client.post(LIST, decree | {"name": ""}).status_code == 200
    assert client.post(LIST, decree | {"basis": " "}).status_code == 200
    assert "Belum ada keputusan bersama" in client.get(LIST).content.decode()


def test_the_clocks_of_force_majeure_run_on_the_board_until_each_notice_is_noted(
    ministry: UUID, first: Account, enter: Callable[[Account], Client], clock: FixedClock
) -> None:
    client = enter(first)
    shelf, board = f"/perjanjian/{ministry}/catatan/force-majeure/", f"/perjanjian/{ministry}/kewajiban/"
    struck = {"key": "Banjir", "cause": "natural-disaster", "occurred_at": "2026-11-20T08:00"}
    assert client.post(shelf, struck).status_code == 302
    page = client.get(board).content.decode()
    assert "tersisa 41 jam" in page
    assert "22 November 2026, 08.00 WIB" in page
    assert "Selasa, 1 Desember 2026" in page
    assert "banjir" in client.get(f"/perjanjian/{ministry}/kalender/").content.decode().lower()
    clock.moment = at(date(2026, 11, 23), 9)
    client = enter(first)  # the session of Friday is over
    assert "48 jam sudah lewat" in client.get(board).content.decode()
    oral = {"at": "2026-11-21T10:00", "teller": "Ani", "hearer": "Budi", "channel": "telepon"}
    assert client.post(f"{shelf}1/tell-orally/", oral).status_code == 302
    assert "48 jam sudah lewat" not in client.get(board).content.decode()
    written = {"on": "2026-11-23", "letter": "S-1", "official_statement": "BPBD-1", "outlook": "pulih dua pekan"}
    assert client.post(f"{shelf}1/tell-in-writing/", written).status_code == 302
    assert "Keadaan kahar: Banjir" not in client.get(board).content.decode()


def address_on(page: str) -> str:
    found = re.search(r"/kalender/[^\"<]+\.ics", page)
    assert found
    return found[0]


def test_a_calendar_program_reads_the_dates_until_the_address_is_revoked(
    ministry: UUID, first: Account, second: Account, enter: Callable[[Account], Client], client: Client
) -> None:
    page = f"/perjanjian/{ministry}/kalender/"
    enter(first).post(page, {"act": "make"})
    shown = client.get(page).content.decode()
    address = address_on(shown)
    identifier = re.search(r'name="address" value="([^"]+)"', shown)
    assert identifier
    assert address not in enter(second).get(page).content.decode()  # each person has the own
    assert client.post(page, {"act": "revoke", "address": identifier[1]}).status_code == 404
    assert client.post(page, {"act": "revoke", "address": "x"}).status_code == 400
    stranger = Client()
    read = stranger.get(address)
    assert read.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert any(part.name == "VEVENT" for part in icalendar.Calendar.from_ical(read.content).walk())
    assert stranger.get(address.replace(".ics", "x.ics")).status_code == 404
    assert stranger.get("/kalender/0123.ics").status_code == 404
    assert enter(first).post(page, {"act": "revoke", "address": identifier[1]}).status_code == 302
    assert stranger.get(address).status_code == 404


def test_an_address_shows_nothing_once_its_person_sees_the_agreement_no_more(
    ministry: UUID, first: Account, operator: Operator, clock: FixedClock, enter: Callable[[Account], Client]
) -> None:
    page = f"/perjanjian/{ministry}/kalender/"
    client = enter(first)
    client.post(page, {"act": "make"})
    address = address_on(client.get(page).content.decode())
    end_role(first.public_id, Role.AGREEMENT_OFFICER, by=operator, clock=clock, agency=MINISTRY)
    assert Client().get(address).status_code == 404
