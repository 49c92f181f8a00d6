"""What is seen in a PDF: bytes, fields, pictures, dates, material."""

import io
import zlib

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String
from tests.fixtures_pki import NOW

from absah.adapters import pdf_evidence_fields, pdf_evidence_material
from absah.adapters.pdf_evidence import gather_evidence
from absah.adapters.pdf_evidence_bytes import read_coverage, read_structure, sub_filter_beside
from absah.adapters.pdf_evidence_fields import read_form
from absah.adapters.pdf_evidence_statements import read_certification, read_date
from absah.validation.evidence import Covered, NotCovered, StructureProblem, UnreadableSignature


def saved(pdf: pikepdf.Pdf) -> bytes:
    written = io.BytesIO()
    pdf.save(written, static_id=True)
    return written.getvalue()


def one_page() -> pikepdf.Pdf:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    return pdf


def text_field(value: str, shown: bytes, **entries: object) -> bytes:
    """A form with one text field that holds `value` and draws `shown`."""
    pdf = one_page()
    font = pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
    stream = pdf.make_stream(b"/Tx BMC q BT /Helv 12 Tf 2 4 Td " + shown + b" ET Q EMC")
    stream["/Type"], stream["/Subtype"] = Name.XObject, Name.Form
    stream["/BBox"] = Array([0, 0, 300, 60])
    node = Dictionary(
        Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String("payee"), V=String(value),
        Rect=Array([10, 10, 310, 70]), F=4, AP=Dictionary(N=stream),
    )  # fmt: skip
    for key, entry in entries.items():
        node[f"/{key}"] = entry
    widget = pdf.make_indirect(node)
    pdf.pages[0].obj["/Annots"] = Array([widget])
    pdf.Root["/AcroForm"] = Dictionary(Fields=Array([widget]), DR=Dictionary(Font=Dictionary(Helv=font)))
    return saved(pdf)


def lies(document: bytes) -> list[tuple[str, int]]:
    return [(one.field_name, one.page) for one in gather_evidence(document).widgets]


def test_a_field_that_shows_what_it_holds_is_honest():
    assert lies(text_field("Dinas Komunikasi", b"(Dinas Komunikasi) Tj")) == []
    assert lies(text_field("Dua baris teks", b"(Dua baris) Tj 0 -14 Td (teks) Tj")) == []
    assert lies(text_field("", b"")) == []


def test_a_field_that_shows_something_else_is_found():
    assert lies(text_field("Attacker", b"(World Health Organisation) Tj")) == [("payee", 1)]
    assert lies(text_field("Rp1.000.000", b"(Rp1.000.000.000) Tj")) == [("payee", 1)]
    assert lies(text_field("", b"(Diam-diam) Tj")) == [("payee", 1)]
    assert lies(text_field("Ada", b"")) == [("payee", 1)]


def test_what_cannot_be_compared_is_left_alone():
    secret = text_field("rahasia", b"(*******) Tj", Ff=1 << 13)
    hidden = text_field("a", b"(b) Tj", F=2)
    formatted = text_field("1000", b"(Rp1.000,00) Tj", AA=Dictionary(F=Dictionary(S=Name.JavaScript)))
    bare = text_field("a", b"(b) Tj", AP=Dictionary())
    for document in (secret, hidden, formatted, bare):
        assert lies(document) == []


def test_a_picture_that_is_no_picture_is_left_alone():
    assert lies(text_field("a", b"(b) Tj", AP=Dictionary(N=Dictionary()))) == []


def test_dates_are_read_the_way_of_the_norm_or_not_at_all():
    for written in ("D:20261121020000Z", "D:20261121090000+07'00'", "20261121090000+0700", "D:20261120210000-05'00"):
        assert read_date(written) == NOW, written
    assert read_date("D:2026") is not None
    for written in ("", "yesterday", "D:20261399", "D:00001121", "D:20261121990000Z", "D:20261121020000+99'00'"):
        assert read_date(written) is None, written


