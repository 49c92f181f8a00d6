"""Tagged documents stay tagged: what is seen has its place in the structure."""

import io
from dataclasses import replace

import pikepdf
import pytest
from tests.fakes.documents import agreement
from tests.fakes.raw_pdf import PAGES, plain
from tests.fakes.signing import NOW

from absah.pdf.appearance import SignatureLook, draw_appearance
from absah.pdf.geometry import Rect
from absah.pdf.intake import inspect
from absah.pki.algorithms import DigestAlgorithm
from absah.signing.engine.fast import FastEngine
from absah.signing.ports import EmptyField, InvisibleWidget, SignatureField, VisibleWidget

ENGINE = FastEngine()
LATER = EmptyField(name="Pihak2", page=1, rect=Rect(left=0, bottom=0, right=99, top=50), width=99, height=50)
WISH = SignatureField(
    widget=InvisibleWidget(), at=NOW, digest=DigestAlgorithm.SHA256, reserve=10, later=(LATER, replace(LATER, name="3"))
)


def tagged(tree: bytes, **objects: bytes) -> bytes:
    numbered = {int(name[1:]): body for name, body in objects.items()}
    root = b"<</Type/Catalog/Pages 2 0 R/MarkInfo<</Marked true>>/StructTreeRoot 4 0 R>>"
    return plain(PAGES | {1: root, 4: tree} | numbered)


NEXT = b"<</K[5 0 R]/ParentTree 6 0 R/ParentTreeNextKey 7>>"
TREE = b"<</K 5 0 R/ParentTree 6 0 R>>"
TOP = b"<</S/Document/P 4 0 R%s>>"
TREES = {
    "typst": agreement(),
    "array of one": tagged(NEXT, o5=TOP % b"", o6=b"<</Nums[0 5 0 R]>>"),
    "one kid": tagged(TREE, o5=TOP % b"/K 1", o6=b"<</Nums 7 0 R/Limits[2 3]>>", o7=b"[2 5 0 R 3 5 0 R]"),
    "nodes": tagged(
        TREE,
        o5=TOP % b"",
        o6=b"<</Kids[7 0 R<</Nums[4 5 0 R]/Limits[4 4]>>]>>",
        o7=b"<</Nums[0 5 0 R 3 5 0 R]/Limits[0 3]>>",
    ),
    "kids apart": tagged(TREE, o5=TOP % b"/K 7 0 R", o6=b"<</Nums[]>>", o7=b"[0 1]"),
}
UNTAGGED = {
    "several at the top": tagged(b"<</K[5 0 R 5 0 R]/ParentTree 6 0 R>>", o5=b"<</S/P>>", o6=b"<</Nums[]>>"),
    "no element": tagged(b"<</K 5 0 R/ParentTree 6 0 R>>", o5=b"<<>>", o6=b"<</Nums[]>>"),
    "no parent tree": tagged(b"<</K 5 0 R>>", o5=b"<</S/P>>"),
    "parent tree of nodes": tagged(b"<</K 5 0 R/ParentTree 6 0 R>>", o5=b"<</S/P>>", o6=b"<</Kids[]>>"),
    "nodes that say nothing": tagged(
        TREE, o5=TOP % b"", o6=b"<</Kids[<</Nums[4 5 0 R]/Limits[4 4]>>7 0 R]>>", o7=b"<<>>"
    ),
    "nodes that say no number": tagged(TREE, o5=TOP % b"", o6=b"<</Kids[<</Nums[4 5 0 R]/Limits[4(a)]>>]>>"),
    "parent tree gone": tagged(b"<</K 5 0 R/ParentTree 9 0 R>>", o5=b"<</S/P>>"),
    "no numbers": tagged(b"<</K 5 0 R/ParentTree 6 0 R>>", o5=b"<</S/P>>", o6=b"<<>>"),
    "keys that are none": tagged(b"<</K 5 0 R/ParentTree 6 0 R>>", o5=b"<</S/P>>", o6=b"<</Nums[(a) 5 0 R]>>"),
    "tree gone": plain(PAGES | {1: b"<</Type/Catalog/Pages 2 0 R/MarkInfo<</Marked true>>/StructTreeRoot 9 0 R>>"}),
    "no tree": plain(PAGES | {1: b"<</Type/Catalog/Pages 2 0 R/MarkInfo<</Marked true>>>>"}),
    "not marked": plain(PAGES),
}


def signed(document: bytes, wish: SignatureField = WISH) -> pikepdf.Pdf:
    pdf = pikepdf.open(io.BytesIO(ENGINE.prepare(document, wish).document), attempt_recovery=False)
    assert pdf.check_pdf_syntax() == []
    return pdf


@pytest.mark.parametrize("kind", sorted(TREES))
def test_what_is_seen_has_its_place_in_the_structure(kind: str) -> None:
    with signed(TREES[kind]) as pdf:
        tree = pdf.Root.StructTreeRoot
        elements = dict(pikepdf.NumberTree(tree.ParentTree).items())
        first, second, invisible = pdf.Root.AcroForm.Fields
        assert "/StructParent" not in invisible
        top = tree.K[0] if isinstance(tree.K, pikepdf.Array) else tree.K
        for field, kid in ((first, top.K[-2]), (second, top.K[-1])):
            element = elements[int(field.StructParent)]
            assert element.objgen == kid.objgen
            assert pikepdf.Name.Form == element.S
            assert element.P.objgen == top.objgen
            assert element.K.Obj.objgen == field.objgen
        assert int(tree.ParentTreeNextKey) == int(second.StructParent) + 1
        assert len(elements) == len(set(elements))
        limits = tree.ParentTree.get("/Limits")
        assert limits is None or [int(limit) for limit in limits] == [min(elements), max(elements)]


@pytest.mark.parametrize("kind", sorted(UNTAGGED))
def test_an_odd_structure_is_left_alone(kind: str) -> None:
    with signed(UNTAGGED[kind]) as pdf:
        assert not any("/StructParent" in field for field in pdf.Root.AcroForm.Fields)


def test_the_structure_of_a_signed_document_is_left_alone() -> None:
    first = ENGINE.prepare(agreement(), replace(WISH, later=())).document
    with signed(first) as pdf:
        assert not any("/StructParent" in field for field in pdf.Root.AcroForm.Fields)


def test_a_visible_signature_has_its_place_under_its_title() -> None:
    look = SignatureLook(name="PUTRI AYU", post=None, at=NOW, link="https://v.contoh.go.id/1", trial=True)
    box = Rect(left=20, bottom=20, right=140, top=90)
    shown = VisibleWidget(appearance=draw_appearance(look, inspect(agreement()).pages[0], box))
    with signed(agreement(), replace(WISH, later=(), widget=shown, signer_name="PUTRI AYU")) as pdf:
        (field,) = pdf.Root.AcroForm.Fields
        element = dict(pikepdf.NumberTree(pdf.Root.StructTreeRoot.ParentTree).items())[int(field.StructParent)]
        assert str(element.Alt) == str(field.TU) == "Tanda tangan elektronik: PUTRI AYU"
