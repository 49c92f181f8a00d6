"""Whether a text field shows what it holds.

The published attack "replace via overlay" signs a form whose field holds one payee and shows another, and lets a later
"form filling" redraw it. What a field shows is its appearance stream; PDFium reads the text out of that stream, placed
alone on an empty page. The two are compared without white space, because lines are broken and combs are spaced.
"""

import io
import unicodedata
import zlib
from typing import Any, final

import pikepdf

from absah.adapters.pdf_evidence_fields import Widget, inherited
from absah.pdf.pdfium import opened
from absah.pdf.refusals import Damaged
from absah.validation.evidence import WidgetMismatch

MAXIMUM_FIELDS = 500
MAXIMUM_PICTURE = 1024 * 1024  # bytes, unpacked; an honest one has a few hundred
MAXIMUM_WRITTEN = 256 * 1024 * 1024  # bytes that are handed to PDFium for one document, the fonts of the form included
_PASSWORD = 1 << 13
_HIDDEN = (1 << 1) | (1 << 5)
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
#: Equal to no value of a field, from which control characters are taken away.
_TOO_MUCH = "\N{NULL}"


def find_mismatches(widgets: tuple[Widget, ...], form: Any, /) -> tuple[WidgetMismatch, ...]:
    """The text fields among these whose picture says something else than their value."""
    resources = form.get("/DR") if isinstance(form, pikepdf.Dictionary) else None
    found, bench = [], _Bench(resources)
    for widget in [widget for widget in widgets if _is_text(widget.node)][:MAXIMUM_FIELDS]:
        value = inherited(widget.node, "/V")
        held = _normal(str(value)) if isinstance(value, pikepdf.String) else ""
        shown = _shown(widget.node, bench)
        if shown is not None and shown != held:
            name = inherited(widget.node, "/T")
            found.append(WidgetMismatch(field_name=str(name) if name is not None else "", page=widget.page))
    return tuple(found)


def _is_text(widget: Any) -> bool:
    flags = inherited(widget, "/Ff")
    secret = isinstance(flags, int) and bool(flags & _PASSWORD)
    # A format action draws 1234 as Rp1.234,00: not a lie, and not comparable without running its script.
    actions = inherited(widget, "/AA")
    formatted = isinstance(actions, pikepdf.Dictionary) and "/F" in actions
    return inherited(widget, "/FT") == "/Tx" and not secret and not formatted


def _shown(widget: Any, bench: "_Bench") -> str | None:
    """The text in the normal appearance, or None where there is nothing to compare: hidden, no picture, no text map.

    A picture that is too much to read counts as one that shows something else: a liar must not get off by excess.
    """
    flags = widget.get("/F", 0)
    appearances = widget.get("/AP")
    if (isinstance(flags, int) and flags & _HIDDEN) or not isinstance(appearances, pikepdf.Dictionary):
        return None
    normal = appearances.get("/N")
    if not isinstance(normal, pikepdf.Stream):
        return None
    try:
        text = _TOO_MUCH if _is_too_much(normal) else bench.read_text(normal)
    except (pikepdf.PikepdfError, pikepdf.PdfError, Damaged, ValueError, TypeError, RuntimeError, zlib.error):
        return None
    if text == _TOO_MUCH:
        return text
    return None if _REPLACEMENT in text else _normal(text)


def _is_too_much(picture: Any) -> bool:
    """Large once unpacked, or drawing other pictures, which draw others: a few bytes then mean hours of work."""
    resources = picture.get("/Resources")
    if isinstance(resources, pikepdf.Dictionary) and resources.get("/XObject"):
        return True
    raw = bytes(picture.read_raw_bytes())
    wrapped = picture.get("/Filter")
    if isinstance(wrapped, pikepdf.Array) and len(wrapped) == 1:
        wrapped = wrapped[0]
    if wrapped is None or len(raw) > MAXIMUM_PICTURE:
        return len(raw) > MAXIMUM_PICTURE
    if str(wrapped) != "/FlateDecode":
        return not isinstance(wrapped, pikepdf.Name)  # a row of filters can unpack what another has packed
    return len(zlib.decompressobj().decompress(raw, MAXIMUM_PICTURE + 1)) > MAXIMUM_PICTURE


@final
class _Bench:
    """Where pictures are laid alone on an empty page, with the fonts of the form, and read."""

    def __init__(self, resources: Any) -> None:
        fonts = resources.get("/Font") if isinstance(resources, pikepdf.Dictionary) else None
        self._fonts = fonts if isinstance(fonts, pikepdf.Dictionary) else None
        self._left = MAXIMUM_WRITTEN

    def read_text(self, stream: Any, /) -> str:
        """The text of one picture; `_TOO_MUCH` once too much was written for all of them together."""
        if self._left <= 0:
            return _TOO_MUCH
        page = self._page_with(stream)
        self._left -= len(page)
        with opened(page) as document:
            return str(document[0].get_textpage().get_text_range())

    def _page_with(self, stream: Any) -> bytes:
        with pikepdf.new() as bench:
            picture = bench.copy_foreign(stream)
            box = [float(edge) for edge in stream.get("/BBox", [0, 0, 1000, 1000])]
            left, bottom, right, top = (
                min(box[0], box[2]),
                min(box[1], box[3]),
                max(box[0], box[2]),
                max(box[1], box[3]),
            )
            page = bench.add_blank_page(page_size=(max(right - left, 3), max(top - bottom, 3)))
            page.obj["/MediaBox"] = pikepdf.Array([left, bottom, max(right, left + 3), max(top, bottom + 3)])
            picture["/Matrix"] = pikepdf.Array([1, 0, 0, 1, 0, 0])
            names = pikepdf.Dictionary({"/XObject": pikepdf.Dictionary({"/Shown": picture})})
            if self._fonts is not None:
                names["/Font"] = _copied(bench, self._fonts)
            page.obj["/Resources"] = names
            page.obj["/Contents"] = bench.make_stream(b"/Shown Do")
            written = io.BytesIO()
            bench.save(written, compress_streams=False)
            return written.getvalue()


def _copied(bench: pikepdf.Pdf, fonts: Any) -> Any:
    indirect = {name: font for name, font in fonts.items() if isinstance(font, pikepdf.Object) and font.is_indirect}
    return pikepdf.Dictionary({name: bench.copy_foreign(font) for name, font in indirect.items()})


def _normal(text: str) -> str:
    composed = unicodedata.normalize("NFKC", text)
    return "".join(letter for letter in composed if not letter.isspace() and unicodedata.category(letter) != "Cc")
