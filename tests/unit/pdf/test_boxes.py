import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes.documents import agreement, page_with

from absah.pdf.anchors import choose_anchor, find_anchors
from absah.pdf.boxes import BoxSize, box_at_anchor, place_box, stands_centred
from absah.pdf.geometry import Rect
from absah.pdf.intake import inspect

PAGE = Rect(left=0, bottom=0, right=595, top=842)
SIZE = BoxSize()


def square(x: float, y: float, side: float = 8) -> Rect:
    return Rect(left=x, bottom=y, right=x + side, top=y + side)


def test_alone_the_anchor_lies_at_the_left_and_top() -> None:
    box = place_box(square(200, 400), PAGE, size=SIZE, obstacles=())
    assert (box.width, box.height) == (SIZE.width, SIZE.height)
    assert (box.left, box.top) == (196, 412)


def test_the_box_moves_off_what_is_written_around() -> None:
    below = Rect(left=150, bottom=380, right=350, top=390)
    box = place_box(square(200, 400), PAGE, size=SIZE, obstacles=(below,))
    assert box.overlap(below) == 0
    assert box.contains(square(200, 400))


def test_where_no_place_is_free_it_covers_the_least() -> None:
    walls = tuple(square(200 + x, 400 + y) for x in (-30, 30) for y in (-30, 0, 30))
    box = place_box(square(200, 400), PAGE, size=SIZE, obstacles=walls)
    assert box.contains(square(200, 400))


@given(x=st.floats(0, 587), y=st.floats(0, 834))
def test_box_stays_on_the_page_and_covers_the_anchor(x, y) -> None:
    anchor = square(x, y)
    box = place_box(anchor, PAGE, size=SIZE, obstacles=())
    assert PAGE.contains(box)
    assert box.contains(anchor)


def test_a_page_smaller_than_the_box_is_filled() -> None:
    small = Rect(left=0, bottom=0, right=100, top=50)
    assert place_box(square(40, 20), small, size=SIZE, obstacles=()) == small


def test_two_parties_do_not_cover_each_other_or_their_names() -> None:
    document = agreement()
    page = inspect(document).pages[0]
    first = box_at_anchor(document, choose_anchor(find_anchors(document, "$"), "$"), page)
    hit = choose_anchor(find_anchors(document, "#"), "#")
    second = box_at_anchor(document, hit, page, occupied=(page.to_user_space(first),))
    assert first.overlap(second) == 0
    assert second.contains(page.to_seen(hit.rect))
    (name,) = find_anchors(document, "BAGUS WICAKSONO")
    assert second.overlap(page.to_seen(name.rect)) == 0


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_turned_page_gets_an_upright_box(rotate) -> None:
    document = page_with(rotate=rotate, media=(50, 60, 450, 360), crop=(60, 70, 440, 350))
    page = inspect(document).pages[0]
    (hit,) = find_anchors(document, "#")
    box = box_at_anchor(document, hit, page)
    assert (box.width, box.height) == (SIZE.width, SIZE.height)
    assert page.to_user_space(box).contains(hit.rect)


def word(middle: float, y: float, letters: int) -> tuple[Rect, ...]:
    return tuple(
        Rect(left=middle + 6 * (n - letters / 2), bottom=y, right=middle + 6 * (n - letters / 2) + 6, top=y + 9)
        for n in range(letters)
    )


def test_under_a_centred_block_the_box_is_centred() -> None:
    anchor = square(196, 400)
    block = (*word(200, 470, 20), *word(200, 330, 15))
    assert stands_centred(anchor, block)
    box = place_box(anchor, PAGE, size=SIZE, obstacles=block, centred=True)
    assert (box.left + box.right) / 2 == pytest.approx(200)
    assert (box.bottom + box.top) / 2 == pytest.approx(404)


def test_a_line_that_only_begins_at_the_anchor_does_not_centre_it() -> None:
    assert not stands_centred(square(196, 400), word(260, 470, 20))
    assert not stands_centred(square(196, 400), ())
    assert not stands_centred(square(196, 400), word(200, 700, 20))


def test_the_other_column_of_a_signature_page_does_not_count() -> None:
    assert stands_centred(square(146, 400), (*word(150, 470, 12), *word(420, 470, 12)))
