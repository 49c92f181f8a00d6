"""A document that pyHanko signs stays tagged where ours would, and an odd structure is left alone by both."""

import io
from dataclasses import replace

import pikepdf
import pytest
from tests.fakes.documents import agreement
from tests.unit.signing.engine.test_structure import TREES, UNTAGGED, WISH

from absah.adapters.pyhanko_engine import PyHankoEngine
from absah.signing.ports import SignatureField

ENGINE = PyHankoEngine()


def signed(document: bytes, wish: SignatureField = WISH) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(ENGINE.prepare(document, wish).document), attempt_recovery=False)


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
            assert (element.S, element.P.objgen, element.K.Obj.objgen) == ("/Form", top.objgen, field.objgen)
            assert str(field.TU) == str(element.Alt) == "Tanda tangan elektronik"
        assert pdf.pages[0].Tabs == "/S"
        assert int(tree.ParentTreeNextKey) == int(second.StructParent) + 1
        limits = tree.ParentTree.get("/Limits")
        assert limits is None or [int(limit) for limit in limits] == [min(elements), max(elements)]


@pytest.mark.parametrize("kind", sorted(UNTAGGED))
def test_an_odd_structure_is_left_alone(kind: str) -> None:
    with signed(UNTAGGED[kind]) as pdf:
        assert not any("/StructParent" in field for field in pdf.Root.AcroForm.Fields)


def test_filling_a_place_tags_nothing_twice_and_a_signed_structure_is_left_alone() -> None:
    first = ENGINE.prepare(agreement(), WISH).document
    with signed(agreement(), replace(WISH, later=())) as pdf:
        untouched = len(pikepdf.NumberTree(pdf.Root.StructTreeRoot.ParentTree))
    more = tuple(replace(later, name=f"{later.name}a") for later in WISH.later)
    for wish in (replace(WISH, later=(), name="Pihak2"), replace(WISH, later=more)):
        with signed(first, wish) as pdf:
            assert len(pikepdf.NumberTree(pdf.Root.StructTreeRoot.ParentTree)) == untouched + len(WISH.later)
