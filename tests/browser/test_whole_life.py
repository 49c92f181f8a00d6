"""A whole life: an agency joins, its verifikators register three people, one of them signs, rests, renews and leaves.

Everything goes through pages, in a browser, with mail from a real server; the only thing made from the side is that the
end of a certificate comes near. Afterwards no secret of anybody is anywhere.
"""

import base64
import json
import re
import time
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import expect
from standardwebhooks import Webhook

from tests.browser.leaks import OPEN_KEYS, found, spellings
from tests.browser.life import WITHIN, Someone, activate, desk_of, fill, tell_identity
from tests.browser.room import NARROW, Room, Tab
from tests.browser.test_dossiers import affirm
from tests.browser.test_passkeys import give_authenticator

AGENCY, UNIT = "Kabupaten Teluk Contoh", "Dinas Kearsipan"
ADMIN = Someone("Yunita Prameswari", "yunita@telukcontoh.example", "yunita", "teluk biru tiga puluh")
ENTERS = Someone("Galang Wiratama", "galang@telukcontoh.example", "galang", "perahu kayu empat belas")
CHECKS = Someone("Dwi Rahmawati", "dwi@telukcontoh.example", "dwi.rahma", "mercu suar sembilan")
FIRST = Someone(
    name="Melur Anindya", email="melur@telukcontoh.example", username="melur", password="pasang surut tujuh",
    nik="9999995208900101", born="1990-08-12", phone="0811 5550 101", passphrase="angsa putih di rawa jauh",
)  # fmt: skip
SECOND = Someone(
    name="Bagus Santosa", email="bagus@telukcontoh.example", username="bagus", password="karang dalam enam",
    nik="9999990305880102", born="1988-05-03", phone="0811 5550 102", passphrase="kelapa muda jatuh di pasir",
)  # fmt: skip
THIRD = Someone(
    name="Intan Kemala", email="intan@telukcontoh.example", username="intan.k", password="layar terkembang dua",
    nik="9999995501920103", born="1992-01-15", phone="0811 5550 103", passphrase="sampan tua tanpa dayung itu",
)  # fmt: skip

#: The end of a certificate comes near: no page can make two years go by.
_NEAR = """
from datetime import timedelta
from absah_site import composition
from absah_site.pki.models import Certificate
held = Certificate.objects.filter(profile="individual-signer", agency="{agency}", status="good")
assert held.filter(serial__iexact="{serial}").update(not_after=composition.clock().now() + timedelta(days=20)) == 1
"""


@pytest.fixture
def named_room(room: Room) -> Room:
    """The same instance under its name: passkeys know no addresses in numbers."""
    instance = replace(room.instance, url=room.instance.url.replace("127.0.0.1", "localhost"))
    return Room(browser=room.browser, instance=instance, pictures=room.pictures, tabs=room.tabs)


@pytest.fixture
def letter(room: Room, tmp_path: Path) -> Path:
    """A letter that a regent might have signed; here the demo's secretary does."""
    signer = room.instance.credentials["signers"][0]
    passphrase, signed = tmp_path / "passphrase", tmp_path / "surat.pdf"
    passphrase.write_text(signer["passphrase"], encoding="utf-8")
    room.instance.absah(
        "sign", room.instance.data / "letter-unsigned.pdf", "-o", signed, "--signer", signer["nik"],
        "--passphrase-file", passphrase, "--invisible",
    )  # fmt: skip
    return signed


def test_a_whole_life_leaves_no_secret_behind(named_room: Room, letter: Path) -> None:
    room = named_room
    agency = an_agency_joins(room)
    verifikators_are_appointed(room, agency, letter)
    secret = a_system_is_to_be_told(room)
    entering, checking = desk_of(room, ENTERS, "/pendaftaran/"), desk_of(room, CHECKS, "/pendaftaran/")
    three_people_are_registered(room, entering, checking, letter)
    holder = desk_of(room, FIRST, "/sertifikat-saya/")
    number = a_passkey_is_bound(holder)
    a_document_is_signed(room, holder)
    suspended_and_reinstated(checking, holder, number)
    renewed(room, entering, checking, holder, agency)
    revoked(checking, holder, number)
    the_system_was_told(room, secret, number)
    nothing_is_left_behind(room, secret)


def an_agency_joins(room: Room) -> str:
    """The certification body registers the agency and opens the account of its first administrator."""
    ca = room.visit("/instansi/baru/", user="ca")
    values = {
        "name": AGENCY, "code": "teluk-contoh", "organisation_identifier": "NTRID-9999000000000099",
        "city": "Teluk Contoh", "province": "Nusa Contoh", "agreement_number": "7/HK.03/2026",
        "agreement_since": "2026-01-01", "agreement_until": "2029-12-31",
        "units": UNIT, "domains": "telukcontoh.example",
    }  # fmt: skip
    fill(ca.page, values)
    ca.page.locator("main form button").last.click()
    ca.page.wait_for_url("**/petugas/")
    ca.assert_good()
    open_account(ca, ADMIN, "agency_admin")
    return ca.page.url.split("/")[-3]


