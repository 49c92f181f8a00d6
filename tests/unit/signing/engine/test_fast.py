import hashlib
import io
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from tests.fakes.documents import agreement, page_with
from tests.fakes.raw_pdf import PAGES, plain, stream, streamed
from tests.fakes.signing import NOW

from absah.adapters.file_source import FileSource
from absah.pdf.appearance import SignatureLook, draw_appearance
from absah.pdf.geometry import PageMissing, Rect
from absah.pdf.intake import Certification, FieldContent, inspect
from absah.pdf.reader.source import BytesSource, ExtendedSource, whole
from absah.pdf.refusals import CertifiedNoChanges
from absah.pki.algorithms import DigestAlgorithm
from absah.signing.engine.fast import FastEngine
from absah.signing.engine.permissions import FieldLocked
from absah.signing.hashing import hash_of
from absah.signing.material import ValidationMaterial
from absah.signing.ports import EmptyField, InvisibleWidget, SignatureField, VisibleWidget
from absah.signing.refusals import CertificationNotFirst, CertifiedWithoutPlace, ContentsOverflow, FieldFilled

ENGINE = FastEngine()
WISH = SignatureField(widget=InvisibleWidget(), at=NOW, digest=DigestAlgorithm.SHA256, reserve=100)
BOX = Rect(left=20, bottom=20, right=140, top=90)
LATER = EmptyField(name="Pihak2", page=1, rect=BOX, width=120, height=70)
WIDGET = b"<</FT/Sig/T(a)/Subtype/Widget/Rect[0 0 10 10]/P 3 0 R%s>>"
CLASSIC = plain(PAGES)
KINDS = {
    "classic": CLASSIC,
    "stream": streamed(PAGES),
    "object stream": streamed({4: b"null"}, inside=PAGES),
    "typst": agreement(),
    "linearised": page_with(linearize=True),
    "qpdf": page_with(object_stream_mode=pikepdf.ObjectStreamMode.generate),
}


def opened(document: bytes) -> pikepdf.Pdf:
    pdf = pikepdf.open(io.BytesIO(document), attempt_recovery=False)
    assert pdf.check_pdf_syntax() == []
    assert pdf.get_warnings() == []
    return pdf


def catalog(more: bytes, **objects: bytes) -> bytes:
    numbered = {int(name[1:]): body for name, body in objects.items()}
    return plain(PAGES | {1: b"<</Type/Catalog/Pages 2 0 R%s>>" % more} | numbered)


def signed(document: bytes, wish: SignatureField = WISH) -> bytes:
    return whole(ENGINE.prepare(document, wish).filled(b"\x30\x00"))


def shown(document: bytes) -> VisibleWidget:
    look = SignatureLook(name="PUTRI AYU", post=None, at=NOW, link="https://v.contoh.go.id/1", trial=True)
    return VisibleWidget(appearance=draw_appearance(look, inspect(document).pages[0], BOX))


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("algorithm", [DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512])
def test_the_digest_covers_everything_but_the_gap(kind: str, algorithm: DigestAlgorithm) -> None:
    document = KINDS[kind]
    reserved = ENGINE.prepare(document, replace(WISH, digest=algorithm))
    start, first, second, rest = reserved.byte_range
    assert (start, second + rest, reserved.room) == (0, len(reserved.document), 100)
    assert reserved.document.startswith(document)
    assert reserved.document[first:second] == b"<" + b"0" * 200 + b">"
    assert reserved.digest == algorithm.digest(reserved.document[:first] + reserved.document[second:])
    with opened(whole(reserved.filled(b"\xab" * 100))) as pdf:
        (field,) = pdf.Root.AcroForm.Fields
        assert bytes(field.V.Contents) == b"\xab" * 100
        assert [int(number) for number in field.V.ByteRange] == list(reserved.byte_range)
        assert [annotation.objgen for annotation in pdf.pages[0].obj.Annots][-1] == field.objgen
        assert int(pdf.Root.AcroForm.SigFlags) == 3


