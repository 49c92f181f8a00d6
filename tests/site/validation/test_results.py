"""What a result leads to: pictures and report for its reader, a page for those it is shared with; and fingerprints."""

import hashlib
import io
import json
import re
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image, ImageChops
from tests.conformance.pades_samples import blank_pdf, sign
from tests.fakes.altered import with_words_over
from tests.fixtures_pki import PERSON_NAME
from tests.site.validation.test_verdict_page import send, signed, tampered

from absah.audit.tags import ValidationTag
from absah.kernel.clock import FixedClock
from absah.pdf.pdfium import opened
from absah.pdf.reader.source import BytesSource
from absah_site import composition
from absah_site.audit.access import latest_entries, verify_ledger
from absah_site.validation import actions
from absah_site.validation.actions import KEPT_FOR, forget_expired_results

pytestmark = pytest.mark.django_db


def pictures(page: str) -> list[str]:
    return re.findall(r'<img src="(/periksa/gambar/[0-9a-f]{64}/\d+/)"', page)


def offer(page: str) -> str:
    (found,) = re.findall(r'name="offer" value="([^"]+)"', page)
    return found


def keep(document: bytes) -> str:
    return composition.documents().keep(document)


def test_a_page_is_shown_with_the_signatures_box_linked_to_its_card_and_back(client: Client) -> None:
    page = send(client, signed()).content.decode()
    (address,) = pictures(page)
    answer = client.get(address)
    assert Image.open(io.BytesIO(answer.content)).format == "WEBP"
    assert answer.headers["Cache-Control"] == "no-store"
    assert not answer.cookies
    assert re.search(r'<a id="kotak-1" href="#ttd-1"><title>[^<]*' + PERSON_NAME.common_name, page)
    assert 'href="#kotak-1">Halaman 1, kotak 1</a>' in page
    assert 'id="ttd-1"' in page
    assert "Perjanjian contoh" in page  # the page's text, for who cannot see the picture


def test_pictures_and_report_are_gone_after_fifteen_minutes_and_nobody_guesses_them(
    client: Client, clock: FixedClock
) -> None:
    page = send(client, signed()).content.decode()
    (address,) = pictures(page)
    report, archived = re.findall(r'href="(/periksa/laporan/[0-9a-f]{64}/(?:json|xml)/)"', page)
    told = client.get(report)
    assert json.loads(told.content)["document"]["sha256"] == hashlib.sha256(signed()).hexdigest()
    assert "attachment" in told.headers["Content-Disposition"]
    xml = client.get(archived)
    assert xml.headers["Content-Type"] == "application/xml"
    assert b"ValidationReport" in xml.content
    assert client.get(report.replace("/json/", "/pdf/")).status_code == 404
    guess = "0" * 64
    assert client.get(address.replace(address.split("/")[3], guess)).status_code == 404
    assert client.get(address.replace("/1/", "/2/")).status_code == 404
    assert client.get("/periksa/laporan/abc/json/").status_code == 404
    clock.advance(timedelta(minutes=16))
    assert [client.get(place).status_code for place in (address, report, archived)] == [404] * 3


def receipt_address(page: str) -> str:
    (found,) = re.findall(r'action="(/[a-z]+/[^"]*tanda-terima/[^"]*)"', page)
    return found


def words_of(pdf: bytes) -> str:
    with opened(pdf) as document:
        return " ".join("".join(page.get_textpage().get_text_range() for page in document).split())


def test_the_receipt_of_a_result_names_the_file_and_carries_the_report(client: Client, clock: FixedClock) -> None:
    page = client.post("/periksa/", {"document": SimpleUploadedFile("Surat #1.pdf", signed())}).content.decode()
    address = receipt_address(page)
    assert client.get(address).status_code == 405
    answer = client.post(address)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Surat #1.pdf" in words_of(answer.content)
    assert "Tanpa segel" in words_of(answer.content)  # this instance has no time-stamping authority
    with pikepdf.open(io.BytesIO(answer.content)) as pdf:
        told = json.loads(pdf.attachments["report.json"].get_file().read_bytes())
    assert told["document"]["sha256"] == hashlib.sha256(signed()).hexdigest()
    clock.advance(timedelta(minutes=16))
    assert client.post(address).status_code == 404


