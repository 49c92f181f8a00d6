"""Workers draw, measure and search the documents that somebody wants signed."""

import pytest
from tests.fakes.documents import agreement, page_with

from absah.adapters.document_pages import anchor_places, drawn_page, looked_over, places_over_text
from absah.adapters.isolation.pool import IsolatedPool
from absah.kernel.clock import SystemClock
from absah.pdf.geometry import PageMissing, Rect
from absah.pdf.refusals import NotAPdf


@pytest.fixture(scope="module")
def pool():
    with IsolatedPool(1, SystemClock(), warm=("absah.adapters.document_pages",)) as made:
        yield made


def test_a_document_is_looked_over(pool: IsolatedPool) -> None:
    seen = looked_over(pool, agreement())
    assert (len(seen.pages), seen.signed) == (2, False)
    with pytest.raises(NotAPdf):
        looked_over(pool, b"no pdf at all, but long enough to be looked at")


def test_a_page_is_drawn_in_the_size_asked_for_with_its_text(pool: IsolatedPool) -> None:
    view = drawn_page(pool, agreement(), 1, 600)
    assert max(view.width, view.height) == 600
    assert "Perjanjian" in view.text
    assert view.picture[8:12] == b"WEBP"
    with pytest.raises(PageMissing):
        drawn_page(pool, agreement(), 9, 600)


def test_every_anchor_is_found_with_the_box_it_would_give(pool: IsolatedPool) -> None:
    found = anchor_places(pool, agreement(), "#", (190, 70))
    assert [one.running_text for one in found] == [True, False]
    assert (round(found[1].box.width), round(found[1].box.height)) == (190, 70)


def test_a_box_over_text_is_told_with_the_text(pool: IsolatedPool) -> None:
    document = page_with("BT /F1 20 Tf 100 100 Td (RAHASIA) Tj ET")
    boxes = {1: (1, Rect(left=90, bottom=90, right=200, top=130)), 2: (1, Rect(left=10, bottom=200, right=60, top=250))}
    assert places_over_text(pool, document, boxes) == {1: "RAHASIA"}
