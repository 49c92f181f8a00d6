"""What we sign is a valid signature to programs that are not ours: poppler, qpdf, OpenSSL, pyHanko's validator.

The inputs come from real producers (typst, Chromium, Ghostscript) and from pages that are turned, cut and compressed
in unusual ways.
"""

import io
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from tests.fakes.documents import agreement, page_with
from tests.fakes.hierarchy import hierarchy
from tests.fakes.signing import CREDENTIAL, FACTORS, NOW, Bench, bench

from absah.pdf.geometry import Rect
from absah.pdf.notice import Notice, stamp_notice
from absah.pdf.page_views import pages_lacking
from absah.pdf.reader.source import whole
from absah.signing.completion import add_archive_timestamp
from absah.signing.levels import Level
from absah.signing.placement import AtAnchor, AtBox
from absah.signing.request import Drafted, LaterSignature, Presentation, SigningRequest
from absah.signing.usecases import sign_document

pytestmark = pytest.mark.judge

SHOWN = Presentation(name="Dra. PUTRI AYU, M.Si.", post="Kepala Dinas", link="https://v.contoh.go.id/1", trial=True)
BOX = AtBox(page=1, rect=Rect(left=50, bottom=50, right=240, top=120))
KINDS = ("p256", "rsa-2048")


def judge(*command: str | Path) -> str:
    """The output of an outside program; a missing program skips the test and is named."""
    if shutil.which(str(command[0])) is None:
        pytest.skip(f"judge missing: {command[0]}")
    run = subprocess.run([str(part) for part in command], capture_output=True, check=False, timeout=120)
    output = (run.stdout + run.stderr).decode(errors="replace")
    assert run.returncode == 0, output
    return output


def sign(tools: Bench, document: bytes, **changes) -> bytes:
    draft = Drafted(document=document, credential=CREDENTIAL, **{"level": Level.B_B, **changes})
    request = SigningRequest(draft=draft, application="uji", factors=FACTORS)
    return sign_document(request, tools.ports, clock=tools.clock).document


def everybody_agrees(document: bytes, folder: Path, *, signatures: int) -> None:
    file = folder / "signed.pdf"
    file.write_bytes(document)
    verdict = judge("pdfsig", "-nocert", file)
    assert verdict.count("Signature Validation: Signature is Valid.") == signatures, verdict
    assert "No syntax or stream encoding errors found" in judge("qpdf", "--check", file)
    pyhanko_agrees(document, signatures=signatures)
    openssl_agrees(document, folder, signatures=signatures)


def pyhanko_agrees(document: bytes, *, signatures: int) -> None:
    pki = hierarchy()
    context = ValidationContext(
        trust_roots=[asn1_x509.Certificate.load(pki.root.certificate)],
        other_certs=[asn1_x509.Certificate.load(pki.issuing.certificate)],
        moment=NOW + timedelta(seconds=5),
        allow_fetching=False,
    )
    reader = PdfFileReader(io.BytesIO(document))
    assert len(reader.embedded_regular_signatures) == signatures
    usage = KeyUsageConstraints(key_usage={"non_repudiation"})
    for signature in reader.embedded_regular_signatures:
        status = validate_pdf_signature(signature, context, key_usage_settings=usage)
        assert (status.intact, status.valid, status.trusted, status.bottom_line) == (True, True, True, True)
    for stamp in reader.embedded_timestamp_signatures:
        status = validate_pdf_timestamp(stamp, context)
        assert (status.intact, status.valid, status.trusted) == (True, True, True)
        assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE


