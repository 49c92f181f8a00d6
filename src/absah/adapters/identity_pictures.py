"""Pictures of people and their cards: decoded in a worker without keys, and written anew with nothing but the picture.

What a telephone puts beside a picture (where it was taken, when, with what) is gone, and so is whatever hid in the
file. A picture that says it is larger than any camera's is refused before a pixel is unpacked.
"""

import io
from typing import Final

from PIL import Image, ImageOps

from absah.adapters.isolation.pool import IsolatedPool
from absah.adapters.strange_pictures import opened_picture
from absah.kernel.errors import BadInput

LARGEST_BYTES: Final = 8 * 1024 * 1024
LARGEST_MIB: Final = LARGEST_BYTES // (1024 * 1024)
MOST_PIXELS: Final = 50_000_000
SMALLEST_SIDE: Final = 240
LONGEST_SIDE: Final = 1600
_QUALITY: Final = 82
_WHITE: Final = (255, 255, 255)


class PictureUnreadable(BadInput):
    """Not a picture in one of the formats that we read."""

    code = "enrolment.picture-unreadable"


class PictureTooLarge(BadInput):
    """The file is larger than we read, or unpacks to more than any camera makes. Parameter: limit, in MiB."""

    code = "enrolment.picture-too-large"


class PictureTooSmall(BadInput):
    """Nobody could recognise a face or read a card on it. Parameter: least, pixels of the shorter side."""

    code = "enrolment.picture-too-small"


def clean_picture(pool: IsolatedPool, picture: bytes, /) -> bytes:
    """The picture as a JPEG of ours, at most 1600 pixels long. Raises the errors above and those of `isolation`."""
    if len(picture) > LARGEST_BYTES:
        raise PictureTooLarge(limit=LARGEST_MIB)
    written = pool.run(f"{__name__}:rewritten", picture)
    if not isinstance(written, bytes):
        raise PictureUnreadable
    return written


def rewritten(picture: bytes, /) -> bytes:
    """What runs in the worker."""
    with opened_picture(picture, PictureUnreadable()) as opened:
        _check_size(*opened.size)
        opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        opened.load()
        upright = ImageOps.exif_transpose(opened)
        upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        return _as_jpeg(upright)


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise PictureTooLarge(limit=LARGEST_MIB)
    if min(width, height) < SMALLEST_SIDE:
        raise PictureTooSmall(least=SMALLEST_SIDE)


def _as_jpeg(picture: Image.Image) -> bytes:
    """Colours only, on white: a new image, so that nothing of the old file comes along."""
    plain = Image.new("RGB", picture.size, _WHITE)
    coloured = picture.convert("RGBA")
    plain.paste(coloured, mask=coloured.getchannel("A"))
    written = io.BytesIO()
    plain.save(written, format="JPEG", quality=_QUALITY, optimize=True)
    return written.getvalue()
