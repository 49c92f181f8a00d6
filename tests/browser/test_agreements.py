"""The pages of one agreement, the demo's own: accessible at both widths in both languages, and a duty shown by hand."""

import pytest
from playwright.sync_api import expect

from tests.browser.room import LANGUAGES, NARROW, WIDE, Room

OFFICER, OTHER = "perjanjian", "perjanjian2"
WAYS = (
    "",
    "naskah/",
    "pihak/",
    "adendum/",
    "adendum/baru/",
    "kewajiban/",
    "kalender/",
    "berkas/",
    "catatan/",
    "catatan/force-majeure/",
    "langkah/announce-ending/",
    "langkah/representative/",
    "tafsir/last-day/",
)


@pytest.fixture
def agreement(room: Room) -> str:
    """The address of the demo's agreement."""
    tab = room.visit("/perjanjian/", user=OFFICER)
    address = tab.page.locator("table a").first.get_attribute("href")
    assert address
    return address


@pytest.mark.parametrize("way", WAYS)
def test_each_page_of_an_agreement_is_good(agreement: str, room: Room, way: str) -> None:
    for language in LANGUAGES:
        tab = room.visit(agreement + way, user=OFFICER, language=language)
        expect(tab.page.locator("h1")).to_have_count(1)
        for width in (WIDE, NARROW):
            tab.resize(width)
            tab.assert_good()
            tab.photograph()


def test_a_duty_goes_from_hand_to_hand_without_javascript(agreement: str, room: Room) -> None:
    board = room.visit(f"{agreement}kewajiban/", user=OFFICER, width=NARROW, javascript=False)
    board.page.locator("a.cell").first.click()
    duty = board.page.url.removeprefix(room.instance.url)
    board.settle()
    for field in board.page.locator("input[name^='reference-']").all():
        field.fill("Inventaris-1")
    board.page.locator("button[value='submit']").click()
    board.shows("Inventaris-1")
    other = room.visit(duty, user=OTHER, javascript=False)
    other.page.locator("button[value='accept']").click()
    other.shows("menerima")
    other.assert_fits()
