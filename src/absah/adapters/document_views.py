"""Drawing a stranger's document beside its verdict: by a worker of its own, which sends back pictures and words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from absah.adapters.isolation.pool import IsolatedPool
from absah.adapters.pdf_pictures import Gallery, TooManyPictures, difference
from absah.pdf.geometry import Rect
from absah.pdf.page_views import (
    ComparedPage,
    DocumentViews,
    changed_words,
    page_count,
    page_text,
    page_views,
    pages_lacking,
)

MOST_COMPARED: Final = 3
_MOST_LOOKED_AT: Final = 30
_DRAW: Final = f"{__name__}:draw_document"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be drawn: pages with boxes in their user space; where a phrase is missing; what changed since when.

    `since` is where the earlier state ends, 0 for no comparison; `suspects` are the pages to look at first.
    """

    pages: tuple[tuple[int, tuple[Rect, ...]], ...]
    phrase: str = ""
    since: int = 0
    suspects: tuple[int, ...] = ()


def drawn_document(pool: IsolatedPool, document: bytes, wanted: Wanted, password: str | None, /) -> DocumentViews:
    """What a worker drew. Raises `pdf.damaged` where PDFium cannot read the document, and what the pool raises."""
    found = pool.run(_DRAW, document, wanted, password)
    if not isinstance(found, DocumentViews):
        raise TypeError(f"a worker answered with {type(found).__name__}")
    return found


def draw_document(document: bytes, wanted: Wanted, password: str | None = None, /) -> DocumentViews:
    """The worker's part: pages, those that lack the phrase, and those that look different since the earlier state."""
    return DocumentViews(
        pages=page_views(document, dict(wanted.pages), password=password),
        lacking=pages_lacking(document, wanted.phrase, password=password) if wanted.phrase else (),
        compared=tuple(islice(_compared(document, wanted, password), MOST_COMPARED)) if wanted.since else None,
    )


def _compared(document: bytes, wanted: Wanted, password: str | None) -> Iterator[ComparedPage]:
    earlier = document[: wanted.since]
    gallery = Gallery(document, password)
    both = range(1, min(page_count(one, password=password) for one in (earlier, document)) + 1)
    suspects = dict.fromkeys((*(number for number in wanted.suspects if number in both), *both[:_MOST_LOOKED_AT]))
    for number in suspects:
        try:
            found = difference(number, gallery.picture(wanted.since, number), gallery.picture(len(document), number))
        except TooManyPictures:
            return
        if found.boxes:
            boxes = _rectangles(found.boxes)
            before = page_views(earlier, {number: boxes}, password=password)
            after = page_views(document, {number: boxes}, password=password)
            texts = (page_text(one, number, password=password) for one in (earlier, document))
            yield from (
                ComparedPage(before=one, after=other, words=changed_words(*texts))
                for one, other in zip(before, after, strict=True)
            )


def _rectangles(boxes: Sequence[tuple[float, float, float, float]]) -> list[Rect]:
    return [Rect.spanning((left, bottom), (right, top)) for left, bottom, right, top in boxes]