def open_account(tab: Tab, someone: Someone, role: str) -> None:
    """On the page of officers."""
    form = tab.page.locator("form[aria-labelledby=h-open]")
    form.locator("[name=name]").fill(someone.name)
    form.locator("[name=username]").fill(someone.username)
    form.locator("[name=email]").fill(someone.email)
    form.locator("[name=role]").select_option(role)
    form.locator("button").click()
    tab.page.get_by_text(f"({someone.username})").wait_for()


def verifikators_are_appointed(room: Room, agency: str, letter: Path) -> None:
    """By a letter that verifies; one without a signature is refused."""
    phone = room.visit("/", width=NARROW)
    ADMIN.set_password(phone)
    desk = desk_of(room, ADMIN, f"/instansi/{agency}/petugas/")
    for officer in (ENTERS, CHECKS):
        open_account(desk, officer, "")
    desk.photograph("officers")
    appoint(desk, agency, ENTERS, room.instance.data / "letter-unsigned.pdf")
    expect(desk.page.locator(".alert.bad")).to_be_visible()
    for officer in (ENTERS, CHECKS):
        appoint(desk, agency, officer, letter)
        desk.shows("Ratna Widyaningsih")
        officer.set_password(phone)
    desk.assert_good()


def appoint(desk: Tab, agency: str, officer: Someone, letter: Path) -> None:
    """On the page of the agency."""
    desk.go(f"/instansi/{agency}/")
    form = desk.page.locator("form[aria-labelledby=h-appoint]")
    form.locator("[name=username]").fill(officer.username)
    form.locator("[name=letter]").set_input_files(letter)
    form.locator("button").click()


def a_system_is_to_be_told(room: Room) -> str:
    """The agency's administrator adds a webhook, and sends a test. Returns the secret, which is shown once."""
    desk = desk_of(room, ADMIN, "/webhook/baru/")
    fill(desk.page, {"name": "Kepegawaian", "address": room.instance.receiver.address})
    desk.page.locator("[name=everything]").check()
    desk.assert_good()
    desk.page.locator("main form button").last.click()
    secret = desk.page.locator("section[aria-labelledby=h-shown] .mono").inner_text().strip()
    desk.assert_good()
    desk.photograph("webhook-secret")
    desk.page.get_by_role("button", name="Kirim uji").click()
    desk.page.wait_for_url("**/webhook/pengiriman/*/")
    wait_for_message(room, "webhook.tested")
    desk.page.reload()
    desk.page.get_by_text("Sampai").first.wait_for()
    desk.assert_good()
    desk.resize(NARROW)  # what was sent is long
    desk.assert_good()
    return secret


def wait_for_message(room: Room, kind: str) -> None:
    """Until the receiver was told of this."""
    until = time.monotonic() + WITHIN
    while time.monotonic() < until:
        if kind in told_to(room):
            return
        time.sleep(0.1)
    raise AssertionError(f"no message of {kind!r}, but {told_to(room)}")


def told_to(room: Room) -> list[str]:
    """The kinds of messages that came, oldest first, each once however often it came."""
    once = {headers["webhook-id"]: json.loads(body)["type"] for headers, body in room.instance.receiver.received}
    return list(once.values())


def the_system_was_told(room: Room, secret: str, number: str) -> None:
    """Of each step, in messages that the published reference accepts."""
    wait_for_message(room, "person.left")
    wait_for_message(room, "certificate.revoked")
    told = told_to(room)
    assert told.count("request.submitted") == 4  # three people, and one renewal
    assert told.count("request.returned") == 1
    assert told.count("certificate.issued") == 4
    assert {"certificate.suspended", "certificate.reinstated", "person.suspended", "person.resumed"} <= set(told)
    headers, body = room.instance.receiver.received[-1]
    assert Webhook(secret).verify(body, dict(headers))
    holders = [json.loads(body)["data"].get("holder") for _, body in room.instance.receiver.received]
    assert number in holders


