"""Where signatures go: presets, the change from people's measure to the PDF's, and what is wrong with a place."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from absah.pdf.geometry import Rect
from absah.signing.placement import AtBox
from absah.workflow.parts import Part, Seat, Spot

SIGNATURE: Final = (190.0, 70.0)
"""Width and height of a signature that people can read, in points."""
INITIALS: Final = (110.0, 40.0)
_LINE: Final = 12.0
_MARGIN: Final = 56.0
_GAP: Final = 10.0
_COLUMNS: Final = 2


class Preset(StrEnum):
    """Places that need no pointing."""

    LAST_RIGHT = "last-right"
    LAST_LEFT = "last-left"
    FIRST_RIGHT = "first-right"


class Flaw(StrEnum):
    """What is wrong with a place. A flaw warns; only overlapping signatures and a place off the page are refused."""

    COVERS_TEXT = "covers-text"
    OFF_PAGE = "off-page"
    ON_ANOTHER = "on-another"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSize:
    """A page as it is displayed, in points."""

    width: float
    height: float


def size_for(seat: Seat, /) -> tuple[float, float]:
    """How large the mark of a seat would like to be: the lines of a mandate make it higher."""
    if seat.part is Part.INITIAL:
        return INITIALS
    width, height = SIGNATURE
    return width, height + _LINE * seat.authority.count("\n")


def at_box(spot: Spot, page: PageSize, /) -> AtBox:
    """A place in the measure of the PDF: from the lower left corner."""
    return AtBox(
        page=spot.page,
        rect=Rect.spanning((spot.x, page.height - spot.y - spot.height), (spot.x + spot.width, page.height - spot.y)),
    )


def spot_of(page_number: int, box: Rect, page: PageSize, /) -> Spot:
    """A box of the displayed page in the measure of people: from the upper left corner."""
    return Spot(
        page=page_number,
        x=round(max(box.left, 0.0), 1),
        y=round(max(page.height - box.top, 0.0), 1),
        width=round(box.width, 1),
        height=round(box.height, 1),
    )


def preset_spot(preset: Preset, seat: Seat, pages: tuple[PageSize, ...], taken: tuple[Spot, ...], /) -> Spot:
    """A place of a preset that lies on none that is taken: upwards from the corner, then in the next column."""
    number = 1 if preset is Preset.FIRST_RIGHT else len(pages)
    page = pages[number - 1]
    width, height = size_for(seat)
    width, height = min(width, page.width), min(height, page.height)
    spots = [
        _stacked(number, page, (width, height), row, column, from_left=preset is Preset.LAST_LEFT)
        for column in range(_COLUMNS)
        for row in range(max(int((page.height - 2 * _MARGIN) // (height + _GAP)), 1))
    ]
    return next((spot for spot in spots if not any(spot.overlaps(other) for other in taken)), spots[0])


def _stacked(number: int, page: PageSize, size: tuple[float, float], row: int, column: int, *, from_left: bool) -> Spot:
    width, height = size
    inward = _MARGIN + column * (width + _GAP)
    x = inward if from_left else page.width - width - inward
    y = page.height - _MARGIN - height - row * (height + _GAP)
    return Spot(
        page=number,
        x=round(min(max(x, 0.0), page.width - width), 1),
        y=round(min(max(y, 0.0), page.height - height), 1),
        width=width,
        height=height,
    )


def is_on(spot: Spot, pages: tuple[PageSize, ...], /) -> bool:
    """Whether a place lies on a page that there is."""
    if not 1 <= spot.page <= len(pages):
        return False
    page = pages[spot.page - 1]
    return spot.x + spot.width <= page.width + 0.5 and spot.y + spot.height <= page.height + 0.5


def flaws_of(
    seat: Seat, seats: tuple[Seat, ...], pages: tuple[PageSize, ...], covers: frozenset[int], /
) -> tuple[Flaw, ...]:
    """What is wrong with a seat's place. `covers` are the numbers of the seats whose place hides text."""
    if seat.spot is None:
        return ()
    spot, found = seat.spot, []
    if not is_on(spot, pages):
        found.append(Flaw.OFF_PAGE)
    if any(other.number != seat.number and other.spot is not None and spot.overlaps(other.spot) for other in seats):
        found.append(Flaw.ON_ANOTHER)
    if seat.number in covers:
        found.append(Flaw.COVERS_TEXT)
    return tuple(found)
