"""A person's way to a certificate, as people walk it: the link on a phone without scripts, the table by keyboard."""

import io
import re

from PIL import Image
from playwright.sync_api import expect

from tests.browser.room import NARROW, Room

NIK, BORN, PASSPHRASE = "9999996107950044", "1995-07-21", "sembilan layang biru jauh"

#: The newest request of the demo's person who has not answered gets another link, by a courier that prints it.
LINK = """
from absah_site import composition
from absah_site.accounts.access import account_named
from absah_site.enrolment.actions import invite
from absah_site.enrolment.models import EnrolmentRequest

class Printed:
    def deliver(self, _purpose, token):
        print("/undangan/" + token.text + "/")

request = EnrolmentRequest.objects.filter(subscriber__name="Sinta Maharani").latest("entered_at")
by = account_named("verifikator2", now=composition.clock().now())
invite(request.pk, by=by, courier=Printed())
"""


def link_of(room: Room) -> str:
    return room.instance.prepare(LINK).strip().splitlines()[-1]


def picture() -> dict:
    written = io.BytesIO()
    Image.new("RGB", (800, 500), "teal").save(written, "JPEG")
    return {"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": written.getvalue()}


def test_a_person_gets_a_certificate_and_everybody_does_only_the_own_part(room: Room) -> None:
    phone = room.visit(link_of(room), width=NARROW, language="en", javascript=False)
    for kind in ("ktp", "selfie"):
        form = phone.page.locator(f"form[action='/undangan/foto/{kind}/']")
        form.locator("input[type=file]").set_input_files(picture())
        form.locator("button").click()
    phone.assert_good()
    phone.page.get_by_role("link", name="On to step 2").click()
    phone.page.get_by_label("NIK").fill(NIK)
    phone.page.get_by_label("Date of birth").fill(BORN)
    phone.page.get_by_label("Telephone number").fill("0811 5550 144")
    phone.page.get_by_label("I have read the text above and agree.").check()
    phone.assert_good()
    phone.page.get_by_role("button", name="Send to my verifikator").click()
    expect(phone.page.locator("h1")).to_have_text("Your data are on their way")

    table = room.visit("/pendaftaran/?tab=periksa", user="verifikator", language="en")
    table.page.get_by_role("link", name="Sinta Maharani").click()
    # Without a letter nobody can accept it: the reason stands beside the button.
    assert table.page.get_by_role("button", name=re.compile("^Verify")).is_disabled()
    assert "Recommendation letter" in table.page.locator("#why-not").inner_text()
    table.assert_good()
    table.photograph("registration-check")


def test_the_table_is_walked_by_keyboard_and_nothing_is_decided_by_one_key(room: Room) -> None:
    tab = room.visit("/pendaftaran/?tab=periksa", user="verifikator", language="en")
    tab.page.get_by_role("link", name="Laras Kusuma").click()
    tab.page.wait_for_url("**/pendaftaran/*-*/")  # loaded: the keys work once the script has run
    tab.page.keyboard.press("a")
    assert tab.page.evaluate("document.activeElement.value") == "accept"
    expect(tab.page.locator("h1")).to_have_text("Laras Kusuma, S.Kom.")
    tab.page.locator("#id_note").click()
    tab.page.keyboard.type("jak")
    assert tab.page.locator("#id_note").input_value() == "jak"
    tab.assert_usable_with_the_keyboard()
    tab.resize(NARROW)
    tab.assert_good()


def test_the_page_of_a_person_and_of_an_agency_are_good_on_a_phone(room: Room) -> None:
    tab = room.visit("/pegawai/", user="verifikator", width=NARROW)
    tab.page.get_by_role("link", name="Ratna Widyaningsih").click()
    tab.assert_good()
    tab.page.locator("details > summary").filter(has_text="Ubah data").click()
    tab.assert_good()
    agency = room.visit("/instansi/", user="admin", width=NARROW)
    agency.page.get_by_role("link", name="Pemerintah Kota Sagara Biru").click()
    agency.assert_good()
