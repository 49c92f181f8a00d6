import io

import pikepdf
import pytest
from tests.fakes.documents import agreement, page_with
from tests.fakes.raw_pdf import PAGES, plain, stream, streamed

from absah.pdf.reader.document import open_document
from absah.pdf.reader.refusals import ShapeWrong
from absah.pdf.reader.source import BytesSource
from absah.pdf.reader.syntax import Reference
from absah.pdf.writer.amendment import Amendment

FRESH = bytes(range(16))
KINDS = {
    "classic": plain(PAGES, extra=b"/ID[<AA><BB>]/Info 9 0 R/Own(x)"),
    "stream": streamed(PAGES, entries=b"/ID[<AA><BB>]/Own(x)"),
    "typst": agreement(),
    "linearised": page_with(linearize=True),
    "object streams": page_with(object_stream_mode=pikepdf.ObjectStreamMode.generate),
}


def amendment(document: bytes) -> Amendment:
    return Amendment(open_document(BytesSource(document)), fresh=FRESH)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_section_is_read_back_by_us_and_by_qpdf(kind: str) -> None:
    document = KINDS[kind]
    made = amendment(document)
    added = made.add(b"[1 2]")
    streamed_one = made.add_stream(b"/Type/X", b"data")
    late = made.new()
    made.place(late, b"(late)")
    made.put(made.root, b"Added", added.written)
    assert made.catalog[b"Added"] == added.written
    written = document + made.written()
    again = open_document(BytesSource(written))
    assert type(again.sections[0]) is type(made.document.sections[0])
    assert again.array(again.catalog[b"Added"]) == [b"1", b"2"]
    assert again.resolved(late.written) == b"(late)"
    with pikepdf.open(io.BytesIO(written), attempt_recovery=False) as pdf:
        assert list(pdf.Root.Added) == [1, 2]
        assert pdf.get_object(*streamed_one).read_bytes() == b"data"
        assert pdf.check_pdf_syntax() == []
        assert bytes(pdf.trailer.ID[1]) == FRESH
    assert again.sections[0].trailer[b"Prev"] == b"%d" % made.document.start


def test_the_trailer_is_repeated_but_for_what_belongs_to_a_section() -> None:
    for kind in ("classic", "stream"):
        made = amendment(KINDS[kind])
        made.add(b"null")
        trailer = open_document(BytesSource(KINDS[kind] + made.written())).trailer
        assert trailer[b"Own"] == b"(x)"
        assert trailer[b"ID"] == b"[<AA><000102030405060708090a0b0c0d0e0f>]"
    assert open_document(BytesSource(KINDS["classic"])).trailer[b"Info"] == b"9 0 R"


def test_a_document_without_an_identifier_gets_one() -> None:
    made = amendment(plain(PAGES))
    made.add(b"null")
    assert b"/ID [<%s><%s>]" % (FRESH.hex().encode(), FRESH.hex().encode()) in made.written()


@pytest.mark.parametrize(("end", "opening"), [(b"", b"\n"), (b"\n", b""), (b"\r\n", b""), (b" ", b"\n")])
def test_a_section_begins_on_a_line_of_its_own(end: bytes, opening: bytes) -> None:
    made = amendment(plain(PAGES).rstrip() + end)
    assert made.is_empty
    made.add(b"null")
    assert not made.is_empty
    assert made.written().startswith(opening + b"4 0 obj")


def test_reading_through_shows_what_is_going_to_be() -> None:
    made = amendment(plain(PAGES | {4: b"[1 0 R]", 5: b"<</A 1>>"}))
    assert made.entries(b"5 0 R") == {b"A": b"1"}
    assert made.items(b"4 0 R") == [b"1 0 R"]
    made.put(Reference(5, 0), b"B", b"2")
    made.append(Reference(4, 0), b"2 0 R")
    assert made.entries_of(Reference(5, 0)) == made.entries(b"5 0 R") == {b"A": b"1", b"B": b"2"}
    assert made.items(b"4 0 R") == [b"1 0 R", b"2 0 R"]
    assert made.entries(None) is None
    assert made.items(None) is None
    assert made.document.dictionary(b"5 0 R") == {b"A": b"1"}


def test_what_is_of_another_kind_is_not_changed() -> None:
    made = amendment(plain(PAGES | {4: b"[1 0 R]", 5: stream(b"x")}))
    for number in (4, 5, 9):
        with pytest.raises(ShapeWrong):
            made.put(Reference(number, 0), b"A", b"1")
    for number in (1, 9):
        with pytest.raises(ShapeWrong):
            made.append(Reference(number, 0), b"1")


def test_generations_are_kept() -> None:
    document = (
        plain(PAGES | {4: b"<<>>"}).replace(b"4 0 obj", b"4 3 obj").replace(b"00000 n \ntrailer", b"00003 n \ntrailer")
    )
    made = amendment(document)
    made.put(Reference(4, 3), b"A", b"1")
    written = document + made.written()
    assert b"4 3 obj\n<<\n/A 1>>" in written
    assert open_document(BytesSource(written)).dictionary(b"4 3 R") == {b"A": b"1"}


def test_a_number_that_was_taken_must_have_a_body() -> None:
    made = amendment(KINDS["classic"])
    made.new()
    made.add(b"[1 2]")
    with pytest.raises(AssertionError, match="no body"):
        made.written()
