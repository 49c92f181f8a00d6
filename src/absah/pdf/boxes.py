"""Where a signature goes that has an anchor and no box: over the anchor, on the page, on as little else as possible.

The anchor comes to lie at the left and top of the box if that covers nothing; otherwise the box moves, then shrinks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from absah.pdf.anchors import AnchorHit
from absah.pdf.geometry import PageGeometry, Rect
from absah.pdf.pdfium import opened
from absah.pdf.text import glyphs_of

DEFAULT_WIDTH, DEFAULT_HEIGHT = 190.0, 70.0
_INSIDE = 4.0  # points between the anchor and the edge of the box
_PAGE_EDGE = 8.0
_BREATH = 1.0
_SCALES = (1.0, 0.9, 0.8, 0.7)
_HORIZONTAL = (0.0, 0.5, 1.0)
_VERTICAL = (1.0, 0.5, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxSize:
    """How large a visible signature would like to be, in points as seen."""

    width: float = DEFAULT_WIDTH
    height: float = DEFAULT_HEIGHT


DEFAULT_SIZE = BoxSize()


def box_at_anchor(
    document: bytes,
    hit: AnchorHit,
    page: PageGeometry,
    /,
    *,
    size: BoxSize = DEFAULT_SIZE,
    occupied: tuple[Rect, ...] = (),
    password: str | None = None,
) -> Rect:
    """A box (as seen) around the anchor. `occupied` are rectangles of user space that must stay visible too."""
    with opened(document, password=password) as pdf:
        leaf = pdf[page.number - 1]
        text = leaf.get_textpage()
        taken = [glyph.rect for glyph in glyphs_of(text) if glyph.rect.overlap(hit.rect) <= 0]
        text.close()
        leaf.close()
    anchor = page.to_seen(hit.rect)
    reach = Rect(
        left=anchor.left - size.width,
        bottom=anchor.bottom - size.height,
        right=anchor.right + size.width,
        top=anchor.top + size.height,
    )
    near = tuple(box for box in map(page.to_seen, (*taken, *occupied)) if box.overlap(reach) > 0)
    return place_box(anchor, page.seen, size=size, obstacles=near)


def place_box(anchor: Rect, page: Rect, /, *, size: BoxSize, obstacles: tuple[Rect, ...]) -> Rect:
    """The first box around `anchor` that covers no obstacle; where there is none, the one that covers least."""
    best: tuple[float, Rect] | None = None
    for box in _candidates(anchor, page, size):
        roomy = Rect(
            left=box.left - _BREATH, bottom=box.bottom - _BREATH, right=box.right + _BREATH, top=box.top + _BREATH
        )
        covered = sum(roomy.overlap(obstacle) for obstacle in obstacles)
        if covered <= 0:
            return box
        if best is None or covered < best[0]:
            best = (covered, box)
    if best is None:
        raise AssertionError("there is always a candidate")
    return best[1]


def _candidates(anchor: Rect, page: Rect, size: BoxSize) -> Iterator[Rect]:
    for scale in _SCALES:
        width = min(max(size.width * scale, anchor.width + 2 * _INSIDE), page.width)
        height = min(max(size.height * scale, anchor.height + 2 * _INSIDE), page.height)
        for up, across in product(_VERTICAL, _HORIZONTAL):
            left = anchor.left - _INSIDE - across * (width - anchor.width - 2 * _INSIDE)
            bottom = anchor.bottom - _INSIDE - up * (height - anchor.height - 2 * _INSIDE)
            left = _within(left, width, (page.left, page.right), (anchor.left, anchor.right))
            bottom = _within(bottom, height, (page.bottom, page.top), (anchor.bottom, anchor.top))
            yield Rect(left=left, bottom=bottom, right=left + width, top=bottom + height)


def _within(start: float, length: float, page: tuple[float, float], anchor: tuple[float, float]) -> float:
    """Shift so that the length fits on the page, a margin away from its edges where room and anchor allow it."""
    low, high = page
    margin = min(_PAGE_EDGE, (high - low - length) / 2)
    start = max(low + margin, min(start, high - margin - length))
    return max(low, min(start, anchor[0])) if start > anchor[0] else min(high, max(start + length, anchor[1])) - length
