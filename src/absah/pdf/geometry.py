"""Rectangles and pages of a PDF: what is seen, and where that is in user space."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rect:
    """An upright rectangle in points; `left < right`, `bottom < top`."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.top - self.bottom
