"""Both agreements that describe the system, entered by a person through the forms, and how their differences show.

A is the ministry's (`kementerian`), B the province's (`daerah`). Who, when and under which number is read from the
files that `ABSAH_SEEDS` names; the scan that is taken over is the text of the file, typeset.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from uuid import UUID

import pytest
import typst
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.fakes.agreements import at
from tests.fakes.seeds import FILES, Signatory, reads_seeds, seed, seed_clauses, seed_text
from tests.fixtures_instance import agency_value

from absah.agreements.duties import DutyCode
from absah.kernel.clock import FixedClock
from absah_site.actors import Account, Operator
from absah_site.agreements import access
from absah_site.enrolment import actions as enrolment
from absah_site.roles import Role

pytestmark = [pytest.mark.django_db, reads_seeds]
BOTH = pytest.mark.parametrize("name", sorted(FILES))
PAGE = b'#set page(paper: "a4")\n#for line in json(bytes(sys.inputs.lines)) { par(line) }'


@cache
def scan_of(name: str) -> bytes:
    lines = [line.strip() for line in seed_text(name).splitlines() if line.strip()]
    return typst.compile(PAGE, sys_inputs={"lines": json.dumps(lines)}, ignore_system_fonts=True)


def party_fields(prefix: str, one: Signatory, since: str) -> dict[str, str]:
    fields = {
        "party": one.party,
        "seat": one.seat,
        "number": one.number,
        "anchor": one.anchor,
        "on": one.granted_on or since,
        "name": one.name,
        "post": one.post,
        "granted_by": one.granted_by,
        "granted_on": one.granted_on or "",
        "contact_unit": one.contact_unit,
        "contact_address": one.contact_address,
        "contact_email": one.email,
    }
    return {f"{prefix}-{field}": value for field, value in fields.items()}


@dataclass
class Entered:
    """An agreement that was entered, and a browser of either party's officer."""

    client: Client
    id: UUID
    first: Account
    second: Account

    def page(self, path: str = "", *, by: str = "first", language: str = "id") -> str:
        self.sign_in(by)
        self.client.cookies["bahasa"] = language
        answer = self.client.get(f"/perjanjian/{self.id}/{path}")
        assert answer.status_code == 200, path
        return answer.content.decode()

    def post(self, path: str, data: dict[str, str], *, by: str = "first") -> int:
        self.sign_in(by)
        return self.client.post(f"/perjanjian/{self.id}/{path}", data).status_code

    def sign_in(self, by: str) -> None:
        account = self.first if by == "first" else self.second
        self.client.force_login(_user(account))

    def standing(self, day: date) -> access.OpenedAgreement:
        return access.agreement_for(self.first, self.id, now=at(day))


def _user(account: Account):
    from django.contrib.auth import get_user_model

    return get_user_model().objects.get(username=account.username)


@pytest.fixture
def enter(
    client: Client, hire: Callable[..., Account], operator: Operator, clock: FixedClock
) -> Callable[[str], Entered]:
    """Enter a seed: one officer of the certification body drafts, one of the agency takes over the signed text."""

    def make(name: str) -> Entered:
        read = seed(name)
        agency = enrolment.register_agency(agency_value(code=name, name=read.first.party), by=operator).id
        first = hire(f"pertama-{name}", Role.AGREEMENT_OFFICER, str(agency))
        second = hire(f"kedua-{name}", Role.AGREEMENT_OFFICER)
        client.force_login(_user(second))
        drafted = client.post(
            "/perjanjian/baru/",
            {
                "begins_with": f"model:{name}",
                "agency": str(agency),
                "on": read.signed_on,
                "stated_day": read.stated_day or "",
                "issuer": "Balai Sertifikasi Elektronik",
                **party_fields("first", read.first, "2022-01-01"),
                **party_fields("second", read.second, "2022-01-01"),
            },
        )
        assert drafted.status_code == 302, drafted.content.decode()[:3000]
        entered = Entered(client, UUID(drafted.headers["Location"].split("/")[2]), first, second)
        entered.sign_in("first")
        taken = client.post(
            f"/perjanjian/{entered.id}/sudah-ditandatangani/",
            {"file": SimpleUploadedFile("pks.pdf", scan_of(name)), "signed_on": read.signed_on},
        )
        assert taken.status_code == 302, taken.content.decode()[:3000]
        return entered

    return make


