"""Pictures of pages, drawn by PDFium: for people who look before they sign, for tests, for documentation."""

import io
import math

from absah.pdf.geometry import PageMissing
from absah.pdf.pdfium import opened

_MOST_PIXELS = 24_000_000


def render_page(document: bytes, number: int, /, *, dots_per_inch: int = 110, password: str | None = None) -> bytes:
    """A PNG of the page (from 1), form fields and signatures included. An enormous page gets fewer dots per inch."""
    with opened(document, password=password) as pdf:
        if not 1 <= number <= len(pdf):
            raise PageMissing(page=number, pages=len(pdf))
        pdf.init_forms()
        page = pdf[number - 1]
        width, height = page.get_size()
        scale = dots_per_inch / 72
        pixels = width * height * scale * scale
        if pixels > _MOST_PIXELS:
            scale *= math.sqrt(_MOST_PIXELS / pixels)
        picture = page.render(scale=scale, may_draw_forms=True).to_pil()
        written = io.BytesIO()
        picture.save(written, format="PNG", optimize=False)
        return written.getvalue()
