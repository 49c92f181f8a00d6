"""Logos that an operator uploads: decoded in a worker without keys, and written anew as small pictures of ours.

Transparency stays; everything else that a file may carry is gone. The largest side is what two densities of a screen
need in the bar of a page.
"""

import io
from typing import Final

from PIL import Image

from absah.adapters.isolation.pool import IsolatedPool
from absah.adapters.strange_pictures import opened_picture
from absah.kernel.errors import BadInput

LARGEST_BYTES: Final = 2 * 1024 * 1024
LARGEST_MIB: Final = LARGEST_BYTES // (1024 * 1024)
_MOST_PIXELS: Final = 16_000_000
_SMALLEST: Final = 24
_LARGEST: Final = (480, 128)


class LogoUnreadable(BadInput):
    """Not a picture in one of the formats that we read, or hardly a dot. Parameter: least, pixels of a side."""

    code = "branding.logo-unreadable"


class LogoTooLarge(BadInput):
    """The file is larger than a logo is, or unpacks to more. Parameter: limit, in MiB."""

    code = "branding.logo-too-large"


def clean_logo(pool: IsolatedPool, picture: bytes, /) -> bytes:
    """The logo as a PNG of ours. Raises the errors above and those of `isolation`."""
    if len(picture) > LARGEST_BYTES:
        raise LogoTooLarge(limit=LARGEST_MIB)
    written = pool.run(f"{__name__}:rewritten", picture)
    if not isinstance(written, bytes):
        raise LogoUnreadable(least=_SMALLEST)
    return written


def rewritten(picture: bytes, /) -> bytes:
    """What runs in the worker."""
    with opened_picture(picture, LogoUnreadable(least=_SMALLEST)) as opened:
        width, height = opened.size
        if width * height > _MOST_PIXELS:
            raise LogoTooLarge(limit=LARGEST_MIB)
        if min(width, height) < _SMALLEST:
            raise LogoUnreadable(least=_SMALLEST)
        coloured = opened.convert("RGBA")
    coloured.thumbnail(_LARGEST)
    plain = Image.new("RGBA", coloured.size)  # a new image, so that nothing of the old file comes along
    plain.paste(coloured)
    written = io.BytesIO()
    plain.save(written, format="PNG", optimize=True)
    return written.getvalue()
