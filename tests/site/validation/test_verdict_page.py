"""The public page, through HTTP: real documents, signed by another library over our test PKI."""

import gzip
import io
import re
import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path

import pikepdf
import pytest
from django.contrib.staticfiles import finders
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings
from tests.conformance.pades_samples import blank_pdf, sign
from tests.fixtures_pki import PERSON_NAME

from absah_site.validation.views import incoming as views

pytestmark = pytest.mark.django_db


@cache
def signed() -> bytes:
    return sign(blank_pdf(), level="B-LT", box=(60, 60, 200, 120))


@cache
def encrypted() -> bytes:
    written = io.BytesIO()
    with pikepdf.open(io.BytesIO(blank_pdf())) as document:
        document.save(written, encryption=pikepdf.Encryption(user="rahasia", owner="pemilik"))
    return written.getvalue()


def tampered() -> bytes:
    return signed().replace(b"Perjanjian contoh", b"Perjanjian palsuu")


def send(client: Client, *documents: bytes, password: str = "", accept: str = "text/html") -> HttpResponse:
    files = [SimpleUploadedFile("surat.pdf", document, "application/pdf") for document in documents]
    form = {"document": files, "password": password}
    return client.post("/periksa/", form, HTTP_ACCEPT=accept)  # type: ignore[return-value]


def test_a_genuine_document_is_valid_and_the_four_questions_are_answered(client: Client) -> None:
    answer = send(client, signed())
    page = answer.content.decode()
    assert answer.status_code == 200
    assert re.search(r'<h1 id="putusan"[^>]*>Sah</h1>', page)
    for sentence in (
        "Dokumen ini asli",
        PERSON_NAME.common_name,
        "Pemerintah Kota Contoh",
        "21 November 2026, 09.00 WIB",
        "Dibuktikan penanda waktu",
        "Absah CA UJI COBA",
        "tidak tersertifikasi",
        "PAdES B-LT",
        "TOTAL-PASSED",
        "Halaman 1",
    ):
        assert sentence in page
    assert '<span class="stamp">UJI COBA</span>' in page
    assert '<use href="#seal-ok"/>' in page
    assert PERSON_NAME.subscriber_number not in page
    assert not answer.cookies
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_changed_document_is_not_valid_and_says_so_in_both_languages(client: Client) -> None:
    answer = send(client, tampered())
    page = answer.content.decode()
    assert answer.status_code == 200
    assert ">Tidak sah</h1>" in page
    assert "HASH_FAILURE" in page
    assert '<use href="#seal-bad"/>' in page
    client.cookies["bahasa"] = "en"
    english = send(client, tampered()).content.decode()
    assert ">Not valid</h1>" in english
    assert "Tidak sah" not in english


def test_without_an_anchor_nothing_is_called_valid(client: Client, data: Path) -> None:
    (data / "trust/root.cer").unlink()
    page = send(client, signed()).content.decode()
    assert ">Belum dapat dipastikan</h1>" in page
    assert "Penerbit ini tidak kami kenal" in page
    assert '<use href="#seal-warn"/>' in page


def test_a_second_signature_is_a_permitted_addition_and_a_note_is_not(client: Client) -> None:
    twice = sign(signed(), field="Signature2", level="B-LT")
    page = send(client, twice).content.decode()
    assert ">Sah</h1>" in page
    assert "Hanya tanda tangan lain dan penanda waktu yang ditambahkan" in page
    assert page.count('<article class="card stack" id="ttd-') == 2


def test_a_document_without_a_signature_is_told_apart_from_a_false_one(client: Client) -> None:
    page = send(client, blank_pdf()).content.decode()
    assert ">Tidak ada tanda tangan elektronik</h1>" in page
    assert '<use href="#seal-none"/>' in page
    assert "Siapa yang menandatangani?" not in page


def test_outside_a_trial_the_result_bears_no_stamp(client: Client, settings: Settings) -> None:
    settings.CONFIG = replace(settings.CONFIG, trial=False)
    assert 'class="stamp"' not in send(client, signed()).content.decode()


def test_a_program_gets_the_report_as_json_with_words(client: Client) -> None:
    report = send(client, signed(), accept="application/json").json()
    assert (report["verdict"], report["indication"], report["trial"]) == ("valid", "TOTAL-PASSED", True)
    assert report["words"]["verdict"] == "Sah"
    assert report["signatures"][0]["signer"]["name"] == PERSON_NAME.common_name
    refused = send(client, b"no pdf", accept="application/json")
    assert (refused.status_code, refused.json()["code"]) == (400, "pdf.not-a-pdf")


