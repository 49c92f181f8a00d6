"""The glyphs of a page as PDFium sees them, in default user space.

PDFium reports glyph boxes in user space, whatever the CropBox and /Rotate say (tried with both). An em is the font size
as drawn: the size in the text state times the scale of the text matrix.
"""

import ctypes
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from absah.pdf.geometry import Rect

if TYPE_CHECKING:
    import pypdfium2

_DESCENT, _ASCENT = 0.25, 0.75  # how far a line reaches below and above its baseline, in em


@dataclass(frozen=True, slots=True, kw_only=True)
class TextGlyph:
    """A drawn character: its box, the start of its baseline, the direction of its line (radians), and its em."""

    index: int
    character: str
    rect: Rect
    origin: tuple[float, float]
    angle: float
    em: float

    def follows_line_of(self, other: "TextGlyph", /) -> bool:
        """Whether both stand on one line: seen along the other's baseline, their heights overlap by half or more."""
        up = (-math.sin(other.angle), math.cos(other.angle))
        shift = (self.origin[0] - other.origin[0]) * up[0] + (self.origin[1] - other.origin[1]) * up[1]
        bottom = max(-_DESCENT * other.em, shift - _DESCENT * self.em)
        top = min(_ASCENT * other.em, shift + _ASCENT * self.em)
        return top - bottom >= 0.5 * min(self.em, other.em)

    def span_along(self, angle: float, /) -> tuple[float, float]:
        """Where the box begins and ends, measured in the direction of `angle`."""
        along = (math.cos(angle), math.sin(angle))
        ends = [
            x * along[0] + y * along[1]
            for x in (self.rect.left, self.rect.right)
            for y in (self.rect.bottom, self.rect.top)
        ]
        return min(ends), max(ends)


def glyphs_of(text: "pypdfium2.PdfTextPage", /) -> tuple[TextGlyph, ...]:
    """Every glyph that leaves ink: no white space, nothing that PDFium made up."""
    found = (_glyph(text, index) for index in range(text.count_chars()))
    return tuple(glyph for glyph in found if glyph is not None)


def occurrences(text: "pypdfium2.PdfTextPage", words: str, /) -> Sequence[tuple[int, int]]:
    """Where `words` stand: index of the first glyph, and how many."""
    searcher = text.search(words, match_case=True)
    found = []
    while (hit := searcher.get_next()) is not None:
        found.append((int(hit[0]), int(hit[1])))
    searcher.close()
    return found


def _glyph(text: "pypdfium2.PdfTextPage", index: int) -> TextGlyph | None:
    import pypdfium2.raw as pdfium  # noqa: PLC0415  (loaded where a document was opened, not before)

    character = chr(pdfium.FPDFText_GetUnicode(text, index))
    if character.isspace() or not character.isprintable() or pdfium.FPDFText_IsGenerated(text, index) == 1:
        return None
    left, bottom, right, top = text.get_charbox(index)
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetCharOrigin(text, index, x, y)
    matrix = pdfium.FS_MATRIX()
    scale = 1.0
    if pdfium.FPDFText_GetMatrix(text, index, matrix):
        scale = math.hypot(matrix.c, matrix.d) or 1.0
    return TextGlyph(
        index=index,
        character=character,
        rect=Rect.spanning((left, bottom), (right, top)),
        origin=(x.value, y.value),
        angle=max(pdfium.FPDFText_GetCharAngle(text, index), 0.0),  # PDFium answers -1 where it does not know
        em=abs(pdfium.FPDFText_GetFontSize(text, index)) * scale,
    )
