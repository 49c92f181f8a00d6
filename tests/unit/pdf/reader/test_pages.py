import io
import time

import pikepdf
import pytest
from tests.fakes.documents import page_with, saved
from tests.fakes.raw_pdf import PAGES, plain

from absah.pdf.reader.document import open_document
from absah.pdf.reader.pages import find_page, page_count
from absah.pdf.reader.refusals import LimitExceeded, ShapeWrong, TreeBroken
from absah.pdf.reader.source import BytesSource

LEAF = b"<</Type/Page/Parent 2 0 R>>"


def opened(objects: dict[int, bytes]):
    return open_document(BytesSource(plain(objects)))


def numbers(objects: dict[int, bytes]) -> list[int]:
    document = opened(objects)
    found = [find_page(document, index) for index in range(page_count(document))]
    return [page.reference.number for page in found if page is not None]


def test_pages_are_counted_through_a_tree() -> None:
    tree = {
        1: PAGES[1],
        2: b"<</Kids[3 0 R 4 0 R 5 0 R 8 0 R]/Count 5/Rotate 90>>",
        3: LEAF,
        4: b"<</Kids[6 0 R 7 0 R]/Count 2/Parent 2 0 R/Rotate 180>>",
        5: b"<</Kids[]/Count 0/Parent 2 0 R>>",
        6: LEAF,
        7: LEAF,
        8: b"<</Kids[9 0 R 10 0 R]/Count 2>>",
        9: LEAF,
        10: LEAF,
    }
    assert numbers(tree) == [3, 6, 7, 9, 10]
    page = find_page(opened(tree), 1)
    assert page is not None
    assert page.attribute(b"Rotate") == b"180"


def test_a_node_that_counts_as_many_as_it_has_is_not_believed_when_a_kid_is_no_leaf() -> None:
    tree = {
        1: PAGES[1],
        2: b"<</Kids[5 0 R 4 0 R]/Count 2>>",
        4: b"<</Kids[6 0 R 7 0 R]/Count 2>>",
        5: b"<</Kids[]/Count 0>>",
        6: LEAF,
        7: LEAF,
    }
    assert numbers(tree) == [6, 7]


def test_there_are_no_more_pages_than_there_are() -> None:
    assert find_page(opened(PAGES), 1) is None
    assert find_page(opened(PAGES), -1) is None


@pytest.mark.parametrize(
    ("pages", "refusal"),
    [
        (b"<</Kids[3 0 R]/Count 2>>", TreeBroken),
        (b"<</Kids[3 0 R]/Count -1>>", TreeBroken),
        (b"<</Kids[3 0 R]>>", TreeBroken),
        (b"<</Kids[3 0 R 9 0 R]/Count 2>>", TreeBroken),
        (b"<</Kids[3 0 R<</Type/Page>>]/Count 2>>", TreeBroken),
        (b"<</Count 2>>", TreeBroken),
        (b"<</Kids[2 0 R]/Count 2>>", LimitExceeded),
        (b"[]", ShapeWrong),
    ],
)
def test_a_tree_that_does_not_hold_what_it_counts_is_refused(pages: bytes, refusal) -> None:
    with pytest.raises(refusal):
        find_page(opened(PAGES | {2: pages}), 1)


def test_a_page_far_behind_is_found_like_a_page_in_front() -> None:
    document = page_with(pages=1000)
    with pikepdf.open(io.BytesIO(document)) as pdf:
        last = pdf.pages[999].obj.objgen
    read = open_document(BytesSource(document))
    begin = time.process_time()
    page = find_page(read, 999)
    assert time.process_time() - begin < 0.2
    assert page is not None
    assert page.reference == last


def test_qpdf_and_we_number_pages_alike() -> None:
    pdf = pikepdf.new()
    for _ in range(37):
        pdf.add_blank_page(page_size=(100, 100))
    document = saved(pdf, linearize=True)
    read = open_document(BytesSource(document))
    with pikepdf.open(io.BytesIO(document)) as again:
        for index, page in enumerate(again.pages):
            found = find_page(read, index)
            assert found is not None
            assert found.reference == page.obj.objgen
