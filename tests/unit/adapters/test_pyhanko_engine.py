import io
import re
from dataclasses import replace

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.documents import agreement, page_with, saved
from tests.fakes.signing import NOW

from absah.adapters.pyhanko_engine import PyHankoEngine
from absah.kernel.errors import AbsahError
from absah.pdf.dates import Zone
from absah.pdf.geometry import Rect
from absah.pdf.intake import FieldContent, inspect
from absah.pdf.reader.source import whole
from absah.pdf.refusals import Encrypted, PasswordWrong
from absah.pki.algorithms import DigestAlgorithm
from absah.signing.material import ValidationMaterial
from absah.signing.ports import EmptyField, InvisibleWidget, SignatureField
from absah.signing.refusals import ContentsOverflow, EngineRefused

ENGINE = PyHankoEngine()
FIELD = SignatureField(widget=InvisibleWidget(), at=NOW, digest=DigestAlgorithm.SHA256, reserve=200)
LOCKED = pikepdf.Encryption(user="baca", owner="milik")


def test_the_digest_covers_everything_but_the_gap() -> None:
    reserved = ENGINE.prepare(agreement(), FIELD)
    start, first, second, rest = reserved.byte_range
    assert (start, second + rest) == (0, len(reserved.document))
    assert reserved.document[first:second] == b"<" + b"0" * 400 + b">"
    assert reserved.room == 200
    covered = reserved.document[:first] + reserved.document[second:]
    assert reserved.digest == DigestAlgorithm.SHA256.digest(covered)


def test_the_original_bytes_stay_in_front() -> None:
    reserved = ENGINE.prepare(agreement(), FIELD)
    assert reserved.document.startswith(agreement())
    stamped = ENGINE.prepare_timestamp(whole(reserved.filled(b"\x30\x00")), 100)
    assert stamped.document.startswith(reserved.document[: reserved.byte_range[1]])
    assert stamped.field_name == "Timestamp1"


def test_the_gap_is_filled_exactly_and_an_overflow_is_refused() -> None:
    reserved = ENGINE.prepare(agreement(), FIELD)
    filled = whole(reserved.filled(b"\xab" * 200))
    assert len(filled) == len(reserved.document)
    with pikepdf.open(io.BytesIO(filled)) as pdf:
        assert bytes(pdf.Root.AcroForm.Fields[0].V.Contents) == b"\xab" * 200
    with pytest.raises(ContentsOverflow) as refusal:
        whole(reserved.filled(b"\xab" * 201))
    assert refusal.value.parameters == {"needed": 201, "room": 200}


def test_the_dictionary_says_who_when_where_and_why() -> None:
    field = replace(
        FIELD, signer_name="PUTRI AYU", reason="Persetujuan", location="Jakarta", zone=Zone.WITA, name="pihak.satu"
    )
    document = ENGINE.prepare(agreement(), field).document
    pdf = pikepdf.open(io.BytesIO(document))
    (parent,) = pdf.Root.AcroForm.Fields
    (made,) = parent.Kids
    assert (str(made.V.Name), str(made.V.Reason), str(made.V.Location)) == ("PUTRI AYU", "Persetujuan", "Jakarta")
    assert str(made.V.M) == "D:20261121101500+08'00'"
    assert made.V.SubFilter == pikepdf.Name("/ETSI.CAdES.detached")
    assert str(made.TU) == "Tanda tangan elektronik: PUTRI AYU"
    assert int(made.F) & 0b111 == 0b100  # printed, not hidden, not invisible: PDF/A
    assert int(pdf.Root.AcroForm.SigFlags) == 3
    assert [field.name for field in inspect(document).fields] == ["pihak.satu"]


def test_names_are_unique() -> None:
    first = ENGINE.prepare(agreement(), replace(FIELD, later=(empty("Signature1", 2),)))
    assert first.field_name == "Signature2"
    second = ENGINE.prepare(whole(first.filled(b"")), FIELD)
    assert second.field_name == "Signature3"


BOX = Rect(left=50.5, bottom=50.25, right=240, top=120)


def empty(name: str, page: int) -> EmptyField:
    return EmptyField(name=name, page=page, rect=BOX, width=BOX.width, height=BOX.height)


