import io

import pikepdf
import pytest
from tests.fakes.documents import agreement, page_with
from tests.fakes.raw_pdf import HEADER, PAGES, appended, object_stream, plain, start_of, stream, streamed, table

from absah.pdf.reader.document import Oddity, open_document
from absah.pdf.reader.indirect import object_at
from absah.pdf.reader.pages import find_page, page_count
from absah.pdf.reader.refusals import (
    EndMisplaced,
    HeaderMisplaced,
    LimitExceeded,
    ObjectMisplaced,
    ShapeWrong,
    StreamBroken,
    SyntaxBroken,
    XrefBroken,
    XrefLoop,
)
from absah.pdf.reader.second_reader import agrees_with_qpdf
from absah.pdf.reader.source import BytesSource, ExtendedSource
from absah.pdf.reader.syntax import Reference


def opened(document: bytes):
    return open_document(BytesSource(document))


@pytest.mark.parametrize(
    "document",
    [
        agreement(), agreement(None), page_with(), page_with(linearize=True),
        page_with(object_stream_mode=pikepdf.ObjectStreamMode.generate),
        page_with(object_stream_mode=pikepdf.ObjectStreamMode.generate, linearize=True),
        plain(PAGES), streamed(PAGES), streamed({4: b"null"}, inside=PAGES), streamed(PAGES, filtered="png2"),
        streamed(PAGES, filtered="png4"), streamed(PAGES, filtered="none", widths=(1, 8, 0)),
        streamed(PAGES, filtered="none", widths=(1, 2, 1)),
    ],
)  # fmt: skip
def test_qpdf_finds_the_same_in_every_kind_of_file(document: bytes) -> None:
    read = opened(document)
    assert read.oddities == frozenset()
    assert agrees_with_qpdf(read)
    assert page_count(read) in {1, 2}


def test_every_object_of_a_file_can_be_reached() -> None:
    read = opened(agreement())
    with pikepdf.open(io.BytesIO(agreement())) as pdf:
        for thing in pdf.objects:
            found = read.object(Reference(*thing.objgen))
            assert found is not None
            assert (found.stream is not None) is isinstance(thing, pikepdf.Stream)


def test_the_newest_incarnation_counts() -> None:
    document = appended(plain(PAGES), {3: b"<</Type/Page/Parent 2 0 R/Rotate 90>>"})
    page = find_page(opened(document), 0)
    assert page is not None
    assert page.attribute(b"Rotate") == b"90"
    assert page.attribute(b"MediaBox") == b"[0 0 300 200]"
    assert page.attribute(b"CropBox") is None
    assert page.attribute(b"Annots") is None


def test_what_was_freed_is_null() -> None:
    document = plain(PAGES | {4: b"5"})
    trailer = b"trailer\n<</Size 5/Root 1 0 R/Prev %d>>\n" % start_of(document)
    freed = document + b"xref\n4 1\n0000000000 00001 f \n%sstartxref\n%d\n%%%%EOF" % (trailer, len(document))
    assert opened(document).resolved(b"4 0 R") == b"5"
    assert opened(freed).resolved(b"4 0 R") is None
    assert opened(freed).resolved(b"9 0 R") is None
    assert opened(freed).object(Reference(3, 1)) is None


def hybrid() -> bytes:
    """Object 4 is hidden from readers that do not know cross-reference streams."""
    base = plain(PAGES)
    rows = b"\x01" + (len(base)).to_bytes(4, "big") + b"\0\0"
    four = b"4 0 obj\n(hidden)\nendobj\n"
    own = b"5 0 obj\n<</Type/XRef/Size 6/W[1 4 2]/Index[4 1]/Length 7>>stream\n%s\nendstream\nendobj\n" % rows
    written = base + four + own
    lines = b"xref\n4 1\n0000000000 00000 f \n"
    return written + lines + b"trailer\n<</Size 6/Root 1 0 R/Prev %d/XRefStm %d>>\nstartxref\n%d\n%%%%EOF" % (
        start_of(base), len(base) + len(four), len(written),
    )  # fmt: skip


def test_a_hybrid_file_shows_what_its_table_hides() -> None:
    read = opened(hybrid())
    assert read.resolved(b"4 0 R") == b"(hidden)"
    assert read.resolved(b"0 0 R") is None
    assert read.oddities == {Oddity.HYBRID}
    assert agrees_with_qpdf(read)