def test_a_receipt_is_sealed_by_the_instance_s_time_stamp_where_it_has_one(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "add_archive_timestamp", lambda pressed, _ports: BytesSource(pressed + b"stamp"))
    answer = client.post(receipt_address(send(client, signed()).content.decode()))
    assert answer.content.endswith(b"stamp")
    assert "Disegel dengan penanda waktu" in words_of(answer.content)
    assert {entry.tag for _, entry in latest_entries()} == {ValidationTag.RECEIPT_SEALED}
    verify_ledger()


def test_a_shared_result_has_a_receipt_of_its_own(client: Client) -> None:
    shared = client.post("/hasil/", {"offer": offer(send(client, signed()).content.decode())}).headers["Location"]
    client.cookies["bahasa"] = "en"
    answer = client.post(receipt_address(client.get(shared).content.decode()))
    shown = words_of(answer.content)
    assert hashlib.sha256(signed()).hexdigest() in shown.replace(" ", "")
    assert PERSON_NAME.common_name in shown
    assert shared in shown
    assert "only checking your own file can tell" in shown
    assert client.post("/hasil/tidakada/tanda-terima/").status_code == 404


def test_what_was_changed_after_signing_is_shown_beside_what_was_signed(client: Client) -> None:
    twice = sign(signed(), field="Signature2", level="B-LT", box=(300, 60, 440, 120))
    page = send(client, with_words_over(twice, "Biaya Rp 900.000.000")).content.decode()
    assert ">Belum dapat dipastikan</h1>" in page
    assert "Yang diubah setelah ditandatangani" in page
    before, after = re.findall(r'<img src="(/periksa/gambar/[0-9a-f]{64}/1-(?:before|after)/)"', page)
    looks = [Image.open(io.BytesIO(client.get(address).content)).convert("L") for address in (before, after)]
    assert ImageChops.difference(*looks).getbbox() is not None
    assert "<ins>Biaya Rp 900.000.000</ins>" in page
    framed = re.findall(r'<rect class="box box-bad" x="(\d+)" y="(\d+)"', page)
    assert len(framed) == 1  # the second signature was permitted, and is in no frame
    assert "masih utuh di dalam berkas" in page
    client.cookies["bahasa"] = "en"
    assert "What was changed after signing" in send(client, with_words_over(twice, "x")).content.decode()


def test_the_six_conditions_of_law_and_the_class_are_told_for_each_signature(client: Client) -> None:
    page = send(client, signed()).content.decode()
    assert page.count("11 ayat (1) huruf") == 6
    assert "Enam syarat menurut undang-undang" in page
    assert "tidak tersertifikasi" in page[page.index('id="ttd-1"') :]


def test_a_further_signature_is_no_change_to_be_shown(client: Client) -> None:
    honest = send(client, sign(signed(), field="Signature2", level="B-LT", box=(300, 60, 440, 120))).content.decode()
    assert ">Sah</h1>" in honest
    assert "Yang diubah setelah ditandatangani" not in honest


def test_many_pages_with_signatures_are_not_all_drawn(client: Client) -> None:
    document = blank_pdf(pages=8)
    for number in range(1, 8):
        document = sign(document, field=f"S{number}", level="B-B", box=(60, 60, 200, 120), page=number)
    page = send(client, document).content.decode()
    assert len(pictures(page)) == 6
    assert 'href="#kotak-1"' in page
    assert 'href="#kotak-7"' not in page


def test_the_statement_of_the_agreements_is_looked_for_and_changes_no_verdict(client: Client) -> None:
    page = send(client, signed()).content.decode()
    assert ">Sah</h1>" in page
    assert "Halaman tanpa keterangan tanda tangan elektronik: 1" in " ".join(page.split())
    assert "Yang juga diminta perjanjian" not in send(client, blank_pdf()).content.decode()


