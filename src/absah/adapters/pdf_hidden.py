"""Whether a later signature, stamp or filled field lies over what was signed (the sneaky signature attack, S&P 2021).

What the bytes permit may still cover a sum. So each field that was signed or filled later is looked at where it lies:
the page as it was before, and after, drawn by PDFium. Most fields lie on empty paper, and nothing is drawn for them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf

from absah.adapters.pdf_evidence_bytes import Structure
from absah.adapters.pdf_evidence_fields import Form, Widget
from absah.adapters.pdf_pictures import Gallery, TooManyPictures, hidden_drawing, hidden_text
from absah.kernel.errors import AbsahError
from absah.pdf.geometry import Rect
from absah.validation.evidence import Change, ChangeKind, HiddenContent

_PAINTING = frozenset({ChangeKind.SIGNATURE, ChangeKind.TIMESTAMP, ChangeKind.FORM_FIELD})
_MOST_LETTERS = 80


@dataclass(frozen=True, slots=True)
class Hidden:
    """What was found; `cut` says that there was more to look at than anybody has time for."""

    found: tuple[HiddenContent, ...]
    cut: bool


@dataclass(frozen=True, slots=True)
class _Place:
    """A widget on a page."""

    page: int
    rect: Rect


def find_hidden(
    gallery: Gallery, structure: Structure, changes: Iterable[Change], form: Form, widgets: tuple[Widget, ...]
) -> Hidden:
    """Look under every field that a later revision painted. Raises nothing: what cannot be drawn hides nothing."""
    wanted = {(change.revision, change.field): None for change in changes if change.kind in _PAINTING and change.page}
    if not wanted:
        return Hidden((), cut=False)
    places = _places(form, widgets)
    found: list[HiddenContent] = []
    try:
        for revision, field in wanted:
            for place in places.get(field, ()):
                found += _look(gallery, structure, revision, field, place, places)
    except TooManyPictures:
        return Hidden(tuple(found), cut=True)
    return Hidden(tuple(found), cut=False)


def _places(form: Form, widgets: tuple[Widget, ...]) -> dict[str, list[_Place]]:
    pages = {widget.node.objgen: widget.page for widget in widgets if widget.node.is_indirect}
    found: dict[str, list[_Place]] = {}
    for field in form.fields:
        for node in field.widgets:
            page, rect = pages.get(node.objgen, 0), _rect(node)
            if page and rect is not None:
                found.setdefault(field.name, []).append(_Place(page, rect))
    return found


def _rect(node: Any) -> Rect | None:
    box = node.get("/Rect")
    if not isinstance(box, pikepdf.Array) or len(box) != 4:
        return None
    try:
        left, bottom, right, top = (float(edge) for edge in box)
    except (TypeError, ValueError):
        return None
    rect = Rect.spanning((left, bottom), (right, top))
    return rect if rect.width > 0 and rect.height > 0 else None


def _look(
    gallery: Gallery,
    structure: Structure,
    revision: int,
    field: str,
    place: _Place,
    places: dict[str, list[_Place]],
) -> Iterator[HiddenContent]:
    others = (one for name, listed in places.items() if name != field for one in listed)
    over_others = any(one.page == place.page and one.rect.overlap(place.rect) > 0 for one in others)
    before, after = structure.revisions[revision - 2].end, structure.revisions[revision - 1].end
    try:
        if not over_others and not gallery.covers_something(before, place.page, place.rect):
            return
        was, now = gallery.picture(before, place.page), gallery.picture(after, place.page)
        glyphs = gallery.glyphs(before, place.page)
    except AbsahError:
        return
    text = hidden_text(was, now, glyphs, place.rect)
    if text or hidden_drawing(was, now, glyphs, place.rect):
        box = (place.rect.left, place.rect.bottom, place.rect.right, place.rect.top)
        yield HiddenContent(revision=revision, field=field, page=place.page, box=box, text=text[:_MOST_LETTERS])
