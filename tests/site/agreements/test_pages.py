"""The pages of an agreement, through HTTP, for both parties and an auditor."""

import re
from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from tests.site.agreements.conftest import MINISTRY

from absah.agreements.duties import DutyCode
from absah.kernel.clock import FixedClock
from absah_site.actors import Account
from absah_site.agreements import access
from absah_site.roles import Role

PDF = b"%PDF-1.7\n% a report"

pytestmark = pytest.mark.django_db


@pytest.fixture
def enter(client: Client) -> Callable[[Account], Client]:
    def sign_in(account: Account) -> Client:
        client.post("/keluar/")
        client.post("/masuk/", {"username": account.username, "password": "kucing-biru-terbang"})
        return client

    return sign_in


def test_the_list_shows_what_an_officer_may_see_with_both_numbers(
    ministry: UUID, province: UUID, first: Account, enter: Callable[[Account], Client]
) -> None:
    page = enter(first).get("/perjanjian/").content.decode()
    assert "70/SJ-CTH/MoU/05/2023" in page
    assert "PERJ.206/BSC/05/2023" in page
    assert "432/HM.03.00" not in page
    assert "Terlambat" in page


def test_each_page_of_an_agreement_says_where_one_is(
    ministry: UUID, first: Account, enter: Callable[[Account], Client]
) -> None:
    client = enter(first)
    for path, current, word in (
        ("", "page", "Ringkasan"),
        ("kewajiban/", "page", "Kewajiban"),
        ("kewajiban/K1-a/2023/", "true", "Kewajiban"),
        ("tafsir/last-day/", "true", "Ringkasan"),
        ("kasus/baru/letter/", "true", "Kasus"),
    ):
        page = client.get(f"/perjanjian/{ministry}/{path}").content.decode()
        ways = re.search(r'<nav class="row ways".*?</nav>', page, re.DOTALL)
        assert ways is not None, path
        here = re.findall(r'aria-current="(\w+)">.*?</svg>([^<]+)</a>', ways[0])
        assert here == [(current, word)], path


def test_a_clause_is_proposed_for_change_as_people_write_it(
    ministry: UUID, first: Account, enter: Callable[[Account], Client]
) -> None:
    page = enter(first).get(f"/perjanjian/{ministry}/naskah/").content.decode()
    assert "adendum/baru/?pasal=1" in page
    assert "?pasal=pasal_" not in page


def test_the_list_is_searched_by_name_and_number(
    ministry: UUID, province: UUID, second: Account, enter: Callable[[Account], Client]
) -> None:
    client = enter(second)
    page = client.get("/perjanjian/", {"cari": "provinsi 432"}).content.decode()
    assert "432/HM.03.00" in page
    assert "70/SJ-CTH/MoU/05/2023" not in page
    assert "0 ditemukan" in client.get("/perjanjian/", {"cari": "tiada"}).content.decode()
    assert "432/HM.03.00" in client.get("/perjanjian/", {"halaman": "99"}).content.decode()


def test_without_an_agreement_the_list_says_how_one_begins(
    hire: Callable[..., Account], enter: Callable[[Account], Client]
) -> None:
    page = enter(hire("sekar", Role.AGREEMENT_OFFICER, MINISTRY)).get("/perjanjian/").content.decode()
    assert "Belum ada perjanjian di sini" in page


def test_two_readings_are_shown_with_both_dates_until_somebody_settles_them(
    ministry: UUID, first: Account, enter: Callable[[Account], Client]
) -> None:
    client = enter(first)
    page = client.get(f"/perjanjian/{ministry}/").content.decode()
    assert "25 Oktober 2026" in page
    assert "14 Mei 2027" in page
    form = f"/perjanjian/{ministry}/tafsir/term-start/"
    assert client.get(form).status_code == 200
    unfounded = client.post(form, {"reading": "signing", "reason": "rapat", "document": ""})
    assert unfounded.status_code == 200
    answer = client.post(form, {"reading": "signing", "reason": "rapat bersama", "document": "BA-7/2026"})
    assert answer.headers["Location"] == f"/perjanjian/{ministry}/"
    settled = client.get(f"/perjanjian/{ministry}/").content.decode()
    assert "14 Mei 2027" in settled
    assert "Ada dua tafsir" not in settled


