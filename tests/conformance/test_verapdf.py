"""veraPDF judges what we claim: our papers are PDF/A and PDF/UA, and a signature leaves them what they were."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.conformance.matrix.eu_dss import JUDGES
from tests.conformance.test_signed_pdf import BOX, SHOWN, sign
from tests.fakes.documents import agreement
from tests.fakes.papers import papers
from tests.fakes.signing import bench

from absah.adapters.engines import ChosenEngine
from absah.adapters.pyhanko_engine import PyHankoEngine
from absah.pdf.geometry import Rect
from absah.pdf.notice import Notice, stamp_notice
from absah.signing.levels import Level
from absah.signing.placement import AtAnchor, AtBox
from absah.signing.request import LaterSignature

pytestmark = [pytest.mark.judge, pytest.mark.matrix_full]

_JAR = JUDGES / "verapdf" / "verapdf-judge-1.jar"
ENGINES = {"chosen": ChosenEngine(), "pyHanko": PyHankoEngine()}
AGAIN = AtBox(page=1, rect=Rect(left=300, bottom=50, right=490, top=120))
EVERYWHERE = {"placement": AtAnchor(text="$"), "presentation": SHOWN, "also": (BOX,)}
SHOWINGS: Mapping[str, Mapping[str, Any]] = {
    "invisible": {},
    "visible": {"placement": BOX, "presentation": SHOWN},
    "at several places": {"placement": BOX, "presentation": SHOWN, "also": (AGAIN,)},
}
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


def claimed(documents: Mapping[str, bytes]) -> dict[tuple[str, str], tuple[str, bytes]]:
    """The two claims of each of these papers, made or signed: its part of PDF/A, and PDF/UA."""
    parts = {name: part for name, (_, part) in papers().items()}
    return {
        (name, flavour): (flavour, document) for name, document in documents.items() for flavour in (parts[name], "ua1")
    }


def test_every_paper_is_what_it_claims_to_be(tmp_path: Path) -> None:
    claims = claimed({name: paper for name, (paper, _) in papers().items()})
    assert dict(zip(claims, broken(tmp_path, *claims.values()), strict=True)) == dict.fromkeys(claims, "")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("shown", SHOWINGS)
def test_every_paper_stays_so_when_it_is_signed(engine: str, shown: str, tmp_path: Path) -> None:
    tools, notice = bench(engine=ENGINES[engine]), Notice(issuer="Penerbit Contoh", trial=True)
    claims = claimed(
        {
            name: sign(tools, stamp_notice(paper, notice), level=Level.B_LTA, **SHOWINGS[shown])
            for name, (paper, _) in papers().items()
        }
    )
    assert dict(zip(claims, broken(tmp_path, *claims.values()), strict=True)) == dict.fromkeys(claims, "")


@pytest.mark.parametrize("engine", ENGINES)
def test_an_agreement_stays_so_when_both_parties_have_signed(engine: str, tmp_path: Path) -> None:
    tools = bench(engine=ENGINES[engine])
    waits = (LaterSignature(field_name="Pihak2", placement=AtAnchor(text="#")),)
    place = {"level": Level.B_LT, "presentation": SHOWN}
    first = sign(tools, papers()["agreement"][0], certify=True, placement=AtAnchor(text="$"), later=waits, **place)
    second = sign(tools, first, field_name="Pihak2", **place)
    claims = claimed({"agreement": first}) | {
        ("both", flavour): claim for (_, flavour), claim in claimed({"agreement": second}).items()
    }
    assert dict(zip(claims, broken(tmp_path, *claims.values()), strict=True)) == dict.fromkeys(claims, "")


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