def test_an_overflow_is_refused() -> None:
    reserved = ENGINE.prepare(CLASSIC, WISH)
    with pytest.raises(ContentsOverflow):
        whole(reserved.filled(bytes(101)))
    with pytest.raises(ContentsOverflow):
        ENGINE.prepare_on(BytesSource(CLASSIC), WISH).filled(bytes(101))


def test_two_signatures_of_the_same_document_differ() -> None:
    assert ENGINE.prepare(CLASSIC, WISH).digest != ENGINE.prepare(CLASSIC, WISH).digest


def test_the_dictionary_says_who_when_where_and_why() -> None:
    wish = replace(WISH, signer_name="PUTRI AYU", reason="Sétuju", location="Jakarta", name="pihak.satu")
    with opened(signed(agreement(), wish)) as pdf:
        (parent,) = pdf.Root.AcroForm.Fields
        (made,) = parent.Kids
        assert made.Parent.objgen == parent.objgen
        assert (str(made.V.Name), str(made.V.Reason), str(made.V.Location)) == ("PUTRI AYU", "Sétuju", "Jakarta")
        assert str(made.V.M) == "D:20261121091500+07'00'"
        assert made.V.SubFilter == pikepdf.Name("/ETSI.CAdES.detached")
        assert str(made.TU) == "Tanda tangan elektronik: PUTRI AYU"
        assert int(made.F) & 0b111 == 0b100  # printed, not hidden, not invisible: PDF/A
    again = signed(signed(agreement(), wish), replace(wish, name="pihak.dua.atas"))
    assert [field.name for field in inspect(again).fields] == ["pihak.satu", "pihak.dua.atas"]


def test_names_are_unique() -> None:
    first = ENGINE.prepare(CLASSIC, replace(WISH, later=(replace(LATER, name="Signature1"),)))
    assert first.field_name == "Signature2"
    assert ENGINE.prepare(first.document, WISH).field_name == "Signature3"
    assert ENGINE.prepare_timestamp(first.document, 10).field_name == "Timestamp1"


FORMS = {
    "direct": catalog(b"/AcroForm<</Fields[4 0 R]/SigFlags 1/DA(x)>>", o4=WIDGET % b""),
    "direct without fields": catalog(b"/AcroForm<</DA(x)>>"),
    "object": catalog(b"/AcroForm 5 0 R", o4=WIDGET % b"", o5=b"<</Fields[4 0 R]/SigFlags 3/DA(x)>>"),
    "object with array": catalog(b"/AcroForm 5 0 R", o4=WIDGET % b"", o5=b"<</Fields 6 0 R/DA(x)>>", o6=b"[4 0 R]"),
    "direct with array": catalog(b"/AcroForm<</Fields 6 0 R/DA(x)>>", o4=WIDGET % b"", o6=b"[]"),
    "null": catalog(b"/AcroForm null"),
    "gone": catalog(b"/AcroForm 9 0 R"),
    "fields gone": catalog(b"/AcroForm<</Fields 9 0 R/DA(x)>>"),
}


@pytest.mark.parametrize("kind", sorted(FORMS))
def test_every_kind_of_form_takes_a_field(kind: str) -> None:
    document = signed(FORMS[kind])
    with opened(signed(document)) as pdf:
        form = pdf.Root.AcroForm
        assert [str(field.T) for field in form.Fields][-2:] == ["Signature1", "Signature2"]
        assert int(form.SigFlags) == 3
        if "gone" not in kind and "null" not in kind:
            assert str(form.DA) == "x"


ANNOTATIONS = {
    "none": b"",
    "direct": b"/Annots[ 4 0 R ]",
    "object": b"/Annots 5 0 R",
    "null": b"/Annots null",
    "gone": b"/Annots 9 0 R",
}


@pytest.mark.parametrize("kind", sorted(ANNOTATIONS))
def test_every_kind_of_annotations_takes_a_widget(kind: str) -> None:
    page = b"<</Type/Page/Parent 2 0 R/Resources<<>>/Rotate 90%s>>" % ANNOTATIONS[kind]
    document = plain(PAGES | {3: page, 4: b"<</Type/Annot/Subtype/Link/Rect[0 0 1 1]>>", 5: b"[4 0 R]"})
    with opened(signed(signed(document))) as pdf:
        there = ["/Link"] if kind in {"direct", "object"} else []
        found = [str(annotation.Subtype) for annotation in pdf.pages[0].obj.Annots]
        assert found == [*there, "/Widget", "/Widget"]
        assert int(pdf.pages[0].obj.Rotate) == 90


