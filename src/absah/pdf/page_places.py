"""Places on a page: its picture in any size, anchors with the box that each would give, the text under a box."""

import io
from dataclasses import dataclass
from typing import Final

from absah.pdf.geometry import PageGeometry, PageMissing, Rect
from absah.pdf.hazards import Warned
from absah.pdf.page_views import PageView
from absah.pdf.pdfium import opened
from absah.pdf.text import glyphs_of

MOST_PIXELS: Final = 12_000_000
_LONGEST_COVERED: Final = 80
_QUALITY: Final = 70
_LONGEST_TEXT: Final = 6_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedOver:
    """A document before it is sent round: its pages, whether somebody has signed it, what signers should know."""

    pages: tuple[PageGeometry, ...]
    signed: bool
    warned: tuple[Warned, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorPlace:
    """Where an anchor stands, and the box (of the page as displayed) that a signature would take there."""

    page: int
    box: Rect
    running_text: bool


def page_picture(document: bytes, number: int, /, *, side: int) -> PageView:
    """A page with forms and signatures, its longest side `side` pixels. Raises PageMissing, `pdf.damaged`."""
    with opened(document) as pdf:
        if not 1 <= number <= len(pdf):
            raise PageMissing(page=number, pages=len(pdf))
        pdf.init_forms()  # without it PDFium draws no signature
        page = pdf[number - 1]
        width, height = page.get_size()
        scale = min(side / max(width, height, 1.0), (MOST_PIXELS / max(width * height, 1.0)) ** 0.5)
        image = page.render(scale=scale, may_draw_forms=True).to_pil()
        content = page.get_textpage()
        text = " ".join(str(content.get_text_range()).split())
        content.close()
        page.close()
    written = io.BytesIO()
    image.save(written, format="WEBP", quality=_QUALITY, method=0)
    return PageView(
        number=number,
        width=image.width,
        height=image.height,
        picture=written.getvalue(),
        text=text if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT].rsplit(" ", 1)[0] + " …",
    )


def covered_text(document: bytes, page: PageGeometry, box: Rect, /) -> str:
    """The text that a box of the displayed page would lie on, cut after some length; empty where it hides none."""
    with opened(document) as pdf:
        leaf = pdf[page.number - 1]
        content = leaf.get_textpage()
        inside = page.to_user_space(box)
        letters = [glyph.character for glyph in glyphs_of(content) if glyph.rect.overlap(inside) > 0]
        content.close()
        leaf.close()
    words = "".join(letters)
    return words if len(words) <= _LONGEST_COVERED else words[:_LONGEST_COVERED] + "…"
