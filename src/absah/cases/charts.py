"""A chart as SVG: one bar a month, its number over it. Drawn by us, so that a report needs no drawing library."""

from collections.abc import Sequence
from typing import Final
from xml.sax.saxutils import escape

_WIDTH, _HEIGHT, _FOOT, _HEAD = 640, 220, 24, 20
_COLOUR: Final = "#573a92"


def bars(labels: Sequence[str], values: Sequence[int], /) -> str:
    """Bars from the same ground; labels and numbers are text, so that they stay readable and searchable."""
    highest = max(values, default=0) or 1
    step = _WIDTH / max(len(values), 1)
    parts = []
    for number, (label, value) in enumerate(zip(labels, values, strict=True)):
        height = round(value * (_HEIGHT - _FOOT - _HEAD) / highest, 1)
        left, top = round(number * step + step * 0.15, 1), round(_HEIGHT - _FOOT - height, 1)
        middle = round(number * step + step / 2, 1)
        parts.append(f'<rect x="{left}" y="{top}" width="{round(step * 0.7, 1)}" height="{height}" fill="{_COLOUR}"/>')
        parts.append(_text(middle, top - 5, str(value)))
        parts.append(_text(middle, _HEIGHT - 8, label))
    line = f'<path d="M0 {_HEIGHT - _FOOT}H{_WIDTH}" stroke="#444" stroke-width="1"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}">{"".join(parts)}{line}</svg>'


def _text(x: float, y: float, words: str, /) -> str:
    style = 'font-family="Libertinus Serif" font-size="13" text-anchor="middle"'
    return f'<text x="{x}" y="{y}" {style}>{escape(words)}</text>'
