import io

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes.documents import agreement, page_with, saved

from absah.kernel.errors import AbsahError
from absah.pdf.geometry import Rect
from absah.pdf.intake import Certification, FieldContent, Limits, inspect, require_signable
from absah.pdf.refusals import (
    CertifiedNoChanges,
    Damaged,
    Empty,
    Encrypted,
    NoPages,
    NotAPdf,
    PasswordWrong,
    TooLarge,
    TooManyPages,
    Truncated,
)

LOCKED = pikepdf.Encryption(user="pembaca", owner="pemilik")


def with_fields(*fields: pikepdf.Dictionary, permissions: int | None = None) -> bytes:
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(200, 200))
    made = [pdf.make_indirect(field) for field in fields]
    page.Annots = pikepdf.Array(made)
    pdf.Root.AcroForm = pdf.make_indirect(pikepdf.Dictionary(Fields=pikepdf.Array(made)))
    if permissions is not None:
        reference = pikepdf.Dictionary(
            TransformMethod=pikepdf.Name.DocMDP, TransformParams=pikepdf.Dictionary(P=permissions)
        )
        signature = pikepdf.Dictionary(Type=pikepdf.Name.Sig, Reference=pikepdf.Array([reference]))
        pdf.Root.Perms = pikepdf.Dictionary(DocMDP=pdf.make_indirect(signature))
    return saved(pdf)


def signature_field(name: str, **entries) -> pikepdf.Dictionary:
    return pikepdf.Dictionary(
        FT=pikepdf.Name.Sig, T=pikepdf.String(name), Subtype=pikepdf.Name.Widget, Rect=[10, 20, 60, 40], **entries
    )


def test_a_typeset_agreement_tells_what_it_is() -> None:
    facts = inspect(agreement())
    assert (len(facts.pages), facts.pdfa, facts.tagged, facts.encrypted) == (2, "PDF/A-3b", True, False)
    assert (facts.fields, facts.signed, facts.certification, facts.xfa) == ((), False, None, False)
    assert (facts.pages[0].number, round(facts.pages[0].width), round(facts.pages[0].height)) == (1, 595, 842)


@pytest.mark.parametrize(
    ("document", "refusal"),
    [
        (b"", Empty),
        (b"PK\x03\x04 an archive", NotAPdf),
        (b" " * 2000 + b"%PDF-1.7", NotAPdf),
        (b"%PDF-1.7\nnothing more", Truncated),
        (page_with()[:-200], Truncated),
        (page_with()[:300] + b"\nstartxref\n7\n%%EOF\n", Damaged),
        (b"%PDF-1.7\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF", Damaged),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_own_code(document, refusal) -> None:
    with pytest.raises(refusal):
        inspect(document)


def test_a_pdf_without_pages_is_refused() -> None:
    pdf = pikepdf.new()
    with pytest.raises(NoPages):
        inspect(saved(pdf))


def test_a_locked_pdf_wants_its_password() -> None:
    document = page_with(encryption=LOCKED)
    with pytest.raises(Encrypted):
        inspect(document)
    with pytest.raises(PasswordWrong):
        inspect(document, "salah")
    assert inspect(document, "pembaca").encrypted


def test_limits_are_limits() -> None:
    document = page_with(pages=3)
    assert inspect(document, limits=Limits(size=len(document), pages=3))
    with pytest.raises(TooLarge):
        inspect(document, limits=Limits(size=len(document) - 1))
    with pytest.raises(TooManyPages):
        inspect(document, limits=Limits(pages=2))


def test_page_boxes_are_read_with_rotation_unit_and_inheritance() -> None:
    turned = inspect(page_with(media=(50, 60, 450, 360), crop=(400, 340, 100, 100), rotate=-90, user_unit=2)).pages[0]
    assert turned.crop == Rect(left=100, bottom=100, right=400, top=340)
    assert (turned.rotation, turned.user_unit, turned.width, turned.height) == (270, 2.0, 480, 600)


@pytest.mark.parametrize("crop", [(1000, 1000, 2000, 2000), (-5000, -50, -10, 10)])
def test_a_crop_box_outside_shows_the_whole_page(crop) -> None:
    assert inspect(page_with(crop=crop)).pages[0].crop == Rect(left=0, bottom=0, right=400, top=300)


def test_a_crop_box_larger_than_the_page_is_cut() -> None:
    assert inspect(page_with(crop=(-10, 10, 1000, 1000))).pages[0].crop == Rect(left=0, bottom=10, right=400, top=300)


@pytest.mark.parametrize("rotate", [45, 1])
def test_a_rotation_that_is_none_is_damage(rotate) -> None:
    with pytest.raises(Damaged):
        inspect(page_with(rotate=rotate))


def test_signature_fields_are_listed_with_their_content() -> None:
    signed = signature_field("a", V=pikepdf.Dictionary(SubFilter=pikepdf.Name("/ETSI.CAdES.detached")))
    stamped = signature_field("b", V=pikepdf.Dictionary(SubFilter=pikepdf.Name("/ETSI.RFC3161")))
    other = pikepdf.Dictionary(FT=pikepdf.Name.Tx, T=pikepdf.String("nama"))
    facts = inspect(with_fields(signed, stamped, signature_field("c"), other))
    assert [(field.name, field.content) for field in facts.fields] == [
        ("a", FieldContent.SIGNATURE),
        ("b", FieldContent.TIMESTAMP),
        ("c", FieldContent.EMPTY),
    ]
    assert facts.fields[2].page == 1
    assert facts.fields[2].rect == Rect(left=10, bottom=20, right=60, top=40)
    assert facts.signed


def test_fields_in_a_tree_have_full_names_and_their_own_widgets() -> None:
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(200, 200))
    widget = pdf.make_indirect(pikepdf.Dictionary(Subtype=pikepdf.Name.Widget, Rect=[0, 0, 0, 0]))
    leaf = pdf.make_indirect(pikepdf.Dictionary(T=pikepdf.String("kiri"), Kids=[widget]))
    root = pdf.make_indirect(pikepdf.Dictionary(T=pikepdf.String("pihak"), FT=pikepdf.Name.Sig, Kids=[leaf]))
    page.Annots = pikepdf.Array([widget])
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[root])
    (field,) = inspect(saved(pdf)).fields
    assert (field.name, field.page, field.rect, field.content) == ("pihak.kiri", 1, None, FieldContent.EMPTY)


