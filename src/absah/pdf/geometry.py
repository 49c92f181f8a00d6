"""Rectangles and pages of a PDF: what a reader sees, and where that is in user space.

A page is seen through its CropBox, turned by /Rotate and scaled by /UserUnit (ISO 32000-1 §14.11.2, Table 30). People
and applications speak of the page as seen, in points from its lower left corner; annotations want default user space,
whose origin is wherever the MediaBox says. The two meet here and nowhere else.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

from absah.kernel.errors import BadInput

Rotation: TypeAlias = Literal[0, 90, 180, 270]
Matrix: TypeAlias = tuple[float, float, float, float, float, float]


class BoxOffPage(BadInput):
    """A box that is empty, or that does not lie on its page."""

    code: ClassVar[str] = "pdf.box-off-page"


class PageMissing(BadInput):
    """A page number that the document does not have."""

    code: ClassVar[str] = "pdf.page-missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rect:
    """An upright rectangle; `left <= right` and `bottom <= top`."""

    left: float
    bottom: float
    right: float
    top: float

    def __post_init__(self) -> None:
        if self.left > self.right or self.bottom > self.top:
            raise ValueError("a rectangle whose corners are the wrong way round")

    @staticmethod
    def spanning(one: tuple[float, float], other: tuple[float, float], /) -> "Rect":
        """The rectangle between two opposite corners, in whichever order they come."""
        (x1, y1), (x2, y2) = one, other
        return Rect(left=min(x1, x2), bottom=min(y1, y2), right=max(x1, x2), top=max(y1, y2))

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.top - self.bottom

    @property
    def corners(self) -> tuple[float, float, float, float]:
        """As /Rect writes it: left, bottom, right, top."""
        return (self.left, self.bottom, self.right, self.top)

    def union(self, other: "Rect", /) -> "Rect":
        """The smallest rectangle around both."""
        return Rect(
            left=min(self.left, other.left),
            bottom=min(self.bottom, other.bottom),
            right=max(self.right, other.right),
            top=max(self.top, other.top),
        )

    def overlap(self, other: "Rect", /) -> float:
        """The area that both cover."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.top, other.top) - max(self.bottom, other.bottom)
        return max(width, 0.0) * max(height, 0.0)

    def contains(self, other: "Rect", /, *, tolerance: float = 0.01) -> bool:
        """Whether `other` lies inside, give or take a rounding."""
        return (
            other.left >= self.left - tolerance
            and other.right <= self.right + tolerance
            and other.bottom >= self.bottom - tolerance
            and other.top <= self.top + tolerance
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PageGeometry:
    """A page (numbered from 1): its boxes in user space, how it is turned, and how long its unit is (1 = 1/72 inch)."""

    number: int
    media: Rect
    crop: Rect
    rotation: Rotation = 0
    user_unit: float = 1.0

    @property
    def width(self) -> float:
        """Of the page as seen, in points."""
        return (self.crop.height if self.rotation in {90, 270} else self.crop.width) * self.user_unit

    @property
    def height(self) -> float:
        """Of the page as seen, in points."""
        return (self.crop.width if self.rotation in {90, 270} else self.crop.height) * self.user_unit

    @property
    def seen(self) -> Rect:
        """The whole page as seen."""
        return Rect(left=0.0, bottom=0.0, right=self.width, top=self.height)

    @property
    def matrix(self) -> Matrix:
        """From the page as seen to user space, as a PDF matrix: also what draws something upright on a turned page."""
        scale = 1.0 / self.user_unit
        crop = self.crop
        match self.rotation:  # /Rotate turns clockwise; going back to user space turns the other way.
            case 0:
                return (scale, 0.0, 0.0, scale, crop.left, crop.bottom)
            case 90:
                return (0.0, scale, -scale, 0.0, crop.right, crop.bottom)
            case 180:
                return (-scale, 0.0, 0.0, -scale, crop.right, crop.top)
            case 270:
                return (0.0, -scale, scale, 0.0, crop.left, crop.top)

    def to_user_space(self, box: Rect, /) -> Rect:
        """A rectangle of the page as seen, in user space."""
        return Rect.spanning(self._forth(box.left, box.bottom), self._forth(box.right, box.top))

    def to_seen(self, box: Rect, /) -> Rect:
        """A rectangle of user space, on the page as seen."""
        return Rect.spanning(self._back(box.left, box.bottom), self._back(box.right, box.top))

    def require(self, box: Rect, /) -> Rect:
        """The same box (as seen), if it has an area and lies on this page; otherwise `pdf.box-off-page`."""
        if box.width <= 0 or box.height <= 0 or not self.seen.contains(box, tolerance=0.5):
            raise BoxOffPage(page=self.number, width=round(self.width), height=round(self.height))
        return box

    def _forth(self, x: float, y: float) -> tuple[float, float]:
        a, b, c, d, e, f = self.matrix
        return (a * x + c * y + e, b * x + d * y + f)

    def _back(self, x: float, y: float) -> tuple[float, float]:
        a, b, c, d, e, f = self.matrix
        determinant = a * d - b * c
        x, y = x - e, y - f
        return ((d * x - c * y) / determinant, (a * y - b * x) / determinant)


def page_numbered(pages: tuple[PageGeometry, ...], number: int, /) -> PageGeometry:
    """The page of this number. Raises `pdf.page-missing`."""
    if not 1 <= number <= len(pages):
        raise PageMissing(page=number, pages=len(pages))
    return pages[number - 1]