def test_a_visible_signature_shows_its_picture_and_stands_where_it_should() -> None:
    document = page_with(rotate=90)
    wish = replace(WISH, widget=shown(document))
    with opened(signed(signed(document, wish), wish)) as pdf:
        for field in pdf.Root.AcroForm.Fields:
            picture = field.AP.N
            appearance = wish.widget.appearance
            assert picture.read_bytes() == appearance.content
            assert [float(edge) for edge in picture.BBox] == [0, 0, 120, 70]
            assert [float(edge) for edge in field.Rect] == pytest.approx(list(appearance.rect.corners))
            assert picture.Resources.Font.R.DescendantFonts[0].FontDescriptor.FontFile2.read_bytes()


@pytest.mark.parametrize("kind", ["merged", "apart"])
def test_an_empty_field_is_used_by_its_name(kind: str) -> None:
    fields = {
        "merged": {"o4": WIDGET % b"/F 2"},
        "apart": {"o4": b"<</FT/Sig/T(a)/Kids[5 0 R]>>", "o5": b"<</Subtype/Widget/Parent 4 0 R/Rect[0 0 10 10]>>"},
    }
    document = catalog(b"/AcroForm<</Fields[4 0 R]>>", **fields[kind])
    wish = replace(WISH, name="a", widget=shown(document))
    with opened(signed(document, wish)) as pdf:
        (field,) = pdf.Root.AcroForm.Fields
        widget = field if kind == "merged" else field.Kids[0]
        assert field.objgen == (4, 0)
        assert field.V.Type == pikepdf.Name.Sig
        assert widget.AP.N.Subtype == pikepdf.Name.Form
        assert int(widget.F) & 4
    with pytest.raises(FieldFilled):
        ENGINE.prepare(signed(document, wish), wish)


def test_places_are_kept_for_later_signers_and_taken_by_them() -> None:
    document = signed(agreement(None), replace(WISH, certify=True, later=(LATER,)))
    facts = inspect(document)
    assert facts.certification is Certification.FORM_FILLING
    place = facts.fields[0]
    assert (place.name, place.content, place.rect) == ("Pihak2", FieldContent.EMPTY, BOX)
    second = signed(document, replace(WISH, name="Pihak2", widget=shown(document)))
    assert all(field.content is FieldContent.SIGNATURE for field in inspect(second).fields)


@pytest.mark.parametrize("allowed", list(Certification))
def test_a_certification_says_what_it_allows_and_is_heeded(allowed: Certification) -> None:
    document = signed(CLASSIC, replace(WISH, certify=True, permissions=allowed))
    assert inspect(document).certification is allowed
    visible = replace(WISH, widget=shown(document))
    if allowed is Certification.NO_CHANGES:
        with pytest.raises(CertifiedNoChanges):
            ENGINE.prepare(document, WISH)
    elif allowed is Certification.FORM_FILLING:
        assert signed(document)
        with pytest.raises(CertifiedWithoutPlace):
            ENGINE.prepare(document, visible)
        with pytest.raises(CertifiedWithoutPlace):
            ENGINE.prepare(document, replace(WISH, later=(LATER,)))
    else:
        assert signed(document, visible)


def test_a_certification_comes_first_or_not_at_all() -> None:
    with pytest.raises(CertificationNotFirst):
        ENGINE.prepare(signed(CLASSIC), replace(WISH, certify=True))
    other = catalog(b"/Perms<</UR3 4 0 R>>/AcroForm<</Fields[5 0 R]>>", o4=b"<<>>", o5=b"<</FT/Tx/T(b)/V(text)>>")
    with opened(signed(other, replace(WISH, certify=True))) as pdf:
        assert set(pdf.Root.Perms.keys()) == {"/UR3", "/DocMDP"}


