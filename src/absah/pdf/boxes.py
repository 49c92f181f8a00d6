"""Where a signature goes that has an anchor and no box: over the anchor, on the page, on as little else as possible.

Under a centred signature block (post above the anchor, name below, all on one axis) the box is centred too; elsewhere
the anchor comes to lie at the left and top of it. If that covers something the box moves, then shrinks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from absah.pdf.anchors import AnchorHit
from absah.pdf.geometry import PageGeometry, Rect
from absah.pdf.pdfium import opened
from absah.pdf.reader.source import Document
from absah.pdf.text import glyphs_of

DEFAULT_WIDTH, DEFAULT_HEIGHT = 190.0, 70.0
_INSIDE = 4.0  # points between the anchor and the edge of the box
_PAGE_EDGE = 8.0
_BREATH = 1.0
_SCALES = (1.0, 0.9, 0.8, 0.7)
_HORIZONTAL = (0.0, 0.5, 1.0)
_VERTICAL = (1.0, 0.5, 0.0)
_MIDDLE_FIRST = (0.5, 0.0, 1.0)
_BLOCK_REACH = 130.0  # points above or below the anchor in which the rest of its signature block stands
_OFF_AXIS = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxSize:
    """How large a visible signature would like to be, in points as seen."""

    width: float = DEFAULT_WIDTH
    height: float = DEFAULT_HEIGHT


DEFAULT_SIZE = BoxSize()


def box_at_anchor(
    document: Document,
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
    glyphs = tuple(map(page.to_seen, taken))
    near = tuple(box for box in (*glyphs, *map(page.to_seen, occupied)) if box.overlap(reach) > 0)
    return place_box(anchor, page.seen, size=size, obstacles=near, centred=stands_centred(anchor, glyphs))


def stands_centred(anchor: Rect, glyphs: tuple[Rect, ...], /) -> bool:
    """Whether the line of text nearest above or below the anchor has its middle where the anchor has."""
    middle = (anchor.left + anchor.right) / 2
    beside = [
        glyph
        for glyph in glyphs
        if glyph.bottom - anchor.top < _BLOCK_REACH and anchor.bottom - glyph.top < _BLOCK_REACH
    ]
    above = sorted((glyph for glyph in beside if glyph.bottom >= anchor.top), key=lambda glyph: glyph.bottom)
    below = sorted((glyph for glyph in beside if glyph.top <= anchor.bottom), key=lambda glyph: -glyph.top)
    for side in (above, below):
        run = _run_over(middle, side)
        if run is not None and run.width > 3 * anchor.width:
            return abs((run.left + run.right) / 2 - middle) <= _OFF_AXIS
    return False


def _run_over(middle: float, glyphs: list[Rect]) -> Rect | None:
    """The words of the nearest line that pass over or under `middle`, as one rectangle."""
    start = next((glyph for glyph in glyphs if glyph.left - glyph.height <= middle <= glyph.right + glyph.height), None)
    if start is None:
        return None
    line = sorted(
        (glyph for glyph in glyphs if min(glyph.top, start.top) > max(glyph.bottom, start.bottom)),
        key=lambda glyph: glyph.left,
    )
    runs = [line[0]]
    for glyph in line[1:]:
        if glyph.left - runs[-1].right <= 1.5 * start.height:
            runs[-1] = runs[-1].union(glyph)
        else:
            runs.append(glyph)
    return next(run for run in runs if run.left <= start.left <= run.right)


def place_box(
    anchor: Rect, page: Rect, /, *, size: BoxSize, obstacles: tuple[Rect, ...], centred: bool = False
) -> Rect:
    """The first box around `anchor` that covers no obstacle; where there is none, the one that covers least."""
    best: tuple[float, Rect] | None = None
    for box in _candidates(anchor, page, size, centred=centred):
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


def _candidates(anchor: Rect, page: Rect, size: BoxSize, *, centred: bool) -> Iterator[Rect]:
    vertical, horizontal = (_MIDDLE_FIRST, _MIDDLE_FIRST) if centred else (_VERTICAL, _HORIZONTAL)
    for scale in _SCALES:
        width = min(max(size.width * scale, anchor.width + 2 * _INSIDE), page.width)
        height = min(max(size.height * scale, anchor.height + 2 * _INSIDE), page.height)
        for up, across in product(vertical, horizontal):
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
