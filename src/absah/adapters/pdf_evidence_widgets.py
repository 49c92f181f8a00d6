"""Whether a text field shows what it holds.

The published attack "replace via overlay" signs a form whose field holds one payee and shows another, and lets a later
"form filling" redraw it. What a field shows is its appearance stream; PDFium reads the text out of that stream, placed
alone on an empty page. The two are compared without white space, because lines are broken and combs are spaced.
"""

import io
import unicodedata
from typing import Any

import pikepdf

from absah.adapters.pdf_evidence_fields import Widget, inherited
from absah.pdf.pdfium import opened
from absah.pdf.refusals import Damaged
from absah.validation.evidence import WidgetMismatch

MAXIMUM_FIELDS = 500
_PASSWORD = 1 << 13
_HIDDEN = (1 << 1) | (1 << 5)
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def find_mismatches(widgets: tuple[Widget, ...], form: Any, /) -> tuple[WidgetMismatch, ...]:
    """The text fields among these whose picture says something else than their value."""
    resources = form.get("/DR") if isinstance(form, pikepdf.Dictionary) else None
    found = []
    for widget in [widget for widget in widgets if _is_text(widget.node)][:MAXIMUM_FIELDS]:
        value = inherited(widget.node, "/V")
        held = _normal(str(value)) if isinstance(value, pikepdf.String) else ""
        shown = _shown(widget.node, resources)
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


def _shown(widget: Any, resources: Any) -> str | None:
    """The text in the normal appearance, or None where there is nothing to compare: hidden, no picture, no text map."""
    flags = widget.get("/F", 0)
    appearances = widget.get("/AP")
    if (isinstance(flags, int) and flags & _HIDDEN) or not isinstance(appearances, pikepdf.Dictionary):
        return None
    normal = appearances.get("/N")
    if not isinstance(normal, pikepdf.Stream):
        return None
    try:
        text = _read_text(normal, resources)
    except (pikepdf.PikepdfError, pikepdf.PdfError, Damaged, ValueError, TypeError, RuntimeError):
        return None
    return None if _REPLACEMENT in text else _normal(text)


def _read_text(stream: Any, resources: Any) -> str:
    with pikepdf.new() as bench:
        picture = bench.copy_foreign(stream)
        box = [float(edge) for edge in stream.get("/BBox", [0, 0, 1000, 1000])]
        left, bottom, right, top = min(box[0], box[2]), min(box[1], box[3]), max(box[0], box[2]), max(box[1], box[3])
        page = bench.add_blank_page(page_size=(max(right - left, 3), max(top - bottom, 3)))
        page.obj["/MediaBox"] = pikepdf.Array([left, bottom, max(right, left + 3), max(top, bottom + 3)])
        picture["/Matrix"] = pikepdf.Array([1, 0, 0, 1, 0, 0])
        names = pikepdf.Dictionary({"/XObject": pikepdf.Dictionary({"/Shown": picture})})
        if isinstance(resources, pikepdf.Dictionary) and isinstance(resources.get("/Font"), pikepdf.Dictionary):
            names["/Font"] = _copied(bench, resources["/Font"])
        page.obj["/Resources"] = names
        page.obj["/Contents"] = bench.make_stream(b"/Shown Do")
        written = io.BytesIO()
        bench.save(written)
    with opened(written.getvalue()) as document:
        return str(document[0].get_textpage().get_text_range())


def _copied(bench: pikepdf.Pdf, fonts: Any) -> Any:
    indirect = {name: font for name, font in fonts.items() if isinstance(font, pikepdf.Object) and font.is_indirect}
    return pikepdf.Dictionary({name: bench.copy_foreign(font) for name, font in indirect.items()})


def _normal(text: str) -> str:
    composed = unicodedata.normalize("NFKC", text)
    return "".join(letter for letter in composed if not letter.isspace() and unicodedata.category(letter) != "Cc")
