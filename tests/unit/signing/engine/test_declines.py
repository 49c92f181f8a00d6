"""Every reason on the list, with a document that gives it and the other engine that takes it."""

import pickle
from dataclasses import replace

import pikepdf
import pytest
from tests.fakes.documents import page_with
from tests.fakes.raw_pdf import PAGES, appended, plain
from tests.fakes.signing import NOW

from absah.adapters.engines import ChosenEngine
from absah.kernel.messages import Language, explain
from absah.pdf.reader.source import ByteSource, BytesSource, Document, source_of, whole
from absah.pki.algorithms import DigestAlgorithm
from absah.signing.engine.fast import FastEngine
from absah.signing.engine.reasons import Declined, Reason
from absah.signing.material import ValidationMaterial
from absah.signing.ports import InvisibleWidget, ReservedDocument, SignatureField

WISH = SignatureField(widget=InvisibleWidget(), at=NOW, digest=DigestAlgorithm.SHA256, reserve=100)
NAMED = replace(WISH, name="a")
CERTIFYING = replace(WISH, certify=True)
ENGINE = FastEngine()
MATERIAL = ValidationMaterial(certificates=(b"0\x00",))


def catalog(more: bytes, **objects: bytes) -> bytes:
    """A file with more in its catalog, and objects from number 4 (o4, o5, …)."""
    numbered = {int(name[1:]): body for name, body in objects.items()}
    return plain(PAGES | {1: b"<</Type/Catalog/Pages 2 0 R%s>>" % more} | numbered)


def form(field: bytes, **objects: bytes) -> bytes:
    """A file with one field in its form, which is object 4."""
    return catalog(b"/AcroForm<</Fields[4 0 R]>>", o4=field, **objects)


WIDGET = b"<</FT/Sig/T(a)/Subtype/Widget/Rect[0 0 0 0]/P 3 0 R%s>>"

CASES = [
    (Reason.UNREADABLE, b"x" + plain(PAGES), WISH),
    (Reason.UNREADABLE, plain(PAGES | {2: b"<</Type/Pages/Kids[3 0 R]/Count -1>>"}), WISH),
    (Reason.ENCRYPTED, page_with(encryption=pikepdf.Encryption(user="baca", owner="milik")), WISH),
    (Reason.DYNAMIC_FORM, catalog(b"/AcroForm<</Fields[]/XFA(x)>>"), WISH),
    (Reason.FIELD_TREE, catalog(b"/AcroForm<</Fields/None>>"), WISH),
    (Reason.FIELD_TREE, catalog(b"/AcroForm<</Fields[9 0 R]>>"), WISH),
    (Reason.FIELD_TREE, catalog(b"/AcroForm<</Fields[%s]>>" % (WIDGET % b"")), NAMED),
    (Reason.FIELD_TREE, form(WIDGET % b""), replace(WISH, name="a.b")),
    (Reason.FIELD_TREE, form(b"<</T(a)/Kids[5 0 R]>>", o5=b"<</Subtype/Widget>>"), replace(WISH, name="a.b")),
    (Reason.FIELD_TREE, form(b"<</T(a)/Parent 4 0 R>>"), NAMED),
    (Reason.FIELD_TREE, form(b"<</T(a)/Kids[4 0 R]>>"), CERTIFYING),
    (Reason.FIELD_TREE, form(b"<</T(a)/Kids[4 0 R]>>"), replace(WISH, name=".".join(["a"] * 40))),
    (Reason.NOT_A_SIGNATURE_FIELD, form(b"<</FT/Tx/T(a)>>"), NAMED),
    (Reason.NOT_A_SIGNATURE_FIELD, form(b"<</T(a)>>"), NAMED),
    (Reason.SEVERAL_WIDGETS, form(b"<</FT/Sig/T(a)/Kids[5 0 R 6 0 R]>>", o5=WIDGET % b"", o6=WIDGET % b""), NAMED),
    (Reason.SEVERAL_WIDGETS, form(b"<</FT/Sig/T(a)>>"), NAMED),
    (Reason.SEVERAL_WIDGETS, form(b"<</FT/Sig/T(a)/Kids[5 0 R]>>", o5=b"<</Subtype/Link>>"), NAMED),
    (Reason.SEED_VALUES, form(WIDGET % b"/SV<</Ff 1>>"), NAMED),
    (Reason.LOCK_WITH_PERMISSIONS, form(WIDGET % b"/Lock<</Action/All/P 1>>"), NAMED),
    (Reason.LOCK_WITH_PERMISSIONS, form(WIDGET % b"/Lock<</Action/Some>>"), NAMED),
    (Reason.LOCK_WITH_PERMISSIONS, form(WIDGET % b"/Lock<</Action/Include>>"), NAMED),
    (Reason.PERMISSIONS, catalog(b"/Perms<</DocMDP 4 0 R>>", o4=b"<</Type/Sig>>"), WISH),
    (
        Reason.PERMISSIONS,
        catalog(
            b"/Perms<</DocMDP 4 0 R>>",
            o4=b"<</Reference[<</TransformMethod/DocMDP/TransformParams<</P 9>>>><</TransformMethod/Other>>]>>",
        ),
        WISH,
    ),
    (Reason.SECOND_READER, appended(plain(PAGES | {9: b"null"}), {2: b"<</Kids[3 0 R 3 0 R]/Count 1>>"}, size=4), WISH),
    (Reason.ANNOTATIONS, plain(PAGES | {3: b"<</Type/Page/Parent 2 0 R/Annots/None>>"}), WISH),
    (Reason.ANNOTATIONS, plain(PAGES | {3: b"<</Type/Page/Parent 2 0 R/Annots 4 0 R>>", 4: b"<<>>"}), WISH),
]  # fmt: skip
STORES = [
    catalog(b"/DSS[1]"),
    catalog(b"/DSS<</Certs/None>>"),
    catalog(b"/DSS<</Certs[4 0 R]>>", o4=b"<<>>"),
    catalog(b"/DSS<</Certs[(x)]>>"),
    catalog(b"/DSS<</Certs[9 0 R]>>"),
]


