"""The picture of a visible signature."""

from dataclasses import dataclass

from absah.pdf.geometry import Rect


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """What to draw, and where: `page` from 1, `rect` in the user space of that page."""

    page: int
    rect: Rect
    content: bytes
