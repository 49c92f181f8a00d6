"""A document goes round in a browser: prepared, initialled, sent back, mended, signed; and its pages are good."""

from functools import cache

import pytest
from playwright.sync_api import Page, expect

from tests.browser.codes import App
from tests.browser.instance import LiveInstance
from tests.browser.room import LANGUAGES, NARROW, Room, Tab

CLERK, ASSISTANT, OFFICIAL = "admin", "ahmad", "ratna"
_app = cache(App)  # one for each secret: it knows which codes were used


def factors(instance: LiveInstance, who: str) -> tuple[str, str]:
    """Passphrase, and a code that was not used yet."""
    everybody = [*instance.credentials["signers"], *instance.credentials["assistants"]]
    found = next(one for one in everybody if one["email"].startswith(who))
    return found["passphrase"], _app(found["totp_secret"]).code()


def affirm(page: Page) -> None:
    """Tick that the document was read, where that is asked, and that one agrees to it."""
    if page.locator("[name=has_read]").count():
        page.locator("[name=has_read]").check()
    page.locator("[name=agrees]").check()


def sign(tab: Tab, who: str) -> None:
    """From the page of the document to the receipt."""
    page = tab.page
    page.get_by_role("button", name="Lanjut menandatangani").click()
    passphrase, code = factors(tab.room.instance, who)
    affirm(page)
    page.get_by_label("Frasa sandi sertifikat").fill(passphrase)
    page.get_by_label("6 angka").fill(code)
    page.locator("main form button.btn-main").click()
    page.wait_for_url("**/selesai/")


def open_in_inbox(tab: Tab, title: str) -> None:
    tab.go("/kotak-masuk/")
    tab.page.get_by_role("link", name=title).click()


def upload(tab: Tab, title: str) -> None:
    tab.go("/naskah/baru/")
    tab.page.locator("[name=file]").set_input_files(tab.room.instance.data / "letter-unsigned.pdf")
    tab.page.get_by_label("Perihal").fill(title)
    tab.page.get_by_role("button", name="Unggah dan lanjut").click()


def choose(page: Page, row: str, name: str) -> None:
    """Somebody for a row of the signers."""
    people = page.locator(f"[name={row}-person]")
    people.select_option(people.locator("option").filter(has_text=name).get_attribute("value"))


def prepare(tab: Tab, title: str) -> str:
    """Upload, name two people, place one by preset and one at the mark; the address of the document."""
    page = tab.page
    upload(tab, title)
    choose(page, "k1", "Ahmad")
    page.locator("[name=k1-part]").select_option("initial")
    choose(page, "k2", "Ratna")
    page.get_by_role("button", name="Simpan dan tentukan letak").click()
    page.locator("button[value='preset:1:last-left']").click()
    page.locator("[name=anchor]").fill("#")
    page.locator("button[value=find]").click()
    page.locator("button[value^='hit:2:']").last.click()
    page.get_by_role("button", name="Simpan dan lanjut").click()
    address = page.url.removeprefix(tab.room.instance.url)
    page.get_by_role("button", name="Kirim ke penanda tangan pertama").click()
    tab.go(address)
    return address


def test_two_sign_after_one_sent_it_back_and_the_code_on_paper_tells_who(room: Room) -> None:
    clerk = room.visit("/naskah/", user=CLERK)
    address = prepare(clerk, "Perjalanan satu")
    clerk.assert_good()
    clerk.photograph("dossier-sent")
    phone = room.visit("/kotak-masuk/", user=ASSISTANT, width=NARROW)
    open_in_inbox(phone, "Perjalanan satu")
    phone.page.get_by_role("link", name="Kembalikan").click()
    phone.page.locator("[name=reason]").fill("Tanggalnya salah")
    phone.assert_good()
    phone.page.get_by_role("button", name="Kembalikan naskah").click()
    clerk.go(address)
    clerk.shows("Tanggalnya salah")
    clerk.page.get_by_role("link", name="Unggah naskah yang diperbaiki").click()
    clerk.page.locator("[name=file]").set_input_files(room.instance.data / "letter-unsigned.pdf")
    clerk.page.get_by_role("button", name="Unggah dan lanjut").click()
    clerk.go(address)
    clerk.page.get_by_role("button", name="Kirim ke penanda tangan pertama").click()
    open_in_inbox(phone, "Perjalanan satu")
    sign(phone, ASSISTANT)
    phone.assert_good()
    official = room.visit("/kotak-masuk/", user=OFFICIAL)
    open_in_inbox(official, "Perjalanan satu")
    official.assert_good()
    official.photograph("dossier-read")
    sign(official, OFFICIAL)
    expect(official.page.locator("h1")).to_have_text("Sudah ditandatangani semua")
    official.assert_good()
    official.photograph("dossier-receipt")
    official.page.locator("a[href^='/d/']").click()
    official.shows("Ratna Widyaningsih")
    with official.page.expect_download() as kept:
        official.page.go_back()
        official.page.get_by_role("button", name="Unduh PDF").click()
    file = room.instance.data / "signed-in-the-browser.pdf"
    kept.value.save_as(file)
    assert "Ratna Widyaningsih" in room.instance.absah("verify", file)


def test_a_box_is_moved_by_the_pointer_by_keys_and_by_numbers(room: Room) -> None:
    clerk = room.visit("/naskah/", user=CLERK)
    page = clerk.page
    upload(clerk, "Letak yang digeser")
    page.locator("[name=k1-person]").select_option(index=1)
    page.get_by_role("button", name="Simpan dan tentukan letak").click()
    page.locator("button[value='preset:1:last-right']").click()
    box = page.locator("g[data-seat='1']")
    page.locator("details summary").filter(has_text="Dengan angka").click()
    x, y = (page.locator(f"[name=k1-{edge}]") for edge in "xy")
    before = float(x.input_value()), float(y.input_value())
    box.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowUp")
    assert (float(x.input_value()), float(y.input_value())) == (before[0] - 1, before[1] - 10)
    place = box.bounding_box()
    assert place
    page.mouse.move(place["x"] + 20, place["y"] + 10)
    page.mouse.down()
    page.mouse.move(place["x"] - 80, place["y"] - 90, steps=4)
    page.mouse.up()
    assert float(x.input_value()) < before[0] - 50
    clerk.assert_good()
    clerk.photograph("dossier-places")
    page.get_by_role("button", name="Simpan dan lanjut").click()
    clerk.shows("Siap dikirim?")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_of_a_document_is_good_at_both_widths(room: Room, language: str) -> None:
    clerk = room.visit("/naskah/", user=CLERK, language="id")
    address = prepare(clerk, f"Langkah {language}")
    for path in ("", "letak/", "penanda-tangan/", "perihal/"):
        tab = room.visit(address + path, user=CLERK, language=language)
        tab.look()
    inbox = room.visit("/kotak-masuk/", user=ASSISTANT, language=language)
    inbox.page.get_by_role("link", name=f"Langkah {language}").click()
    inbox.page.locator("form[action$='/setuju/'] button").click()
    inbox.look(f"dossier-sign-{language}")
    inbox.assert_usable_with_the_keyboard()


def test_a_document_is_read_and_signed_without_scripts(room: Room) -> None:
    clerk = room.visit("/naskah/", user=CLERK, javascript=False)
    prepare(clerk, "Tanpa skrip")
    phone = room.visit("/kotak-masuk/", user=ASSISTANT, width=NARROW, javascript=False)
    open_in_inbox(phone, "Tanpa skrip")
    sign(phone, ASSISTANT)
    expect(phone.page.locator("h1")).to_have_text("Anda sudah menandatangani")
    phone.assert_fits()
