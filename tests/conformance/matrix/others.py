"""PDFs made by programs of others, collected when the tests run, and what became of each when it was signed.

A file is signed validly, or refused with a code of ours. There is nothing third.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from tests.conformance.matrix.eu_dss import JUDGES
from tests.conformance.matrix.judges import containers, file, pem, run
from tests.conformance.matrix.people import AFTER, NAMES, ports_for
from tests.fakes.documents import agreement
from tests.fakes.signing import FACTORS
from tests.fixtures_pki import make_pki

from absah.adapters.engines import ChosenEngine
from absah.adapters.verification import verify_document
from absah.kernel.errors import AbsahError
from absah.pdf.geometry import BoxOffPage, Rect
from absah.signing.engine.reasons import Declined
from absah.signing.levels import Level
from absah.signing.placement import INVISIBLE, AtBox
from absah.signing.request import Drafted, Presentation, Signed, SigningRequest
from absah.signing.usecases import sign_document
from absah.validation.process import ValidationContext

PAGE = """<!doctype html><meta charset="utf-8"><title>Perjanjian</title><h1>Perjanjian Kerja Sama</h1>
<p>Harga Rp$5, butir #3.</p><table border="1"><tr><td>satu<td>dua</table><p><a href="https://contoh.go.id/">tautan</a>"""
BOX = AtBox(page=1, rect=Rect(left=10, bottom=10, right=200, top=80))
SHOWN = Presentation(name=NAMES[0], post="Kepala Dinas", link="https://v.contoh.go.id/1", trial=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """What became of a file. `engine` is "ours", or why ours left it to pyHanko; `refused` is a code."""

    engine: str = ""
    visible: bool = False
    refused: str = ""
    problem: str = ""


@dataclass(slots=True)
class _Listener:
    """Hears why our own engine declined."""

    reason: str = ""

    def __call__(self, refusal: Declined) -> None:
        self.reason = self.reason or refusal.reason.value


def treat(document: bytes, folder: Path) -> Treatment:
    """Sign a file, in a box if its first page has room, and have the result judged. Only coded errors are caught."""
    listener = _Listener()
    engine = ChosenEngine(on_declined=listener)
    try:
        try:
            signed, visible = _signed(document, engine, visible=True), True
        except BoxOffPage:
            signed, visible = _signed(document, engine, visible=False), False
    except AbsahError as refusal:
        return Treatment(refused=refusal.code, problem=str(refusal.parameters.get("problem", "")))
    judge(document, signed, folder)
    return Treatment(engine=listener.reason or "ours", visible=visible)


def _signed(document: bytes, engine: ChosenEngine, *, visible: bool) -> Signed:
    ports, credential, clock = ports_for(engine, "ec-p256", 1)
    draft = Drafted(
        document=document,
        credential=credential,
        level=Level.B_T,
        placement=BOX if visible else INVISIBLE,
        presentation=SHOWN if visible else None,
    )
    return sign_document(SigningRequest(draft=draft, application="uji", factors=FACTORS), ports, clock=clock)


def judge(original: bytes, signed: Signed, folder: Path) -> None:
    """The new signature is valid to OpenSSL, to poppler and to us; what poppler called valid before still is."""
    document = signed.document
    assert document.startswith(original)
    last = list(containers(document, len(original)))[-1]
    run(
        *("openssl", "cms", "-verify", "-inform", "DER", "-binary", "-purpose", "any"),
        *("-CAfile", pem(folder, make_pki().root), "-attime", str(int(AFTER.timestamp()))),
        *("-in", file(folder, "cms.der", last.der), "-content", file(folder, "covered", last.covered)),
        *("-out", folder / "out"),
    )
    before, after = (_valid_to_poppler(folder, one) for one in (original, document))
    assert after == before + 1, (before, after)
    report = verify_document(document, ValidationContext.without_anchors(now=AFTER))
    ours = next(one for one in report.signatures if one.field_name == signed.field_name)
    assert ours.intact, report.to_dict()
    assert ours.covers_whole_file, report.to_dict()


def _valid_to_poppler(folder: Path, document: bytes) -> int:
    told = run("pdfsig", "-nocert", file(folder, "judged.pdf", document), statuses=(0, 2))
    return told.count("Signature Validation: Signature is Valid.")


# --- where they come from ------------------------------------------------------------------------------------------


def _chromium(folder: Path) -> bytes:
    page = file(folder, "page.html", PAGE.encode())
    run(
        *("chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}"),
        *(f"--print-to-pdf={folder / 'printed.pdf'}", page.as_uri()),
    )
    return (folder / "printed.pdf").read_bytes()


def _ghostscript(folder: Path, *options: str) -> bytes:
    source = file(folder, "source.pdf", agreement(None))
    made = folder / "written.pdf"
    run("gs", "-q", "-dNOPAUSE", "-dBATCH", "-dSAFER", "-sDEVICE=pdfwrite", *options, f"-sOutputFile={made}", source)
    return made.read_bytes()


def _libreoffice(folder: Path, *options: str) -> bytes:
    page = file(folder, "page.html", PAGE.encode())
    profile = f"-env:UserInstallation={(folder / 'office').as_uri()}"
    kind = "pdf:writer_web_pdf_Export" + "".join(options)
    run("soffice", "--headless", profile, "--convert-to", kind, "--outdir", folder, page)
    made = folder / "page.pdf"
    if not made.exists():  # it says so, and ends well
        pytest.skip("judge missing: the Writer of LibreOffice")
    return made.read_bytes()


def _pdftex(folder: Path) -> bytes:
    text = file(folder, "text.tex", rb"Perjanjian Kerja Sama, Rp\$5, butir \#3.\bye")
    run("pdftex", "-interaction=batchmode", f"-output-directory={folder}", text)
    return (folder / "text.pdf").read_bytes()


def _rewritten(source: Callable[[Path], bytes], *options: str) -> Callable[[Path], bytes]:
    def rewrite(folder: Path) -> bytes:
        made = folder / "rewritten.pdf"
        run("qpdf", *options, file(folder, "first.pdf", source(folder)), made, statuses=(0, 3))
        return made.read_bytes()

    return rewrite


PRODUCERS: Mapping[str, Callable[[Path], bytes]] = {
    "typst": lambda _folder: agreement(None),
    "typst, PDF/A-2b": lambda _folder: agreement("a-2b"),
    "typst, PDF/A-4f": lambda _folder: agreement("a-4f"),
    "Chromium": _chromium,
    "Ghostscript, 1.4": lambda folder: _ghostscript(folder, "-dCompatibilityLevel=1.4"),
    "Ghostscript, 1.7": lambda folder: _ghostscript(folder, "-dCompatibilityLevel=1.7"),
    "Ghostscript, PDF/A-2": lambda folder: _ghostscript(folder, "-dPDFA=2", "-sColorConversionStrategy=RGB"),
    "Ghostscript, fast web view": lambda folder: _ghostscript(folder, "-dFastWebView=true"),
    "LibreOffice": _libreoffice,
    "LibreOffice, PDF/A-2b": lambda folder: _libreoffice(folder, ':{"SelectPdfVersion":{"type":"long","value":"2"}}'),
    "pdfTeX": _pdftex,
}

REWRITES: Mapping[str, tuple[str, ...]] = {
    "object streams": ("--object-streams=generate",),
    "no object streams": ("--object-streams=disable",),
    "linearised": ("--linearize",),
    "QDF": ("--qdf",),
    "1.3": ("--force-version=1.3", "--object-streams=disable"),
}


@cache
def sources() -> Mapping[str, Callable[[Path], bytes]]:
    """Every file there is, by name: made by a program, rewritten by qpdf, or lying in a source distribution."""
    found = dict(PRODUCERS)
    for name, producer in PRODUCERS.items():
        for rewrite, options in REWRITES.items():
            found[f"{name} / qpdf, {rewrite}"] = _rewritten(producer, *options)
    folder = pyhanko_sources()
    for path in sorted(folder.rglob("*.pdf")) if folder is not None else ():
        found[f"pyHanko: {path.relative_to(folder).as_posix()}"] = lambda _folder, path=path: path.read_bytes()
    return found


def pyhanko_sources() -> Path | None:
    """The unpacked source distribution: `$ABSAH_PYHANKO_SDIST`, or what `tools/fetch_judges.sh` brought."""
    named = os.environ.get("ABSAH_PYHANKO_SDIST")
    if named:
        return Path(named)
    return next((path for path in sorted(JUDGES.glob("pyhanko-*")) if path.is_dir()), None)