def test_new_numbers_come_after_all_that_are_used() -> None:
    document = appended(plain(PAGES | {9: b"null"}), {3: PAGES[3]}, size=4)
    assert opened(document).size == 10
    assert opened(document).oddities == {Oddity.SIZES}


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b" \0\n"])
def test_white_space_may_follow_the_end(end: bytes) -> None:
    assert opened(plain(PAGES).rstrip() + end).root == (1, 0)


@pytest.mark.parametrize(
    ("document", "refusal"),
    [
        (b"", HeaderMisplaced),
        (b"x" + plain(PAGES), HeaderMisplaced),
        (plain(PAGES) + b"rubbish", EndMisplaced),
        (plain(PAGES)[:-8], EndMisplaced),
        (plain(PAGES).replace(b"startxref\n", b"startxref\n9"), XrefBroken),
        (plain(PAGES).replace(b"startxref\n", b"startxref\n1 % "), EndMisplaced),
        (plain(PAGES).replace(b"xref\n0 1", b"xref\n0 2"), XrefBroken),
        (plain(PAGES).replace(b"xref\n0 1", b"xref\n0 9999999"), LimitExceeded),
        (plain(PAGES).replace(b"trailer\n<<", b"trailer\n[<"), XrefBroken),
        (plain(PAGES).replace(b"/Size 4", b"/Size /4"), XrefBroken),
        (plain(PAGES).replace(b"/Size 4", b""), XrefBroken),
        (plain(PAGES, size=8_388_608), LimitExceeded),
        (plain(PAGES, extra=b"/Prev 0"), XrefBroken),
        (plain(PAGES, extra=b"/Prev 1 0 R"), XrefBroken),
        (plain(PAGES, extra=b"/XRefStm 15"), XrefBroken),
        (streamed(PAGES, entries=b"/Index[0 1 2]"), XrefBroken),
        (streamed(PAGES, entries=b"/Index[0 -1]"), XrefBroken),
        (streamed(PAGES).replace(b"/W[1 4 2]", b"/W[1 4 9]"), XrefBroken),
        (streamed(PAGES).replace(b"/W[1 4 2]", b"/W[1 0 2]"), XrefBroken),
        (streamed(PAGES).replace(b"/W[1 4 2]", b"/W[1 4]  "), XrefBroken),
        (streamed(PAGES).replace(b"/Length", b"/Lenght"), XrefBroken),
        (streamed(PAGES).replace(b"/Type/XRef", b"/Type/XRaf"), XrefBroken),
    ],
)
def test_what_is_not_as_it_has_to_be_is_refused(document: bytes, refusal) -> None:
    with pytest.raises(refusal):
        opened(document)


def test_one_off_numbering_is_refused() -> None:
    written = HEADER + b"1 0 obj\n<<>>\nendobj\n"
    wrong = b"xref\n1 2\n0000000000 65535 f \n%010d 00000 n \n" % len(HEADER)
    end = b"trailer\n<</Size 3/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(written)
    with pytest.raises(XrefBroken):
        opened(written + wrong + end)


def test_sections_in_a_circle_are_refused() -> None:
    base = plain(PAGES)
    with pytest.raises(XrefLoop):
        opened(plain(PAGES, extra=b"/Prev %d" % start_of(base)))


def test_a_table_of_many_subsections_is_read_to_its_trailer() -> None:
    objects = PAGES | dict.fromkeys(range(5, 700, 2), b"null")
    assert opened(plain(objects)).size == 700
    too_many = PAGES | dict.fromkeys(range(5, 9000, 2), b"null")
    with pytest.raises(LimitExceeded):
        opened(plain(too_many))


def test_a_long_trailer_is_read() -> None:
    assert opened(plain(PAGES, extra=b"/Long(%s)" % (b"x" * 5000))).root == (1, 0)
    with pytest.raises(XrefBroken):
        opened(plain(PAGES, extra=b"/Long(%s)" % (b"x" * 400_000)))


def test_too_many_sections_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("absah.pdf.reader.document.MOST_SECTIONS", 2)
    document = plain(PAGES)
    for _ in range(2):
        document = appended(document, {3: PAGES[3]})
    assert opened(document)
    with pytest.raises(LimitExceeded):
        opened(appended(document, {3: PAGES[3]}))