def test_a_known_document_is_answered_by_its_fingerprint_alone(client: Client) -> None:
    sha256 = keep(signed())
    known = client.get(f"/periksa/dikenal/{sha256}/").json()
    assert known == {"known": True, "result": f"/periksa/sidik-jari/{sha256}/"}
    page = client.get(known["result"]).content.decode()
    assert ">Sah</h1>" in page
    assert "berkas Anda tidak dikirim" in page
    assert pictures(page) == []  # whoever knows a fingerprint need not have the document
    assert "Perjanjian contoh" not in page
    typed = f"  {sha256[:32].upper()}:{sha256[32:]} "
    assert client.get("/periksa/sidik-jari/", {"sha256": typed}).headers["Location"] == known["result"]


def test_an_unknown_fingerprint_leads_to_the_form(client: Client) -> None:
    unknown = "ab" * 32
    assert client.get(f"/periksa/dikenal/{unknown}/").json() == {"known": False, "result": None}
    answer = client.get(f"/periksa/sidik-jari/{unknown}/")
    assert answer.status_code == 404
    assert "tidak disimpan di sini" in answer.content.decode()
    assert 'id="berkas"' in answer.content.decode()


@pytest.mark.parametrize("wrong", ["", "xyz", "ab" * 31, "../../../etc/passwd", "ab" * 33])
def test_what_is_no_fingerprint_is_told_at_its_field(client: Client, wrong: str) -> None:
    answer = client.get("/periksa/sidik-jari/", {"sha256": wrong})
    assert answer.status_code == 400
    assert 'aria-describedby="sidik-bantuan sidik-salah"' in answer.content.decode()
    if wrong and "/" not in wrong:
        assert client.get(f"/periksa/dikenal/{wrong}/").json()["known"] is False


def test_a_shared_result_holds_hash_verdict_and_names_and_never_the_file(client: Client, data: Path) -> None:
    page = send(client, signed()).content.decode()
    answer = client.post("/hasil/", {"offer": offer(page)})
    assert answer.status_code == 302
    shared = Client().get(answer.headers["Location"])
    told = shared.content.decode()
    for part in ("Sah</h1>", PERSON_NAME.common_name, "TOTAL-PASSED", "UJI COBA"):
        assert part in told
    assert hashlib.sha256(signed()).hexdigest()[:2].upper() + ":" in told
    assert pictures(told) == []
    assert shared.headers["X-Robots-Tag"] == "noindex"
    assert not shared.cookies
    assert not (data / "documents").exists()
    again = client.post("/hasil/", {"offer": offer(page)})
    assert again.headers["Location"] == answer.headers["Location"]
    tags = [entry.tag.value for _, entry in latest_entries()]
    assert tags.count("validation:result:shared") == 1


def test_a_bad_verdict_is_shared_as_it_was(client: Client) -> None:
    answer = client.post("/hasil/", {"offer": offer(send(client, tampered()).content.decode())}, follow=True)
    assert "Tidak sah</h1>" in answer.content.decode()
    client.cookies["bahasa"] = "en"
    assert "Not valid</h1>" in client.get(answer.redirect_chain[-1][0]).content.decode()


@pytest.mark.parametrize("forged", ["", "nonsense", "eyJ2ZXJkaWN0IjoidmFsaWQifQ:1abc:xyz"])
def test_nobody_shares_what_we_did_not_say(client: Client, forged: str) -> None:
    answer = client.post("/hasil/", {"offer": forged})
    assert answer.status_code == 409
    assert latest_entries() == ()
    true = offer(send(client, tampered()).content.decode())
    assert client.post("/hasil/", {"offer": true[:-4] + "AAAA"}).status_code == 409
    assert client.get("/hasil/").status_code == 405


def test_after_ninety_days_a_shared_result_is_gone_and_forgotten(client: Client, clock: FixedClock) -> None:
    page = send(client, signed()).content.decode()
    address = client.post("/hasil/", {"offer": offer(page)}).headers["Location"]
    clock.advance(KEPT_FOR - timedelta(minutes=1))
    assert client.get(address).status_code == 200
    assert forget_expired_results() == 0
    clock.advance(timedelta(minutes=2))
    gone = client.get(address)
    assert gone.status_code == 404
    assert "90 hari" in gone.content.decode()
    assert forget_expired_results() == 1
    assert forget_expired_results() == 0
    assert verify_ledger().intact
