"""A passkey signs in Chromium: bound with every factor, then asked about the document on the screen, then about many.

The device is Chromium's own; the demo's assistant binds it, initials one document with it, and a list of them.
"""

from playwright.sync_api import expect

from tests.browser.devices import give_authenticator, named_room, sign_in
from tests.browser.room import NARROW, WIDE, Room, Tab
from tests.browser.test_dossiers import CLERK, affirm, factors, prepare, sign

__all__ = ["named_room"]

ASSISTANT = "ahmad"


def bind(tab: Tab) -> str:
    """Make a passkey, and let it agree for the key; the passphrase."""
    page = tab.page
    page.locator("[name=name]").fill("Ponsel dinas")
    page.get_by_role("button", name="Buat kunci sandi").click()
    page.get_by_role("heading", name="Catat kode ini sekarang").wait_for()
    tab.go("/sertifikat-saya/kunci-sandi/")
    tab.assert_good()
    tab.photograph("passkey-bind")
    passphrase, code = factors(tab.room.instance, ASSISTANT)
    page.get_by_label("Frasa sandi sertifikat").fill(passphrase)
    page.get_by_label("6 angka").fill(code)
    page.get_by_role("button", name="Pakai kunci sandi untuk menandatangani").click()
    page.get_by_role("button", name="Lepaskan Ponsel dinas").wait_for()
    tab.resize(NARROW)
    tab.assert_good()
    tab.resize(WIDE)
    return passphrase


def agree(tab: Tab, passphrase: str) -> None:
    """From the affirmation to the touch of the device."""
    page = tab.page
    affirm(page)
    page.get_by_label("Frasa sandi sertifikat").fill(passphrase)
    page.get_by_role("button", name="Setujui dengan kunci sandi").click()


def test_a_passkey_bound_for_signing_agrees_to_one_document_and_to_a_list(named_room: Room) -> None:
    clerk = named_room.visit("/masuk/?next=/naskah/")
    sign_in(clerk, CLERK)
    clerk.page.wait_for_url("**/naskah/")
    for title in ("Sandi satu", "Sandi dua", "Sandi tiga"):
        prepare(clerk, title)
    tab = named_room.visit("/masuk/?next=/keamanan/kunci/")
    give_authenticator(tab)
    sign_in(tab, ASSISTANT)
    passphrase = bind(tab)

    page = tab.page
    tab.go("/kotak-masuk/")
    page.get_by_role("link", name="Sandi satu").click()
    page.get_by_role("button", name="Lanjut menandatangani").click()
    shown = page.locator(".match").inner_text()[-4:]
    tab.assert_good()
    tab.photograph("dossier-sign-passkey")
    agree(tab, passphrase)
    page.wait_for_url("**/selesai/")
    tab.go("/pemberitahuan/")
    tab.shows(f"Kode {shown}")

    tab.go("/meja/?cari=Sandi")
    page.locator("button[value=all]").click()
    agree(tab, passphrase)
    page.locator("[data-progress='']").wait_for(timeout=60_000)
    tab.go("/sertifikat-saya/")
    expect(page.locator("td", has_text="kunci sandi")).to_have_count(3)
    official = named_room.visit("/masuk/?next=/kotak-masuk/")
    sign_in(official, "ratna")
    official.page.get_by_role("link", name="Sandi satu").click()
    sign(official, "ratna")
    expect(official.page.locator("h1")).to_have_text("Sudah ditandatangani semua")
