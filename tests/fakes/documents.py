"""PDF files made for tests: by typst, and by hand with pikepdf where a page has to be odd."""

import io
from functools import cache

import pikepdf
import typst

AGREEMENT = r"""
#set page(paper: "a4", margin: 2.5cm)
#set text(font: "Libertinus Serif", size: 11pt, lang: "id")
= Perjanjian Kerja Sama
#lorem(60) Harga Rp\$5 dan butir \#3.
#v(2cm)
#grid(columns: (1fr, 1fr),
  [PIHAK KESATU,#v(1.2cm) \\\$ #v(2.4cm) *Dra. PUTRI AYU, M.Si.*],
  [PIHAK KEDUA,#v(1.2cm) \# #v(2.4cm) *BAGUS WICAKSONO*])
#pagebreak()
Lampiran.
"""


@cache
def agreement(standard: str | None = "a-3b") -> bytes:
    """Two pages; `\\$` and `#` stand alone on the first, and in running text too."""
    return typst.compile(AGREEMENT.encode(), pdf_standards=standard)


def page_with(
    content: str = "BT /F1 20 Tf 100 100 Td (#) Tj ET",
    *,
    media=(0, 0, 400, 300),
    crop=None,
    rotate: int = 0,
    user_unit: float | None = None,
    pages: int = 1,
    **saving,
) -> bytes:
    """A page by hand, in Helvetica."""
    pdf = pikepdf.new()
    for _ in range(pages):
        page = pdf.add_blank_page(page_size=(100, 100))
        page.MediaBox = pikepdf.Array(list(media))
        if crop is not None:
            page.CropBox = pikepdf.Array(list(crop))
        if rotate:
            page.Rotate = rotate
        if user_unit is not None:
            page.obj.UserUnit = user_unit
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type1,
            BaseFont=pikepdf.Name.Helvetica,
            Encoding=pikepdf.Name.WinAnsiEncoding,
        )
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=pdf.make_indirect(font)))
        page.Contents = pdf.make_stream(content.encode("cp1252"))
    return saved(pdf, **saving)


def saved(pdf: pikepdf.Pdf, **saving) -> bytes:
    written = io.BytesIO()
    pdf.save(written, **saving)
    return written.getvalue()