@pytest.mark.parametrize("path", ["", "naskah/", "kewajiban/", "kewajiban/K1-g/2025/"])
@pytest.mark.parametrize("language", ["id", "en"])
def test_every_page_opens_for_both_parties_and_the_auditor(  # noqa: PLR0917  (fixtures and parameters)
    ministry: UUID,
    first: Account,
    second: Account,
    hire: Callable[..., Account],
    enter: Callable[[Account], Client],
    path: str,
    language: str,
) -> None:
    for account in (first, second, hire("auditor", Role.AUDITOR)):
        client = enter(account)
        client.cookies["bahasa"] = language
        answer = client.get(f"/perjanjian/{ministry}/{path}")
        assert answer.status_code == 200, account.username
        assert "{first}" not in answer.content.decode()
        client.post("/keluar/")


def test_the_board_names_the_waiting_duty_and_says_where_its_date_comes_from(
    ministry: UUID, first: Account, enter: Callable[[Account], Client]
) -> None:
    page = enter(first).get(f"/perjanjian/{ministry}/kewajiban/").content.decode()
    assert "K1-g" in page
    assert "Dari mana tanggal ini?" in page
    assert "PIHAK KEDUA: Badan Sandi Contoh" in page


def test_a_report_goes_from_hand_to_hand_through_the_pages(
    ministry: UUID, first: Account, second: Account, enter: Callable[[Account], Client], clock: FixedClock
) -> None:
    page = f"/perjanjian/{ministry}/kewajiban/K1-g/2025/"
    today = "2026-11-20"
    client = enter(first)
    nothing = client.post(page, {"act": "submit", "on": today})
    assert "Laporan" in nothing.content.decode()
    sent = client.post(
        page,
        {
            "act": "submit",
            "on": today,
            "reference-report": "LHP-2025",
            "file-report": SimpleUploadedFile("laporan.pdf", PDF, content_type="text/html"),
            "reference-receipt": "TT-1",
        },
    )
    assert sent.headers["Location"] == page
    assert client.post(page, {"act": "accept", "on": today}).status_code == 403
    client.post("/keluar/")
    other = enter(second)
    lacking = other.post(page, {"act": "return", "on": today, "why": ""})
    assert lacking.status_code == 400
    assert other.post(page, {"act": "accept", "on": today}).headers["Location"] == page
    found = access.agreement_for(second, ministry, now=clock.now())
    done = access.fulfilments(found)[DutyCode("K1-g"), "2025"]
    assert done.state == "accepted"
    assert any(piece.digest for piece in done.evidence)


@pytest.mark.parametrize(
    ("name", "content"), [("virus.exe", b"MZ\x90\x00\xff"), ("leer.txt", b""), ("bild.pdf", b"\xff\xfe\x00")]
)
def test_a_file_that_is_no_document_is_refused_and_nothing_is_recorded(
    ministry: UUID, first: Account, enter: Callable[[Account], Client], clock: FixedClock, name: str, content: bytes
) -> None:
    answer = enter(first).post(
        f"/perjanjian/{ministry}/kewajiban/K1-g/2025/",
        {
            "act": "submit",
            "on": "2026-11-20",
            "reference-report": "x",
            "reference-receipt": "y",
            "file-report": SimpleUploadedFile(name, content),
        },
    )
    assert answer.status_code in {200, 400}
    assert access.fulfilments(access.agreement_for(first, ministry, now=clock.now())) == {}


def test_who_is_owed_something_asks_for_it_through_the_page(
    ministry: UUID, second: Account, enter: Callable[[Account], Client]
) -> None:
    client = enter(second)
    form = f"/perjanjian/{ministry}/kewajiban/K1-e/baru/"
    assert client.get(form).status_code == 200
    told = client.post(form, {"key": "P-17-2026", "on": "2026-11-09"})
    assert told.headers["Location"] == f"/perjanjian/{ministry}/kewajiban/K1-e/P-17-2026/"
    page = client.get(told.headers["Location"]).content.decode()
    assert "27 November 2026" in page
    assert client.post(form, {"key": "P-17-2026", "on": "2026-11-09"}).status_code == 409


