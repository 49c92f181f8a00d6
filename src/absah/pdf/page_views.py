"""Pages as the reader of a verdict sees them: a small picture, where boxes lie on it, and the text for who cannot see.

Drawn by PDFium with form fields and signatures. Sizes, numbers of pages and lengths of text are limited, because the
document is a stranger's; the caller sees to the time.
"""

import ctypes
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Final

import pypdfium2
import pypdfium2.raw as pdfium

from absah.pdf.geometry import Rect
from absah.pdf.pdfium import opened

LONGEST_SIDE: Final = 1000  # pixels
MOST_PAGES_SEARCHED: Final = 500
_LONGEST_TEXT: Final = 1500  # characters
_QUALITY: Final = 60
_LONGEST_COMPARED: Final = 12_000  # characters of a page; comparing takes their square
_LONGEST_CHANGE: Final = 160
_MOST_WORDS: Final = 8


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


@dataclass(frozen=True, slots=True, kw_only=True)
class WordsChanged:
    """A place where the words of a page differ: what stood there, and what stands there now. Either may be empty."""

    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedPage:
    """A page in two states of a document. Boxes are where they look different, `words` what they say differently."""

    before: PageView
    after: PageView
    words: tuple[WordsChanged, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentViews:
    """What a page shows beside a verdict.

    `lacking` are the pages without a phrase that was looked for. `compared` are pages that look different since an
    earlier state, None where no states were to be compared.
    """

    pages: tuple[PageView, ...]
    lacking: tuple[int, ...]
    compared: tuple[ComparedPage, ...] | None = None


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


def page_count(document: bytes, /, *, password: str | None = None) -> int:
    """How many pages PDFium sees."""
    with opened(document, password=password) as pdf:
        return len(pdf)


def page_text(document: bytes, number: int, /, *, password: str | None = None) -> str:
    """The words of a page, as long as a page may be."""
    with opened(document, password=password) as pdf:
        page = pdf[number - 1]
        try:
            return " ".join(_text_of(page)[:_LONGEST_COMPARED].split())
        finally:
            page.close()


def changed_words(before: str, after: str, /) -> tuple[WordsChanged, ...]:
    """The first places where two texts differ, word by word."""
    was, now = before.split(), after.split()
    steps = SequenceMatcher(None, was, now, autojunk=False).get_opcodes()
    changed = [(was[a:b], now[c:d]) for kind, a, b, c, d in steps if kind != "equal"]
    return tuple(WordsChanged(before=_cut(old), after=_cut(new)) for old, new in changed[:_MOST_WORDS])


def _cut(words: list[str]) -> str:
    text = " ".join(words)
    return text if len(text) <= _LONGEST_CHANGE else text[:_LONGEST_CHANGE] + " …"


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