def test_a_revision_is_what_the_chain_of_cross_references_reaches():
    document = saved(one_page())
    structure = read_structure(document)
    assert ([one.end for one in structure.revisions], structure.problems) == ([len(document)], ())
    assert read_structure(b"no marks").problems[-1] is StructureProblem.BROKEN_REVISION_CHAIN
    broken = document[: document.rindex(b"startxref")] + b"startxref\n7\n%%EOF"
    assert StructureProblem.BROKEN_REVISION_CHAIN in read_structure(broken).problems


def test_a_chain_that_runs_in_circles_is_broken():
    loop = b"%PDF-1.4\nxref\n0 0\ntrailer\n<< /Size 1 /Note (a \\) b (c)) /Prev 9 >>\nstartxref\n9\n%%EOF"
    assert read_structure(loop).problems == (StructureProblem.BROKEN_REVISION_CHAIN,)
    unclosed = b"%PDF-1.4\nxref\n0 0\ntrailer\n<< /Size 1 (never closed\nstartxref\n9\n%%EOF"
    assert read_structure(unclosed).problems == (StructureProblem.BROKEN_REVISION_CHAIN,)
    short = b"%PDF-1.4\nxref\n0 0\nstartxref\n9\n%%EOF"
    assert read_structure(short).problems == (StructureProblem.BROKEN_REVISION_CHAIN,)


def test_nested_dictionaries_and_hybrid_sections_belong_to_the_chain():
    hybrid = (
        b"%PDF-1.5\nxref\n0 0\ntrailer\n<< /Size 1 /Root << /Prev 3 /A [1 2] >> /XRefStm 7 >>\nstartxref\n9\n%%EOF\n"
    )
    assert read_structure(hybrid).problems == ()


@pytest.mark.parametrize(
    ("numbers", "problem"),
    [
        ((0, 1, 2), "not-four-numbers"),
        ((0, -1, 2, 3), "not-four-numbers"),
        ((1, 1, 2, 3), "does-not-start-at-zero"),
        ((0, 9, 5, 3), "overlaps-or-exceeds-file"),
        ((0, 9, 12, 99999), "overlaps-or-exceeds-file"),
        ((0, 9, 12, 5), "hole-is-not-the-contents"),
    ],
)
def test_an_unlawful_byte_range_says_what_is_wrong_first(numbers: tuple[int, ...], problem: str):
    document = saved(one_page())
    assert read_coverage(document, numbers, read_structure(document)) == NotCovered(problem=problem)


def test_a_lawful_byte_range_ends_a_revision_and_leaves_out_contents_alone():
    head = b"%PDF-1.4\nxref\n0 0\n8 0 obj << /SubFilter /X.y /Contents "
    tail = b" >>\ntrailer\n<< /Size 1 >>\nstartxref\n9\n%%EOF\n"
    document = head + b"<00ff>" + tail
    lawful = (0, len(head), len(head) + 6, len(tail))
    structure = read_structure(document)
    covered = Covered(end=len(document), revision=1, whole_file=True)
    assert read_coverage(document, lawful, structure) == covered
    assert sub_filter_beside(document, lawful) == "X.y"
    short = (*lawful[:3], len(tail) - 10)
    assert read_coverage(document, short, structure) == NotCovered(problem="does-not-end-a-revision")
    other = document.replace(b"/Contents", b"/Conterts")
    assert read_coverage(other, lawful, structure) == NotCovered(problem="hole-is-not-the-contents")
    assert sub_filter_beside(b"x" * 99, (0, 5, 9, 9)) == ""


def test_a_certification_is_read_with_the_default_of_the_norm():
    def reference(**parameters: object) -> Dictionary:
        return Dictionary(
            Reference=Array([5, Dictionary(TransformMethod=Name.DocMDP, TransformParams=Dictionary(**parameters))])
        )

    assert read_certification(Dictionary()) is None
    assert read_certification(Dictionary(Reference=Array([Dictionary(TransformMethod=Name.FieldMDP)]))) is None
    assert read_certification(reference()) == 2
    assert read_certification(reference(P=3)) == 3
    assert read_certification(reference(P=9)) == 1
    assert read_certification(Dictionary(Reference=Array([Dictionary(TransformMethod=Name.DocMDP)]))) == 2


def signed_field(pdf: pikepdf.Pdf, name: str, value: pikepdf.Object) -> pikepdf.Object:
    return pdf.make_indirect(Dictionary(FT=Name.Sig, T=String(name), V=value))