def test_an_empty_field_has_the_frame_of_the_picture_to_come() -> None:
    """Filling it then changes content only; EU DSS calls another /BBox or /Filter a change that P=2 forbids."""
    turned = replace(empty("Nanti", 2), width=BOX.height, height=BOX.width)
    document = ENGINE.prepare(agreement(), replace(FIELD, later=(turned,))).document
    with pikepdf.open(io.BytesIO(document)) as pdf:
        picture = pdf.Root.AcroForm.Fields[0].AP.N
        assert [float(edge) for edge in picture.BBox] == pytest.approx([0, 0, BOX.height, BOX.width])
        assert picture.Filter == pikepdf.Name.FlateDecode
        assert picture.read_bytes() == b""


def test_fields_for_later_signers_are_empty_and_in_their_place() -> None:
    document = ENGINE.prepare(agreement(), replace(FIELD, later=(empty("Nanti", 2),))).document
    field = next(field for field in inspect(document).fields if field.name == "Nanti")
    assert (field.content, field.page, field.rect) == (FieldContent.EMPTY, 2, BOX)


def test_filled_fields_and_fields_of_another_kind_are_refused() -> None:
    signed = whole(ENGINE.prepare(agreement(), FIELD).filled(b""))
    with pytest.raises(EngineRefused):
        ENGINE.prepare(signed, replace(FIELD, name="Signature1"))
    pdf = pikepdf.open(io.BytesIO(page_with()))
    text = pdf.make_indirect(pikepdf.Dictionary(FT=pikepdf.Name.Tx, T=pikepdf.String("nama")))
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[text])
    with pytest.raises(EngineRefused):
        ENGINE.prepare(saved(pdf), replace(FIELD, name="nama"))


def test_a_certification_is_named_in_the_catalog_with_form_filling_allowed() -> None:
    document = ENGINE.prepare(agreement(), replace(FIELD, certify=True)).document
    pdf = pikepdf.open(io.BytesIO(document))
    (reference,) = pdf.Root.Perms.DocMDP.Reference
    assert (reference.TransformMethod, reference.TransformParams.P) == (pikepdf.Name.DocMDP, 2)


def test_material_goes_into_one_store_once() -> None:
    first = whole(ENGINE.embed_material(agreement(), ValidationMaterial(certificates=(b"a", b"b"), crls=(b"c",))))
    second = whole(ENGINE.embed_material(first, ValidationMaterial(certificates=(b"b", b"d"), ocsps=(b"o",))))
    assert second.startswith(first)
    with pikepdf.open(io.BytesIO(second)) as pdf:
        store = pdf.Root.DSS
        read = {str(key): [part.read_bytes() for part in store[key]] for key in ("/Certs", "/CRLs", "/OCSPs")}
    assert read == {"/Certs": [b"a", b"b", b"d"], "/CRLs": [b"c"], "/OCSPs": [b"o"]}
    assert whole(ENGINE.embed_material(second, ValidationMaterial(certificates=(b"a",), crls=(b"c",)))) == second


@pytest.mark.parametrize("streams", [pikepdf.ObjectStreamMode.generate, pikepdf.ObjectStreamMode.disable])
def test_the_kind_of_cross_reference_is_kept(streams) -> None:
    document = page_with(object_stream_mode=streams)
    added = ENGINE.prepare(document, FIELD).document[len(document) :]
    # Acrobat rebuilds a file whose last section is of another kind than the one before, and then refuses it.
    assert (b"/Type /XRef" in added) == (streams is pikepdf.ObjectStreamMode.generate)
    assert (re.search(rb"(?m)^xref", added) is not None) == (streams is pikepdf.ObjectStreamMode.disable)


@pytest.mark.parametrize(("r", "aes"), [(3, False), (4, True), (6, True)])
def test_locked_documents_are_opened_with_their_password(r, aes) -> None:
    locked = page_with(encryption=replace_encryption(r, aes=aes))
    with pytest.raises(Encrypted):
        ENGINE.prepare(locked, FIELD)
    with pytest.raises(PasswordWrong):
        ENGINE.prepare(locked, FIELD, password="salah")
    signed = whole(ENGINE.prepare(locked, FIELD, password="baca").filled(b"\x30\x00"))
    with_material = whole(ENGINE.embed_material(signed, ValidationMaterial(certificates=(b"a",)), password="baca"))
    stamped = ENGINE.prepare_timestamp(with_material, 100, password="baca").document
    assert [field.content.value for field in inspect(stamped, "baca").fields] == ["signature", "timestamp"]