LOCKS = [
    (b"<</Action/All>>", "Signature1", True),
    (b"<</Action/Include/Fields[(b)]>>", "b", True),
    (b"<</Action/Include/Fields[(b)]>>", "b.c", True),
    (b"<</Action/Include/Fields[(b)]>>", "bc", False),
    (b"<</Action/Exclude/Fields[(b)]>>", "b", False),
    (b"<</Action/Exclude/Fields[(x)]>>", "b", True),
]


@pytest.mark.parametrize(("lock", "name", "locked"), LOCKS)
def test_a_lock_is_written_and_heeded(lock: bytes, name: str, locked: bool) -> None:
    document = catalog(b"/AcroForm<</Fields[4 0 R]>>", o4=WIDGET % b"/Lock 5 0 R", o5=lock)
    document = signed(document, replace(WISH, later=(replace(LATER, name=name),), name="a"))
    with opened(document) as pdf:
        (reference,) = pdf.Root.AcroForm.Fields[0].V.Reference
        assert reference.TransformMethod == pikepdf.Name.FieldMDP
        assert reference.Data.objgen == pdf.Root.objgen
    wish = replace(WISH, name=name)
    if locked:
        with pytest.raises(FieldLocked):
            ENGINE.prepare(document, wish)
    else:
        assert signed(document, wish)


def test_a_page_that_does_not_exist_is_refused() -> None:
    with pytest.raises(PageMissing):
        ENGINE.prepare(CLASSIC, replace(WISH, later=(replace(LATER, page=7),)))


EXTENSIONS = {
    "none": (b"", 1),
    "direct": (b"/Extensions<</ADBE<</BaseVersion/1.7/ExtensionLevel 8>>>>", 2),
    "object": (b"/Extensions 4 0 R", 2),
    "there": (b"/Extensions<</ESIC<</BaseVersion/1.7/ExtensionLevel 5>>>>", 1),
    "PDF 2.0 by its catalog": (b"/Version/2.0", 0),
}


@pytest.mark.parametrize("kind", sorted(EXTENSIONS))
def test_the_extension_is_declared_where_it_is_one(kind: str) -> None:
    more, count = EXTENSIONS[kind]
    document = catalog(more, o4=b"<</ADBE<</BaseVersion/1.7/ExtensionLevel 8>>>>")
    with opened(signed(signed(document))) as pdf:
        extensions = pdf.Root.get("/Extensions", {})
        assert len(extensions) == count
        if count:
            assert int(extensions.ESIC.ExtensionLevel) == (5 if kind == "there" else 1)
    with opened(signed(CLASSIC.replace(b"%PDF-1.7", b"%PDF-2.0"))) as pdf:
        assert "/Extensions" not in pdf.Root


MATERIAL = ValidationMaterial(certificates=(b"0\x01a", b"0\x01b"), crls=(b"0\x01c",), ocsps=(b"0\x01d",))
STORES = {
    "none": catalog(b""),
    "direct": catalog(b"/DSS<</Certs[4 0 R]>>", o4=stream(b"0\x01b")),
    "object": catalog(b"/DSS 5 0 R", o4=stream(b"0\x01b"), o5=b"<</Type/DSS/Certs 6 0 R/VRI<<>>>>", o6=b"[4 0 R]"),
}


@pytest.mark.parametrize("kind", sorted(STORES))
def test_material_is_merged_into_the_store(kind: str) -> None:
    document = whole(ENGINE.embed_material(STORES[kind], MATERIAL))
    assert document.startswith(STORES[kind])
    with opened(document) as pdf:
        store = pdf.Root.DSS
        found = {key: sorted(item.read_bytes() for item in store[key]) for key in ("/Certs", "/CRLs", "/OCSPs")}
        assert found == {"/Certs": [b"0\x01a", b"0\x01b"], "/CRLs": [b"0\x01c"], "/OCSPs": [b"0\x01d"]}
        assert ("/VRI" in store) is (kind == "object")
    assert whole(ENGINE.embed_material(document, MATERIAL)) == document
    more = whole(ENGINE.embed_material(document, ValidationMaterial(crls=(b"0\x01e", b"0\x01e"))))
    with opened(more) as pdf:
        assert len(pdf.Root.DSS.CRLs) == 2
        assert len(pdf.Root.DSS.Certs) == 2