def three_people_are_registered(room: Room, entering: Tab, checking: Tab, letter: Path) -> None:
    """One straight through, one sent back, one from a list."""
    for person in (FIRST, SECOND):
        enter(entering, person)
        recommend(entering, letter)
    enter_by_list(entering)
    entering.go("/pendaftaran/?tab=pemohon")
    recommend_listed(entering, letter)
    phone = room.visit("/", width=NARROW)
    for person in (FIRST, SECOND, THIRD):
        person.follow(phone, "Lengkapi")
        tell_identity(person, phone)
    verify(checking, FIRST)
    decide(checking, SECOND, "send-back", reason="selfie")
    assert "Swafoto tidak jelas" in SECOND.mail(room, "perlu diperbaiki").get_content()
    SECOND.follow(phone, "Lengkapi")
    phone.shows("Swafoto tidak jelas")
    tell_identity(SECOND, phone)
    ra = room.visit("/pendaftaran/", user="ra")
    for person in (SECOND, THIRD):
        verify(checking, person)
    for person in (FIRST, SECOND, THIRD):
        decide(ra, person, "accept")
        activate(person, phone, app=person is FIRST)
        assert "aktif" in person.mail(room, "aktif").get_content()


def enter(desk: Tab, person: Someone) -> None:
    """One by one."""
    desk.go("/pendaftaran/baru/")
    unit = desk.page.locator("[name=unit] option").filter(has_text=UNIT).get_attribute("value")
    values = {"name": person.name, "nik": person.nik, "post": "Arsiparis", "email": person.email}
    fill(desk.page, values | {"unit": unit or ""})
    desk.page.locator("main form button").last.click()
    desk.page.get_by_role("heading", name=person.name).wait_for()


def recommend(desk: Tab, letter: Path) -> None:
    """The letter, on the page of the request."""
    desk.page.locator("form[action$='/surat/'] [name=letter]").set_input_files(letter)
    desk.page.locator("form[action$='/surat/'] button").click()
    desk.shows("Ratna Widyaningsih")


def enter_by_list(desk: Tab) -> None:
    """A list with one row that is right and one that is not."""
    desk.go("/pendaftaran/daftar/")
    rows = ("nama,nik,unit,jabatan,surel", f"{THIRD.name},{THIRD.nik},{UNIT},Arsiparis,{THIRD.email}",
            f"Nomor Salah,9999,{UNIT},Arsiparis,salah@telukcontoh.example")  # fmt: skip
    content = "\n".join(rows).encode()
    desk.page.locator("[name=rows]").set_input_files({"name": "pegawai.csv", "mimeType": "text/csv", "buffer": content})
    desk.page.locator("main form button").first.click()
    desk.page.locator("form[action$='/mulai/']").wait_for()
    desk.assert_good()
    desk.page.locator("form[action$='/mulai/'] button").click()
    # Until then the page loads itself again: whoever goes elsewhere at that moment goes nowhere.
    expect(desk.page.locator("h1")).to_have_text("1 orang didaftarkan", timeout=1000 * WITHIN)
    THIRD.mail(desk.room, "Lengkapi")
    THIRD.read = 0


def recommend_listed(desk: Tab, letter: Path) -> None:
    """The person of the list is found in the queue."""
    desk.page.get_by_role("link", name=THIRD.name).click()
    recommend(desk, letter)


def open_request(desk: Tab, person: Someone) -> None:
    """In whichever tab of the queue it stands."""
    desk.go("/pendaftaran/")
    desk.page.get_by_role("link", name=person.name).first.click()
    desk.page.get_by_role("heading", name=person.name).wait_for()


def verify(desk: Tab, person: Someone) -> None:
    """Whoever checks ticks what only eyes can compare."""
    open_request(desk, person)
    for box in desk.page.locator("[name=compared]").all():
        box.check()
    desk.assert_good()
    desk.page.locator("button[value=accept]").click()
    expect(desk.page.locator(".alert.ok, .alert.mine, [role=status]").first).to_be_visible()


def decide(desk: Tab, person: Someone, decision: str, *, reason: str = "") -> None:
    """A decision of the verifikator or of the registration authority."""
    open_request(desk, person)
    if reason:
        desk.page.locator("select[name=reason]").select_option(reason)
    desk.page.locator(f"button[value={decision}]").click()


def a_passkey_is_bound(holder: Tab) -> str:
    """To sign in; and the number of the subscriber."""
    number = holder.page.locator("dd.mono").nth(1).inner_text()
    give_authenticator(holder)
    holder.go("/keamanan/kunci/")
    holder.page.locator("[name=name]").fill("Telepon kantor")
    holder.page.get_by_role("button", name="Buat kunci sandi").click()
    holder.page.get_by_role("heading", name="Catat kode ini sekarang").wait_for()
    holder.page.context.clear_cookies()
    holder.go("/masuk/?next=/sertifikat-saya/")
    holder.page.get_by_role("button", name="Masuk dengan kunci sandi").click()
    holder.page.wait_for_url(holder.room.instance.url + "/sertifikat-saya/")
    return number


