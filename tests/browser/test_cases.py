"""Cases in a browser: a flood told from a telephone without scripts, the letter about it, and evidence given away."""

import pytest
from playwright.sync_api import expect

from tests.browser.room import LANGUAGES, NARROW, Room
from tests.browser.test_agreements import OFFICER, OTHER, agreement

__all__ = ["agreement"]

WAYS = (
    "kasus/",
    "kasus/baru/force-majeure/",
    "kasus/baru/evaluation/",
    "kasus/baru/extension/",
    "kasus/baru/letter/",
    "buku-nomor/",
    "bundel/",
)


@pytest.mark.parametrize("way", WAYS)
def test_each_page_of_cases_is_good(agreement: str, room: Room, way: str) -> None:
    room.look_everywhere(agreement + way, user=OFFICER)


def test_a_flood_is_told_from_a_telephone_and_the_letter_awaits_its_signature(agreement: str, room: Room) -> None:
    tab = room.visit(f"{agreement}kasus/baru/force-majeure/", user=OFFICER, width=NARROW, javascript=False)
    page = tab.page
    page.locator("[name=subject]").fill("Banjir")
    page.locator("[name=cause]").select_option("natural-disaster")
    page.locator("[name=occurred-at]").fill("2026-11-01T06:30")
    page.locator("[name=description]").fill("Banjir di pusat data.")
    page.locator("main button.btn-main").click()
    case = page.url.removeprefix(room.instance.url)
    page.locator("[name=told-at]").fill("2026-11-01T08:00")
    page.locator("[name=teller]").fill("Rina")
    page.locator("[name=hearer]").fill("Bagas")
    page.locator("[name=told-by]").select_option("telephone")
    page.locator("button[value='tell-orally']").click()
    page.locator("[name=official-statement]").fill("BPBD 12/2026")
    page.locator("[name=outlook]").fill("Pulih dalam tiga hari.")
    page.locator("button[value='write']").click()
    tab.assert_fits()
    expect(page.locator("a[href$='/surat.zip']")).to_have_count(1)
    for language in LANGUAGES:
        for user in (OFFICER, OTHER):
            seen = room.visit(case, user=user, width=NARROW, language=language)
            seen.assert_good()
            seen.photograph()
        signing = room.visit(f"{case}sign/tanda-tangan/", user=OFFICER, width=NARROW, language=language)
        signing.assert_good()
        signing.photograph()