@pytest.mark.parametrize(
    ("written", "refusal"),
    [
        (b"3 0 obi", ObjectMisplaced),
        (b"3 0 obj\n<</A 1>>\nendobi  and what follows it", SyntaxBroken),
        (b"3 0 obj\n<</A 1>>\nendob", SyntaxBroken),
        (b"3 0 obj\n<</A 1>>\nstream\rabc and what follows", SyntaxBroken),
        (b"3 0 obj\n5 stream\nabc", SyntaxBroken),
        (b"3 0 obj\n<</A", SyntaxBroken),
    ],
)
def test_objects_have_to_be_whole(written: bytes, refusal) -> None:
    with pytest.raises(refusal):
        object_at(BytesSource(written), 0)


def test_a_long_object_is_read_and_an_endless_one_is_not() -> None:
    assert object_at(BytesSource(b"3 0 obj (%s) endobj" % (b"x" * 100_000)), 0).raw[:2] == b"(x"
    with pytest.raises(LimitExceeded):
        object_at(BytesSource(b"3 0 obj (" + b"x" * (20 << 20)), 0)


@pytest.mark.parametrize(
    "document",
    [
        plain(PAGES).replace(b"1 0 obj", b"7 0 obj"),
        plain(PAGES).replace(b"1 0 obj", b"1 2 obj"),
        plain(PAGES).replace(b"\n1 0 obj", b"\n 1 0 ob"),
        plain({1: PAGES[1]} | PAGES, root=2).replace(b"/Root 2 0 R", b"/Root 9 0 R"),
    ],
)
def test_objects_have_to_be_where_the_table_says(document: bytes) -> None:
    with pytest.raises((ObjectMisplaced, ShapeWrong)):
        _ = opened(document).catalog


def test_a_root_that_is_no_reference_is_refused() -> None:
    with pytest.raises(ShapeWrong):
        _ = opened(plain(PAGES).replace(b"/Root 1 0 R", b"/Root /1")).root


def test_an_entry_that_is_no_entry_is_refused() -> None:
    document = plain(PAGES).replace(b" 00000 n \n", b" 00000 x \n")
    with pytest.raises(XrefBroken):
        _ = opened(document).catalog


def test_rows_that_are_missing_or_strange_are_refused() -> None:
    with pytest.raises(XrefBroken):
        opened(streamed(PAGES, filtered="none", entries=b"/Index[0 99]")).object(Reference(50, 0))
    odd = streamed(PAGES, filtered="none")
    at = odd.rindex(b"stream\n", 0, odd.rindex(b"endstream")) + 7
    with pytest.raises(XrefBroken):
        opened(odd[: at + 7] + b"\x05" + odd[at + 8 :]).object(Reference(1, 0))


def test_the_kind_of_an_entry_may_be_left_out() -> None:
    document = streamed(PAGES, filtered="none", widths=(1, 4, 2))
    short = document.replace(b"/W[1 4 2]", b"/W[0 4 3]")
    assert opened(short).entry(99) is None


def with_rows(written: bytes, rows: list[tuple[int, int, int]]) -> bytes:
    """A file whose cross-reference stream has these rows, from object 0."""
    widths = (1, 4, 2)
    data = b"".join(
        b"".join(value.to_bytes(width, "big") for value, width in zip(row, widths, strict=True)) for row in rows
    )
    head = b"<</Type/XRef/Size 8/Root 1 0 R/W[1 4 2]/Index[0 %d]/Length %d>>" % (len(rows), len(data))
    own = b"7 0 obj\n%sstream\n%s\nendstream\nendobj\n" % (head, data)
    return written + own + b"startxref\n%d\n%%%%EOF" % len(written)


@pytest.mark.parametrize(
    ("container", "refusal"),
    [
        (object_stream({8: b"null"}), ObjectMisplaced),
        (object_stream(PAGES, count=2), ObjectMisplaced),
        (object_stream(PAGES, count=99), StreamBroken),
        (object_stream(PAGES, first=99999), StreamBroken),
        (object_stream(PAGES, first=3), StreamBroken),
        (object_stream(PAGES).replace(b"/ObjStm", b"/ObjStn"), ObjectMisplaced),
        (object_stream(PAGES).replace(b"/N 3", b"/N x"), SyntaxBroken),
        (object_stream({1: b"<</A", 2: b"", 3: b""}), SyntaxBroken),
        (b"<</Type/ObjStm/N 3/First 5/Length 9999>>stream\nabc\nendstream", StreamBroken),
        (b"<</Type/ObjStm/N 3/First 5/Length 99999999>>stream\nabc\nendstream", LimitExceeded),
        (b"<</Type/ObjStm/N 3/First 5>>stream\nabc\nendstream", StreamBroken),
        (b"<</Type/ObjStm/N 3/First 5/Length 3>>", StreamBroken),
    ],
)
def test_object_streams_have_to_hold_what_they_should(container: bytes, refusal) -> None:
    rows = [(0, 0, 65535), (2, 4, 0), (2, 4, 1), (2, 4, 2), (1, len(HEADER), 0)]
    read = opened(with_rows(HEADER + b"4 0 obj\n%s\nendobj\n" % container, rows))
    with pytest.raises(refusal):
        _ = [read.object(Reference(number, 0)) for number in (3, 1)]


