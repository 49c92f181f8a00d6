"""The picture of a visible signature: a QR code, who signed and in which post, when, and UJI COBA where that is so.

The ground is white and opaque, because it has to cover the anchor. Nothing is transparent and colours are CalRGB, so
that a PDF/A file stays one (ISO 19005-2 §6.2.4); fonts are embedded. The result is a value that any engine can write:
the content of a form XObject with its /BBox, /Matrix and /Resources.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import ClassVar

from absah.kernel.clock import Instant, instant
from absah.kernel.errors import BadInput
from absah.pdf.dates import Zone, written_moment
from absah.pdf.fonts import EmbeddedFont, Face, font_for, printable
from absah.pdf.geometry import Matrix, PageGeometry, Rect
from absah.pdf.objects import Indirect, Name, PdfValue
from absah.pdf.qr import qr_path
from absah.pdf.typesetting import shortened, wrapped

HEADING = "Ditandatangani secara elektronik oleh:"
TRIAL_MARK = "UJI COBA"

_REFERENCE_WIDTH, _REFERENCE_HEIGHT = 108.0, 60.0  # a column in which the sizes below are just right
_SMALLEST_WIDTH, _SMALLEST_HEIGHT = 60.0, 24.0
_SMALLEST_QR = 30.0  # points; below that a telephone cannot read it
_WIDEST_QR = 0.4  # of the box
_TALL = 1.25  # from this ratio of height to width the QR code stands above the text
_SCALE_STEPS = tuple(step / 100 for step in range(100, 24, -5))
_UNBROKEN_DOWN_TO = 0.7  # rather smaller than with a heading on two lines, but only so much
_LARGEST_SCALE, _SMALLEST_SCALE = 2.2, 0.5  # the name between 19 and 4.3 points

_INK = (0.07, 0.12, 0.22)
_QUIET = (0.36, 0.40, 0.46)
_LINE = (0.62, 0.66, 0.72)
_TRIAL = (0.341, 0.227, 0.573)  # the violet of office stamps: never good or bad
_WHITE = (1.0, 1.0, 1.0)

_KEPT = 64
_DIGITS = "0123456789"  # always all of them: the next minute needs no new subset of the font

# IEC 61966-2-1 (sRGB) as a CIE-based space: exact colours without an output intent.
_CALRGB: PdfValue = (
    Name("CalRGB"),
    {
        "WhitePoint": (0.9505, 1.0, 1.089),
        "Gamma": (2.2, 2.2, 2.2),
        "Matrix": (0.4124, 0.2126, 0.0193, 0.3576, 0.7152, 0.1192, 0.1805, 0.0722, 0.9505),
    },
)


class BoxTooSmall(BadInput):
    """The box is too small for a signature that can be read."""

    code: ClassVar[str] = "pdf.box-too-small"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureLook:
    """What a visible signature says. `name` is printed as it is written; `link` is what the QR leads to."""

    name: str
    post: str | None
    at: Instant
    link: str
    trial: bool
    zone: Zone = Zone.WIB
    heading: str = HEADING


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """What to draw, and where: `page` from 1, `rect` in user space; the form's /BBox is 0 0 width height."""

    page: int
    rect: Rect
    width: float
    height: float
    matrix: Matrix
    content: bytes
    resources: Mapping[str, PdfValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A line of text with its font's resource name, size, colour, and the height it takes."""

    text: str
    font: EmbeddedFont
    key: str
    size: float
    colour: tuple[float, float, float]
    height: float
    marked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Most:
    """How many lines each part may take at most."""

    heading: int = 99
    post: int = 99
    name: int = 99
    time: int = 99


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fonts:
    regular: EmbeddedFont
    bold: EmbeddedFont


_CUTS = (
    _Most(name=3, post=3), _Most(name=3, post=2), _Most(name=2, post=2), _Most(name=2, post=1), _Most(name=2, post=0),
    _Most(name=1, post=1, heading=1), _Most(name=1, post=0, heading=1), _Most(name=1, post=0, heading=0),
    _Most(name=1, post=0, heading=0, time=1),
)  # fmt: skip


def draw_appearance(look: SignatureLook, page: PageGeometry, box: Rect, /) -> Appearance:
    """Draw a signature for a box of the page as seen. It is upright for the reader, however the page is turned."""
    page.require(box)
    width, height = box.width, box.height
    if width < _SMALLEST_WIDTH or height < _SMALLEST_HEIGHT:
        raise BoxTooSmall(width=round(_SMALLEST_WIDTH), height=round(_SMALLEST_HEIGHT))
    moment = written_moment(look.at, look.zone)
    fonts = _Fonts(
        regular=font_for(Face.REGULAR, look.heading, look.post or "", moment, _DIGITS, "…"),
        bold=font_for(Face.BOLD, look.name, TRIAL_MARK, "…"),
    )
    a, b, c, d, _, _ = page.matrix
    return Appearance(
        page=page.number,
        rect=page.to_user_space(box),
        width=width,
        height=height,
        matrix=(a, b, c, d, 0.0, 0.0),
        content=_drawn(look, fonts, width, height),
        resources=_resources(fonts),
    )


@lru_cache(maxsize=_KEPT)
def _resources(fonts: _Fonts) -> Mapping[str, PdfValue]:
    """The same mapping for the same fonts, by which writers know what they have written before."""
    return {
        "ColorSpace": {"C": _CALRGB},
        "Font": {"R": Indirect(fonts.regular.as_object()), "B": Indirect(fonts.bold.as_object())},
    }


def _drawn(look: SignatureLook, fonts: _Fonts, width: float, height: float) -> bytes:
    parts = [
        b"q /C cs /C CS",
        _fill(_WHITE),
        b"0 0 %.2f %.2f re f" % (width, height),
        b"0.6 w %.3f %.3f %.3f SC" % _LINE,
        b"0.3 0.3 %.2f %.2f re S" % (width - 0.6, height - 0.6),
    ]
    code, column = _layout(width, height)
    if code is not None:
        parts += [_fill(_INK), b"q 1 0 0 1 %.2f %.2f cm" % (code.left, code.bottom)]
        parts += [qr_path(look.link, side=code.width), b"Q"]
    minute = instant(look.at.replace(second=0))
    parts.append(_words(replace(look, link="", at=minute), fonts, column))
    return b"\n".join([*parts, b"Q"])


@lru_cache(maxsize=_KEPT)
def _words(look: SignatureLook, fonts: _Fonts, column: Rect) -> bytes:
    """Everything written. It does not depend on the link, and is the same for whoever signs much within a minute."""
    lines = _fitted(look, fonts, column)
    parts: list[bytes] = []
    top = (column.bottom + column.top + sum(line.height for line in lines)) / 2
    for line in lines:
        top -= line.height
        baseline = top + (line.height - line.font.cap_height * line.size / 1000) / 2
        parts += [_text(line, column.left, baseline)] if line.text else []
        parts += _badge(line, fonts.bold, column.left, top) if line.marked else []
    return b"\n".join(parts)


def _layout(width: float, height: float) -> tuple[Rect | None, Rect]:
    """Where the QR code goes (nowhere, if it would be too small to scan), and the column of the text."""
    edge = min(5.0, height * 0.08, width * 0.08)
    whole = Rect(left=edge, bottom=edge, right=width - edge, top=height - edge)
    if height >= _TALL * width:
        side = min(width - 2, height * 0.5)
        code = Rect(left=(width - side) / 2, bottom=height - side - 1, right=(width + side) / 2, top=height - 1)
        column = replace(whole, top=code.bottom)
    else:
        side = min(height - 2, width * _WIDEST_QR)
        code = Rect(left=1, bottom=(height - side) / 2, right=1 + side, top=(height + side) / 2)
        column = replace(whole, left=code.right + 1)
    return (code, column) if side >= _SMALLEST_QR else (None, replace(whole, left=edge + 2))


def _fitted(look: SignatureLook, fonts: _Fonts, column: Rect) -> list[_Line]:
    """The lines at the largest scale at which they fit. At the smallest, post, name and heading are cut, in turn."""
    largest = min(column.height / _REFERENCE_HEIGHT, column.width / _REFERENCE_WIDTH, _LARGEST_SCALE)
    lines: list[_Line] = []
    for step in _SCALE_STEPS:
        scale = max(largest * step, _SMALLEST_SCALE)
        lines = _set(look, fonts, column.width, scale, _Most())
        broken_heading = lines[0].text != look.heading and step > _UNBROKEN_DOWN_TO
        if sum(line.height for line in lines) <= column.height and not broken_heading:
            return lines
    for most in _CUTS:
        lines = _set(look, fonts, column.width, _SMALLEST_SCALE, most)
        if sum(line.height for line in lines) <= column.height:
            break
    return lines


def _set(look: SignatureLook, fonts: _Fonts, width: float, scale: float, most: _Most) -> list[_Line]:
    """Heading, post, name, time and mark, each wrapped to the width."""
    rows = (
        (look.heading, fonts.regular, "R", 6.0, _QUIET, most.heading),
        (look.post or "", fonts.regular, "R", 7.0, _INK, most.post),
        (look.name, fonts.bold, "B", 8.6, _INK, most.name),
        (written_moment(look.at, look.zone), fonts.regular, "R", 6.2, _QUIET, most.time),
    )
    lines = []
    for text, font, key, points, colour, limit in rows:
        size = points * scale
        broken = shortened(wrapped(printable(text), font, size, width), limit, font, size, width)
        lines += [_Line(text=row, font=font, key=key, size=size, colour=colour, height=size * 1.32) for row in broken]
    if look.trial:
        last = lines[-1]
        room = last.font.width(last.text, last.size) + fonts.bold.width(TRIAL_MARK, last.size) + 1.7 * last.size
        lines[-1:] = [replace(last, marked=True)] if room <= width else [last, replace(last, text="", marked=True)]
    return lines


def _badge(line: _Line, bold: EmbeddedFont, left: float, bottom: float) -> list[bytes]:
    """UJI COBA, white on violet, behind the text of the line."""
    size = line.size * 0.92
    start = left + (line.font.width(line.text, line.size) + 0.7 * line.size if line.text else 0.0)
    length = bold.width(TRIAL_MARK, size) + 0.9 * line.size
    mark = _Line(text=TRIAL_MARK, font=bold, key="B", size=size, colour=_WHITE, height=line.height)
    baseline = bottom + (line.height - bold.cap_height * size / 1000) / 2
    return [
        _fill(_TRIAL),
        b"%.2f %.2f %.2f %.2f re f" % (start, bottom + 0.04 * line.height, length, line.height * 0.92),
        _text(mark, start + 0.45 * line.size, baseline),
    ]


def _text(line: _Line, x: float, y: float) -> bytes:
    return b"%s\nBT /%s %.2f Tf %.2f %.2f Td %s Tj ET" % (
        _fill(line.colour), line.key.encode(), line.size, x, y, line.font.show(line.text),
    )  # fmt: skip


def _fill(colour: tuple[float, float, float]) -> bytes:
    return b"%.3f %.3f %.3f sc" % colour
