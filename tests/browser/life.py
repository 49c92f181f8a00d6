"""What the people of a whole life do: the steps that each takes in the browser, and the mail that each reads.

person.follow(tab, "Lengkapi")      opens the link of the newest mail whose subject has this word
"""

import io
import re
import time
from dataclasses import dataclass, field
from email.message import EmailMessage

from PIL import Image
from playwright.sync_api import Page

from tests.browser.codes import App
from tests.browser.room import Room, Tab

WITHIN = 120  # seconds for a mail, on a very busy machine: the worker looks every two
_LINK = re.compile(r"https?://[^/\s]+(/\S*)")
RIGHT = {"passphrase": "nobody", "lost": "at-once", "meaning": "same"}


@dataclass
class Someone:
    """A person with an address, and what only this person knows."""

    name: str
    email: str
    username: str
    password: str
    nik: str = ""
    born: str = ""
    phone: str = ""
    passphrase: str = ""
    app: App = field(default_factory=lambda: App(""), repr=False)
    read: int = 0

    def mail(self, room: Room, subject: str) -> EmailMessage:
        """The next mail with this word in its subject, which was not read before."""
        until = time.monotonic() + WITHIN
        while time.monotonic() < until:
            mine = room.instance.postbox.to(self.email)
            for number, one in enumerate(mine[self.read :], self.read + 1):
                if subject in str(one["Subject"]):
                    self.read = number
                    return one
            time.sleep(0.1)
        told = [str(one["Subject"]) for one in room.instance.postbox.to(self.email)]
        raise AssertionError(f"{self.name} got no mail with {subject!r}, but {told}")

    def follow(self, tab: Tab, subject: str) -> None:
        """Open the link of that mail."""
        text = self.mail(tab.room, subject).get_content()
        assert self.name.split(",")[0] in text, text
        found = _LINK.search(text)
        assert found, text
        tab.go(found[1])

    def sign_in(self, tab: Tab, destination: str) -> None:
        """Through the door, with the password."""
        tab.go(f"/masuk/?next={destination}")
        tab.page.locator("[name=username]").fill(self.username)
        tab.page.locator("[name=password]").fill(self.password)
        tab.page.locator("main [data-door] button").click()
        tab.page.wait_for_url(tab.room.instance.url + destination)

    def set_password(self, tab: Tab) -> None:
        """A new officer: the link, the own password, and through the door."""
        self.follow(tab, "Akun Anda sudah dibuka")
        tab.assert_good()
        tab.photograph("set-password")
        tab.page.locator("[name=new]").fill(self.password)
        tab.page.locator("[name=again]").fill(self.password)
        tab.page.locator("main form button").click()
        tab.page.wait_for_url("**/masuk/**")


def desk_of(room: Room, someone: Someone, destination: str) -> Tab:
    """A window in which this person is signed in."""
    tab = room.visit("/masuk/")
    someone.sign_in(tab, destination)
    return tab


def picture() -> dict:
    """What a telephone takes."""
    written = io.BytesIO()
    Image.new("RGB", (800, 500), "teal").save(written, "JPEG")
    return {"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": written.getvalue()}


def fill(page: Page, values: dict[str, str]) -> None:
    """A form, by the names of its fields."""
    for name, value in values.items():
        control = page.locator(f"main [name={name}]").first
        if control.evaluate("e => e.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)


def tell_identity(person: Someone, tab: Tab, *, pictures: bool = True) -> None:
    """Behind the link: pictures, then who this is and what is agreed to."""
    page = tab.page
    if pictures:
        for kind in ("ktp", "selfie"):
            form = page.locator(f"form[action='/undangan/foto/{kind}/']")
            form.locator("input[type=file]").set_input_files(picture())
            form.locator("button").click()
    page.locator("a[href='/undangan/data/']").click()
    fill(page, {"nik": person.nik, "born": person.born, "phone": person.phone})
    page.locator("[name=agree]").check()
    tab.assert_good()
    page.locator("main form button").click()
    page.wait_for_url("**/undangan/terkirim/")


def activate(person: Someone, tab: Tab, *, app: bool) -> None:
    """The lesson, the passphrase, the key, and the first code of the app."""
    page = tab.page
    person.follow(tab, "Aktifkan")
    for question, answer in RIGHT.items():
        page.locator(f"#{question}-{answer}").check()
    page.locator("main form button").click()
    page.wait_for_url("**/undangan/aktivasi/")
    fill(page, {"username": person.username, "password": person.password})
    fill(page, {"passphrase": person.passphrase, "again": person.passphrase})
    page.locator("[name=with_totp]").set_checked(app)
    page.locator("[name=agree]").check()
    tab.assert_good()
    tab.photograph("activate")
    page.locator("main form button").last.click()
    page.get_by_role("heading", name="Sertifikat Anda aktif").wait_for()
    tab.assert_good()
    tab.photograph("activated")
    if app:
        person.app = App(page.locator("section .mono").inner_text().replace(" ", ""))
        page.locator("[name=code]").fill(person.app.code())
        page.get_by_role("button", name="Pastikan aplikasi").click()
        page.wait_for_url("**/masuk/**")
