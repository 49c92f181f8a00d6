"""How two states of a page are compared by the eye."""

import io

import pikepdf
import pytest
from tests.fakes.documents import page_with

from absah.adapters import pdf_pictures
from absah.adapters.pdf_pictures import Gallery, TooManyPictures, difference, hidden_drawing, hidden_text
from absah.pdf.geometry import Rect

RECT = Rect(left=90, bottom=90, right=330, top=130)
TEXT = "BT /F1 20 Tf 100 100 Td (Rp 9.000) Tj ET "


def compared(before: str, after: str, **page: object) -> tuple[str, bool]:
    """The text that is lost, and whether a drawing is."""
    one, other = page_with(before, **page), page_with(after, **page)
    gallery, later = Gallery(one, None), Gallery(other, None)
    was, now, glyphs = gallery.picture(len(one), 1), later.picture(len(other), 1), gallery.glyphs(len(one), 1)
    return hidden_text(was, now, glyphs, RECT), hidden_drawing(was, now, glyphs, RECT)


@pytest.mark.parametrize("ground", ["1 g", "0 g", "0.5 g"])
def test_text_under_an_opaque_ground_is_lost_whatever_its_colour(ground: str):
    assert compared(TEXT, TEXT + ground + " 90 90 240 40 re f") == ("Rp9000", False)


def test_text_that_can_still_be_read_is_not_lost():
    line = TEXT + "0 0 1 RG 2 w 90 100 m 330 120 l S"
    frame = TEXT + "0 G 90 90 240 40 re S"
    beside = TEXT + "1 g 90 20 240 40 re f"
    for after in (TEXT, line, frame, beside):
        assert compared(TEXT, after) == ("", False)


def test_a_sign_that_holds_a_place_is_no_loss():
    for mark in ("(#)", "($)", "(..........)", "(\\(              \\))"):
        held = f"BT /F1 20 Tf 100 100 Td {mark} Tj ET "
        assert compared(held, held + "1 g 90 90 240 40 re f") == ("", False)


def test_what_is_drawn_can_be_lost_too():
    table = "0 G 1 w " + " ".join(f"{x} 92 m {x} 128 l S" for x in range(100, 320, 12))
    assert compared(table, table + " 1 g 90 90 240 40 re f") == ("", True)
    assert compared(table, table) == ("", False)


@pytest.mark.parametrize("page", [{"rotate": 90}, {"crop": (50, 50, 380, 280)}, {"rotate": 180, "user_unit": 2.0}])
def test_places_are_found_on_turned_and_cut_pages(page: dict[str, object]):
    assert compared(TEXT, TEXT + "1 g 90 90 240 40 re f", **page)[0] == "Rp9000"


def test_a_page_of_another_size_is_different_as_a_whole():
    one, other = page_with(TEXT), page_with(TEXT, media=(0, 0, 200, 200))
    was, now = Gallery(one, None).picture(len(one), 1), Gallery(other, None).picture(len(other), 1)
    assert hidden_text(was, now, (), RECT) == ""
    assert not hidden_drawing(was, now, (), RECT)
    ((left, bottom, right, top),) = difference(1, was, now).boxes
    assert (round(left), round(bottom), round(right), round(top)) == (0, 0, 200, 200)


def test_differences_are_boxes_around_what_changed():
    one, other = page_with(TEXT), page_with(TEXT + "0 g 20 200 60 40 re f 300 20 30 30 re f")
    was, now = Gallery(one, None).picture(len(one), 1), Gallery(other, None).picture(len(other), 1)
    boxes = difference(3, was, now)
    assert boxes.page == 3
    assert len(boxes.boxes) == 2
    upper = max(boxes.boxes, key=lambda box: box[3])
    assert upper[0] == pytest.approx(20, abs=10)
    assert upper[3] == pytest.approx(240, abs=10)
    assert difference(1, was, was).boxes == ()


def test_there_is_a_budget(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pdf_pictures, "MOST_PICTURES", 1)
    document = page_with(TEXT, pages=2)
    gallery = Gallery(document, None)
    assert gallery.picture(len(document), 1) is gallery.picture(len(document), 1)
    with pytest.raises(TooManyPictures):
        gallery.picture(len(document), 2)


def test_content_under_a_rectangle_is_seen_without_drawing():
    document = page_with(TEXT)
    gallery = Gallery(document, None)
    assert gallery.covers_something(len(document), 1, RECT)
    assert not gallery.covers_something(len(document), 1, Rect(left=10, bottom=200, right=90, top=280))


def test_an_encrypted_page_is_drawn_with_its_password():
    with pikepdf.open(io.BytesIO(page_with(TEXT))) as pdf:
        written = io.BytesIO()
        pdf.save(written, encryption=pikepdf.Encryption(user="rahasia", owner="b"))
    document = written.getvalue()
    assert Gallery(document, "rahasia").glyphs(len(document), 1)