def test_a_field_tree_in_circles_is_cut() -> None:
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(200, 200))
    node = pdf.make_indirect(pikepdf.Dictionary(T=pikepdf.String("lingkar"), FT=pikepdf.Name.Sig))
    node.Kids = pikepdf.Array([node])
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[node])
    assert inspect(saved(pdf)).fields == ()


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_certification_is_known_and_no_changes_is_obeyed(number) -> None:
    facts = inspect(with_fields(signature_field("a"), permissions=number))
    assert facts.certification is Certification(number)
    if facts.certification is Certification.NO_CHANGES:
        with pytest.raises(CertifiedNoChanges):
            require_signable(facts)
    else:
        require_signable(facts)


def test_a_certification_without_words_allows_form_filling() -> None:
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(200, 200))
    pdf.Root.Perms = pikepdf.Dictionary(DocMDP=pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Sig)))
    assert inspect(saved(pdf)).certification is Certification.FORM_FILLING


def test_a_permission_that_no_norm_knows_is_damage() -> None:
    with pytest.raises(Damaged):
        inspect(with_fields(signature_field("a"), permissions=9))


@pytest.mark.parametrize(
    ("packet", "compress", "claim"),
    [
        (b"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>", False, "PDF/A-2u"),
        (b'<x pdfaid:part="4"/>', True, "PDF/A-4"),
        (b"nothing of the kind", False, None),
    ],
)
def test_a_pdfa_claim_is_read_from_the_metadata(packet, compress, claim) -> None:
    pdf = pikepdf.open(io.BytesIO(page_with()))
    metadata = pdf.make_stream(packet)
    metadata.Type, metadata.Subtype = pikepdf.Name.Metadata, pikepdf.Name.XML
    pdf.Root.Metadata = metadata
    document = saved(pdf, compress_streams=compress, fix_metadata_version=False)
    assert inspect(document).pdfa == claim


@given(start=st.integers(0, 1500), noise=st.binary(min_size=1, max_size=40))
def test_noise_gives_a_coded_error_or_facts_and_nothing_else(start, noise) -> None:
    document = bytearray(page_with())
    document[start : start + len(noise)] = noise
    codes = []
    try:
        inspect(bytes(document))
    except AbsahError as refusal:
        codes.append(refusal.code)
    assert all(code.startswith("pdf.") for code in codes)