def test_material_can_come_in_the_same_revision() -> None:
    wish = replace(WISH, certify=True, permissions=Certification.NO_CHANGES, material=MATERIAL)
    section = ENGINE.prepare_on(BytesSource(CLASSIC), wish)
    document = CLASSIC + section.filled(b"\x30\x00")
    assert document.count(b"%%EOF") == 2
    with opened(document) as pdf:
        assert len(pdf.Root.DSS.Certs) == 2
    more = replace(WISH, material=ValidationMaterial(certificates=(b"0\x01b",)))
    again = ENGINE.prepare_on(BytesSource(STORES["object"]), more)
    assert again.filled(b"")


def test_a_document_time_stamp_closes_the_document() -> None:
    document = whole(ENGINE.prepare_timestamp(signed(agreement()), 50).filled(b"\x30\x00"))
    stamp = inspect(document).fields[-1]
    assert (stamp.name, stamp.content) == ("Timestamp1", FieldContent.TIMESTAMP)
    with opened(document) as pdf:
        assert pdf.Root.AcroForm.Fields[-1].V.Type == pikepdf.Name.DocTimeStamp


def test_a_file_is_signed_without_being_in_memory_and_hashed_once(tmp_path: Path) -> None:
    path = tmp_path / "in.pdf"
    path.write_bytes(agreement())
    algorithm = DigestAlgorithm.SHA256
    with FileSource(path) as source:
        state = hash_of(source, algorithm)
        signature = ENGINE.prepare_on(source, WISH, hashed=state).filled(b"\x30\x00")
        first = ExtendedSource(source, signature)
        state.update(signature)
        material = ENGINE.material_on(first, MATERIAL)
        second = ExtendedSource(first, material)
        state.update(material)
        stamp = ENGINE.prepare_timestamp_on(second, 100, digest=algorithm, hashed=state)
        document = path.read_bytes() + signature + material + stamp.appended
    assert stamp.original_size == second.size
    start, first_length, rest, _ = stamp.byte_range
    assert stamp.digest == hashlib.sha256(document[start:first_length] + document[rest:]).digest()
    assert stamp.room == 100
    with opened(document) as pdf:
        assert [str(field.T) for field in pdf.Root.AcroForm.Fields] == ["Signature1", "Timestamp1"]


def test_kids_of_a_parent_may_be_an_object_of_their_own() -> None:
    objects = {"o4": b"<</T(pihak)/Kids 5 0 R>>", "o5": b"[6 0 R]", "o6": b"<</T(satu)/FT/Sig/Parent 4 0 R>>"}
    document = catalog(b"/AcroForm<</Fields[4 0 R]>>", **objects)
    with opened(signed(document, replace(WISH, name="pihak.dua"))) as pdf:
        (parent,) = pdf.Root.AcroForm.Fields
        assert [str(kid.T) for kid in parent.Kids] == ["satu", "dua"]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_next_revision_needs_no_second_reading(kind: str) -> None:
    document = KINDS[kind]
    section = ENGINE.prepare_on(BytesSource(document), replace(WISH, widget=shown(document)))
    first = section.filled(b"\x30\x00")
    assert section.signed(document, b"\x30\x00") == document + first
    stamp = ENGINE.prepare_timestamp_on(section.read_on(first), 100, digest=DigestAlgorithm.SHA256)
    whole = document + first + stamp.filled(b"\x30\x01")
    again = ENGINE.prepare_timestamp_on(
        ExtendedSource(BytesSource(document), first), 100, digest=DigestAlgorithm.SHA256
    )
    assert stamp.byte_range == again.byte_range
    with opened(whole) as pdf:
        assert [str(field.T) for field in pdf.Root.AcroForm.Fields] == ["Signature1", "Timestamp1"]
        assert len(pdf.pages[0].obj.Annots) >= 2
    start, length, second, rest = stamp.byte_range
    assert stamp.digest == DigestAlgorithm.SHA256.digest(whole[start:length] + whole[second : second + rest])
