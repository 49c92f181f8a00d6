"""The pages of one agreement, the demo's own: accessible at both widths in both languages, and a duty shown by hand."""

import pytest

from tests.browser.room import NARROW, Room

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
    room.look_everywhere(agreement + way, user=OFFICER)


def test_a_duty_goes_from_hand_to_hand_without_javascript(agreement: str, room: Room) -> None:
    board = room.visit(f"{agreement}kewajiban/", user=OFFICER, width=NARROW, javascript=False)
    board.page.locator("a.cell").first.click()
    duty = board.page.url.removeprefix(room.instance.url)
    for field in board.page.locator("input[name^='reference-']").all():
        field.fill("Inventaris-1")
    board.page.locator("button[value='submit']").click()
    board.shows("Inventaris-1")
    other = room.visit(duty, user=OTHER, javascript=False)
    other.page.locator("button[value='accept']").click()
    other.shows("menerima")
    other.assert_fits()