def slugs(page: str) -> set[str]:
    return set(re.findall(r'id="(pasal_[a-z0-9_]+)"', page))


def shown_of(page: str, slug: str) -> str:
    """The part of the text page that shows a clause."""
    return page.split(f'id="{slug}"', 1)[1].split('<div class="stack-2" id="pasal_', 1)[0]


@BOTH
def test_every_clause_of_the_agreement_is_shown_and_leads_to_its_home_pasal_by_pasal(enter, name):
    entered = enter(name)
    page = entered.page("naskah/")
    for ref in seed_clauses(name):
        home = re.search(r'<a href="([^"]+)"', shown_of(page, ref.slug))
        assert home, ref.short
    homes = {address.split("#")[0] for address in re.findall(r'<p class="row small"><a href="([^"]+)"', page)}
    assert len(homes) >= 12
    for address in sorted(homes):
        assert entered.client.get(address).status_code == 200, address


@BOTH
def test_both_registration_numbers_find_the_agreement(enter, name):
    entered = enter(name)
    page = entered.client.get("/perjanjian/").content.decode()
    read = seed(name)
    assert read.first.number in page
    assert read.second.number in page


@BOTH
def test_every_duty_and_every_right_stands_on_the_board(enter, name):
    entered = enter(name)
    board, text = entered.page("kewajiban/"), entered.page("naskah/")
    duties = [*(f"K1-{letter}" for letter in "abcdefghijk"), *(f"K2-{letter}" for letter in "abcdef")]
    assert [code for code in duties if f'id="{code}"' not in board] == []
    rights = [f"H1-{letter}" for letter in "abcdef"] + [f"H2-{letter}" for letter in "abcdefg"]
    assert [code for code in rights if f">{code}<" not in text] == []


def test_the_term_of_a_is_shown_with_both_dates_until_somebody_settles_it(enter):
    a = enter("kementerian")
    page = a.page()
    assert "25 Oktober 2026" in page
    assert "14 Mei 2027" in page
    assert [each.state for each in a.standing(date(2026, 11, 20)).states] == ["ended", "in-force"]
    settled = {"reading": "signing", "reason": "rapat bersama", "document": "BA-7/2026"}
    assert a.post("tafsir/term-start/", settled, by="second") == 302
    page = a.page()
    assert "26 Oktober 2022 \u2013 14 Mei 2027" in page
    assert "25 Oktober 2026" not in page


def test_the_term_of_b_has_one_date(enter):
    page = enter("daerah").page()
    assert "8 Mei 2023 \u2013 7 Mei 2027" in page
    assert "Ada dua tafsir" not in page


def test_a_is_signed_by_office_and_b_by_power_of_attorney(enter):
    granted = seed("daerah").first.granted_by
    assert "berdasarkan surat kuasa" not in enter("kementerian").page("pihak/")
    assert f"berdasarkan surat kuasa {granted}, 17 April 2023" in enter("daerah").page("pihak/")


def test_definitions_are_lettered_in_a_and_numbered_in_b(enter):
    assert "pasal_1__huruf_e" in slugs(enter("kementerian").page("naskah/"))
    assert "pasal_1__angka_5" in slugs(enter("daerah").page("naskah/"))


def test_rights_stand_before_duties_in_one_pasal_of_a_and_after_them_in_another_of_b(enter):
    a, b = (enter(name).page("naskah/") for name in ("kementerian", "daerah"))
    assert "K1-g" in shown_of(a, "pasal_4__ayat_2__huruf_g")
    assert "K1-g" in shown_of(b, "pasal_4__ayat_1__huruf_g")
    assert "H1-a" in shown_of(a, "pasal_4__ayat_1__huruf_a")
    assert "H1-a" in shown_of(b, "pasal_5__ayat_1__huruf_a")


def test_the_duty_to_follow_advice_has_its_right_in_a_and_none_in_b(enter):
    def row(page: str) -> str:
        return page.split('id="K1-f"', 1)[1].split("</tr>", 1)[0]

    assert "tidak ada padanan" not in row(enter("kementerian").page("kewajiban/"))
    assert "tidak ada padanan" in row(enter("daerah").page("kewajiban/"))