@pytest.mark.parametrize(
    ("document", "password", "sentence"),
    [
        (b"", "", "kosong"),
        (b"GIF89a", "", "bukan PDF"),
        (blank_pdf()[:400], "", "Bagian akhir PDF ini hilang"),
        (encrypted(), "", "sandi"),
        (encrypted(), "kunci-keliru", "sandi"),
    ],
)
def test_what_cannot_be_read_brings_the_form_back_with_cause_and_next_step(
    client: Client, document: bytes, password: str, sentence: str
) -> None:
    answer = send(client, document, password=password)
    page = answer.content.decode()
    assert answer.status_code in {400, 403}
    assert 'id="berkas"' in page
    (refusal,) = re.findall(r'<p class="err" id="salah">.*?<span>(.*?)</span>', page)
    assert sentence in refusal
    assert 'aria-describedby="batas salah"' in page
    assert ('<details class="password" open>' in page) is (document == encrypted())
    assert "kunci-keliru" not in page


def test_the_right_password_opens_an_encrypted_document(client: Client) -> None:
    page = send(client, encrypted(), password="rahasia").content.decode()
    assert ">Tidak ada tanda tangan elektronik</h1>" in page
    assert "rahasia" not in page


def test_exactly_one_document_is_checked(client: Client) -> None:
    none, two = send(client), send(client, signed(), signed())
    assert (none.status_code, two.status_code) == (400, 400)
    assert "Tidak ada berkas yang sampai." in none.content.decode()
    assert "Lebih dari satu berkas terkirim." in two.content.decode()


def test_a_document_over_the_limit_is_refused(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "LARGEST_DOCUMENT", len(signed()) - 1)
    answer = send(client, signed())
    assert answer.status_code == 413
    assert "Berkas terlalu besar." in answer.content.decode()
    monkeypatch.setattr(views, "LARGEST_DOCUMENT", len(signed()))
    assert send(client, signed()).status_code == 200


@pytest.mark.parametrize("part", range(1, 8))
def test_a_truncated_document_is_never_our_own_fault(client: Client, part: int) -> None:
    answer = send(client, signed()[: len(signed()) * part // 8])
    assert answer.status_code in {200, 400}
    assert ">Sah</h1>" not in answer.content.decode()


def test_nothing_of_a_document_is_kept(
    client: Client, data: Path, django_assert_num_queries: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("a temporary file")

    for maker in ("NamedTemporaryFile", "TemporaryFile", "mkstemp", "SpooledTemporaryFile"):
        monkeypatch.setattr(tempfile, maker, refuse)
    monkeypatch.setattr("django.core.files.temp.NamedTemporaryFile", refuse)
    before = set(data.rglob("*"))
    # Which certificates were on hold and when, whether the ledger knows the file, also in its archives, and which
    # of its signatures were made here: questions, nothing is written.
    with django_assert_num_queries(5) as asked:  # type: ignore[operator]
        large = send(client, signed() + b"\n" * 3_000_000)
    assert large.status_code == 200
    assert all(query["sql"].startswith("SELECT") for query in asked.captured_queries)
    kept = set(data.rglob("*")) - before
    # The set of trust anchors is kept once; of the document a picture and the report, for fifteen minutes.
    sealed = {path for path in kept if not path.is_relative_to(data / "trust")} - {data / "shelf"}
    assert all(path.parent == data / "shelf" and path.stat().st_mode & 0o777 == 0o600 for path in sealed)
    assert sum(path.stat().st_size for path in sealed) < 100_000
    for path in sealed:
        assert PERSON_NAME.common_name.encode() not in path.read_bytes()
        assert path.name not in large.content.decode()


def test_the_english_address_leads_to_the_page(client: Client) -> None:
    answer = client.get("/verify/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/periksa/")
    assert client.put("/periksa/").status_code == 405


def test_a_verdict_is_light_enough_for_a_slow_link(client: Client) -> None:
    """The promise of the pages: HTML under 50 KB, styles and scripts together under 70 KB as they are sent."""
    signatures = sign(sign(signed(), field="Signature2", level="B-LT"), field="Signature3", level="B-LT")
    page = send(client, signatures).content
    assert len(page) < 50_000
    linked = re.findall(r'(?:href|src)="/static/([a-z]+\.(?:css|js))"', page.decode())
    assert linked == ["absah.css", "verify.js"]
    sent = sum(len(gzip.compress(Path(finders.find(name)).read_bytes())) for name in linked)
    assert sent < 70_000
