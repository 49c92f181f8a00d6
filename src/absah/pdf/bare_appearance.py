"""A visible signature that is a picture, or a code, and nothing else: what applications draw is theirs to design.

The picture keeps its proportions and fills its box as far as they allow. Where certificates are for trial, a strip
under it says UJI COBA (design D13): no application can leave that out. The ground is white, because it covers the mark.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from absah.kernel.errors import BadInput
from absah.pdf.appearance import TRIAL_MARK, Appearance, BoxTooSmall
from absah.pdf.colours import CALRGB
from absah.pdf.fonts import EmbeddedFont, Face, font_for
from absah.pdf.geometry import PageGeometry, Rect
from absah.pdf.objects import Indirect, PdfValue
from absah.pdf.pictures import Picture
from absah.pdf.qr import qr_path

_SMALLEST: Final = 12.0  # points: below that nobody sees that there is anything
_SMALLEST_PICTURE: Final = 8  # pixels a side
_STRIP_SHARE: Final = 0.14  # of the box
_STRIP: Final = (4.0, 9.0)  # points, least and most
_LETTERS: Final = 0.72  # of the strip
_VIOLET: Final = b"0.341 0.227 0.573 sc"
_INK: Final = b"0.070 0.120 0.220 sc"
_WHITE: Final = b"1 1 1 sc"


class PictureTooSmall(BadInput):
    """A picture of so few pixels shows nothing. Parameter: pixels (the least on each side)."""

    code: ClassVar[str] = "pdf.picture-too-small"


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code of this text, usually an address."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BareLook:
    """What the box shows."""

    shows: Picture | Code
    trial: bool


def draw_bare(look: BareLook, page: PageGeometry, box: Rect, /) -> Appearance:
    """Draw it for a box of the page as seen, upright for the reader. Raises BoxOffPage, BoxTooSmall, PictureTooSmall.

    A code of too long a text is refused by `absah.pdf.qr` (`pdf.link-too-long`).
    """
    page.require(box)
    if min(box.width, box.height) < _SMALLEST:
        raise BoxTooSmall(width=round(_SMALLEST), height=round(_SMALLEST))
    font = font_for(Face.BOLD, TRIAL_MARK)
    strip = min(max(box.height * _STRIP_SHARE, _STRIP[0]), _STRIP[1]) if look.trial else 0.0
    content = [b"q /C cs", _WHITE, b"0 0 %.2f %.2f re f" % (box.width, box.height)]
    content += _shown(look.shows, Rect(left=0, bottom=strip, right=box.width, top=box.height))
    content += _trial_strip(font, box.width, strip) if look.trial else []
    a, b, c, d, _, _ = page.matrix
    return Appearance(
        page=page.number,
        rect=page.to_user_space(box),
        width=box.width,
        height=box.height,
        matrix=(a, b, c, d, 0.0, 0.0),
        content=b"\n".join([*content, b"Q"]),
        resources=_resources(look, font),
    )


def _resources(look: BareLook, font: EmbeddedFont) -> Mapping[str, PdfValue]:
    resources: dict[str, PdfValue] = {"ColorSpace": {"C": CALRGB}}
    if look.trial:
        resources["Font"] = {"B": Indirect(font.as_object())}
    if isinstance(look.shows, Picture):
        resources["XObject"] = {"P": look.shows.as_object()}
    return resources


def _shown(shows: Picture | Code, room: Rect) -> list[bytes]:
    if isinstance(shows, Code):
        side = min(room.width, room.height)
        left, bottom = (room.left + room.right - side) / 2, (room.bottom + room.top - side) / 2
        return [_INK, b"q 1 0 0 1 %.2f %.2f cm" % (left, bottom), qr_path(shows.text, side=side), b"Q"]
    if min(shows.width, shows.height) < _SMALLEST_PICTURE:
        raise PictureTooSmall(pixels=_SMALLEST_PICTURE)
    scale = min(room.width / shows.width, room.height / shows.height)
    width, height = shows.width * scale, shows.height * scale
    left, bottom = (room.left + room.right - width) / 2, (room.bottom + room.top - height) / 2
    return [b"q %.3f 0 0 %.3f %.2f %.2f cm /P Do Q" % (width, height, left, bottom)]


def _trial_strip(font: EmbeddedFont, width: float, height: float) -> list[bytes]:
    """White on violet, as large as the strip allows."""
    size = min(height * _LETTERS, 0.9 * width / font.width(TRIAL_MARK, 1.0))
    left = (width - font.width(TRIAL_MARK, size)) / 2
    baseline = (height - font.cap_height * size / 1000) / 2
    return [
        _VIOLET,
        b"0 0 %.2f %.2f re f" % (width, height),
        _WHITE,
        b"BT /B %.2f Tf %.2f %.2f Td %s Tj ET" % (size, left, baseline, font.show(TRIAL_MARK)),
    ]