def test_the_logo_is_that_of_the_second_party_in_a_and_of_the_issuer_in_b(enter):
    owner = seed("kementerian").second.party
    assert f"Aplikasi menampilkan logo {owner}." in enter("kementerian").page("pihak/")
    assert "Aplikasi menampilkan logo Balai Sertifikasi Elektronik." in enter("daerah").page("pihak/")


@pytest.mark.parametrize("code", ["K2-a", "K2-d", "K2-e"])
def test_a_says_for_whom_the_second_party_works_and_b_does_not(enter, code):
    for name, expected in (("kementerian", True), ("daerah", False)):
        entered = enter(name)
        ref = entered.standing(date(2026, 11, 20)).agreement.model.text.coded(code).ref
        words = shown_of(entered.page("naskah/"), ref.slug).split("<p>", 1)[1].split("</p>", 1)[0]
        assert ("PIHAK KESATU" in words) is expected


def test_speakers_are_owed_for_training_of_the_first_party_only_in_a_and_for_any_in_b(enter):
    asked = {"key": "N-1", "topic": "Bimtek", "held_on": "2026-12-10", "asked_on": "2026-11-20"}
    a, b = enter("kementerian"), enter("daerah")
    assert a.post("catatan/speaker-request/", asked | {"organiser": "second"}) == 422
    assert a.post("catatan/speaker-request/", asked | {"organiser": "first"}) == 302
    assert b.post("catatan/speaker-request/", asked | {"organiser": "second"}) == 302
    assert "N-1" in b.page("kewajiban/K2-b/N-1/", by="second")


def test_the_report_on_compliance_is_asked_for_in_a_and_in_b_only_by_the_right(enter):
    asked = re.compile(r'name="reference-report" maxlength="200" required')
    assert asked.search(enter("kementerian").page("kewajiban/K2-f/2025/", by="second"))
    b = enter("daerah")
    assert not asked.search(b.page("kewajiban/K2-f/2025/", by="second"))
    assert "hanya diminta oleh hak" in b.page("kewajiban/K2-f/2025/", by="second")
    assert "laporan penilaian, bukan hanya penilaian" in b.page("kewajiban/K2-f/2025/", by="second")


def test_the_right_to_promotion_of_b_reaches_users_too(enter):
    assert "sosialisasi kepada pengguna" in enter("daerah").page("kewajiban/K1-h/2025/")
    assert "sosialisasi kepada pengguna" not in enter("kementerian").page("kewajiban/K1-h/2025/")


def test_a_request_for_data_names_its_need_in_a_and_not_in_b(enter):
    asked = {"key": "P-1", "duty": "K1-b", "items": "Daftar pegawai", "need": "", "asked_on": "2026-11-09"}
    assert enter("kementerian").post("catatan/request/", asked, by="second") in {200, 422}
    assert enter("daerah").post("catatan/request/", asked | {"need": "-"}, by="second") == 302


def test_costs_have_another_title(enter):
    assert "Biaya" in enter("kementerian").page("naskah/")
    assert "Pembiayaan" in enter("daerah").page("naskah/")


def test_a_asks_for_a_notice_of_extension_and_in_b_the_date_is_a_habit_of_ours(enter, clock):
    clock.moment = at(date(2026, 9, 1))
    assert "kebiasaan kami" not in enter("kementerian").page("kalender/").split("erpanjang", 1)[1].split("</li>", 1)[0]
    assert "kebiasaan kami" in enter("daerah").page("kalender/").split("erpanjang", 1)[1].split("</li>", 1)[0]


def test_the_notice_of_ending_of_b_may_be_counted_from_the_proposal(enter):
    asked = "/tafsir/notice-before/"
    assert asked not in enter("kementerian").page()
    assert asked in enter("daerah").page()


def test_whether_a_notice_ends_the_agreement_is_open_in_a_and_settled_by_b(enter):
    assert "/tafsir/ending/" in enter("kementerian").page()
    assert "/tafsir/ending/" not in enter("daerah").page()


def test_b_may_be_renewed_and_a_may_not(enter):
    assert "/langkah/renew/" not in enter("kementerian").page()
    assert "/langkah/renew/" in enter("daerah").page()


