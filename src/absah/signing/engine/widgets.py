"""The signature field with its widget: a new one, or an empty one that is filled; and the picture it shows.

A new field is one piece of text: whatever it says is known before it is written (ISO 32000-1 §12.5.6.19, §12.7.4.5).
"""

from typing import Final

from absah.pdf.appearance import Appearance
from absah.pdf.geometry import Rect
from absah.pdf.reader.syntax import Reference, as_integer
from absah.pdf.writer.amendment import Amendment
from absah.pdf.writer.template import Templates, deflated
from absah.pdf.writer.written import written_array, written_number
from absah.signing.engine.fields import Form, append_to, empty_field
from absah.signing.engine.structure import tag_annotation

_NOWHERE: Final = b"[0 0 0 0]"
_PRINT, _LOCKED = 4, 128  # annotation flags, ISO 32000-1 Table 165


def add_field(  # noqa: PLR0913  (a field is its name, its place and what it says)
    amendment: Amendment,
    form: Form,
    name: str,
    page: Reference,
    /,
    *,
    rect: Rect | None,
    says: bytes,
    title: str | None = None,
) -> None:
    """A new field with its widget on a page. `says` are its other entries, written; under a `title` it is tagged.

    In what may be PDF/A-1 even a field that nobody sees has a picture (ISO 19005-1 §6.9): there is always metadata.
    """
    if rect is None and b"Metadata" in amendment.catalog:
        says += b"/AP" + appearance_of(add_blank(amendment, 0, 0))
    own = amendment.new()
    tag = b"" if title is None else tag_annotation(amendment, page, own, title)
    place = form.insert(name, own)
    edges = _NOWHERE if rect is None else written_array([written_number(edge) for edge in rect.corners])
    body = b"<</Type/Annot/Subtype/Widget/FT/Sig%s/Rect%s/F %d/P %s%s%s>>"
    amendment.place(own, body % (place, edges, _PRINT | _LOCKED, page.written, says, tag))
    append_to(amendment, page, b"Annots", own)


def fill_field(
    amendment: Amendment, form: Form, own: Reference, value: Reference, picture: Reference | None, /
) -> None:
    """Put a value, and what shows it, into an empty field. Raises Declined, `signing.field-filled`."""
    widget = empty_field(amendment, own)
    amendment.put(own, b"V", value.written)
    if picture is not None:
        flags = as_integer((amendment.entries_of(widget) or {}).get(b"F")) or 0
        amendment.put(widget, b"AP", appearance_of(picture))
        amendment.put(widget, b"F", b"%d" % (flags | _PRINT))
    form.mark_signed()


def appearance_of(picture: Reference, /) -> bytes:
    """The appearance dictionary with this picture."""
    return b"<</N %s>>" % picture.written


def add_picture(amendment: Amendment, appearance: Appearance, templates: Templates, /) -> Reference:
    """The form XObject of an appearance (§8.10.2)."""
    head = b"/Type/XObject/Subtype/Form/BBox%s/Matrix%s/Resources%s/Filter/FlateDecode" % (
        _box(appearance.width, appearance.height),
        written_array([written_number(number) for number in appearance.matrix]),
        templates.of(appearance.resources).into(amendment),
    )
    return amendment.add_stream(head, deflated(appearance.content))


def add_blank(amendment: Amendment, width: float, height: float, /) -> Reference:
    """An empty picture of this size (PDF/A wants one in every field, ISO 19005-2 §6.3.3)."""
    head = b"/Type/XObject/Subtype/Form/BBox%s/Resources<<>>/Filter/FlateDecode" % _box(width, height)
    return amendment.add_stream(head, deflated(b""))


def _box(width: float, height: float) -> bytes:
    return written_array([written_number(edge) for edge in (0, 0, width, height)])