def replace_encryption(revision: int, *, aes: bool) -> pikepdf.Encryption:
    return pikepdf.Encryption(user="baca", owner="milik", R=revision, aes=aes, metadata=revision > 3)


def test_a_document_locked_only_for_its_owner_needs_no_password() -> None:
    locked = page_with(encryption=pikepdf.Encryption(user="", owner="milik"))
    assert ENGINE.prepare(locked, FIELD).room == 200


def test_a_hybrid_file_is_signed_after_a_second_lenient_look() -> None:
    """A table whose trailer points to a stream with further objects, as old word processors write it."""
    document = hybrid()
    reserved = ENGINE.prepare(document, FIELD)
    assert reserved.document.startswith(document)
    assert [field.name for field in inspect(reserved.document).fields] == ["Signature1"]


def hybrid() -> bytes:
    parts = [b"%PDF-1.5\n"]
    offsets: dict[int, int] = {}

    def add(number: int, body: bytes) -> None:
        offsets[number] = sum(map(len, parts))
        parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, body))

    add(1, b"<</Type/Catalog/Pages 2 0 R>>")
    add(2, b"<</Type/Pages/Kids[3 0 R]/Count 1>>")
    add(3, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Resources<<>>>>")
    inside = b"5 0 <</Hidden true>>"
    add(4, b"<</Type/ObjStm/N 1/First 4/Length %d>>stream\n%s\nendstream" % (len(inside), inside))
    start = sum(map(len, parts))
    entries = b"\x02\x00\x04\x00" + b"\x01" + start.to_bytes(2, "big") + b"\x00"
    parts.append(
        b"6 0 obj\n<</Type/XRef/W[1 2 1]/Index[5 2]/Size 7/Root 1 0 R/Length %d>>stream\n%s\nendstream\nendobj\n"
        % (len(entries), entries)
    )
    table = sum(map(len, parts))
    parts.append(b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % offsets[n] for n in range(1, 5)))
    parts.append(b"trailer\n<</Size 7/Root 1 0 R/XRefStm %d>>\nstartxref\n%d\n%%%%EOF\n" % (start, table))
    return b"".join(parts)


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"%PDF-1.7 nothing",
        page_with()[:-30],
        page_with().replace(b"/Kids", b"/Kidz"),
        page_with().replace(b"/Pages", b"/Pagez"),
    ],
)
def test_what_pyhanko_stumbles_over_is_a_coded_error(document) -> None:
    with pytest.raises(EngineRefused) as refusal:
        ENGINE.prepare(document, FIELD)
    assert len(str(refusal.value.parameters["problem"])) <= 120


def test_a_page_that_does_not_exist_is_refused() -> None:
    with pytest.raises(EngineRefused):
        ENGINE.prepare(page_with(), replace(FIELD, later=(empty("x", 7),)))


@settings(max_examples=60)
@given(start=st.integers(0, 1200), noise=st.binary(min_size=1, max_size=30))
def test_noise_gives_a_coded_error_or_a_document_that_grew(start, noise) -> None:
    document = bytearray(page_with())
    document[start : start + len(noise)] = noise
    given_bytes = bytes(document)
    try:
        grown = ENGINE.prepare(given_bytes, FIELD).document
    except AbsahError:
        grown = given_bytes
    assert grown.startswith(given_bytes)


def test_metadata_stay_as_they_are() -> None:
    document = agreement("a-2b")
    signed = whole(ENGINE.embed_material(ENGINE.prepare(document, FIELD).document, ValidationMaterial(crls=(b"crl",))))
    before, after = (pikepdf.open(io.BytesIO(one)) for one in (document, signed))
    with before, after:
        assert after.Root.Metadata.objgen == before.Root.Metadata.objgen
        assert after.Root.Metadata.read_bytes() == before.Root.Metadata.read_bytes()
        assert ("/Info" in after.trailer) is ("/Info" in before.trailer)
        assert str(after.trailer.get("/Info")) == str(before.trailer.get("/Info"))