def test_new_property_takes_a_written_agreement_in_a_only(enter):
    made = {"title": "Modul", "made_on": "2026-03-02", "contributions-first": "kode", "contributions-second": "uji"}
    assert enter("kementerian").post("catatan/foreground/", made) == 422
    assert enter("daerah").post("catatan/foreground/", made) == 302


def test_an_evaluation_makes_improvement_due_in_a_and_not_in_b(enter):
    held = {"key": "E-1", "on": "2026-11-12", "first": "Ani", "second": "Budi", "minutes": "BA-1", "findings": "Kurang"}
    for name, due in (("kementerian", True), ("daerah", False)):
        entered = enter(name)
        assert entered.post("catatan/evaluation/", held) == 302
        told = access.fulfilments(entered.standing(date(2026, 11, 20)))
        assert any(code == DutyCode("EV-2") for code, _ in told) is due


def test_a_settles_differences_of_interpretation_and_b_only_disputes(enter):
    opened = {"key": "S-1", "subject": "interpretation", "clause": "2(1)", "opened_on": "2026-11-09"}
    assert enter("kementerian").post("catatan/dispute/", opened) == 302
    b = enter("daerah")
    assert b.post("catatan/dispute/", opened) == 422
    assert b.post("catatan/dispute/", opened | {"subject": "dispute"}) == 302


def test_only_b_goes_on_to_mediation_with_three_named_people(enter):
    opened = {"key": "S-1", "subject": "dispute", "clause": "2(1)", "opened_on": "2026-11-09"}
    noted = {"on": "2026-11-10", "document": "notula"}
    panel = {"panel-first": "Ratna", "panel-second": "Bagas", "panel-mediator": "Melati", "panel-appointment": "SK-1"}
    for name, status in (("kementerian", 404), ("daerah", 302)):
        entered = enter(name)
        assert entered.post("catatan/dispute/", opened) == 302
        for act in ("meet", "fail"):
            link = re.search(rf'href="([^"]*/{act}/)"', entered.page("catatan/dispute/1/"))
            assert entered.client.post(link[1], noted).status_code == 302, act
        assert ("/mediate/" in entered.page("catatan/dispute/1/")) is (status == 302)
        assert entered.client.post(link[1].replace("fail", "mediate"), noted | panel).status_code == status


def test_an_addendum_may_delete_in_b_and_not_in_a(enter):
    a, b = (enter(name).page("adendum/baru/") for name in ("kementerian", "daerah"))
    assert 'value="delete"' not in a
    assert 'value="set-aside"' not in a
    assert 'value="delete"' in b
    assert 'value="set-aside"' in b


def test_notices_go_to_the_contact_in_a_and_to_the_seat_in_b(enter):
    for name, to_contact in (("kementerian", True), ("daerah", False)):
        one = seed(name).first
        notices = enter(name).page("pihak/").split("Pemberitahuan</dt><dd>", 1)[1].split("</dd>", 1)[0]
        assert notices.startswith(one.contact_unit if to_contact else one.party)


def test_the_old_address_holds_until_the_notice_is_received_in_a_only(enter, clock):
    address = {"on": "2026-11-09", "effective_on": "2026-11-12", "unit": "Biro Umum", "address": "Jalan Baru 2"}
    for name, waits in (("kementerian", True), ("daerah", False)):
        entered = enter(name)
        assert entered.post("langkah/contact/", address) == 302
        page = entered.page("pihak/")
        letters = page.split("Surat</dt><dd>", 1)[1].split("</dd>", 1)[0]
        assert letters.startswith("Biro Umum") is not waits
        assert ("belum diterima: alamat lama tetap berlaku" in page) is waits
        assert "diberitahukan terlambat" not in page
        assert entered.post("langkah/contact-received/", {"on": "2026-11-20"}, by="second") == 302
        assert entered.page("pihak/").split("Surat</dt><dd>", 1)[1].startswith("Biro Umum")


@BOTH
def test_force_majeure_runs_both_clocks_alike(enter, name):
    struck = {"key": "Banjir", "cause": "natural-disaster", "occurred_at": "2026-03-13T08:00"}
    entered = enter(name)
    assert entered.post("catatan/force-majeure/", struck) == 302
    assert "31 Maret 2026" in entered.page("kewajiban/KH-3/Banjir/")
