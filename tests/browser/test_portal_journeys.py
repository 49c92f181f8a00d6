"""The portal in a browser: a leader's desk that goes on when nobody watches; a whole journey with the keyboard alone.

The desk has 30 documents here; `make soak` makes it 200, a long day's.
"""

import csv
import io
import os
import re
import zipfile

from playwright.sync_api import Locator, Page, expect

from tests.browser.room import NARROW, Room, Tab
from tests.browser.test_dossiers import ASSISTANT, CLERK, OFFICIAL, factors

MANY = int(os.environ.get("ABSAH_DESK_DOCUMENTS", "30"))
_MOST_STEPS = 120

_SEND = """
from absah.workflow.dossier import Subject, Way
from absah.workflow.parts import Part
from absah_site import composition
from absah_site.cli.demo_documents import FIRST, _account, _send, letter
from absah_site.cli.demo_people import OFFICERS
from absah_site.roles import Role
admin = _account(OFFICERS[Role.AGENCY_ADMIN][0])
task = letter("Surat tugas massal", "094/500/SETDA", ("Menugaskan pegawai dalam daftar.",))
for number in range({many}):
    subject = Subject(title=f"Massal {{number:03d}}", number=f"094/{{500 + number}}/SETDA", kind="assignment")
    _send(admin, task, subject, Way(), (FIRST, Part.SIGN))
composition.isolated().close()
"""
_WITHDRAW = """
from absah_site.cli.demo_documents import _account
from absah_site.cli.demo_people import OFFICERS
from absah_site.dossiers.actions import following
from absah_site.dossiers.models import Dossier
from absah_site.roles import Role
following.cancel(Dossier.objects.get(title="Massal 003").pk, "Keliru", by=_account(OFFICERS[Role.AGENCY_ADMIN][0]))
"""


def test_a_leader_signs_many_by_one_act_and_goes_away(room: Room) -> None:
    room.instance.prepare(_SEND.format(many=MANY))
    leader = room.visit("/meja/?cari=Massal", user=OFFICIAL)
    leader.assert_good()
    leader.photograph("desk")
    leader.page.locator("button[value=all]").click()
    leader.page.wait_for_url(re.compile(r"/meja/[0-9a-f-]{36}/"))
    leader.assert_good()
    leader.photograph("desk-preview")
    assert f"{MANY} naskah" in leader.page.locator("h1").inner_text()
    room.instance.prepare(_WITHDRAW)  # one is taken back while it is being looked over
    _authorise(leader)
    address = leader.page.url.removeprefix(room.instance.url)
    leader.photograph("desk-progress")
    leader.page.context.close()  # nobody watches any more
    room.tabs.remove(leader)

    phone = room.visit(address, user=OFFICIAL, width=NARROW)
    phone.page.locator("[data-progress='']").wait_for(timeout=20_000 + 2_000 * MANY)
    phone.assert_good()
    phone.photograph("desk-finished")
    assert phone.page.locator("h1").inner_text().startswith(str(MANY - 1))
    told = phone.page.locator("table").inner_text()
    phone.go(f"{address}?keadaan=failed")
    failed = phone.page.locator("table").inner_text()
    assert "Massal 003" in failed
    assert "Massal 004" in told
    with phone.page.expect_download() as kept:
        phone.page.get_by_role("link", name="Unduh yang selesai").click()
    with zipfile.ZipFile(kept.value.path()) as bundle:
        names = [name for name in bundle.namelist() if name.endswith(".pdf")]
        rows = list(csv.DictReader(io.StringIO(bundle.read("manifest.csv").decode("utf-8-sig"))))
        one = room.instance.data / "from-the-desk.pdf"
        one.write_bytes(bundle.read(names[0]))
    assert len(names) == MANY - 1
    assert [row["title"] for row in rows if row["error"]] == ["Massal 003"]
    assert "Ratna Widyaningsih" in room.instance.absah("verify", one)
    phone.page.get_by_role("button", name="Ulangi 1 yang gagal").click()
    # What was taken back does not wait any more, and the page says so.
    expect(phone.page.locator("h1")).to_have_count(1)
    phone.assert_good()


