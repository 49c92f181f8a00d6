"""Files made to exhaust a verifier: each is small, and is answered at once."""

import io
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name
from tests.unit.adapters.test_pdf_evidence import one_page, saved, text_field

from absah.adapters import pdf_evidence_bytes, pdf_evidence_material, pdf_evidence_widgets
from absah.adapters.pdf_evidence import gather_evidence
from absah.adapters.pdf_evidence_bytes import find_byte_ranges, read_structure
from absah.adapters.pdf_evidence_fields import read_form
from absah.adapters.pdf_evidence_signatures import MAXIMUM_BURIED
from absah.validation.evidence import StructureProblem


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Computing time, not the clock on the wall: the machine may be busy with something else."""
    begun = time.process_time()
    yield
    assert time.process_time() - begun < seconds


def test_a_byte_range_followed_by_nothing_but_blanks_is_left_at_once():
    with at_most(1):
        assert find_byte_ranges(b"%PDF-1.7 /ByteRange" + b" " * 60_000) == ()


def test_a_hole_that_a_thousand_byte_ranges_name_is_read_once():
    hole = b"%PDF-1.7\n/Contents<" + b"0" * 2_000_000 + b">"
    start, resume = hole.index(b"<"), len(hole)
    ranges = b"".join(b"/ByteRange[0 %d %d %d]" % (start, resume, number) for number in range(1000))
    with at_most(1):
        assert len(find_byte_ranges(hole + ranges)) == 1000


def test_of_many_buried_signatures_a_few_are_enough():
    hole = b"%%PDF-1.7\n/Contents<%s>" % (b"30" * 100)
    start, resume = hole.index(b"<"), len(hole)
    ranges = b"".join(b"/ByteRange[0 %d %d %d]" % (start, resume, number) for number in range(50))
    evidence = gather_evidence(hole + ranges + saved(one_page()))
    assert len(evidence.signatures) == MAXIMUM_BURIED


def test_a_chain_of_long_trailers_is_left_when_it_has_been_long_enough(monkeypatch: pytest.MonkeyPatch):
    document, previous = b"%PDF-1.7\n", b""
    for _ in range(10):
        at = len(document)
        document += b"xref\n0 0\ntrailer\n<</X[%s]%s>>\nstartxref\n%d\n%%%%EOF\n" % (b"1 " * 500, previous, at)
        previous = b"/Prev %d" % at
    assert read_structure(document).problems == ()
    monkeypatch.setattr(pdf_evidence_bytes, "_MAXIMUM_TRAILERS", 5000)
    assert read_structure(document).problems == (StructureProblem.BROKEN_REVISION_CHAIN,)


def test_more_ends_of_file_than_anybody_writes_are_a_limit():
    document = b"%PDF-1.7\n" + b"startxref\n0\n%%EOF\n" * 20_001
    assert StructureProblem.LIMIT_REACHED in read_structure(document).problems


def with_store(pdf: pikepdf.Pdf, pieces: list[pikepdf.Object]) -> pikepdf.Pdf:
    pdf.Root["/DSS"] = Dictionary(CRLs=Array(pieces))
    return pdf


def test_a_piece_that_is_named_a_thousand_times_is_unpacked_once():
    pdf = one_page()
    piece = pdf.make_stream(zlib.compress(bytes(4_000_000)), Filter=Name.FlateDecode)
    with at_most(1):
        found = pdf_evidence_material.read_material(with_store(pdf, [piece] * 1000))
    assert found.crls == (bytes(4_000_000),)


def test_all_pieces_together_are_unpacked_within_one_limit(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pdf_evidence_material, "MAXIMUM_UNPACKED", 250)
    pdf = one_page()
    plain = [pdf.make_stream(bytes([number]) * 100) for number in range(5)]
    assert len(pdf_evidence_material.read_material(with_store(pdf, plain)).crls) == 2
    # What is unpacked in vain, because it is too large, was unpacked all the same.
    monkeypatch.setattr(pdf_evidence_material, "MAXIMUM_PIECE", 200)
    bomb = pdf.make_stream(zlib.compress(bytes(5000)), Filter=Name.FlateDecode)
    assert len(pdf_evidence_material.read_material(with_store(pdf, [bomb, *plain])).crls) == 0


def test_fields_that_share_a_long_list_of_children_are_cut():
    pdf = one_page()
    shared = pdf.make_indirect(Array([pdf.make_indirect(Dictionary(A=1))] * 20_000))
    pdf.Root["/AcroForm"] = Dictionary(Fields=Array([Dictionary(Kids=shared) for _ in range(500)]))
    with at_most(2):
        assert read_form(pdf).cut


def honest(document: bytes) -> bool:
    return not gather_evidence(document).widgets


def test_a_picture_that_is_too_much_to_read_is_not_believed(monkeypatch: pytest.MonkeyPatch):
    picture = b"(Rp 1) Tj"
    assert honest(text_field("Rp 1", picture))
    bomb = text_field("Rp 1", picture + b" 0 0 Td" * 2_000_000)
    with at_most(3):
        assert not honest(bomb)
    pdf = pikepdf.Pdf.open(io.BytesIO(text_field("Rp 1", picture)))
    drawn = pdf.pages[0].Annots[0].AP.N
    drawn.Resources = Dictionary(XObject=Dictionary(Again=drawn))
    assert not honest(saved(pdf))
    monkeypatch.setattr(pdf_evidence_widgets, "MAXIMUM_WRITTEN", 0)
    assert not honest(text_field("Rp 1", picture))


@pytest.mark.parametrize(
    ("wrapped", "believed"), [(Array([Name.FlateDecode]), True), (Array([Name.FlateDecode] * 2), False)]
)
def test_a_row_of_filters_is_not_unpacked(wrapped: pikepdf.Array, *, believed: bool):
    picture = b"(Rp 1) Tj"
    pdf = pikepdf.Pdf.open(io.BytesIO(text_field("Rp 1", picture)))
    packed = zlib.compress(b"BT /Helv 12 Tf 2 4 Td " + picture + b" ET")
    pdf.pages[0].Annots[0].AP.N.write(zlib.compress(packed) if len(wrapped) > 1 else packed, filter=wrapped)
    written = io.BytesIO()
    pdf.save(written, stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False)
    assert honest(written.getvalue()) is believed
