"""The picture of a visible signature: a QR code, who signed and in which post, when, and UJI COBA where that is so.

The ground is white and opaque, because it has to cover the anchor. Nothing is transparent and colours are CalRGB, so
that a PDF/A file stays one (ISO 19005-2 §6.2.4); fonts are embedded. The result is a value that any engine can write:
the content of a form XObject with its /BBox, /Matrix and /Resources.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import ClassVar

from absah.kernel.clock import Instant, instant
from absah.kernel.errors import BadInput
from absah.pdf.appearance_template import LineStyle, Part, Side, Template, Tone
from absah.pdf.colours import CALRGB
from absah.pdf.dates import Zone, written_moment
from absah.pdf.fonts import EmbeddedFont, Face, font_for, printable
from absah.pdf.geometry import Matrix, PageGeometry, Rect
from absah.pdf.objects import Indirect, PdfValue
from absah.pdf.pictures import Picture
from absah.pdf.qr import qr_path
from absah.pdf.typesetting import shortened, wrapped
from absah.pdf.usual_template import usual_template

TRIAL_MARK = "UJI COBA"
FINGERPRINT = "sidik berkas asal:"
"""What stands before the beginning of the SHA-256 of the file as it was before this signature."""

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
_DIGITS = "0123456789abcdef"  # always all of them: the next minute, or digest, needs no new subset of the font
_CAPTION_SIZES = (3.0, 5.0)  # points
_CAPTION_LEADING = 1.2
_CAPTION_WIDTH = 0.9  # of the code
_PICTURE_SHARE = 0.24  # of the box
_SMALLEST_PICTURE = 22.0  # points


class BoxTooSmall(BadInput):
    """The box is too small for a signature that can be read."""

    code: ClassVar[str] = "pdf.box-too-small"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureLook:
    """What a visible signature says. `name` is printed as it is written; `link` is what the QR leads to.

    `fingerprint` is the beginning of the SHA-256 (hex) of the file before this signature.
    """

    name: str
    post: str | None
    at: Instant
    link: str
    trial: bool
    zone: Zone = Zone.WIB
    agency: str | None = None
    fingerprint: str = ""
    picture: Picture | None = None
    template: Template = field(default_factory=usual_template)


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

    shows: Part
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

    def of(self, part: Part) -> int:
        """The limit of a part; an agency has that of the post."""
        limits = {Part.HEADING: self.heading, Part.NAME: self.name, Part.TIME: self.time}
        return limits.get(part, self.post)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Places:
    """Where the code, the words under it, the picture and the text stand."""

    code: Rect | None
    caption: tuple[str, ...]
    caption_size: float
    picture: Rect | None
    column: Rect


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
    fonts = _Fonts(
        regular=font_for(Face.REGULAR, *_texts(look, bold=False), FINGERPRINT, _DIGITS, "…"),
        bold=font_for(Face.BOLD, *_texts(look, bold=True), TRIAL_MARK, "…"),
    )
    a, b, c, d, _, _ = page.matrix
    return Appearance(
        page=page.number,
        rect=page.to_user_space(box),
        width=width,
        height=height,
        matrix=(a, b, c, d, 0.0, 0.0),
        content=_drawn(look, fonts, width, height),
        resources=_resources(fonts, look.picture),
    )


@lru_cache(maxsize=_KEPT)
def _resources(fonts: _Fonts, picture: Picture | None) -> Mapping[str, PdfValue]:
    """The same mapping for the same fonts, by which writers know what they have written before."""
    resources: dict[str, PdfValue] = {
        "ColorSpace": {"C": CALRGB},
        "Font": {"R": Indirect(fonts.regular.as_object()), "B": Indirect(fonts.bold.as_object())},
    }
    return resources if picture is None else {**resources, "XObject": {"P": picture.as_object()}}


def _drawn(look: SignatureLook, fonts: _Fonts, width: float, height: float) -> bytes:
    parts = [b"q /C cs /C CS", _fill(_WHITE), b"0 0 %.2f %.2f re f" % (width, height)]
    if look.template.frame:
        parts += [b"0.6 w %.3f %.3f %.3f SC" % _LINE, b"0.3 0.3 %.2f %.2f re S" % (width - 0.6, height - 0.6)]
    places = _layout(look, fonts, width, height)
    if places.code is not None:
        parts += [_fill(_INK), b"q 1 0 0 1 %.2f %.2f cm" % (places.code.left, places.code.bottom)]
        parts += [qr_path(look.link, side=places.code.width), b"Q", *_caption(places, places.code, fonts)]
    if places.picture is not None and look.picture is not None:
        parts.append(_picture(look.picture, places.picture))
    minute = instant(look.at.replace(second=0))
    parts.append(_words(replace(look, link="", fingerprint="", at=minute), fonts, places.column))
    return b"\n".join([*parts, b"Q"])


def _caption(places: _Places, code: Rect, fonts: _Fonts) -> list[bytes]:
    """The fingerprint, centred under the code."""
    size, font = places.caption_size, fonts.regular
    drawn = []
    for number, text in enumerate(places.caption, start=1):
        left = (code.left + code.right - font.width(text, size)) / 2
        row = _Line(shows=Part.TIME, text=text, font=font, key="R", size=size, colour=_QUIET, height=size)
        drawn.append(_text(row, left, code.bottom - size * (_CAPTION_LEADING * number - 0.3)))
    return drawn


def _picture(picture: Picture, slot: Rect) -> bytes:
    """The whole picture in the middle of its slot, in its own proportions."""
    scale = min(slot.width / picture.width, slot.height / picture.height)
    width, height = picture.width * scale, picture.height * scale
    left, bottom = (slot.left + slot.right - width) / 2, (slot.bottom + slot.top - height) / 2
    return b"q %.3f 0 0 %.3f %.2f %.2f cm /P Do Q" % (width, height, left, bottom)


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


def _layout(look: SignatureLook, fonts: _Fonts, width: float, height: float) -> _Places:
    """The places in a box. The code is left out where it would be too small to scan, the picture likewise."""
    edge = min(5.0, height * 0.08, width * 0.08)
    room = Rect(left=edge, bottom=edge, right=width - edge, top=height - edge)
    tall = height >= _TALL * width
    template = look.template
    side = min(width - 2, height * 0.5) if tall else min(height - 2, width * _WIDEST_QR)
    caption, size = _caption_for(look.fingerprint if template.fingerprint else "", fonts.regular, side, height - 2)
    below = len(caption) * size * _CAPTION_LEADING
    side = side if tall else min(side, height - 2 - below)
    if side < _SMALLEST_QR or template.code is Side.NONE:
        code, caption = None, ()
        room = replace(room, left=edge + 2)
    elif tall:
        code = Rect(left=(width - side) / 2, bottom=height - side - 1, right=(width + side) / 2, top=height - 1)
        room = replace(room, top=code.bottom - below)
    else:
        bottom = (height - side + below) / 2
        left = 1.0 if template.code is Side.LEFT else width - side - 1
        code = Rect(left=left, bottom=bottom, right=left + side, top=bottom + side)
        room = replace(room, left=code.right + 1) if template.code is Side.LEFT else replace(room, right=left - 1)
        room = room if template.code is Side.LEFT else replace(room, left=edge + 2)
    slot, column = _slot(look, room, tall=tall)
    return _Places(code=code, caption=caption, caption_size=size, picture=slot, column=column)


def _slot(look: SignatureLook, room: Rect, *, tall: bool) -> tuple[Rect | None, Rect]:
    """Room for the picture, and what remains for the text."""
    side = look.template.picture
    if look.picture is None or side is Side.NONE:
        return None, room
    if tall:
        height = room.height * _PICTURE_SHARE
        slot, column = replace(room, bottom=room.top - height), replace(room, top=room.top - height - 2)
    else:
        width = min(room.width * 0.4, (room.right - room.left) * _PICTURE_SHARE * 1.5)
        if side is Side.LEFT:
            slot, column = replace(room, right=room.left + width), replace(room, left=room.left + width + 3)
        else:
            slot, column = replace(room, left=room.right - width), replace(room, right=room.right - width - 3)
    return (slot, column) if min(slot.width, slot.height) >= _SMALLEST_PICTURE else (None, room)


def _caption_for(fingerprint: str, font: EmbeddedFont, side: float, height: float) -> tuple[tuple[str, ...], float]:
    """One line as wide as the code without its quiet zone, or two, or none: the code comes first. And its size.

    The larger the line, the smaller the code above it, and so the room for the line: both are found together.
    """
    least, most = _CAPTION_SIZES
    for rows in ((f"{FINGERPRINT} {fingerprint}",), (FINGERPRINT, fingerprint)) if fingerprint else ():
        breadth = max(font.width(row, 1.0) for row in rows) / _CAPTION_WIDTH
        size = min(most, side / breadth, height / (breadth + len(rows) * _CAPTION_LEADING))
        if size >= least and height - len(rows) * size * _CAPTION_LEADING >= _SMALLEST_QR:
            return rows, size
    return (), least


def _fitted(look: SignatureLook, fonts: _Fonts, column: Rect) -> list[_Line]:
    """The lines at the largest scale at which they fit. At the smallest, post, name and heading are cut, in turn."""
    largest = min(column.height / _REFERENCE_HEIGHT, column.width / _REFERENCE_WIDTH, _LARGEST_SCALE)
    lines: list[_Line] = []
    for step in _SCALE_STEPS:
        scale = max(largest * step, _SMALLEST_SCALE)
        lines = _set(look, fonts, column.width, scale, _Most())
        headings = sum(line.shows is Part.HEADING for line in lines)
        broken_heading = headings > 1 and step > _UNBROKEN_DOWN_TO
        if sum(line.height for line in lines) <= column.height and not broken_heading:
            return lines
    for most in _CUTS:
        lines = _set(look, fonts, column.width, _SMALLEST_SCALE, most)
        if sum(line.height for line in lines) <= column.height:
            break
    return lines


def _text_of(look: SignatureLook, part: Part) -> str:
    match part:
        case Part.HEADING:
            return look.template.heading
        case Part.NAME:
            return look.name
        case Part.POST:
            return look.post or ""
        case Part.AGENCY:
            return look.agency or ""
        case Part.TIME:
            return written_moment(look.at, look.zone)


def _texts(look: SignatureLook, *, bold: bool) -> tuple[str, ...]:
    """Every text that a face of the font has to show."""
    return tuple(_text_of(look, style.shows) for style in look.template.lines if style.bold is bold)


def _set(look: SignatureLook, fonts: _Fonts, width: float, scale: float, most: _Most) -> list[_Line]:
    """The lines of the template and the mark, each wrapped to the width."""
    lines = [line for style in look.template.lines for line in _styled(look, style, fonts, width, scale, most)]
    if look.trial:
        last = lines[-1]
        room = last.font.width(last.text, last.size) + fonts.bold.width(TRIAL_MARK, last.size) + 1.7 * last.size
        lines[-1:] = [replace(last, marked=True)] if room <= width else [last, replace(last, text="", marked=True)]
    return lines


def _styled(
    look: SignatureLook, style: LineStyle, fonts: _Fonts, width: float, scale: float, most: _Most
) -> list[_Line]:
    font, key = (fonts.bold, "B") if style.bold else (fonts.regular, "R")
    size, limit = style.size * scale, most.of(style.shows)
    written = _text_of(look, style.shows).split("\n")  # an authority stands on lines of its own
    broken = tuple(row for part in written for row in wrapped(printable(part), font, size, width))
    rows = shortened(broken, limit, font, size, width)
    colour = _QUIET if style.tone is Tone.QUIET else _INK
    return [
        _Line(shows=style.shows, text=row, font=font, key=key, size=size, colour=colour, height=size * 1.32)
        for row in rows
    ]


def _badge(line: _Line, bold: EmbeddedFont, left: float, bottom: float) -> list[bytes]:
    """UJI COBA, white on violet, behind the text of the line."""
    size = line.size * 0.92
    start = left + (line.font.width(line.text, line.size) + 0.7 * line.size if line.text else 0.0)
    length = bold.width(TRIAL_MARK, size) + 0.9 * line.size
    mark = _Line(shows=line.shows, text=TRIAL_MARK, font=bold, key="B", size=size, colour=_WHITE, height=line.height)
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
