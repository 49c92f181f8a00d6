"""What a page draws beside a verdict: pages, the pages that lack a phrase, and what looks different since when."""

import io

import pytest
from pyhanko.pdf_utils.generic import StreamObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import PageObject
from tests.conformance.pades_samples import blank_pdf
from tests.fakes.altered import with_words_over

from absah.adapters import document_views
from absah.adapters.document_views import Wanted, draw_document
from absah.pdf.geometry import Rect
from absah.pdf.page_views import WordsChanged, changed_words
from absah.pdf.refusals import Damaged

BOX = Rect(left=10, bottom=10, right=50, top=30)


def test_pages_boxes_and_lacking_pages_are_told() -> None:
    seen = draw_document(blank_pdf(3), Wanted(pages=((1, ()), (3, (BOX,))), phrase="halaman 2"))
    assert [(view.number, len(view.boxes)) for view in seen.pages] == [(1, 0), (3, 1)]
    assert seen.lacking == (1, 3)
    assert seen.compared is None
    assert draw_document(blank_pdf(), Wanted(pages=())).lacking == ()


def test_only_pages_that_look_different_are_compared_and_their_words_told() -> None:
    before = blank_pdf(5)
    after = with_words_over(before, "lain", page=4)
    (page,) = draw_document(after, Wanted(pages=(), since=len(before))).compared or ()
    assert (page.before.number, page.after.number) == (4, 4)
    assert page.words == (WordsChanged(before="", after="lain"),)
    assert len(page.before.boxes) == len(page.after.boxes) >= 1
    assert "lain" not in page.before.text


def test_a_state_that_looks_the_same_gives_nothing_to_compare() -> None:
    before = blank_pdf()
    assert draw_document(with_words_over(before, "", at=(72, 300)), Wanted(pages=(), since=len(before))).compared == ()


def test_suspects_are_looked_at_first_and_no_more_than_some_pages_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    before = after = blank_pdf(6)
    for number in range(1, 7):
        after = with_words_over(after, "lain", page=number)
    shown = draw_document(after, Wanted(pages=(), since=len(before), suspects=(5, 99, 0))).compared or ()
    assert [page.after.number for page in shown] == [5, 1, 2]
    monkeypatch.setattr("absah.adapters.pdf_pictures.MOST_PICTURES", 4)
    shown = draw_document(after, Wanted(pages=(), since=len(before))).compared or ()
    assert [page.after.number for page in shown] == [1, 2]
    assert document_views.MOST_COMPARED == 3


def test_a_page_that_the_earlier_state_lacks_is_not_compared() -> None:
    before = blank_pdf(1)
    writer = IncrementalPdfFileWriter(io.BytesIO(before))
    writer.insert_page(PageObject(contents=writer.add_object(StreamObject(stream_data=b"")), media_box=(0, 0, 9, 9)))
    written = io.BytesIO()
    writer.write(written)
    drawn = draw_document(written.getvalue(), Wanted(pages=((2, ()),), since=len(before)))
    assert [view.number for view in drawn.pages] == [2]
    assert drawn.compared == ()
    with pytest.raises(Damaged):
        draw_document(written.getvalue(), Wanted(pages=(), since=100))


def test_words_that_differ_are_told_in_their_order_and_cut() -> None:
    assert changed_words("selama 48 jam", "selama 72 jam") == (WordsChanged(before="48", after="72"),)
    assert changed_words("a b", "a") == (WordsChanged(before="b", after=""),)
    assert changed_words("sama", "sama") == ()
    (long,) = changed_words("", "kata " * 100)
    assert long.after.endswith(" …")
    assert len(long.after) < 170
    assert len(changed_words(" ".join("ab" * 50), " ".join("cb" * 50))) == 8
