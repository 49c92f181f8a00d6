"""A QR code as one PDF path: the outline of its dark area, so that no renderer leaves hairlines between modules."""

from typing import ClassVar

import segno

from absah.kernel.errors import BadInput

QUIET_ZONE = 4
"""Modules of white that ISO/IEC 18004 wants around the code."""

_LONGEST_LINK = 300


class LinkTooLong(BadInput):
    """The address behind the QR would make its modules too small to be scanned."""

    code: ClassVar[str] = "pdf.link-too-long"


Point = tuple[int, int]


def qr_path(link: str, /, *, side: float) -> bytes:
    """Path operators that fill the code of `link` in a square of `side`, quiet zone included, origin lower left."""
    if len(link) > _LONGEST_LINK:
        raise LinkTooLong(longest=_LONGEST_LINK)
    matrix = [[bool(module) for module in row] for row in segno.make(link, error="m", micro=False).matrix]
    size = len(matrix)
    unit = side / (size + 2 * QUIET_ZONE)
    operators = []
    for loop in _outlines(matrix):
        corners = [((x + QUIET_ZONE) * unit, (size - y + QUIET_ZONE) * unit) for x, y in loop]
        operators.append(b"%.3f %.3f m" % corners[0])
        operators += [b"%.3f %.3f l" % corner for corner in corners[1:]]
        operators.append(b"h")
    return b"\n".join([*operators, b"f*"])


def _outlines(matrix: list[list[bool]]) -> list[list[Point]]:
    """Closed loops around the dark area, corners only."""
    edges = _edges(matrix)
    loops = []
    while edges:
        start = next(iter(edges))
        points = [start]
        here = _step(edges, start)
        while here != start:
            points.append(here)
            here = _step(edges, here)
        loops.append(_corners(points))
    return loops


def _edges(matrix: list[list[bool]]) -> dict[Point, list[Point]]:
    """Where one can go from each corner with the dark module on the right hand."""
    dark = {(x, y) for y, row in enumerate(matrix) for x, module in enumerate(row) if module}
    edges: dict[Point, list[Point]] = {}
    for x, y in sorted(dark):
        for outside, start, end in (
            ((x, y - 1), (x, y), (x + 1, y)),
            ((x + 1, y), (x + 1, y), (x + 1, y + 1)),
            ((x, y + 1), (x + 1, y + 1), (x, y + 1)),
            ((x - 1, y), (x, y + 1), (x, y)),
        ):
            if outside not in dark:
                edges.setdefault(start, []).append(end)
    return edges


def _step(edges: dict[Point, list[Point]], here: Point) -> Point:
    """Walk one edge from `here` and use it up."""
    ends = edges[here]
    there = ends.pop()
    if not ends:
        del edges[here]
    return there


def _corners(points: list[Point]) -> list[Point]:
    """Without the points in the middle of a straight line."""
    turning = []
    for index, here in enumerate(points):
        before, after = points[index - 1], points[(index + 1) % len(points)]
        if (here[0] - before[0], here[1] - before[1]) != (after[0] - here[0], after[1] - here[1]):
            turning.append(here)
    return turning
