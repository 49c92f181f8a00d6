"""Somebody new in the demo is led from the own desk to the verdict on a forged copy: on a phone, without scripts."""

from playwright.sync_api import Page, expect

from tests.browser.room import NARROW, Room
from tests.browser.test_dossiers import affirm, choose, upload

NEWCOMER = "suwitro"


def send_to_oneself(page: Page) -> None:
    """From the places of the only signer back to the desk."""
    choose(page, "k1", "SUWITRO")
    page.get_by_role("button", name="Simpan dan tentukan letak").click()
    page.locator("button[value='preset:1:last-right']").click()
    page.get_by_role("button", name="Simpan dan lanjut").click()
    page.get_by_role("button", name="Kirim ke penanda tangan pertama").click()


def test_a_newcomer_signs_checks_forges_and_puts_the_steps_away(room: Room) -> None:
    phone = room.visit("/beranda/", user=NEWCOMER, width=NARROW, javascript=False)
    page = phone.page
    page.get_by_role("link", name="Kirim naskah kepada diri sendiri").click()
    upload(phone, "Naskah pertama saya")
    send_to_oneself(page)
    page.get_by_role("link", name="Buka naskahnya").click()
    page.get_by_role("button", name="Lanjut menandatangani").click()
    keys = page.locator("details dd.mono")
    passphrase, code = keys.first.inner_text(), keys.last.inner_text()
    affirm(page)
    page.get_by_label("Frasa sandi sertifikat").fill(passphrase)
    page.get_by_label("6 angka").fill(code)
    page.get_by_role("button", name="Tanda tangani", exact=True).click()
    page.wait_for_url("**/selesai/")
    page.get_by_role("button", name="Periksa naskah saya").click()
    expect(page.locator("h1")).to_have_text("Sah")
    phone.assert_fits()
    page.get_by_role("button", name="Ubah satu bit lalu periksa").click()
    expect(page.locator("h1")).to_have_text("Tidak sah")
    page.get_by_role("link", name="Orang-orang di demo ini").click()
    page.get_by_role("button", name="Sembunyikan").click()
    expect(page.locator(".guide")).to_have_count(0)
    again = room.visit("/langkah-pertama/", user=NEWCOMER, language="en")
    again.page.get_by_role("button", name="Show me the steps again").click()
    again.look("first-steps")