def openssl_agrees(document: bytes, folder: Path, *, signatures: int) -> None:
    root = folder / "root.pem"
    judge(
        "openssl", "x509", "-inform", "DER", "-in", write(folder / "r.der", hierarchy().root.certificate), "-out", root
    )
    checked = 0
    for found in re.finditer(rb"/ByteRange\s*\[\s*(\d+) (\d+) (\d+) (\d+)\s*\]", document):
        _, first, second, rest = map(int, found.groups())
        if b"ETSI.RFC3161" in document[found.start() - 200 - (second - first) : found.end() + 200]:
            continue
        cms = bytes.fromhex(document[first + 1 : second - 1].decode())
        judge(
            "openssl", "cms", "-verify", "-inform", "DER", "-binary", "-purpose", "any", "-CAfile", root,
            "-attime", str(int(NOW.timestamp())), "-out", folder / "out",
            "-in", write(folder / "cms.der", cms.rstrip(b"\0") + b"\0" * 8),
            "-content", write(folder / "content", document[:first] + document[second : second + rest]),
        )  # fmt: skip
        checked += 1
    assert checked == signatures


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("level", list(Level))
def test_every_level_is_valid_to_everybody(kind: str, level: Level, tmp_path: Path) -> None:
    tools = bench(kind=kind)
    document = sign(tools, agreement(), level=level, placement=AtAnchor(text="$"), presentation=SHOWN)
    everybody_agrees(document, tmp_path, signatures=1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("place", ["invisible", "box", "anchor"])
def test_every_placement_is_valid_to_everybody(kind: str, place: str, tmp_path: Path) -> None:
    placements = {"box": {"placement": BOX}, "anchor": {"placement": AtAnchor(text="#")}}
    changes = {**placements[place], "presentation": SHOWN} if place in placements else {}
    everybody_agrees(sign(bench(kind=kind), agreement(), **changes), tmp_path, signatures=1)


def test_p384_is_valid_to_everybody(tmp_path: Path) -> None:
    everybody_agrees(sign(bench(kind="p384"), agreement(), level=Level.B_T), tmp_path, signatures=1)


@pytest.mark.parametrize("certify", [True, False])
@pytest.mark.parametrize("stamped", [True, False])
def test_both_parties_sign_and_the_archive_timestamp_closes(certify: bool, stamped: bool, tmp_path: Path) -> None:
    """B-LT for each, one document time-stamp when all have signed (D8c); certified P=2 by the first where asked."""
    first, second = bench(), bench(kind="rsa-2048")
    notice = Notice(issuer="Penerbit Contoh", trial=True)
    document = stamp_notice(agreement(), notice) if stamped else agreement()
    later = (LaterSignature(field_name="Pihak2", placement=AtAnchor(text="#")),)
    place = {"level": Level.B_LT, "placement": AtAnchor(text="$"), "presentation": SHOWN}
    document = sign(first, document, certify=certify, later=later if certify else (), **place)
    everybody_agrees(document, tmp_path, signatures=1)
    there = {"field_name": "Pihak2"} if certify else {"placement": AtAnchor(text="#")}
    shown = replace(SHOWN, name="BAGUS WICAKSONO", post="Kepala Balai Contoh")
    document = sign(second, document, **{**place, **there, "presentation": shown})
    everybody_agrees(document, tmp_path, signatures=2)
    document = whole(add_archive_timestamp(document, second.ports))
    everybody_agrees(document, tmp_path, signatures=2)
    assert (not pages_lacking(document, notice.sentence)) is stamped


def test_a_second_archive_timestamp_renews_the_first(tmp_path: Path) -> None:
    tools = bench()
    document = whole(add_archive_timestamp(sign(tools, agreement(), level=Level.B_LTA), tools.ports))
    write(tmp_path / "signed.pdf", document)
    assert judge("pdfsig", "-nocert", tmp_path / "signed.pdf").count("Signature is Valid") == 1
    assert "No syntax" in judge("qpdf", "--check", tmp_path / "signed.pdf")


ODD: dict[str, Callable[[], bytes]] = {
    "cross-reference streams": lambda: page_with(object_stream_mode=pikepdf.ObjectStreamMode.generate),
    "linearised": lambda: page_with(linearize=True),
    "turned by 90": lambda: page_with(rotate=90),
    "turned by 270, cut, offset": lambda: page_with(media=(50, 60, 450, 360), crop=(60, 70, 440, 350), rotate=270),
    "user unit": lambda: page_with(user_unit=2),
    "PDF/A-2": lambda: agreement("a-2b"),
    "PDF/A-4": lambda: agreement("a-4"),
    "plain typst": lambda: agreement(None),
}


@pytest.mark.parametrize("name", sorted(ODD))
def test_odd_pages_are_signed_at_their_anchor(name: str, tmp_path: Path) -> None:
    document = sign(bench(), ODD[name](), placement=AtAnchor(text="#"), presentation=SHOWN, level=Level.B_LT)
    everybody_agrees(document, tmp_path, signatures=1)


PAGE = """<!doctype html><meta charset="utf-8"><title>Perjanjian</title>
<p>Harga Rp$5, butir #3.</p><p style="margin-top:4cm">$</p><p style="margin: 3cm 0 6cm 9cm">#</p>"""


def test_a_page_printed_by_chromium_is_signed_twice(tmp_path: Path) -> None:
    write(tmp_path / "page.html", PAGE.encode())
    judge(
        "chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}",
        f"--print-to-pdf={tmp_path / 'printed.pdf'}", (tmp_path / "page.html").as_uri(),
    )  # fmt: skip
    signed_twice((tmp_path / "printed.pdf").read_bytes(), tmp_path)


@pytest.mark.parametrize("version", ["1.4", "1.7"])
def test_a_file_written_by_ghostscript_is_signed_twice(version: str, tmp_path: Path) -> None:
    source = write(tmp_path / "source.pdf", agreement(None))
    judge(
        "gs", "-q", "-dNOPAUSE", "-dBATCH", "-dSAFER", "-sDEVICE=pdfwrite", f"-dCompatibilityLevel={version}",
        f"-sOutputFile={tmp_path / 'written.pdf'}", source,
    )  # fmt: skip
    signed_twice((tmp_path / "written.pdf").read_bytes(), tmp_path)


def signed_twice(document: bytes, folder: Path) -> None:
    for anchor, tools in (("$", bench()), ("#", bench(kind="rsa-2048"))):
        document = sign(tools, document, placement=AtAnchor(text=anchor), presentation=SHOWN, level=Level.B_LT)
    everybody_agrees(document, folder, signatures=2)
