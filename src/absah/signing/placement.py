"""Where a signature shows itself: nowhere, in a box, or over an anchor character in the text.

Pages are counted from 1, as people do. A box is measured in points from the lower left corner of the page as it is
displayed (CropBox, after rotation).
"""

from dataclasses import dataclass
from typing import TypeAlias

from absah.pdf.geometry import Rect


@dataclass(frozen=True, slots=True)
class Invisible:
    """The signature has no picture on the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AtBox:
    """In this box of this page."""

    page: int
    rect: Rect


@dataclass(frozen=True, slots=True, kw_only=True)
class AtAnchor:
    """Over the last occurrence of `text` that is not part of running text; the glyph disappears under the signature."""

    text: str


Placement: TypeAlias = Invisible | AtBox | AtAnchor

INVISIBLE = Invisible()


def describe_placement(placement: Placement, /) -> str:
    """Where a signature shows itself, for records: a page and a box, an anchor, or nothing."""
    if isinstance(placement, AtAnchor):
        return f"anchor {placement.text[:60]}"
    if isinstance(placement, AtBox):
        box = placement.rect
        return f"page {placement.page}: {box.left:g},{box.bottom:g},{box.right:g},{box.top:g}"
    return "invisible"
