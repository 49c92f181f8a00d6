"""Pages as the reader of a verdict sees them: a small picture, where boxes lie on it, and the text for who cannot see.

Drawn by PDFium with form fields and signatures. Sizes, numbers of pages and lengths of text are limited, because the
document is a stranger's; the caller sees to the time.
"""

import ctypes
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import pypdfium2
import pypdfium2.raw as pdfium

from absah.pdf.geometry import Rect
from absah.pdf.pdfium import opened

LONGEST_SIDE: Final = 1000  # pixels
MOST_PAGES_SEARCHED: Final = 500
_LONGEST_TEXT: Final = 1500  # characters
_QUALITY: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A rectangle on a picture: pixels from the upper left corner."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """One page: its number from 1, its picture (WebP, `width` x `height` pixels), its boxes in the order asked for.

    `text` is what the page says, cut after some length.
    """

    number: int
    width: int
    height: int
    picture: bytes = field(repr=False)
    boxes: tuple[Region, ...] = ()
    text: str = field(default="", repr=False)


def page_views(
    document: bytes, wanted: Mapping[int, Sequence[Rect]], /, *, password: str | None = None
) -> tuple[PageView, ...]:
    """The pages asked for, each with boxes given in its user space. Numbers that the document lacks are left out."""
    with opened(document, password=password) as pdf:
        pdf.init_forms()  # without it PDFium draws no signature
        return tuple(_view(pdf, number, boxes) for number, boxes in wanted.items() if 1 <= number <= len(pdf))


def pages_lacking(document: bytes, phrase: str, /, *, password: str | None = None) -> tuple[int, ...]:
    """The pages, of the first 500, whose text lacks a phrase, however it is broken into lines."""
    joined = "".join(phrase.split())
    lacking = []
    with opened(document, password=password) as pdf:
        for number in range(1, min(len(pdf), MOST_PAGES_SEARCHED) + 1):
            page = pdf[number - 1]
            if joined not in "".join(_text_of(page).split()):
                lacking.append(number)
            page.close()
    return tuple(lacking)


def _view(pdf: pypdfium2.PdfDocument, number: int, boxes: Sequence[Rect]) -> PageView:
    page = pdf[number - 1]
    width, height = page.get_size()
    picture = page.render(scale=LONGEST_SIDE / max(width, height, 1.0), may_draw_forms=True).to_pil()
    written = io.BytesIO()
    picture.save(written, format="WEBP", quality=_QUALITY, method=1)
    text = " ".join(_text_of(page).split())
    return PageView(
        number=number,
        width=picture.width,
        height=picture.height,
        picture=written.getvalue(),
        boxes=tuple(_region(page, box, picture.width, picture.height) for box in boxes),
        text=text if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT].rsplit(" ", 1)[0] + " …",
    )


def _text_of(page: pypdfium2.PdfPage) -> str:
    text = page.get_textpage()
    try:
        return str(text.get_text_range())
    finally:
        text.close()


def _region(page: pypdfium2.PdfPage, box: Rect, width: int, height: int) -> Region:
    """Where a rectangle of user space lies on the picture, and no further: PDFium knows CropBox and /Rotate."""
    corners = [
        _pixel(page, x, y, width, height)
        for x, y in ((box.left, box.bottom), (box.right, box.bottom), (box.left, box.top), (box.right, box.top))
    ]
    xs = [min(max(x, 0), width) for x, _ in corners]
    ys = [min(max(y, 0), height) for _, y in corners]
    return Region(left=min(xs), top=min(ys), width=max(xs) - min(xs), height=max(ys) - min(ys))


def _pixel(page: pypdfium2.PdfPage, x: float, y: float, width: int, height: int) -> tuple[int, int]:
    across, down = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDF_PageToDevice(page.raw, 0, 0, width, height, 0, x, y, ctypes.byref(across), ctypes.byref(down))
    return across.value, down.value
