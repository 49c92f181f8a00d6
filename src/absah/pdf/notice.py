"""The notice at the foot of every page: signed electronically, with a certificate of this issuer.

The agreements ask for it on every output document (K1-j). It goes into the page before the first signature, because
afterwards it would be a change to signed pages: a document with a signature in it is left alone. It is a pagination
artifact (ISO 32000-1 §14.8.2.2), so that a screen reader does not read it on every page, in an embedded font and
without transparency, so that PDF/A stays PDF/A.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pikepdf

from absah.kernel.errors import WrongState
from absah.pdf.fonts import EmbeddedFont, Face, font_for, printable
from absah.pdf.geometry import PageGeometry, Rect
from absah.pdf.intake import inspect
from absah.pdf.objects import Indirect, Name, PdfValue, Stream
from absah.pdf.pdfium import opened
from absah.pdf.text import glyphs_of
from absah.pdf.typesetting import balanced

NOTICE_TEXT = (
    "Dokumen ini telah ditandatangani secara elektronik menggunakan sertifikat elektronik "
    "yang diterbitkan oleh {issuer}."
)
TRIAL_SUFFIX = " UJI COBA (sertifikat uji coba, tidak tersertifikasi)."

_SIZE = 6.5
_LEADING = 8.2
_SIDE_MARGIN = 36.0
_LOWEST, _HIGHEST = 10.0, 64.0  # where above the lower edge of the page the notice may stand
_GREY = 0.32
_FONT_KEY = "AbsahNotice"


class NoticeOnEncrypted(WrongState):
    """The notice would have to be written into an encrypted document, which we do not open for that."""

    code: ClassVar[str] = "pdf.notice-on-encrypted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """The issuer's true name, whether its certificates are trial ones, and the sentence (with `{issuer}`)."""

    issuer: str
    trial: bool
    text: str = NOTICE_TEXT

    @property
    def sentence(self) -> str:
        """The sentence as it is printed."""
        said = self.text.replace("{issuer}", self.issuer) + (TRIAL_SUFFIX if self.trial else "")
        return printable(said)


def stamp_notice(document: bytes, notice: Notice, /) -> bytes:
    """The document with the notice on each page that lacks it; the same object when there is nothing to do.

    A document that holds a signature is returned as it is. Raises what `inspect` raises, and
    `pdf.notice-on-encrypted`.
    """
    facts = inspect(document)
    if facts.signed:
        return document
    bare = _pages_without(document, notice.sentence)
    if not bare:
        return document
    if facts.encrypted:
        raise NoticeOnEncrypted
    font = font_for(Face.REGULAR, notice.sentence)
    with pikepdf.Pdf.open(io.BytesIO(document)) as pdf:
        resource = _to_pikepdf(Indirect(font.as_object()), pdf)
        for number, occupied in bare.items():
            _stamp(pdf, facts.pages[number - 1], resource, _drawn(notice, font, facts.pages[number - 1], occupied))
        written = io.BytesIO()
        # PDF/A-1 knows no object streams, and a claim in the XMP must stay true: nothing else is rewritten.
        pdf.save(
            written,
            object_stream_mode=pikepdf.ObjectStreamMode.preserve,
            deterministic_id=True,
            fix_metadata_version=False,
        )
    return written.getvalue()


def _pages_without(document: bytes, sentence: str) -> dict[int, tuple[Rect, ...]]:
    """The pages that lack the sentence, each with the boxes of its glyphs (user space)."""
    wanted = "".join(sentence.split())
    bare = {}
    with opened(document) as pdf:
        for number in range(1, len(pdf) + 1):
            page = pdf[number - 1]
            text = page.get_textpage()
            if wanted not in "".join(text.get_text_range().split()):
                bare[number] = tuple(glyph.rect for glyph in glyphs_of(text))
            text.close()
            page.close()
    return bare


def _drawn(notice: Notice, font: EmbeddedFont, page: PageGeometry, occupied: tuple[Rect, ...]) -> bytes:
    """Content that leaves the graphics state as it found it, drawn upright on the page as seen."""
    size = min(_SIZE, page.width / 40)
    leading = size * _LEADING / _SIZE
    width = page.width - 2 * min(_SIDE_MARGIN, page.width * 0.06)
    lines = balanced(notice.sentence, font, size, width)
    bottom = _free_band(tuple(map(page.to_seen, occupied)), len(lines) * leading)
    rows = []
    for row, line in zip(range(len(lines) - 1, -1, -1), lines, strict=True):  # drawn in reading order, top line first
        left = (page.width - font.width(line, size)) / 2
        rows.append(b"1 0 0 1 %.2f %.2f Tm %s Tj" % (left, bottom + row * leading + 0.3 * size, font.show(line)))
    return b"\n".join(
        [
            b"/Artifact <</Type /Pagination /Subtype /Footer /Attached [/Bottom]>> BDC",
            b"q %.4f %.4f %.4f %.4f %.4f %.4f cm" % page.matrix,
            b"%.2f g BT /%s %.2f Tf" % (_GREY, _FONT_KEY.encode(), size),
            *rows,
            b"ET Q EMC",
        ]
    )


def _free_band(occupied: tuple[Rect, ...], height: float) -> float:
    """The lowest place at the foot where the notice covers no text of the page's own; else the lowest of all."""
    bottom = _LOWEST
    for box in sorted((box for box in occupied if box.bottom < _HIGHEST + height), key=lambda box: box.bottom):
        if box.top > bottom and box.bottom < bottom + height:
            bottom = box.top + 1.5
    return bottom if bottom <= _HIGHEST else _LOWEST


def _stamp(pdf: pikepdf.Pdf, geometry: PageGeometry, font: pikepdf.Object, content: bytes) -> None:
    page = pdf.pages[geometry.number - 1]
    own = pikepdf.Dictionary(dict(page.resources.items()))  # a copy: pages often share one dictionary, or inherit it
    fonts = pikepdf.Dictionary(dict(own["/Font"].items()) if "/Font" in own else {})
    fonts[f"/{_FONT_KEY}"] = font
    own["/Font"] = fonts
    page.obj["/Resources"] = own
    # The page's own content may leave the coordinate system changed; a saved state around it undoes that.
    page.contents_add(b"q", prepend=True)
    page.contents_add(b"Q\n" + content)


def _to_pikepdf(value: PdfValue, pdf: pikepdf.Pdf) -> Any:
    made: Any  # pikepdf takes Python numbers among its own objects
    match value:
        case Name():
            made = pikepdf.Name(f"/{value.value}")
        case Indirect():
            made = pdf.make_indirect(_to_pikepdf(value.value, pdf))
        case Stream():
            made = pdf.make_stream(
                value.data, {f"/{key}": _to_pikepdf(item, pdf) for key, item in value.entries.items()}
            )
        case bytes():
            made = pikepdf.String(value)
        case int():
            made = value
        case float():
            made = round(value, 4)
        case tuple():
            made = pikepdf.Array([_to_pikepdf(item, pdf) for item in value])
        case Mapping():
            made = pikepdf.Dictionary({f"/{key}": _to_pikepdf(item, pdf) for key, item in value.items()})
    return made
