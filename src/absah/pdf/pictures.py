"""A picture inside a visible signature: a drawn signature, an agency's logo.

Only JPEG and PNG, of limited size, and only what can be decoded. A JPEG is embedded as it came, without its metadata
(where it was taken, and with what). A PNG is flattened on white, which is the ground of every signature: nothing is
transparent then, as PDF/A-1 demands (ISO 19005-1 §6.4).
"""

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Final

from absah.kernel.errors import BadInput
from absah.pdf.colours import CALGRAY, CALRGB
from absah.pdf.objects import Name, PdfValue, Stream

if TYPE_CHECKING:  # loaded where a picture is decoded: few signatures have one
    from PIL import Image

MOST_BYTES: Final = 2 << 20
MOST_PIXELS: Final = 4_000_000
_LONGEST_SIDE: Final = 1200  # pixels of a flattened PNG: 600 to the inch in two inches
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_JPEG: Final = b"\xff\xd8\xff"
_HEADER_END: Final = 26
_HUFFMAN_FRAMES: Final = {0xC0, 0xC1, 0xC2}  # baseline, extended, progressive: what DCTDecode knows
_FRAMES: Final = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SCAN, _END, _ADOBE = 0xDA, 0xD9, 0xEE
_EIGHT_BITS: Final = 8
_GRAY, _COLOUR = 1, 3


class PictureTooLarge(BadInput):
    """More bytes or pixels than a signature needs. Parameters: bytes, pixels (the limits)."""

    code: ClassVar[str] = "pdf.picture-too-large"


class PictureNotSupported(BadInput):
    """Neither PNG nor JPEG in gray or RGB. Parameter: problem."""

    code: ClassVar[str] = "pdf.picture-not-supported"


class PictureBroken(BadInput):
    """The picture cannot be decoded."""

    code: ClassVar[str] = "pdf.picture-broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture that may be embedded: its size in pixels, its colours (1 or 3), and its data.

    `jpeg` tells whether the data are a JPEG or plain samples of eight bits.
    """

    width: int
    height: int
    components: int
    jpeg: bool
    data: bytes = field(repr=False)

    def as_object(self) -> PdfValue:
        """The image XObject (ISO 32000-1 §8.9.5), in a CIE-based colour space as the rest of the signature."""
        entries: dict[str, PdfValue] = {
            "Type": Name("XObject"),
            "Subtype": Name("Image"),
            "Width": self.width,
            "Height": self.height,
            "BitsPerComponent": _EIGHT_BITS,
            "ColorSpace": CALGRAY if self.components == _GRAY else CALRGB,
        }
        return Stream(entries | ({"Filter": Name("DCTDecode")} if self.jpeg else {}), self.data)


@lru_cache(maxsize=16)
def read_picture(data: bytes, /) -> Picture:
    """A picture from the bytes of a file. Raises PictureTooLarge, PictureNotSupported, PictureBroken."""
    if len(data) > MOST_BYTES:
        raise PictureTooLarge(bytes=MOST_BYTES, pixels=MOST_PIXELS)
    if data.startswith(_PNG):
        return _png(data)
    if data.startswith(_JPEG):
        return _jpeg(data)
    raise PictureNotSupported(problem="neither PNG nor JPEG")


def _check_size(width: int, height: int) -> None:
    """Before anything is decoded: a small file can claim to be a huge picture."""
    if not 0 < width * height <= MOST_PIXELS:
        raise PictureTooLarge(bytes=MOST_BYTES, pixels=MOST_PIXELS)


def _decoded(data: bytes, kind: str) -> "Image.Image":
    from PIL import Image  # noqa: PLC0415  (see above)

    try:
        picture: Image.Image = Image.open(io.BytesIO(data), formats=[kind])
        picture.load()
    except (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error, Image.DecompressionBombError) as bad:
        raise PictureBroken from bad
    return picture


def _png(data: bytes) -> Picture:
    if len(data) < _HEADER_END or data[12:16] != b"IHDR":
        raise PictureBroken
    width, height = struct.unpack_from(">II", data, 16)
    _check_size(width, height)
    picture = _decoded(data, "PNG")
    if picture.has_transparency_data:
        from PIL import Image  # noqa: PLC0415  (see above)

        seen = picture.convert("RGBA")
        ground = Image.new("RGBA", seen.size, "white")
        picture = Image.alpha_composite(ground, seen).convert("RGB")
    elif picture.mode not in {"L", "RGB"}:
        picture = picture.convert("L" if picture.mode == "1" else "RGB")
    picture.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    return Picture(
        width=picture.width,
        height=picture.height,
        components=_GRAY if picture.mode == "L" else _COLOUR,
        jpeg=False,
        data=picture.tobytes(),
    )


def _jpeg(data: bytes) -> Picture:
    kept = [data[:2]]
    frame: bytes | None = None
    for marker, segment in _segments(data):
        if marker in _FRAMES:
            if marker not in _HUFFMAN_FRAMES or frame is not None:
                raise PictureNotSupported(problem="coding")
            frame = segment
        # APPn and comments go (ITU-T T.81 B.2.4.6), but Adobe's says how colours are coded.
        if not (0xE0 <= marker <= 0xEF or marker == 0xFE) or marker == _ADOBE:
            kept.append(segment)
    if frame is None or len(frame) < 10:
        raise PictureBroken
    bits, height, width, components = struct.unpack_from(">BHHB", frame, 4)
    if bits != _EIGHT_BITS or components not in {_GRAY, _COLOUR}:
        raise PictureNotSupported(problem="colours")
    _check_size(width, height)
    stripped = b"".join(kept)
    _decoded(stripped, "JPEG")
    return Picture(width=width, height=height, components=components, jpeg=True, data=stripped)


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker segments after SOI; the last one is the first scan with everything that follows (ITU-T T.81 B.1.1)."""
    position = 2
    while position + 4 <= len(data):
        if data[position] != 0xFF:
            raise PictureBroken
        marker = data[position + 1]
        if marker == _SCAN:
            end = data.rfind(bytes((0xFF, _END)))
            if end < position:
                raise PictureBroken
            yield marker, data[position : end + 2]
            return
        length = int.from_bytes(data[position + 2 : position + 4], "big")
        if length < 2 or position + 2 + length > len(data):
            raise PictureBroken
        yield marker, data[position : position + 2 + length]
        position += 2 + length
    raise PictureBroken