def test_strangers_find_nothing(
    ministry: UUID, hire: Callable[..., Account], enter: Callable[[Account], Client], client: Client
) -> None:
    assert client.get(f"/perjanjian/{ministry}/").status_code == 302
    other = enter(hire("lain", Role.AGREEMENT_OFFICER, "agency-of-others"))
    assert other.get(f"/perjanjian/{ministry}/").status_code == 404
    assert other.get("/perjanjian/00000000-0000-4000-8000-000000000000/").status_code == 404


def test_the_list_asks_the_database_as_often_for_two_agreements_as_for_one(
    ministry: UUID,
    province: UUID,
    second: Account,
    enter: Callable[[Account], Client],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client = enter(second)
    client.get("/perjanjian/")
    with django_assert_max_num_queries(9):
        client.get("/perjanjian/")


def test_an_auditor_sees_an_agreement_as_it_was_on_a_day(
    ministry: UUID, first: Account, hire: Callable[..., Account], enter: Callable[[Account], Client]
) -> None:
    enter(first).post(
        f"/perjanjian/{ministry}/kewajiban/K1-g/2025/",
        {"act": "submit", "on": "2026-11-20", "reference-report": "LHP-2025", "reference-receipt": "TT-1"},
    )
    client = enter(hire("auditor", Role.AUDITOR))
    page = f"/perjanjian/{ministry}/kewajiban/K1-g/2025/"
    assert "LHP-2025" in client.get(page).content.decode()
    before = client.get(f"{page}?per=2026-11-19").content.decode()
    assert "LHP-2025" not in before
    assert "Sebagaimana pada 19 November 2026" in before
    assert client.get(f"{page}?per=2020-01-01").status_code == 404
    assert client.get(f"{page}?per=kemarin").status_code == 400


def test_after_the_end_the_overview_names_what_still_binds(
    ministry: UUID, first: Account, enter: Callable[[Account], Client], move_clock: Callable[[date], None]
) -> None:
    for day, binds in ((date(2026, 12, 1), False), (date(2027, 5, 15), True)):  # the later reading ends the day before
        move_clock(day)
        client = enter(first)
        client.cookies["bahasa"] = "en"
        page = client.get(f"/perjanjian/{ministry}/").content.decode()
        assert ("What still binds" in page) is binds
        assert (">KR-1</a>" in page) is binds


def test_a_duty_says_what_proves_it_and_what_only_the_right_asks_for(
    province: UUID, hire: Callable[..., Account], enter: Callable[[Account], Client]
) -> None:
    page = f"/perjanjian/{province}/kewajiban/K2-f/2025/"
    client = enter(hire("dewi", Role.AGREEMENT_OFFICER))
    client.cookies["bahasa"] = "en"
    before = client.get(page).content.decode()
    assert "still missing" in before
    assert "only the right asks for it" in before
    sent = {"act": "submit", "on": "2026-01-20", "reference-assessment": "PN-4"}
    assert client.post(page, sent).status_code == 302
    after = client.get(page).content.decode()
    assert "still missing" not in after
    assert "the right of the other party asks for more" in after


def test_what_a_right_asks_for_beyond_the_duty_may_be_shown_with_it(
    province: UUID, hire: Callable[..., Account], enter: Callable[[Account], Client]
) -> None:
    page = f"/perjanjian/{province}/kewajiban/K2-f/2025/"
    client = enter(hire("dewi", Role.AGREEMENT_OFFICER))
    sent = {"act": "submit", "on": "2026-01-20", "reference-assessment": "PN-4", "reference-report": "LP-4"}
    assert client.post(page, sent).status_code == 302
    shown = client.get(page).content.decode()
    assert "LP-4" in shown
    assert "hanya diminta oleh hak" not in shown
