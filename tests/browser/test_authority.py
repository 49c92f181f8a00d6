"""Journeys of those who run the authority: a certificate from the search, a request that waits for a second person."""

from playwright.sync_api import expect

from tests.browser.room import LANGUAGES, Room


def test_a_certificate_is_found_and_its_page_is_good(room: Room) -> None:
    for language in LANGUAGES:
        tab = room.visit("/otoritas/sertifikat/?q=&state=good", user="ra", language=language)
        tab.page.locator("table a").first.click()
        expect(tab.page.locator("h1")).to_have_count(1)
        tab.look()
        tab.assert_usable_with_the_keyboard()


def test_a_request_waits_for_a_second_person_and_is_taken_back(room: Room) -> None:
    tab = room.visit("/otoritas/usulan/", user="ca", javascript=False)
    tab.page.locator("summary", has_text="Pengakhiran otoritas").click()
    tab.page.locator("#ending_authority").fill("tsa")
    tab.page.locator("#ending_why").fill("Latihan")
    tab.page.locator("form[aria-label='Pengakhiran otoritas'] button").click()
    expect(tab.page.get_by_text("1 dari 2 orang")).to_be_visible()
    expect(tab.page.get_by_role("button", name="Setujui dan laksanakan")).to_have_count(0)
    address = tab.page.url.partition("/otoritas")[1] + tab.page.url.partition("/otoritas")[2]
    colleague = room.visit(address, user="ca2")
    expect(colleague.page.get_by_role("button", name="Setujui dan laksanakan")).to_be_visible()
    colleague.look()
    tab.page.get_by_role("button", name="Tarik kembali").click()
    expect(tab.page.get_by_text("Ditarik kembali").first).to_be_visible()