def a_document_is_signed(room: Room, holder: Tab) -> None:
    """An own document, with passphrase and code; it verifies."""
    page = holder.page
    holder.go("/naskah/baru/")
    page.locator("[name=file]").set_input_files(room.instance.data / "letter-unsigned.pdf")
    page.get_by_label("Perihal").fill("Nota dari teluk")
    page.get_by_role("button", name="Unggah dan lanjut").click()
    people = page.locator("[name=k1-person]")
    people.select_option(people.locator("option").filter(has_text=FIRST.name).get_attribute("value"))
    page.get_by_role("button", name="Simpan dan tentukan letak").click()
    page.locator("button[value='preset:1:last-right']").click()
    page.get_by_role("button", name="Simpan dan lanjut").click()
    page.get_by_role("button", name="Kirim ke penanda tangan pertama").click()
    FIRST.follow(holder, "Nota dari teluk")
    page.get_by_role("button", name="Lanjut menandatangani").click()
    affirm(page)
    page.get_by_label("Frasa sandi sertifikat").fill(FIRST.passphrase)
    page.get_by_label("6 angka").fill(FIRST.app.code())
    page.locator("main form button.btn-main").click()
    page.wait_for_url("**/selesai/")
    with page.expect_download() as kept:
        page.get_by_role("button", name="Unduh PDF").click()
    file = room.instance.data / "signed-in-a-life.pdf"
    kept.value.save_as(file)
    assert FIRST.name in room.instance.absah("verify", file)


def suspended_and_reinstated(checking: Tab, holder: Tab, number: str) -> None:
    """By the verifikator; the holder is told, and sees it."""
    checking.go(f"/pegawai/{number}/")
    checking.page.locator("form[action$='/tangguhkan/'] button").click()
    checking.assert_good()
    FIRST.mail(holder.room, "ditangguhkan")
    holder.go("/sertifikat-saya/")
    holder.shows("Ditangguhkan")
    checking.page.locator("form[action$='/aktifkan/'] button").click()
    FIRST.mail(holder.room, "berlaku kembali")
    holder.go("/sertifikat-saya/")
    holder.shows("Berlaku")


def renewed(room: Room, entering: Tab, checking: Tab, holder: Tab, agency: str) -> None:
    """Asked for by the holder near the end, decided by two, and nothing more is asked of the holder."""
    serial = re.sub(r"\W", "", holder.page.locator("dd.mono").first.inner_text())
    room.instance.prepare(_NEAR.format(agency=agency, serial=serial))
    holder.go("/kunci-saya/pembaruan/")
    holder.page.locator("[name=agree]").check()
    holder.page.locator("main form button").last.click()
    holder.page.wait_for_url(holder.room.instance.url + "/sertifikat-saya/")
    verify(checking, FIRST)
    decide(room.visit("/pendaftaran/", user="ra"), FIRST, "accept")
    FIRST.mail(room, "diperbarui")
    holder.go("/sertifikat-saya/")
    assert re.sub(r"\W", "", holder.page.locator("dd.mono").first.inner_text()) != serial
    entering.go("/pegawai/")
    entering.shows(FIRST.name)


def revoked(checking: Tab, holder: Tab, number: str) -> None:
    """The person retires; what was held ends for good."""
    checking.go(f"/pegawai/{number}/")
    checking.page.locator("details summary").filter(has_text="meninggalkan").click()
    checking.page.locator("[name=cause]").select_option("pensiun")
    checking.page.locator("main form[action$='/keluar/'] button").click()
    checking.assert_good()
    FIRST.mail(holder.room, "dicabut")
    holder.go("/sertifikat-saya/")
    holder.shows("Dicabut")


def nothing_is_left_behind(room: Room, webhook: str) -> None:
    """The search finds what may be there, and no secret."""
    everybody = (ADMIN, ENTERS, CHECKS, FIRST, SECOND, THIRD)
    secrets = {f"the password of {one.name}": spellings(one.password) for one in everybody}
    for one in (FIRST, SECOND, THIRD):
        secrets[f"the NIK of {one.name}"] = spellings(one.nik)
        secrets[f"the passphrase of {one.name}"] = spellings(one.passphrase)
        secrets[f"the telephone of {one.name}"] = spellings(one.phone.replace(" ", ""))
    secrets["the secret of an app"] = spellings(FIRST.app.secret)
    secrets["the secret of a webhook"] = (*spellings(webhook), base64.b64decode(webhook.removeprefix("whsec_")))
    secrets |= {what: (marker,) for what, marker in OPEN_KEYS.items()}
    links = [
        token
        for mail in room.instance.postbox.received
        if str(mail["To"]).endswith("telukcontoh.example")
        for token in re.findall(r"/(?:undangan|kata-sandi)/([A-Za-z0-9_-]{43})/", mail.get_content())
    ]
    assert len(links) >= 9
    assert found(room.instance, {"a name": spellings(FIRST.name)}), "the search finds nothing at all"
    assert not found(room.instance, secrets)
    kept = {"the token of a link": tuple(token.encode() for token in links)}
    assert not [leak for leak in found(room.instance, kept) if " in mail " not in leak]
