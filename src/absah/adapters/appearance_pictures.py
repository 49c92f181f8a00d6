"""The picture of a visible signature as a PNG, for services that take a picture and draw nothing of their own.

It is the same drawing that our own signatures show (`absah.pdf.appearance`), on a page of just its size.
"""

import io
from collections.abc import Mapping
from typing import Any, Final

import pikepdf

from absah.pdf.appearance import SignatureLook, draw_appearance
from absah.pdf.bare_appearance import BareLook, draw_bare
from absah.pdf.geometry import PageGeometry, Rect
from absah.pdf.objects import Indirect, Name, PdfValue, Stream
from absah.pdf.pages import render_page

_DOTS_PER_INCH: Final = 300


def appearance_picture(look: SignatureLook | BareLook, width: float, height: float, /) -> bytes:
    """A PNG of a signature for a box of this size in points. Raises BoxTooSmall, and what `draw_bare` raises."""
    box = Rect(left=0, bottom=0, right=width, top=height)
    page = PageGeometry(number=1, media=box, crop=box)
    drawn = draw_bare(look, page, box) if isinstance(look, BareLook) else draw_appearance(look, page, box)
    with pikepdf.new() as made:
        sheet = made.add_blank_page(page_size=(width, height))
        sheet.Resources = _object(drawn.resources, made)
        sheet.Contents = made.make_stream(drawn.content)
        written = io.BytesIO()
        made.save(written)
    return render_page(written.getvalue(), 1, dots_per_inch=_DOTS_PER_INCH)


def _object(value: PdfValue, made: pikepdf.Pdf) -> Any:
    """A neutral value as an object of pikepdf."""
    written: Any = value
    match value:
        case Name():
            written = pikepdf.Name(f"/{value.value}")
        case Indirect():
            written = made.make_indirect(_object(value.value, made))
        case Stream():
            entries = {f"/{key}": _object(entry, made) for key, entry in value.entries.items()}
            written = made.make_indirect(pikepdf.Stream(made, value.data, entries))
        case bytes():
            written = pikepdf.String(value)
        case tuple():
            written = pikepdf.Array([_object(entry, made) for entry in value])
        case Mapping():
            written = pikepdf.Dictionary({f"/{key}": _object(entry, made) for key, entry in value.items()})
    return written
