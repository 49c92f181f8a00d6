"""Anchors: characters such as `$` and `#` that an author puts where signatures belong.

A hit is *running text* when another glyph stands within 1 em of it on its baseline: "Rp$ 5" or "butir #3" place no
signature. A backslash directly before the anchor is an escape that some converter left there; it belongs to the anchor
and disappears under the signature with it.
"""

from dataclasses import dataclass
from typing import ClassVar

from absah.kernel.errors import BadInput
from absah.pdf.geometry import Rect
from absah.pdf.pdfium import opened
from absah.pdf.reader.source import Document
from absah.pdf.text import TextGlyph, glyphs_of, occurrences

_ESCAPE = "\\"
_ESCAPE_WITHIN = 0.5  # em between the escape and what it escapes
_ALONE_WITHIN = 1.0  # em
_LONGEST = 64


class AnchorMalformed(BadInput):
    """An anchor has at least one visible character, and is a mark rather than a paragraph."""

    code: ClassVar[str] = "pdf.anchor-malformed"


class AnchorNotFound(BadInput):
    """The anchor stands nowhere by itself. The parameters tell how often it stands in running text, and where."""

    code: ClassVar[str] = "pdf.anchor-not-found"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorHit:
    """An occurrence of an anchor: page (from 1), rectangle in user space, the em of its font."""

    page: int
    rect: Rect
    em: float
    running_text: bool


def find_anchors(document: Document, text: str, /, *, password: str | None = None) -> tuple[AnchorHit, ...]:
    """Every occurrence of `text`, in reading order of the pages."""
    if not text.strip() or len(text) > _LONGEST:
        raise AnchorMalformed(longest=_LONGEST)
    hits: list[AnchorHit] = []
    with opened(document, password=password) as pdf:
        for number in range(1, len(pdf) + 1):
            page = pdf[number - 1]
            content = page.get_textpage()
            found = occurrences(content, text)
            if found:
                glyphs = glyphs_of(content)
                for first, count in found:
                    hit = _hit(glyphs, range(first, first + count), number)
                    hits += [hit] if hit is not None else []
            content.close()
            page.close()
    return tuple(hits)


def choose_anchor(hits: tuple[AnchorHit, ...], text: str, /) -> AnchorHit:
    """The last hit that is not running text. Raises `pdf.anchor-not-found`, which lists the others."""
    alone = [hit for hit in hits if not hit.running_text]
    if not alone:
        pages = ", ".join(str(page) for page in dict.fromkeys(hit.page for hit in hits))
        raise AnchorNotFound(anchor=text, hits=len(hits), pages=pages or "-")
    return alone[-1]


def _hit(glyphs: tuple[TextGlyph, ...], indices: range, page: int) -> AnchorHit | None:
    own = [glyph for glyph in glyphs if glyph.index in indices]
    if not own:
        return None
    others = [glyph for glyph in glyphs if glyph.index not in indices and glyph.follows_line_of(own[0])]
    escapes = [glyph for glyph in others if glyph.character == _ESCAPE and _escapes(glyph, own[0])]
    own += escapes
    rect = own[0].rect
    for glyph in own[1:]:
        rect = rect.union(glyph.rect)
    reach = _ALONE_WITHIN * own[0].em
    running = any(_gap(glyph, member) <= reach for glyph in others if glyph not in escapes for member in own)
    return AnchorHit(page=page, rect=rect, em=own[0].em, running_text=running)


def _escapes(escape: TextGlyph, glyph: TextGlyph) -> bool:
    """Whether the backslash stands before the glyph, not after it, and touches it."""
    before = escape.span_along(glyph.angle)[0] < glyph.span_along(glyph.angle)[0]
    return before and _gap(escape, glyph) <= _ESCAPE_WITHIN * glyph.em


def _gap(one: TextGlyph, other: TextGlyph) -> float:
    """The white between two glyphs, along the baseline of the second."""
    (start, end), (begin, finish) = one.span_along(other.angle), other.span_along(other.angle)
    return max(start - finish, begin - end, 0.0)