def _authorise(tab: Tab) -> None:
    passphrase, code = factors(tab.room.instance, OFFICIAL)
    page = tab.page
    page.get_by_label("Saya sudah membaca").check()
    page.get_by_label("Saya menyetujui").check()
    page.get_by_label("Frasa sandi sertifikat").fill(passphrase)
    page.get_by_label("6 angka").fill(code)
    patience = 20_000 + 1_000 * MANY  # the page answers when every document has its value
    page.get_by_role("button", name=re.compile("Tanda tangani semua")).click(timeout=patience)
    page.locator("[data-progress]").wait_for(timeout=patience)


def reach(page: Page, wanted: Locator) -> None:
    """Tab until something has the focus: what the keyboard alone can do. A key waits for no page: this does."""
    wanted.first.wait_for()
    page.wait_for_load_state()
    for _ in range(_MOST_STEPS):
        if wanted.first.evaluate("e => e === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {wanted}")


def press(page: Page, wanted: Locator, key: str = "Enter") -> None:
    reach(page, wanted)
    page.keyboard.press(key)


def type_into(page: Page, wanted: Locator, text: str) -> None:
    reach(page, wanted)
    page.keyboard.type(text)


def choose(page: Page, select: Locator, name: str) -> None:
    """Arrow down through a list of choices until the one with this name is chosen."""
    reach(page, select)
    for _ in range(20):
        if name in select.evaluate("e => e.selectedOptions[0].textContent"):
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{name} is not among the choices")


def test_a_document_is_prepared_placed_sent_signed_and_finished_with_the_keyboard_alone(room: Room) -> None:
    clerk = room.visit("/naskah/baru/", user=CLERK)
    page = clerk.page
    with page.expect_file_chooser() as chooser:
        press(page, page.locator("[name=file]"))
    chooser.value.set_files(room.instance.data / "letter-unsigned.pdf")
    type_into(page, page.get_by_label("Perihal"), "Hanya papan tombol")
    press(page, page.get_by_role("button", name="Unggah dan lanjut"))
    choose(page, page.locator("[name=k1-person]"), "Ahmad")
    press(page, page.get_by_role("button", name="Simpan dan tentukan letak"))
    press(page, page.locator("button[value='preset:1:last-right']"))
    box, left = page.locator("g[data-seat='1']"), page.locator("[name=k1-x]")
    reach(page, box)
    before = float(left.input_value())
    for _ in range(3):
        page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("ArrowUp")
    assert float(left.input_value()) == before - 30
    press(page, page.get_by_role("button", name="Simpan dan lanjut"))
    press(page, page.get_by_role("button", name="Kirim ke penanda tangan pertama"))
    page.get_by_text("Naskah sudah dikirim").wait_for()

    signer = room.visit("/kotak-masuk/", user=ASSISTANT)
    page = signer.page
    press(page, page.get_by_role("link", name="Hanya papan tombol"))
    press(page, page.get_by_role("button", name="Lanjut menandatangani"))
    passphrase, code = factors(room.instance, ASSISTANT)
    page.get_by_label("Saya menyetujuinya").wait_for()
    page.wait_for_load_state()
    if page.get_by_label("Saya sudah membaca").count():
        press(page, page.get_by_label("Saya sudah membaca"), "Space")
    press(page, page.get_by_label("Saya menyetujuinya"), "Space")
    type_into(page, page.get_by_label("Frasa sandi sertifikat"), passphrase)
    type_into(page, page.get_by_label("6 angka"), code)
    page.keyboard.press("Enter")
    page.wait_for_url("**/selesai/")
    expect(page.locator("h1")).to_have_text("Sudah ditandatangani semua")
    press(page, page.get_by_role("button", name="Ubah satu bit lalu periksa"))
    page.locator("h1", has_text="Tidak sah").wait_for()
    signer.assert_good()
    signer.photograph("tampered-in-the-demo")


def test_a_signed_document_is_checked_without_scripts(room: Room) -> None:
    visitor = room.visit("/periksa/", width=NARROW, javascript=False)
    visitor.page.locator("input[type=file]").set_input_files(room.instance.data / "agreement-signed.pdf")
    visitor.page.locator("main form button.btn-main").first.click()
    expect(visitor.page.locator("h1")).to_have_text("Sah")
    visitor.assert_fits()
    visitor.photograph("verdict-without-scripts")
