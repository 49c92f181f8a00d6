"""How a revision looks: pages drawn by PDFium with their forms, so that two states can be compared by the eye.

Pictures are small and grey, and there is a budget for all of them together; what is compared is contrast, not colour.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, final

import pypdfium2
from PIL import Image, ImageChops, ImageStat

from absah.adapters.document_bytes import DocumentBytes, cut
from absah.pdf.geometry import Rect
from absah.pdf.pdfium import opened
from absah.pdf.text import TextGlyph, glyphs_of
from absah.validation.evidence import PageDifference

MOST_PICTURES: Final = 120
MOST_PIXELS: Final = 4_000_000
MOST_BOXES: Final = 200
_SCALE: Final = 1.5
_DARK, _LIGHT = 140, 190
_CELL: Final = 12  # pixels, 8 points
_DIFFERENT: Final = 48
_KEPT_CONTRAST: Final = 0.4
_LEAST_INK: Final = 4
_BLANK: Final = 24

Pixels = tuple[int, int, int, int]
"""Left, top, right, bottom, in pixels from the upper left."""


class TooManyPictures(Exception):
    """The budget is spent. Never leaves the adapters."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A page, drawn. `matrix` leads from user space to pixels: x' = a x + b y + c, y' = d x + e y + f."""

    image: Image.Image
    matrix: tuple[float, float, float, float, float, float]

    def pixels(self, rect: Rect) -> Pixels:
        """Where a rectangle of user space lies, within the picture."""
        a, b, c, d, e, f = self.matrix
        corners = [(rect.left, rect.bottom), (rect.right, rect.top), (rect.left, rect.top), (rect.right, rect.bottom)]
        across = [a * x + b * y + c for x, y in corners]
        down = [d * x + e * y + f for x, y in corners]
        width, height = self.image.size
        left, right = max(0, int(min(across))), min(width, int(max(across)) + 1)
        top, bottom = max(0, int(min(down))), min(height, int(max(down)) + 1)
        return left, top, max(left, right), max(top, bottom)

    def user_space(self, box: Pixels) -> tuple[float, float, float, float]:
        """A rectangle of pixels in user space: left, bottom, right, top."""
        a, b, c, d, e, f = self.matrix
        over = a * e - b * d
        corners = [
            ((e * (x - c) - b * (y - f)) / over, (a * (y - f) - d * (x - c)) / over)
            for x, y in ((box[0], box[1]), (box[2], box[3]))
        ]
        across, up = sorted(x for x, _ in corners), sorted(y for _, y in corners)
        return across[0], up[0], across[1], up[1]


@final
@dataclass(slots=True)
class Gallery:
    """The pictures of one document, each drawn once."""

    document: DocumentBytes
    password: str | None
    _drawn: dict[tuple[int, int], Picture] = field(default_factory=dict)
    _glyphs: dict[int, tuple[TextGlyph, ...]] = field(default_factory=dict)

    def picture(self, end: int, page: int, /) -> Picture:
        """A page (from 1) of the state that ends here. Raises `pdf.damaged`, TooManyPictures."""
        key = (end, page)
        if key not in self._drawn:
            if len(self._drawn) >= MOST_PICTURES:
                raise TooManyPictures
            with opened(cut(self.document, end), password=self.password) as pdf:
                self._drawn[key] = _draw(pdf, page)
        return self._drawn[key]

    def glyphs(self, end: int, page: int, /) -> tuple[TextGlyph, ...]:
        """The glyphs of a page's content; it is the same in all states, or else worse is known."""
        if page not in self._glyphs:
            with opened(cut(self.document, end), password=self.password) as pdf, _page(pdf, page) as leaf:
                text = leaf.get_textpage()
                try:
                    self._glyphs[page] = glyphs_of(text)
                finally:
                    text.close()
        return self._glyphs[page]

    def covers_something(self, end: int, page: int, rect: Rect, /) -> bool:
        """Whether the content of a page reaches under a rectangle."""
        with opened(cut(self.document, end), password=self.password) as pdf, _page(pdf, page) as leaf:
            return any(_overlap(bounds, rect) for bounds in _bounds(leaf))


@contextmanager
def _page(pdf: pypdfium2.PdfDocument, number: int) -> Iterator[pypdfium2.PdfPage]:
    leaf = pdf[number - 1]
    try:
        yield leaf
    finally:
        leaf.close()


def _bounds(leaf: pypdfium2.PdfPage) -> Iterator[tuple[float, float, float, float]]:
    for item in leaf.get_objects(max_depth=1):
        yield item.get_bounds()


def _overlap(bounds: tuple[float, float, float, float], rect: Rect) -> bool:
    left, bottom, right, top = bounds
    return left < rect.right and rect.left < right and bottom < rect.top and rect.bottom < top


def _draw(pdf: pypdfium2.PdfDocument, number: int) -> Picture:
    pdf.init_forms()
    with _page(pdf, number) as leaf:
        width, height = leaf.get_size()
        scale = min(_SCALE, (MOST_PIXELS / max(width * height, 1)) ** 0.5)
        bitmap = leaf.render(scale=scale, grayscale=True)
        place = bitmap.get_posconv(leaf)
        origin, right, down = (place.to_page(*corner) for corner in ((0, 0), (1000, 0), (0, 1000)))
        image = bitmap.to_pil().convert("L")
        bitmap.close()
    return Picture(image=image, matrix=_inverse(origin, right, down))


