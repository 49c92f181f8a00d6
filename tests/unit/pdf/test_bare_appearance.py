"""A signature that is a picture or a code: proportions, the strip of a trial, what is too small."""

import re

import pytest
from tests.fakes.pictures import png

from absah.pdf.appearance import BoxTooSmall
from absah.pdf.bare_appearance import BareLook, Code, PictureTooSmall, draw_bare
from absah.pdf.geometry import BoxOffPage, PageGeometry, Rect
from absah.pdf.pictures import read_picture
from absah.pdf.qr import LinkTooLong

PAGE = PageGeometry(
    number=2, media=Rect(left=0, bottom=0, right=595, top=842), crop=Rect(left=0, bottom=0, right=595, top=842)
)
BOX = Rect(left=36, bottom=36, right=136, top=136)


def test_a_picture_fills_its_box_as_far_as_its_proportions_allow() -> None:
    drawn = draw_bare(BareLook(shows=read_picture(png(200, 100)), trial=False), PAGE, BOX)
    assert (drawn.page, drawn.rect, drawn.width, drawn.height) == (2, BOX, 100, 100)
    assert b"q 100.000 0 0 50.000 0.00 25.00 cm /P Do Q" in drawn.content
    assert set(drawn.resources) == {"ColorSpace", "XObject"}


def test_where_it_is_for_trial_a_strip_says_so_and_the_picture_stands_above_it() -> None:
    drawn = draw_bare(BareLook(shows=read_picture(png(10, 10)), trial=True), PAGE, BOX)
    assert b"q 91.000 0 0 91.000 4.50 9.00 cm" in drawn.content
    assert "Font" in drawn.resources
    assert re.search(rb"BT /B [0-9.]+ Tf", drawn.content)


def test_a_code_is_a_square_in_the_middle() -> None:
    box = Rect(left=36, bottom=36, right=136, top=86)
    drawn = draw_bare(BareLook(shows=Code("https://surat.example/1"), trial=False), PAGE, box)
    assert b"q 1 0 0 1 25.00 0.00 cm" in drawn.content
    assert set(drawn.resources) == {"ColorSpace"}


@pytest.mark.parametrize(
    ("shows", "box", "refusal"),
    [
        (Code("x"), Rect(left=0, bottom=0, right=11, top=50), BoxTooSmall),
        (Code("x"), Rect(left=500, bottom=0, right=700, top=50), BoxOffPage),
        (Code("x" * 301), BOX, LinkTooLong),
        (read_picture(png(7, 90)), BOX, PictureTooSmall),
    ],
)
def test_what_cannot_be_seen_is_refused(shows, box: Rect, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        draw_bare(BareLook(shows=shows, trial=True), PAGE, box)
