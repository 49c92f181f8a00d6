"""The symbols and arrows of a flow as SVG, laid over the columns of those who act: one drawing a page.

Rows have heights that are known beforehand, so that a drawing fits the table it lies on. From each symbol an arrow goes
down to the next, turning where two rows meet. No leads along a lane at the right; where it leads to another page, an
off-page connector says to which step.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from absah.cases.procedure import FlowStep, Symbol

COLUMN: Final = 66.0
LANE: Final = 26.0
_WIDTH, _HEIGHT = 44.0, 20.0
_HALF: Final = 2
_STROKE: Final = 'fill="none" stroke="#222" stroke-width="1"'
_HEAD: Final = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PageOfFlow:
    """The steps of one page, the first of which has this number, and how high each row is, in points."""

    first: int
    steps: tuple[FlowStep, ...]
    heights: tuple[float, ...]
    goes_on: bool

    @property
    def last(self) -> int:
        return self.first + len(self.steps) - 1


def page_width(actors: int, /) -> float:
    """How wide the drawing is, in points."""
    return actors * COLUMN + LANE


def draw(page: PageOfFlow, actors: int, /) -> str:
    """The drawing of a page."""
    width, height = page_width(actors), sum(page.heights)
    middles = [sum(page.heights[:at]) + page.heights[at] / _HALF for at in range(len(page.steps))]
    parts = _grid(page, actors)
    if page.first > 1:
        x = _x(page.steps[0])
        parts += [*_connector(x, 8, "", down=True), _line((x, 14), _top(page, middles, 0))]
    for at, step in enumerate(page.steps):
        parts.append(_symbol(step, _x(step), middles[at]))
        parts += _onwards(page, middles, at)
    lanes = 0
    for at, step in enumerate(page.steps):
        if step.otherwise:
            parts += _otherwise(page, middles, at, width - LANE + 6 + 5 * (lanes % 4))
            lanes += 1
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}">{"".join(parts)}</svg>'


def _grid(page: PageOfFlow, actors: int, /) -> list[str]:
    """Lines between rows and between actors, where the table has none."""
    width, height = page_width(actors), sum(page.heights)
    rows = [f"M0 {sum(page.heights[:at]):g}H{width:g}" for at in range(1, len(page.heights))]
    columns = [f"M{at * COLUMN:g} 0V{height:g}" for at in range(1, actors + 1)]
    return [f'<path d="{"".join((*rows, *columns))}" fill="none" stroke="#bbb" stroke-width="0.5"/>']


def _x(step: FlowStep, /) -> float:
    return step.actor * COLUMN + COLUMN / _HALF


def _top(page: PageOfFlow, middles: Sequence[float], at: int, /) -> tuple[float, float]:
    return _x(page.steps[at]), middles[at] - _HEIGHT / _HALF


def _symbol(step: FlowStep, x: float, y: float, /) -> str:
    left, top = x - _WIDTH / _HALF, y - _HEIGHT / _HALF
    match step.symbol:
        case Symbol.START | Symbol.END:
            return f'<rect x="{left:g}" y="{top:g}" width="{_WIDTH:g}" height="{_HEIGHT:g}" rx="10" {_STROKE}/>'
        case Symbol.DECISION:
            points = f"{x:g},{top:g} {x + _WIDTH / _HALF:g},{y:g} {x:g},{top + _HEIGHT:g} {left:g},{y:g}"
            return f'<polygon points="{points}" {_STROKE}/>'
        case _:
            return f'<rect x="{left:g}" y="{top:g}" width="{_WIDTH:g}" height="{_HEIGHT:g}" {_STROKE}/>'


def _onwards(page: PageOfFlow, middles: Sequence[float], at: int, /) -> list[str]:
    """From a step to the next one, or off the page."""
    step, x, foot = page.steps[at], _x(page.steps[at]), middles[at] + _HEIGHT / _HALF
    said = [_words(x + 3, foot + 8, "Ya")] if step.symbol is Symbol.DECISION else []
    if at + 1 < len(page.steps):
        edge = sum(page.heights[: at + 1])
        to = _top(page, middles, at + 1)
        return [*said, _line((x, foot), (x, edge), (to[0], edge), to)]
    if page.goes_on:
        bottom = sum(page.heights)
        return [*said, _line((x, foot), (x, bottom - 12)), *_connector(x, bottom - 6, str(page.last + 1), down=True)]
    return said


def _otherwise(page: PageOfFlow, middles: Sequence[float], at: int, lane: float, /) -> list[str]:
    """Where No leads: along the lane to a step of this page, or to an off-page connector."""
    step, y = page.steps[at], middles[at]
    begin = (_x(step) + _WIDTH / _HALF, y)
    said = _words(begin[0] + 2, y - 3, "Tidak")
    if page.first <= step.otherwise <= page.last:
        to = step.otherwise - page.first
        end = (_x(page.steps[to]) + _WIDTH / _HALF, middles[to] - 4)
        return [said, _line(begin, (lane, y), (lane, end[1]), end)]
    return [said, _line(begin, (lane - 4, y)), *_connector(lane + 2, y, str(step.otherwise), down=False)]


def _connector(x: float, y: float, words: str, /, *, down: bool) -> list[str]:
    """The pentagon of another page, with the step it leads to."""
    points = [(-6, -6), (6, -6), (6, 2), (0, 6), (-6, 2)] if down else [(-6, -5), (2, -5), (6, 0), (2, 5), (-6, 5)]
    drawn = " ".join(f"{x + dx:g},{y + dy:g}" for dx, dy in points)
    return [f'<polygon points="{drawn}" {_STROKE}/>', _words(x - 2.5, y + 2, words)]


def _line(*points: tuple[float, float]) -> str:
    """A bent line that ends in an arrow."""
    (x0, y0), (x, y) = points[-2], points[-1]
    path = "M" + "L".join(f"{px:g} {py:g}" for px, py in points)
    if abs(y - y0) >= abs(x - x0):
        back = -_HEAD if y > y0 else _HEAD
        head = f"M{x - 3:g} {y + back:g}L{x:g} {y:g}L{x + 3:g} {y + back:g}"
    else:
        back = -_HEAD if x > x0 else _HEAD
        head = f"M{x + back:g} {y - 3:g}L{x:g} {y:g}L{x + back:g} {y + 3:g}"
    return f'<path d="{path}{head}" {_STROKE}/>'


def _words(x: float, y: float, words: str, /) -> str:
    style = 'font-family="Libertinus Serif" font-size="7"'
    return f'<text x="{x:g}" y="{y:g}" {style}>{escape(words)}</text>' if words else ""
