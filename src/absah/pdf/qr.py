"""A QR code as one PDF path: a rectangle for each run of dark modules in a row, all of them filled in one go.

Renderers find the covered part of a pixel for a path as a whole, so the rectangles leave no hairlines between them.
"""

import re
from functools import lru_cache
from typing import ClassVar, Final

from absah.kernel.errors import BadInput

QUIET_ZONE = 4
"""Modules of white that ISO/IEC 18004 wants around the code."""

_LONGEST_LINK = 300
_KEPT: Final = 64
_RUN: Final = re.compile(rb"\x01+")
# Any of the eight masks can be read; to search for the one with the fewest look-alikes of finders takes 4 ms, and a
# code that is new for each signature has to be cheap. This one turns every third column.
_MASK: Final = 2


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
    if len(link) > _LONGEST_LINK:
        raise LinkTooLong(longest=_LONGEST_LINK)
    import segno  # noqa: PLC0415  (only whoever draws a code waits for it)

    rows = segno.make(link, error="m", micro=False, mask=_MASK, boost_error=False).matrix
    size = len(rows)
    unit = side / (size + 2 * QUIET_ZONE)
    edge = QUIET_ZONE * unit
    corners = _corners(size)
    runs = [corners[run.start()] + b"%d 1 re" % (run.end() - run.start()) for run in _RUN.finditer(b"\0".join(rows))]
    return b"%.5f 0 0 %.5f %.5f %.5f cm\n%s\nf" % (unit, unit, edge, edge, b"\n".join(runs))


@lru_cache(maxsize=_KEPT)
def _corners(size: int) -> tuple[bytes, ...]:
    """The lower left corner of each module as it is written, for a unit of one module; rows are one apart."""
    return tuple(b"%d %d " % (x, size - 1 - y) for y in range(size) for x in range(size + 1))
