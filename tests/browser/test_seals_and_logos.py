"""What an agency shows of itself, in a browser: its seal behind two people, authorities above a name, its logos."""

import io

from PIL import Image
from playwright.sync_api import expect

from tests.browser.codes import App
from tests.browser.room import NARROW, Room, Tab
from tests.browser.test_dossiers import ASSISTANT, CLERK, affirm, choose, open_in_inbox, sign, upload

SEALER, PASSWORD = "pemegang-segel", "segel-hanya-berdua-2026"
_HIRE = f"""
from absah_site import composition
from absah_site.accounts.access import account_named
from absah_site.accounts.actions import NewAccount, create_user, grant_role
from absah_site.cli.demo_people import OPERATOR
from absah_site.roles import Role
clock = composition.clock()
agency = next(one.agency for one in account_named("admin", now=clock.now()).grants)
named = {{"display_name": "Wulan Sasmita", "email": "wulan@sagarabiru.example"}}
new = NewAccount(username="{SEALER}", password="{PASSWORD}", **named)
account = create_user(new, by=OPERATOR, clock=clock, rng=composition.rng())
grant_role(account.public_id, Role.AGENCY_ADMIN, by=OPERATOR, clock=clock, agency=agency)
"""


def bind_app(room: Room) -> tuple[Tab, App]:
    """The sealer signs in and binds an authenticator app to the account."""
    tab = room.visit("/masuk/?next=/keamanan/aplikasi/")
    page = tab.page
    page.locator("[name=username]").fill(SEALER)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main [data-door] button").click()
    page.wait_for_url("**/keamanan/aplikasi/")
    app = App(page.locator("p.mono").text_content().replace(" ", ""))
    page.locator("[name=code]").fill(app.code())
    page.get_by_role("button", name="Pasang aplikasi ini").click()
    page.get_by_role("heading", name="Catat kode ini sekarang").wait_for()
    return tab, app


def send_with_authority_and_seal(clerk: Tab) -> None:
    """One signs on behalf of the first official, the sealer confirms the seal."""
    page = clerk.page
    upload(clerk, "Dengan segel")
    choose(page, "k1", "Ahmad")
    page.locator("[name=k1-mandate]").select_option(index=1)
    choose(page, "k2", "Wulan")
    page.locator("[name=k2-part]").select_option(index=page.locator("[name=k2-part] option").count() - 1)
    clerk.look("people-with-authority")
    page.get_by_role("button", name="Simpan dan tentukan letak").click()
    page.locator("button[value='preset:1:last-left']").click()
    page.locator("button[value='preset:2:last-right']").click()
    clerk.shows("a.n. Sekretaris Daerah")
    clerk.look("places-with-authority")
    page.get_by_role("button", name="Simpan dan lanjut").click()
    page.get_by_role("button", name="Kirim ke penanda tangan pertama").click()
    page.get_by_text("Naskah sudah dikirim").wait_for()


def confirm(tab: Tab, app: App) -> None:
    """With the password of the account and a code."""
    page = tab.page
    affirm(page)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=code]").fill(app.code())
    page.get_by_role("button", name="Segel", exact=True).click()
    page.wait_for_url("**/selesai/")


def test_one_signs_on_behalf_and_another_confirms_the_seal(room: Room) -> None:
    room.instance.prepare(_HIRE)
    send_with_authority_and_seal(room.visit("/naskah/", user=CLERK))
    assistant = room.visit("/kotak-masuk/", user=ASSISTANT, width=NARROW)
    open_in_inbox(assistant, "Dengan segel")
    sign(assistant, ASSISTANT)
    sealer, app = bind_app(room)
    open_in_inbox(sealer, "Dengan segel")
    sealer.page.get_by_role("button", name="Lanjut menyegel").click()
    sealer.look("seal")
    confirm(sealer, app)
    sealer.look("sealed")
    with sealer.page.expect_download() as kept:
        sealer.page.get_by_role("button", name="Unduh PDF").click()
    file = room.instance.data / "sealed-in-the-browser.pdf"
    kept.value.save_as(file)
    told = room.instance.absah("verify", file)
    assert "Ahmad Fauzan Ridwan" in told
    assert "Naskah Dinas Sagara Biru" in told


def logo(colour: str) -> bytes:
    drawn = io.BytesIO()
    Image.new("RGBA", (320, 160), colour).save(drawn, "PNG")
    return drawn.getvalue()


def test_logos_stand_on_every_page_until_they_are_taken_away(room: Room) -> None:
    admin = room.visit("/tampilan/", user=CLERK)
    page = admin.page
    for place, colour in (("agency", "#12365c"), ("issuer", "#7a1f1f")):
        picture = {"name": f"{place}.png", "mimeType": "image/png", "buffer": logo(colour)}
        page.locator(f"#gambar-{place}").set_input_files(picture)
        page.locator(f"form:has(#gambar-{place}) button").click()
        page.locator(f".bar img[src*='{place}-']").wait_for()
    admin.look("logos")
    public = room.visit("/periksa/", language="en")
    expect(public.page.locator(".bar img.logo")).to_have_count(2)
    public.look("logos-public")
    for _place in range(2):
        page.locator("button[value=remove]").first.click()
    public.go("/periksa/")
    expect(public.page.locator(".bar img.logo")).to_have_count(0)
