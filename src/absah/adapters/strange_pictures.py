"""Opening a picture that a stranger sent: in a worker without keys, and looked at before a pixel is unpacked."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from PIL import Image, UnidentifiedImageError

from absah.kernel.errors import BadInput

_FORMATS: Final = ("JPEG", "PNG", "WEBP")


@contextmanager
def opened_picture(content: bytes, unreadable: BadInput, /) -> Iterator[Image.Image]:
    """The picture while it is open; only its size is known yet, and judging that is the caller's first duty.

    Raises `unreadable` for what none of three formats makes sense of, here and wherever the caller unpacks it.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a large picture: whoever opens it looks at the size
        try:
            with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
                yield opened
        except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as problem:
            raise unreadable from problem
