"""veraPDF judges what we claim: that our papers are PDF/A and PDF/UA, and that a signature leaves PDF/A what it was."""

import shutil
import subprocess
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from tests.conformance.matrix.eu_dss import JUDGES
from tests.conformance.test_signed_pdf import BOX, SHOWN, sign
from tests.fakes.documents import agreement
from tests.fakes.signing import bench
from tests.unit.adapters.test_receipt import reports
from tests.unit.agreements.test_face_and_press import drafted
from tests.unit.cases import test_procedure, test_usage_report

from absah.adapters.engines import ChosenEngine
from absah.adapters.procedure_press import press_procedure
from absah.adapters.pyhanko_engine import PyHankoEngine
from absah.adapters.receipt import press_written, write_receipt
from absah.adapters.summary_press import Summary, SummaryTable, press_summary
from absah.adapters.typst_press import press_agreement
from absah.agreements.face import face_of
from absah.kernel.messages import Language
from absah.pdf.notice import Notice, stamp_notice
from absah.signing.levels import Level
from absah.signing.placement import AtAnchor

pytestmark = [pytest.mark.judge, pytest.mark.matrix_full]

_JAR = JUDGES / "verapdf" / "verapdf-judge-1.jar"
_DAY = date(2026, 11, 27)
_SUMMARY = Summary(
    title="Berita acara",
    facts=(("Tempat", "Aula"), ("Hari", "Jumat")),
    texts=(("Jalannya acara", "Dibuka pukul 9."),),
    tables=(SummaryTable(title="Hadir", header=("Nama", "Unit"), rows=(("Rina", "Dinas"), ("Budi", "Balai"))),),
    trial=True,
    signatory=test_usage_report.PARTY,
)
ENGINES = {"chosen": ChosenEngine(), "pyHanko": PyHankoEngine()}
EVERYWHERE = {"placement": AtAnchor(text="$"), "presentation": SHOWN, "also": (BOX,)}
#: How typst and veraPDF call the parts of PDF/A that people send in to be signed.
PARTS = {"a-1b": "1b", "a-2a": "2a", "a-2b": "2b", "a-3b": "3b", "a-4": "4"}


def broken(folder: Path, *claims: tuple[str, bytes]) -> list[str]:
    """For each document and the flavour that it claims, the rules that it breaks; empty when it keeps to all."""
    if shutil.which("java") is None or not _JAR.is_file():
        pytest.skip("judge missing: veraPDF (tools/fetch_judges.sh has not built it)")
    lines = []
    for number, (flavour, document) in enumerate(claims):
        path = folder / f"{number}.pdf"
        path.write_bytes(document)
        lines.append(f"{flavour}\t{path}\n")
    command = ["java", "-Xshare:auto", "-cp", f"{_JAR}:{_JAR.parent / 'lib'}/*", "Judge"]
    told = subprocess.run(command, input="".join(lines), capture_output=True, text=True, check=False, timeout=600)
    assert told.returncode == 0, told.stderr
    answers = told.stdout.splitlines()
    assert len(answers) == len(claims), told.stdout
    return answers


def papers() -> Mapping[str, tuple[bytes, tuple[str, ...]]]:
    """What we typeset, and what it claims to be."""
    flow = test_procedure.values(test_procedure.START, test_procedure.CHECK, test_procedure.END)
    procedure = press_procedure(flow, test_usage_report.PARTY, agency="Provinsi", version=1, made_on=_DAY, trial=True)
    receipts = {
        f"receipt {number}": (
            press_written(write_receipt(report, Language.INDONESIAN, file="surat.pdf"), issuer="Kota", sealed=True),
            ("3a",),
        )
        for number, report in enumerate(reports())
    }
    return receipts | {
        "usage report": (test_usage_report.pressed().pdf, ("3a", "ua1")),
        "summary": (press_summary(_SUMMARY, dated=_DAY), ("2a", "ua1")),
        "procedure": (procedure, ("2a",)),
        "agreement": (press_agreement(face_of(drafted(0))), ("2a",)),
    }


def test_papers_are_what_they_claim_to_be(tmp_path: Path) -> None:
    claims = {(name, flavour): paper for name, (paper, flavours) in papers().items() for flavour in flavours}
    answers = broken(tmp_path, *((flavour, paper) for (_, flavour), paper in claims.items()))
    assert dict(zip(claims, answers, strict=True)) == dict.fromkeys(claims, "")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("visible", [False, True], ids=["invisible", "visible"])
def test_a_signature_leaves_each_part_of_pdf_a_what_it_was(engine: str, visible: bool, tmp_path: Path) -> None:
    shown = {"placement": BOX, "presentation": SHOWN} if visible else {}
    tools = bench(engine=ENGINES[engine])
    claims = {
        (part, level): (flavour, sign(tools, agreement(part), level=level, **shown))
        for part, flavour in PARTS.items()
        for level in (Level.B_B, Level.B_LTA)
    }
    answers = broken(tmp_path, *claims.values())
    assert dict(zip(claims, answers, strict=True)) == dict.fromkeys(claims, "")


def test_the_notice_and_more_places_leave_it_what_it_was_too(tmp_path: Path) -> None:
    notice = Notice(issuer="Penerbit Contoh", trial=True)
    claims = [
        (flavour, sign(bench(engine=ENGINES["chosen"]), stamp_notice(agreement(part), notice), **EVERYWHERE))
        for part, flavour in PARTS.items()
    ]
    assert dict(zip(PARTS, broken(tmp_path, *claims), strict=True)) == dict.fromkeys(PARTS, "")


def test_verapdf_would_object_to_a_file_that_only_says_so(tmp_path: Path) -> None:
    """The judge can say no: a later part of the norm than the file keeps to."""
    assert broken(tmp_path, ("ua1", agreement("a-2b")), ("2a", agreement("a-2a"))) != ["", ""]
