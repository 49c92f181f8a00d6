"""Checking a document as people do: choose, drop or paste it, with scripts and without, on a desk and on a phone."""

import base64
from pathlib import Path

import pikepdf
import pytest
from playwright.sync_api import expect

from tests.browser.instance import LiveInstance
from tests.browser.room import NARROW, WIDE, Room, Tab
from tests.fakes.altered import with_words_over

VERDICTS = {
    "genuine": "Sah",
    "tampered": "Tidak sah",
    "unsigned": "Tidak ada tanda tangan elektronik",
}


@pytest.fixture(scope="session")
def documents(instance: LiveInstance, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A genuine document (which this platform keeps), a tampered, an unsigned, a locked and a broken one."""
    folder = tmp_path_factory.mktemp("documents")
    unsigned = instance.data / "agreement-unsigned.pdf"
    with pikepdf.open(unsigned) as document:
        document.save(folder / "locked.pdf", encryption=pikepdf.Encryption(user="rahasia", owner="pemilik"))
    signed = (instance.data / "agreement-signed.pdf").read_bytes()
    (folder / "altered.pdf").write_bytes(with_words_over(signed, "Biaya seluruhnya Rp 900.000.000", at=(72, 560)))
    (folder / "broken.pdf").write_bytes(unsigned.read_bytes()[:30_000])
    return {
        "genuine": instance.data / "agreement-signed.pdf",
        "tampered": instance.data / "agreement-tampered.pdf",
        "unsigned": unsigned,
        "altered": folder / "altered.pdf",
        "locked": folder / "locked.pdf",
        "broken": folder / "broken.pdf",
    }


def choose(tab: Tab, document: Path) -> None:
    tab.page.locator("#berkas").set_input_files(document)
    tab.page.locator(".drop button").click()


def drop(tab: Tab, document: Path, how: str = "drop") -> None:
    """Let the file fall on the form, or paste it, as the browser would tell the page."""
    content = base64.b64encode(document.read_bytes()).decode()
    tab.page.evaluate(
        """([content, how]) => {
          const data = new DataTransfer();
          data.items.add(new File([Uint8Array.from(atob(content), c => c.charCodeAt(0))], "surat.pdf"));
          const event = how === "drop"
            ? new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true})
            : new ClipboardEvent("paste", {clipboardData: data, bubbles: true});
          document.querySelector(".drop").dispatchEvent(event);
        }""",
        [content, how],
    )


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "bare"])
@pytest.mark.parametrize("kind", VERDICTS)
def test_a_document_gets_its_verdict_on_desk_and_phone(
    kind: str, javascript: bool, room: Room, documents: dict[str, Path]
) -> None:
    tab = room.visit("/periksa/?kirim=ya", javascript=javascript)
    choose(tab, documents[kind])
    expect(tab.page.locator("#putusan")).to_have_text(VERDICTS[kind])
    tab.look(f"verdict-{kind}-{'scripts' if javascript else 'bare'}")
    if javascript:
        expect(tab.page.locator("#putusan")).to_be_focused()
        tab.assert_usable_with_the_keyboard()


def test_the_english_page_speaks_english(room: Room, documents: dict[str, Path]) -> None:
    tab = room.visit("/", language="en", width=NARROW)
    choose(tab, documents["tampered"])
    expect(tab.page.locator("#putusan")).to_have_text("Not valid")
    tab.assert_good()
    tab.photograph("verdict-tampered-english")


@pytest.mark.parametrize("how", ["drop", "paste"])
def test_a_file_is_dropped_or_pasted_anywhere_on_the_form(how: str, room: Room, documents: dict[str, Path]) -> None:
    tab = room.visit("/")
    drop(tab, documents["tampered"], how)
    expect(tab.page.locator("#putusan")).to_have_text("Tidak sah")
    assert tab.page.title().startswith("Hasil")
    tab.page.go_back()
    expect(tab.page.locator("#berkas")).to_be_visible()
    tab.assert_quiet()


def test_a_document_that_the_platform_keeps_is_recognised_and_not_sent(room: Room, documents: dict[str, Path]) -> None:
    tab = room.visit("/periksa/")
    sent = []
    tab.page.on("request", lambda request: sent.append(request.method))
    choose(tab, documents["genuine"])
    expect(tab.page.locator("#putusan")).to_have_text("Sah")
    expect(tab.page.get_by_text("berkas Anda tidak dikirim")).to_be_visible()
    assert "POST" not in sent
    tab.assert_good()
    tab.photograph("verdict-recognised")


def test_a_box_on_the_page_leads_to_its_card_and_the_card_to_its_box(room: Room, documents: dict[str, Path]) -> None:
    tab = room.visit("/periksa/?kirim=ya")
    choose(tab, documents["genuine"])
    tab.page.locator("#kotak-2").click()
    assert tab.page.evaluate("document.querySelector(':target').id") == "ttd-2"
    tab.page.locator("#ttd-1").get_by_role("link", name="kotak 1").click()
    assert tab.page.evaluate("document.querySelector(':target').id") == "kotak-1"
    for picture in tab.page.locator(".sheet img").all():
        picture.scroll_into_view_if_needed()
    tab.page.wait_for_function("[...document.images].every(i => i.complete)")
    assert tab.page.evaluate("[...document.images].every(i => i.naturalWidth > 300)")


def test_what_was_changed_after_signing_stands_beside_what_was_signed(room: Room, documents: dict[str, Path]) -> None:
    tab = room.visit("/periksa/")
    choose(tab, documents["altered"])
    expect(tab.page.locator("#putusan")).to_have_text("Belum dapat dipastikan")
    expect(tab.page.get_by_role("img", name="Halaman 1 saat ditandatangani")).to_be_visible()
    expect(tab.page.get_by_role("img", name="Halaman 1 di berkas Anda")).to_be_visible()
    expect(tab.page.locator(".split-even rect.box-bad")).to_have_count(1)
    tab.look("verdict-altered")
    tab.assert_usable_with_the_keyboard()


def test_a_locked_document_asks_for_its_password_and_stays_chosen(room: Room, documents: dict[str, Path]) -> None:
    tab = room.visit("/periksa/", width=NARROW)
    choose(tab, documents["locked"])
    password = tab.page.get_by_label("Kata sandi berkas")
    expect(password).to_be_focused()
    tab.assert_good()
    tab.photograph("locked")
    password.fill("keliru")
    tab.page.locator(".drop button").click()
    expect(tab.page.locator("#salah")).to_contain_text("pdf.password-wrong")
    tab.page.get_by_label("Kata sandi berkas").fill("rahasia")
    tab.page.locator(".drop button").click()
    expect(tab.page.locator("#putusan")).to_have_text("Tidak ada tanda tangan elektronik")


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "bare"])
def test_a_broken_document_brings_the_form_back_with_what_to_do(
    javascript: bool, room: Room, documents: dict[str, Path]
) -> None:
    tab = room.visit("/periksa/", width=NARROW, javascript=javascript)
    choose(tab, documents["broken"])
    expect(tab.page.locator("#salah")).to_contain_text("pdf.truncated")
    tab.assert_good()
    tab.photograph(f"broken-{'scripts' if javascript else 'bare'}")


def test_a_result_is_shared_without_the_file(room: Room, documents: dict[str, Path]) -> None:
    tab = room.visit("/periksa/")
    choose(tab, documents["genuine"])
    tab.page.get_by_role("button", name="Bagikan hasil").click()
    tab.page.wait_for_url("**/hasil/*/")
    for width in (WIDE, NARROW):
        tab.resize(width)
        tab.assert_good()
        tab.photograph("shared")
    expect(tab.page.locator("#putusan")).to_have_text("Sah")


def test_a_fingerprint_that_nobody_knows_says_what_to_do(room: Room) -> None:
    tab = room.visit("/periksa/", width=NARROW)
    tab.page.get_by_text("Saya hanya punya sidik jarinya").click()
    tab.page.locator("#sidik").fill("ab" * 32)
    tab.page.get_by_role("button", name="Cari").click()
    expect(tab.page.locator("#sidik-salah")).to_contain_text("tidak disimpan di sini")
    tab.assert_good()
    tab.photograph("fingerprint-unknown")


def test_a_connection_that_breaks_is_told_and_the_form_still_works(room: Room, documents: dict[str, Path]) -> None:
    tab = room.visit("/periksa/")
    tab.page.route("**/periksa/", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    choose(tab, documents["tampered"])
    expect(tab.page.locator("[data-status]")).to_have_text("Sambungan terputus. Aman diulang.")
    tab.page.unroute("**/periksa/")
    tab.page.locator(".drop button").click()
    expect(tab.page.locator("#putusan")).to_have_text("Tidak sah")