def test_every_reason_has_a_case() -> None:
    assert {reason for reason, _, _ in CASES} | {Reason.SECURITY_STORE} == set(Reason)


@pytest.mark.parametrize(("reason", "document", "wish"), CASES)
def test_what_is_on_the_list_is_declined(reason: Reason, document: bytes, wish: SignatureField) -> None:
    assert ENGINE.declines(document, wish) is reason


@pytest.mark.parametrize("document", STORES)
def test_an_odd_store_is_declined(document: bytes) -> None:
    with pytest.raises(Declined) as refusal:
        ENGINE.material_on(BytesSource(document), MATERIAL)
    assert refusal.value.reason is Reason.SECURITY_STORE


def test_what_is_not_on_the_list_is_signed() -> None:
    assert ENGINE.declines(plain(PAGES), WISH) is None


class Careful:
    """Stands where pyHanko stands, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def prepare(self, document: Document, field: SignatureField, /, *, password: str | None = None) -> ReservedDocument:
        del document
        self.asked.append(f"prepare {password}")
        return ENGINE.prepare(plain(PAGES), field)

    def prepare_timestamp(self, document: Document, reserve: int, /, *, digest, password=None) -> ReservedDocument:
        del document
        self.asked.append(f"timestamp {password}")
        return ENGINE.prepare_timestamp(plain(PAGES), reserve, digest=digest)

    def embed_material(self, document: Document, material: ValidationMaterial, /, *, password=None) -> ByteSource:
        del material
        self.asked.append(f"material {password}")
        return source_of(document)


@pytest.mark.parametrize(("reason", "document", "wish"), CASES)
def test_what_is_declined_goes_to_the_other_engine(reason: Reason, document: bytes, wish: SignatureField) -> None:
    careful, heard = Careful(), []
    engine = ChosenEngine(careful=lambda: careful, on_declined=heard.append)
    reserved = engine.prepare(document, wish, password="p")
    assert careful.asked == ["prepare p"]
    assert [refusal.reason for refusal in heard] == [reason]
    assert whole(reserved.filled(b"\x30\x00")).startswith(plain(PAGES))


def test_time_stamps_and_material_go_there_too() -> None:
    careful = Careful()
    engine = ChosenEngine(careful=lambda: careful)
    engine.prepare_timestamp(b"x", 10, password="p")
    engine.embed_material(b"x", MATERIAL, password="p")
    assert careful.asked == ["timestamp p", "material p"]


def test_what_can_be_signed_does_not_go_there() -> None:
    careful = Careful()
    document = ChosenEngine(careful=lambda: careful).prepare(plain(PAGES), WISH).document
    stamped = ChosenEngine(careful=lambda: careful).prepare_timestamp(document, 10).document
    ChosenEngine(careful=lambda: careful).embed_material(stamped, MATERIAL)
    assert careful.asked == []


def test_locked_documents_are_signed_by_pyhanko() -> None:
    document = page_with(encryption=pikepdf.Encryption(user="baca", owner="milik"))
    assert ChosenEngine().prepare(document, WISH, password="baca").document.startswith(document)


def test_a_name_that_is_taken_keeps_no_place() -> None:
    from absah.pdf.geometry import Rect
    from absah.signing.ports import EmptyField

    later = EmptyField(name="a", page=1, rect=Rect(left=0, bottom=0, right=9, top=9), width=9, height=9)
    assert ENGINE.declines(form(WIDGET % b""), replace(WISH, later=(later,))) is Reason.FIELD_TREE


def test_a_form_without_end_is_declined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("absah.signing.engine.fields._MOST_FIELDS", 1)
    many = catalog(b"/AcroForm<</Fields[4 0 R 5 0 R]>>", o4=WIDGET % b"", o5=WIDGET % b"")
    assert ENGINE.declines(many, WISH) is Reason.FIELD_TREE


def test_a_refusal_crosses_process_borders() -> None:
    refusal = pickle.loads(pickle.dumps(Declined(reason=Reason.UNREADABLE, problem="pdf.xref-loop")))  # noqa: S301  # our own bytes
    assert (refusal.reason, refusal.parameters["problem"]) == (Reason.UNREADABLE, "pdf.xref-loop")
    assert explain(refusal, Language.ENGLISH).cause.endswith("(unreadable).")