def test_an_object_stream_in_an_object_stream_is_refused() -> None:
    with pytest.raises(ObjectMisplaced):
        opened(with_rows(HEADER, [(2, 1, 0), (2, 1, 0)])).object(Reference(1, 0))


def test_object_streams_together_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("absah.pdf.reader.document._MOST_CACHED", 10)
    with pytest.raises(LimitExceeded):
        _ = opened(streamed({4: b"null"}, inside=PAGES)).catalog


def test_references_to_references_end() -> None:
    read = opened(plain(PAGES | {4: b"5 0 R", 5: b"/End", 6: b"6 0 R"}))
    assert read.resolved(b"4 0 R") == b"/End"
    assert read.written(b"1 0 R") is None
    assert read.array(b"4 0 R") is None
    with pytest.raises(LimitExceeded):
        read.resolved(b"6 0 R")


def test_streams_have_the_length_they_say() -> None:
    read = opened(plain(PAGES | {4: stream(b"abc"), 5: b"null"}))
    found = read.object(Reference(4, 0))
    assert found is not None
    assert read.stream_data(found) == b"abc"
    wrong = opened(plain(PAGES | {4: stream(b"abc").replace(b"/Length 3", b"/Length 2")})).object(Reference(4, 0))
    assert wrong is not None
    with pytest.raises(StreamBroken):
        read.stream_data(wrong)


def test_a_source_can_be_two_that_follow_each_other() -> None:
    document = appended(plain(PAGES), {3: PAGES[3]})
    cut = len(plain(PAGES))
    source = ExtendedSource(BytesSource(document[:cut]), document[cut:])
    assert source.size == len(document)
    assert open_document(source).root == (1, 0)
    for start in (0, cut - 5, cut, cut + 5):
        assert source.read(start, 10) == document[start : start + 10]


def test_qpdf_is_not_believed_to_agree_where_it_cannot_read() -> None:
    fields = PAGES | {1: b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]>>>>", 4: b"<</T(a)/FT/Sig>>"}
    assert agrees_with_qpdf(opened(plain(fields)))
    unpaged = plain(PAGES | {2: b"<</Type/Pages/Kids[]/Count 0>>"})
    assert agrees_with_qpdf(opened(unpaged))
    assert not agrees_with_qpdf(opened(plain(PAGES | {2: b"<</Type/Pages/Kids[3 0 R 3 0 R]/Count 1>>"})))


def test_qpdf_disagrees_where_it_cannot_open() -> None:
    assert not agrees_with_qpdf(opened(plain(PAGES, extra=b"/Encrypt<</Filter/Standard>>")))


def test_a_stream_says_nothing_of_numbers_it_does_not_list() -> None:
    assert opened(streamed(PAGES)).resolved(b"99 0 R") is None


def test_a_table_alone_is_a_file_end() -> None:
    assert table({1: 5}, 9).startswith(b"xref\n1 1\n0000000005")


def test_sections_that_speak_twice_of_an_object_are_refused() -> None:
    with pytest.raises(XrefBroken):
        opened(streamed(PAGES, filtered="none", entries=b"/Index[0 3 2 2]"))


def test_subsections_may_come_in_any_order_and_be_empty() -> None:
    document = plain({3: PAGES[3], 1: PAGES[1], 2: PAGES[2]}).replace(b"xref\n0 1\n", b"xref\n9 0\n0 1\n")
    assert find_page(opened(document), 0) is not None
    assert opened(document).resolved(b"9 0 R") is None


def test_work_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    document = plain(PAGES | dict.fromkeys(range(4, 40), b"(%s)" % (b"x" * 900)))
    read = opened(document)
    monkeypatch.setattr("absah.pdf.reader.document.MOST_WORK", 20_000)
    with pytest.raises(LimitExceeded):
        _ = [read.object(Reference(number, 0)) for number in range(4, 40)]


def test_a_free_entry_of_a_stream_is_null() -> None:
    assert opened(streamed(PAGES)).resolved(b"0 0 R") is None
