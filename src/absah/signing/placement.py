"""Where a signature shows itself: nowhere, in a box, or over an anchor character in the text.

Pages are counted from 1, as people do. A box is measured in points from the lower left corner of the page as it is
displayed (CropBox, after rotation).
"""

from dataclasses import dataclass
from enum import StrEnum
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


class PageEnd(StrEnum):
    """A page that is named without its number."""

    FIRST = "first"
    LAST = "last"


class Corner(StrEnum):
    """From which corner of the page a place is measured: upwards from the lower one, or downwards from the upper."""

    LOWER_LEFT = "lower-left"
    UPPER_LEFT = "upper-left"


@dataclass(frozen=True, slots=True, kw_only=True)
class AtOffset:
    """In a box whose own corner of the same name is so many points right of, and above or below, that of the page.

    This is how applications measure that know a page but not its size.
    """

    page: int | PageEnd
    corner: Corner
    x: float
    y: float
    width: float
    height: float


class Occurrence(StrEnum):
    """Which of several marks is meant, in reading order. `every`: each of them, one signature after another."""

    FIRST = "first"
    LAST = "last"
    EVERY = "every"


@dataclass(frozen=True, slots=True, kw_only=True)
class AtMark:
    """In a box of this size whose upper left corner lies on that of a mark in the text, moved onto the page if need be.

    Unlike an anchor a mark is taken at its word: it decides the place whatever stands around it, and one in running
    text is taken where none stands alone. Applications that write their marks themselves count on it. Where `page` has
    the mark, it is the one meant. Where every mark is meant, `nth` (from 0) is this signature's.
    """

    text: str
    occurrence: Occurrence
    width: float
    height: float
    page: int | None = None
    nth: int = 0


Placement: TypeAlias = Invisible | AtBox | AtAnchor | AtOffset | AtMark

INVISIBLE = Invisible()


def describe_placement(placement: Placement, /) -> str:
    """Where a signature shows itself, for records: a page and a box, an anchor, or nothing."""
    if isinstance(placement, AtAnchor):
        return f"anchor {placement.text[:60]}"
    if isinstance(placement, AtBox):
        box = placement.rect
        return f"page {placement.page}: {box.left:g},{box.bottom:g},{box.right:g},{box.top:g}"
    if isinstance(placement, AtOffset):
        size = f"{placement.width:g}x{placement.height:g}"
        return f"page {placement.page}: {placement.x:g},{placement.y:g} from {placement.corner.value}, {size}"
    if isinstance(placement, AtMark):
        return f"mark {placement.text[:60]} ({placement.occurrence.value}), {placement.width:g}x{placement.height:g}"
    return "invisible"
