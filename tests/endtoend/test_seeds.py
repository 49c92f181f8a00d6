"""The two agreements that describe the system, typeset, signed at `$` and `#` in order, and judged from outside."""

import json
import os
from pathlib import Path

import pytest
import typst

from tests.endtoend import judges

SEEDS = os.environ.get("ABSAH_SEEDS")
pytestmark = pytest.mark.skipif(SEEDS is None, reason="ABSAH_SEEDS does not say where the agreements are")

PLAIN = b"""
#set page(paper: "a4", margin: 2.5cm)
#set text(font: "Libertinus Serif", size: 10.5pt)
#for (number, page) in json(bytes(sys.inputs.pages)).enumerate() {
  if number > 0 { pagebreak(weak: true) }
  for line in page { if line == "" { v(0.4em) } else { par(line) } }
}
"""


def seeds() -> list[Path]:
    found = sorted(Path(SEEDS).glob("*.txt"))
    assert len(found) == 2, f"{SEEDS} should hold the two agreements"
    return found


def typeset(source: Path, target: Path) -> Path:
    """The text as it stands, line by line; a form feed begins a page."""
    pages = [[line.strip() for line in page.splitlines()] for page in source.read_text("utf-8").split("\f")]
    target.write_bytes(typst.compile(PLAIN, sys_inputs={"pages": json.dumps(pages)}, ignore_system_fonts=True))
    return target


@pytest.mark.parametrize("number", [0, 1])
def test_a_real_agreement_is_signed_by_both_parties_and_every_judge_agrees(number, absah, sign, tmp_path):
    draft = typeset(seeds()[number], tmp_path / "draft.pdf")
    once, twice = tmp_path / "once.pdf", tmp_path / "twice.pdf"

    assert sign(0, draft, once, "--anchor", "$").status == 0
    assert sign(1, once, twice, "--anchor", "#").status == 0

    assert twice.read_bytes().startswith(once.read_bytes()), "the second signature must only append"
    verdict = absah.json("verify", twice)
    assert verdict.status == 0, verdict.out
    assert [each["indication"] for each in verdict.facts["signatures"]] == ["TOTAL-PASSED"] * 2
    assert judges.pdfsig(twice) == 2
    judges.qpdf(twice)
    assert judges.openssl_cms(twice, tmp_path) == 2
    assert judges.pyhanko(twice, next((absah.data / "trust").glob("*.cer"))) == 2


@pytest.mark.parametrize("number", [0, 1])
def test_the_appearance_covers_its_anchor(number, absah, sign, tmp_path):
    import pypdfium2

    draft = typeset(seeds()[number], tmp_path / "draft.pdf")
    signed = tmp_path / "signed.pdf"
    assert sign(0, draft, signed, "--anchor", "$").status == 0
    with pypdfium2.PdfDocument(draft.read_bytes()) as pdf:
        texts = [page.get_textpage() for page in pdf]
        page_number = max(number for number, text in enumerate(texts) if "$" in text.get_text_range())
        text = texts[page_number]
        left, bottom, right, top = text.get_charbox(text.get_text_range().rindex("$"))
    import pikepdf

    with pikepdf.open(signed) as pdf:
        (widget,) = [a for a in pdf.pages[page_number].Annots if a.get("/FT") == "/Sig"]
        box = [float(edge) for edge in widget.Rect]
    assert box[0] <= left
    assert box[1] <= bottom
    assert box[2] >= right
    assert box[3] >= top