def _inverse(
    origin: tuple[float, float], right: tuple[float, float], down: tuple[float, float]
) -> tuple[float, float, float, float, float, float]:
    """From where three pixels lie in user space to the way back."""
    ax, ay = (right[0] - origin[0]) / 1000, (right[1] - origin[1]) / 1000
    bx, by = (down[0] - origin[0]) / 1000, (down[1] - origin[1]) / 1000
    over = ax * by - bx * ay or 1.0
    a, b, d, e = by / over, -bx / over, -ay / over, ax / over
    return a, b, -(a * origin[0] + b * origin[1]), d, e, -(d * origin[0] + e * origin[1])


def hidden_text(before: Picture, after: Picture, glyphs: tuple[TextGlyph, ...], rect: Rect, /) -> str:
    """The letters and digits within a rectangle that could be told from their ground before, and cannot any more.

    Marks that hold a place for a signature (dots, lines, an anchor sign) are no loss.
    """
    if before.image.size != after.image.size:
        return ""
    lost = [
        glyph.character
        for glyph in glyphs
        if glyph.character.isalnum() and _overlap_rect(glyph.rect, rect) and _is_lost(before, after, glyph.rect)
    ]
    return "".join(lost)


def unseen_letters(picture: Picture, glyphs: tuple[TextGlyph, ...], /) -> str:
    """The letters and digits that leave no trace in the picture of a page: covered, or as their ground is."""
    return "".join(glyph.character for glyph in glyphs if glyph.character.isalnum() and _is_blank(picture, glyph.rect))


def _is_blank(picture: Picture, rect: Rect) -> bool:
    left, top, right, bottom = picture.pixels(rect)
    if right <= left or bottom <= top:
        return False  # outside the page
    width, height = picture.image.size
    cell = picture.image.crop((max(left - 1, 0), max(top - 1, 0), min(right + 1, width), min(bottom + 1, height)))
    shades = cell.tobytes()
    return max(shades) - min(shades) < _BLANK


def hidden_drawing(before: Picture, after: Picture, glyphs: tuple[TextGlyph, ...], rect: Rect, /) -> bool:
    """Whether something drawn, and no text, was lost within a rectangle: part of a scan, a table, a picture."""
    if before.image.size != after.image.size:
        return False
    left, top, right, bottom = before.pixels(rect)
    signs = [before.pixels(glyph.rect) for glyph in glyphs if _overlap_rect(glyph.rect, rect)]
    lost = 0
    for y in range(top, bottom - _CELL, _CELL):
        for x in range(left, right - _CELL, _CELL):
            cell = (x, y, x + _CELL, y + _CELL)
            if not any(_touch(cell, sign) for sign in signs) and _contrast_lost(before.image, after.image, cell):
                lost += 1
    return lost > 1


def _overlap_rect(one: Rect, other: Rect) -> bool:
    return _overlap((one.left, one.bottom, one.right, one.top), other)


def _touch(one: Pixels, other: Pixels) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _is_lost(before: Picture, after: Picture, rect: Rect) -> bool:
    left, top, right, bottom = before.pixels(rect)
    return _contrast_lost(before.image, after.image, (max(left - 1, 0), max(top - 1, 0), right + 1, bottom + 1))


def _contrast_lost(before: Image.Image, after: Image.Image, box: Pixels) -> bool:
    """Whether what was dark on light within a box, or light on dark, can hardly be told apart afterwards."""
    was, now = before.crop(box), after.crop(box)
    ink = was.point(lambda value: 255 if value < _DARK else 0)
    ground = was.point(lambda value: 255 if value > _LIGHT else 0)
    if ink.histogram()[255] < _LEAST_INK or ground.histogram()[255] < _LEAST_INK:
        return False
    contrast = ImageStat.Stat(was, ground).mean[0] - ImageStat.Stat(was, ink).mean[0]
    left = abs(ImageStat.Stat(now, ground).mean[0] - ImageStat.Stat(now, ink).mean[0])
    return left < _KEPT_CONTRAST * contrast


def difference(number: int, before: Picture, after: Picture, /) -> PageDifference:
    """Where two states of a page look different, as boxes in user space; the whole page where its size changed."""
    if before.image.size != after.image.size:
        return PageDifference(page=number, boxes=(after.user_space((0, 0, *after.image.size)),))
    changed = ImageChops.difference(before.image, after.image).point(lambda value: 255 if value > _DIFFERENT else 0)
    cells = changed.reduce(_CELL).point(lambda value: 255 if value else 0)
    boxes = _boxes(cells)[:MOST_BOXES]
    return PageDifference(page=number, boxes=tuple(after.user_space(box) for box in boxes))


def _boxes(cells: Image.Image) -> list[Pixels]:
    """Rows of neighbouring cells, joined with the rows above that they touch."""
    width, height = cells.size
    data = cells.tobytes()
    found: list[list[int]] = []
    for y in range(height):
        x = 0
        while x < width:
            if not data[y * width + x]:
                x += 1
                continue
            start = x
            while x < width and data[y * width + x]:
                x += 1
            _join(found, [start, y, x, y + 1])
    return [(box[0] * _CELL, box[1] * _CELL, box[2] * _CELL, box[3] * _CELL) for box in found]


def _join(found: list[list[int]], run: list[int]) -> None:
    for box in found:
        if box[3] >= run[1] and box[0] <= run[2] and run[0] <= box[2]:
            box[0], box[2], box[3] = min(box[0], run[0]), max(box[2], run[2]), max(box[3], run[3])
            return
    found.append(run)
