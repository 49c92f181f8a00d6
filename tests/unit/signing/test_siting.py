"""Places as applications measure them: from a corner of a page, at a mark in the text."""

from dataclasses import replace

import pytest
from tests.fakes.documents import page_with

from absah.pdf.anchors import AnchorNotFound
from absah.pdf.geometry import BoxOffPage, PageMissing
from absah.pdf.intake import inspect
from absah.signing.placement import (
    INVISIBLE,
    AtMark,
    AtOffset,
    Corner,
    Occurrence,
    PageEnd,
    Placement,
    describe_placement,
)
from absah.signing.ports import CredentialId
from absah.signing.request import BarePresentation, Drafted
from absah.signing.siting import Site, boxes_meant, site_of

BARE = BarePresentation(name="Rina", shows=None, trial=False)  # type: ignore[arg-type]  # nothing is drawn here
TWO_MARKS = "BT /F1 12 Tf 40 250 Td (#) Tj ET BT /F1 12 Tf 40 100 Td (#) Tj ET BT /F1 12 Tf 200 50 Td (butir #3) Tj ET"


def sited(document: bytes, placement: Placement) -> Site:
    draft = Drafted(document=document, credential=CredentialId("c"), placement=placement, presentation=BARE)
    found = site_of(draft, inspect(document))
    assert found is not None
    return found


def offset(page: int | PageEnd, corner: Corner = Corner.LOWER_LEFT, *, y: float = 20, width: float = 50) -> AtOffset:
    return AtOffset(page=page, corner=corner, x=10, y=y, width=width, height=40)


@pytest.mark.parametrize(("page", "number"), [(2, 2), (PageEnd.FIRST, 1), (PageEnd.LAST, 3)])
def test_a_page_has_a_number_or_is_an_end(page: int | PageEnd, number: int) -> None:
    assert sited(page_with(pages=3), offset(page)).page.number == number


def test_the_same_numbers_mean_another_place_from_another_corner() -> None:
    below, above = (sited(page_with(), offset(1, corner)).box for corner in Corner)
    assert below.corners == (10, 20, 60, 60)
    assert above.corners == (10, 240, 60, 280)


def test_a_turned_page_is_measured_as_it_is_seen() -> None:
    site = sited(page_with(rotate=90), offset(1, Corner.UPPER_LEFT))
    assert (site.page.width, site.page.height) == (300, 400)
    assert site.box.corners == (10, 340, 60, 380)


@pytest.mark.parametrize(
    ("placement", "refusal"),
    [(offset(4), PageMissing), (offset(1, y=-5), BoxOffPage), (offset(1, width=400), BoxOffPage)],
)
def test_what_is_not_on_a_page_is_refused(placement: AtOffset, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        sited(page_with(), placement)


def mark(occurrence: Occurrence, *, text: str = "#", page: int | None = None, width: float = 60) -> AtMark:
    return AtMark(text=text, occurrence=occurrence, width=width, height=30, page=page)


def test_where_every_mark_is_meant_each_is_found_by_its_number() -> None:
    tops = [sited(page_with(TWO_MARKS), replace(mark(Occurrence.EVERY), nth=nth)).box.top for nth in (0, 1)]
    assert tops == pytest.approx([259, 109], abs=2)
    with pytest.raises(AnchorNotFound):
        sited(page_with(TWO_MARKS), replace(mark(Occurrence.EVERY), nth=2))


def test_the_upper_left_corner_lies_on_that_of_the_mark() -> None:
    first, last = (sited(page_with(TWO_MARKS), mark(one)).box for one in (Occurrence.FIRST, Occurrence.LAST))
    assert first.left == pytest.approx(40, abs=2)
    assert first.top == pytest.approx(259, abs=2)
    assert last.top == pytest.approx(109, abs=2)
    assert (first.width, first.height) == pytest.approx((60, 30))


def test_one_in_running_text_is_taken_where_none_stands_alone() -> None:
    document = page_with("BT /F1 12 Tf 20 50 Td (butir #3) Tj ET")
    assert sited(document, mark(Occurrence.FIRST)).box.left > 40


def test_a_box_that_would_hang_over_is_moved_onto_the_page_and_one_that_is_larger_refused() -> None:
    document = page_with("BT /F1 12 Tf 380 5 Td (#) Tj ET")
    assert sited(document, mark(Occurrence.FIRST)).box.corners == pytest.approx((340, 0, 400, 30))
    with pytest.raises(BoxOffPage):
        sited(document, mark(Occurrence.FIRST, width=500))


def test_the_named_page_is_preferred_where_it_has_the_mark() -> None:
    document = page_with(TWO_MARKS, pages=3)
    assert sited(document, mark(Occurrence.FIRST, page=2)).page.number == 2
    assert sited(document, mark(Occurrence.FIRST, page=9)).page.number == 1


def test_a_mark_that_is_nowhere_is_refused() -> None:
    with pytest.raises(AnchorNotFound):
        sited(page_with(TWO_MARKS), mark(Occurrence.FIRST, text="^"))


def test_records_say_where() -> None:
    assert describe_placement(offset(PageEnd.LAST)) == "page last: 10,20 from lower-left, 50x40"
    assert describe_placement(mark(Occurrence.LAST)) == "mark # (last), 60x30"


def test_whoever_signs_elsewhere_is_told_boxes() -> None:
    letter, marked = page_with(), page_with(TWO_MARKS)
    assert boxes_meant(letter, INVISIBLE, inspect(letter)) == ()
    (below,) = boxes_meant(letter, offset(1), inspect(letter))
    assert (below.page, below.rect.corners) == (1, (10, 20, 60, 60))
    every = AtMark(text="#", occurrence=Occurrence.EVERY, width=30, height=30)
    assert [box.rect.left for box in boxes_meant(marked, every, inspect(marked))] == pytest.approx([40, 40], abs=1)
    with pytest.raises(AnchorNotFound):
        boxes_meant(letter, replace(every, text="~"), inspect(letter))
