"""Pictures for the reader of a verdict: the boxes lie where the eye finds them, whatever the page's box and turn."""

import io

import pikepdf
import pytest
from PIL import Image
from tests.fakes.documents import agreement, page_with, saved

from absah.pdf.geometry import Rect
from absah.pdf.notice import Notice, stamp_notice
from absah.pdf.page_views import LONGEST_SIDE, page_views, pages_lacking
from absah.pdf.refusals import Damaged

BLACK = Rect(left=100, bottom=300, right=220, top=360)


def with_black_box(*, rotate: int, crop: tuple[int, int, int, int]) -> bytes:
    """A page with one black rectangle on it."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(600, 800))
    page = pdf.pages[0]
    page.contents_add(b"0 g 100 300 120 60 re f")
    page.obj.Rotate = rotate
    page.obj.CropBox = pikepdf.Array(list(crop))
    return saved(pdf)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("crop", [(0, 0, 600, 800), (50, 200, 500, 700)])
def test_a_box_in_user_space_lies_on_what_is_drawn_there(rotate: int, crop: tuple[int, int, int, int]) -> None:
    (view,) = page_views(with_black_box(rotate=rotate, crop=crop), {1: [BLACK]})
    picture = Image.open(io.BytesIO(view.picture)).convert("L")
    drawn = picture.point(lambda grey: 255 if grey < 128 else 0).getbbox()
    (box,) = view.boxes
    found = (box.left, box.top, box.left + box.width, box.top + box.height)
    assert drawn is not None
    assert max(abs(one - other) for one, other in zip(drawn, found, strict=True)) <= 3
    assert picture.size == (view.width, view.height)
    assert max(picture.size) == LONGEST_SIDE


def test_a_box_beyond_the_page_ends_at_its_edge() -> None:
    (view,) = page_views(page_with(), {1: [Rect(left=-500, bottom=-500, right=5000, top=5000)]})
    assert (view.boxes[0].width, view.boxes[0].height) == (view.width, view.height)


def test_pages_come_in_the_order_asked_for_and_those_that_are_not_there_are_left_out() -> None:
    document = agreement()
    assert [view.number for view in page_views(document, {2: [], 99: [], 1: [], 0: []})] == [2, 1]


def test_the_text_of_a_page_is_told_and_cut_after_some_length() -> None:
    (view,) = page_views(agreement(), {1: []})
    assert view.text
    assert len(view.text) <= 1502
    assert view.text not in repr(view)


def test_pages_without_a_phrase_are_named_however_its_lines_break() -> None:
    bare = agreement()
    stamped = stamp_notice(bare, Notice(issuer="Penerbit Contoh", trial=True))
    words = "menggunakan sertifikat  elektronik\nyang diterbitkan oleh"
    assert pages_lacking(stamped, words) == ()
    assert pages_lacking(bare, words) == tuple(range(1, len(pikepdf.open(io.BytesIO(bare)).pages) + 1))


def test_what_pdfium_cannot_read_is_refused_with_a_code() -> None:
    for ask in (lambda: page_views(b"%PDF-1.7 nothing", {1: []}), lambda: pages_lacking(b"", "x")):
        with pytest.raises(Damaged):
            ask()
