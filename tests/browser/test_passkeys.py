"""Passkeys in a real browser, with an authenticator that Chromium plays: bound, as second factor, alone.

A passkey belongs to a name, never to an address in numbers (WebAuthn §5.1.2), so the instance is called `localhost`.
"""

from playwright.sync_api import expect

from tests.browser.devices import give_authenticator, named_room, sign_in
from tests.browser.room import Room

__all__ = ["named_room"]

USER = "ratna"


def test_a_passkey_is_bound_then_opens_the_second_lock_then_the_whole_door(named_room: Room) -> None:
    tab = named_room.visit("/masuk/?next=/keamanan/kunci/")
    device, authenticator = give_authenticator(tab)
    sign_in(tab, USER)
    tab.page.wait_for_url(tab.room.instance.url + "/keamanan/kunci/")
    tab.photograph("passkey-add")
    tab.page.locator("[name=name]").fill("Laptop kantor")
    tab.page.get_by_role("button", name="Buat kunci sandi").click()
    tab.page.get_by_role("heading", name="Catat kode ini sekarang").wait_for()
    tab.assert_good()
    tab.photograph("recovery-codes")
    kept = device.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})["credentials"]
    assert [(one["isResidentCredential"], one["rpId"]) for one in kept] == [(True, "localhost")]

    tab.go("/keamanan/")
    expect(tab.page.get_by_text("Laptop kantor").first).to_be_visible()
    tab.assert_good()
    tab.photograph("safety")

    tab.page.context.clear_cookies()
    tab.go("/masuk/?next=/keamanan/")
    sign_in(tab, USER)
    tab.page.wait_for_url(tab.room.instance.url + "/masuk/faktor/")
    tab.assert_good()
    tab.photograph("second-lock")
    tab.page.get_by_role("button", name="Pakai kunci sandi").click()
    tab.page.wait_for_url(tab.room.instance.url + "/keamanan/")

    tab.page.context.clear_cookies()
    tab.go("/masuk/?next=/sertifikat-saya/")
    tab.photograph("door")
    tab.page.get_by_role("button", name="Masuk dengan kunci sandi").click()
    tab.page.wait_for_url(tab.room.instance.url + "/sertifikat-saya/")
    tab.assert_good()


def test_a_device_that_does_not_know_its_owner_opens_nothing_and_says_so(named_room: Room) -> None:
    tab = named_room.visit("/masuk/", language="en")
    device, authenticator = give_authenticator(tab)
    device.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})
    tab.page.get_by_role("button", name="Sign in with a passkey").click()
    tab.page.get_by_text("The passkey was not used.").wait_for()
    assert tab.page.url.endswith("/masuk/")
    tab.assert_good()


def test_without_scripts_the_door_offers_no_passkey(room: Room) -> None:
    tab = room.visit("/masuk/", javascript=False)
    expect(tab.page.get_by_role("button", name="Masuk dengan kunci sandi")).to_be_hidden()
