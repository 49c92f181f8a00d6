"""What we rely on in every paper, seen without veraPDF: the rules of PDF/UA-1 that typst leaves to the template.

ISO 14289-1 wants more than this; what the typesetter sees to is left to `tests/conformance/test_verapdf.py`.
"""

import io
from collections.abc import Iterator
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import pikepdf
from tests.fakes.papers import papers
from tests.fakes.signing import NOW

from absah.pdf.appearance import SignatureLook, draw_appearance
from absah.pdf.geometry import Rect
from absah.pdf.intake import inspect
from absah.pki.algorithms import DigestAlgorithm
from absah.signing.engine.fast import FastEngine
from absah.signing.ports import SignatureField, VisibleWidget

HEADINGS = ("/H1", "/H2", "/H3")


def elements(kid: pikepdf.Object) -> Iterator[pikepdf.Dictionary]:
    """Every structure element at and below one, in reading order."""
    if isinstance(kid, pikepdf.Array):
        for each in kid:
            yield from elements(each)
    elif isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
        yield kid
        yield from elements(kid.get("/K", pikepdf.Array()))


def opened(document: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(document))


def test_there_is_one_of_every_template() -> None:
    folder = files("absah.adapters") / "press"
    templates = {one.name.removesuffix(".typ") for one in folder.iterdir() if one.name.endswith(".typ")}
    assert {name.split()[0] for name in papers()} == templates - {"house"}
    described = (Path(__file__).parents[3] / "docs" / "reference" / "papers.md").read_text(encoding="utf-8")
    assert {name for name in templates if f"| `{name}` |" in described} == templates - {"house"}


def test_it_says_what_it_is_and_in_which_language() -> None:
    for name, (document, part) in papers().items():
        with opened(document) as pdf, pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1", name
            assert metadata["pdfaid:part"] + metadata["pdfaid:conformance"].lower() == part, name
            assert metadata["dc:title"].strip(), name
            assert str(pdf.Root.Lang) in {"id", "en"}, name
            assert pdf.Root.ViewerPreferences.DisplayDocTitle is True, name
            assert pdf.Root.MarkInfo.Marked is True, name
            assert all(page.obj.Tabs == "/S" for page in pdf.pages), name


def test_headings_begin_at_the_top_and_go_down_one_step_at_a_time() -> None:
    for name, (document, _) in papers().items():
        with opened(document) as pdf:
            kinds = [str(one.S) for one in elements(pdf.Root.StructTreeRoot.K)]
        levels = [HEADINGS.index(kind) for kind in kinds if kind in HEADINGS]
        assert levels[0] == 0, name
        assert all(after - before <= 1 for before, after in pairwise(levels)), name


def test_tables_have_header_cells_and_drawings_have_words() -> None:
    for name, (document, _) in papers().items():
        with opened(document) as pdf:
            for one in elements(pdf.Root.StructTreeRoot.K):
                if one.S == "/Table":
                    assert any(below.S == "/TH" for below in elements(one.K)), name
                if one.S == "/Figure":
                    assert str(one.Alt).strip(), name


def test_a_signature_is_announced_and_stands_in_the_structure() -> None:
    for name, (document, _) in papers().items():
        look = SignatureLook(name="PUTRI AYU", post=None, at=NOW, link="https://v.contoh.go.id/1", trial=True)
        box = Rect(left=20, bottom=20, right=140, top=90)
        shown = VisibleWidget(appearance=draw_appearance(look, inspect(document).pages[-1], box))
        wish = SignatureField(widget=shown, at=NOW, digest=DigestAlgorithm.SHA256, reserve=10, signer_name="PUTRI AYU")
        with opened(FastEngine().prepare(document, wish).document) as pdf:
            (field,) = pdf.Root.AcroForm.Fields
            tree = pdf.Root.StructTreeRoot
            element = pikepdf.NumberTree(tree.ParentTree)[int(field.StructParent)]
            assert element.objgen == list(elements(tree.K))[-1].objgen, name
            assert (element.S, element.K.Obj.objgen) == ("/Form", field.objgen), name
            assert str(field.TU) == str(element.Alt) == "Tanda tangan elektronik: PUTRI AYU", name
            assert field.P.Tabs == "/S", name