def test_a_signature_whose_dictionary_is_mangled_is_unreadable_and_hides_nobody():
    pdf = one_page()
    values = (
        Dictionary(Contents=String("x")),
        Dictionary(ByteRange=Array([0, Name.x, 2, 3]), Contents=String("x")),
        Dictionary(ByteRange=Array([0, 1, 2, 3])),
    )
    names = [signed_field(pdf, f"S{number}", pdf.make_indirect(value)) for number, value in enumerate(values)]
    pdf.Root["/AcroForm"] = Dictionary(Fields=Array(names))
    found = gather_evidence(saved(pdf)).signatures
    assert [one.field_name for one in found] == ["S0", "S1", "S2"]
    assert all(isinstance(one, UnreadableSignature) for one in found)


def test_two_fields_of_one_name_are_not_both_believed():
    pdf = one_page()
    value = Dictionary(ByteRange=Array([0, 1, 2, 3]), Contents=String("x"))
    twice = [signed_field(pdf, "S", pdf.make_indirect(value)) for _ in range(2)]
    pdf.Root["/AcroForm"] = Dictionary(Fields=Array(twice))
    found = gather_evidence(saved(pdf)).signatures
    assert [getattr(one, "problem", "") for one in found] == ["", "duplicate"]


def test_rights_granted_by_a_vendor_are_no_signature():
    pdf = one_page()
    rights = Dictionary(
        ByteRange=Array([0, 1, 2, 3]), Contents=String("x"), Reference=Array([Dictionary(TransformMethod=Name.UR3)])
    )
    pdf.Root["/Perms"] = Dictionary(UR3=pdf.make_indirect(rights))
    evidence = gather_evidence(saved(pdf))
    assert (evidence.signatures, evidence.problems) == ((), ())


def test_a_signature_that_no_field_holds_is_found():
    pdf = one_page()
    pdf.Root["/Lost"] = pdf.make_indirect(Dictionary(ByteRange=Array([0, 1, 2, 3]), Contents=String("x")))
    evidence = gather_evidence(saved(pdf))
    assert len(evidence.signatures) == 1
    assert evidence.problems == (StructureProblem.DETACHED_SIGNATURE,)


def test_a_form_that_runs_in_circles_or_grows_without_end_is_cut(monkeypatch: pytest.MonkeyPatch):
    pdf = one_page()
    node = pdf.make_indirect(Dictionary(T=String("a")))
    node["/Kids"] = Array([node])
    pdf.Root["/AcroForm"] = Dictionary(Fields=Array([node, 5]))
    assert read_form(pdf).fields == ()
    monkeypatch.setattr(pdf_evidence_fields, "MAXIMUM_NODES", 1)
    assert read_form(pdf).cut
    assert gather_evidence(saved(pdf)).problems == (StructureProblem.LIMIT_REACHED,)


def material(*streams: tuple[bytes, dict[str, object]]) -> tuple[bytes, ...]:
    pdf = one_page()
    made = []
    for data, entries in streams:
        stream = pdf.make_stream(data)
        for key, value in entries.items():
            stream[f"/{key}"] = value
        made.append(stream)
    pdf.Root["/DSS"] = Dictionary(CRLs=Array([*made, 5]), Certs=5, VRI=Dictionary(X=Dictionary(OCSP=Array(made)), Y=5))
    found = pdf_evidence_material.read_material(pdf)
    assert found.ocsps == found.crls
    return found.crls


def test_validation_material_is_unpacked_within_limits(monkeypatch: pytest.MonkeyPatch):
    packed = zlib.compress(b"list")
    flate = {"Filter": Name.FlateDecode}
    assert material((b"plain", {}), (packed, flate)) == (b"plain", b"list")
    assert material((packed, {"Filter": Array([Name.FlateDecode])})) == (b"list",)
    assert material((packed, {"Filter": Name.LZWDecode})) == ()
    assert material((packed, {**flate, "DecodeParms": Dictionary(Predictor=12)})) == ()
    monkeypatch.setattr(pdf_evidence_material, "MAXIMUM_PIECE", 100)
    assert material((zlib.compress(bytes(5000)), flate)) == ()
    assert material((bytes(101), {})) == ()
