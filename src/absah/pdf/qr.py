"""A QR code as one PDF path: a rectangle for each run of dark modules in a row, all of them filled in one go.

Renderers find the covered part of a pixel for a path as a whole, so the rectangles leave no hairlines between them.
"""

import re
from functools import lru_cache
from typing import ClassVar, Final

from absah.kernel.errors import BadInput
from absah.pdf.qr_code import QrCode, encode

QUIET_ZONE = 4
"""Modules of white that ISO/IEC 18004 wants around the code."""

_LONGEST_LINK = 300
_KEPT: Final = 64
_RUN: Final = re.compile("1+")


class LinkTooLong(BadInput):
    """The address behind the QR would make its modules too small to be scanned."""

    code: ClassVar[str] = "pdf.link-too-long"


def qr_path(link: str, /, *, side: float) -> bytes:
    """Operators that fill the code of `link` in a square of `side`, quiet zone included, origin lower left.

    They change the coordinate system, and belong between q and Q. Raises LinkTooLong.
    """
    return _path(link, side)


@lru_cache(maxsize=_KEPT)
def _path(link: str, side: float) -> bytes:
    content = link.encode("utf-8")
    if len(content) > _LONGEST_LINK:
        raise LinkTooLong(longest=_LONGEST_LINK)
    code = encode(content)
    unit = side / (code.size + 2 * QUIET_ZONE)
    edge = QUIET_ZONE * unit
    corners = _corners(code.size)
    runs = [corners[run.start()] + b"%d 1 re" % (run.end() - run.start()) for run in _RUN.finditer(code.modules)]
    return b"%.5f 0 0 %.5f %.5f %.5f cm\n%s\nf" % (unit, unit, edge, edge, b"\n".join(runs))


@lru_cache(maxsize=_KEPT)
def _corners(size: int) -> tuple[bytes, ...]:
    """The lower left corner of each module as it is written, for a unit of one module."""
    return tuple(b"%d %d " % (x, size - 1 - y) for y in range(size) for x in range(size + QrCode.gap))
