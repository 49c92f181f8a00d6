"""A procedure on paper: identity block, six boxes, and the flow in pages whose rows have known heights."""

import math
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from absah.adapters.typst_press import press
from absah.agreements.face import FaceParty
from absah.cases.flow_drawing import PageOfFlow, draw, page_width
from absah.cases.procedure import BOXES, Flow, FlowStep, read_flow
from absah.kernel.dates import written_date

#: The area of a page across, in points, and what a row may fill of it.
_WIDTH: Final = 758.0
_HEIGHT: Final = 400.0
_NUMBER, _NEEDS, _TIME, _OUTPUT, _NOTE = 22.0, 92.0, 52.0, 82.0, 62.0
_LETTER: Final = 4.3  # points that a letter of nine points takes, at the mean
_LINE: Final = 11.0
_LEAST: Final = 40.0
#: What a row grows by that holds the connector to another page.
_ROOM: Final = 26.0

_TITLES: Final = {
    "basis": "Dasar Hukum",
    "qualifications": "Kualifikasi Pelaksana",
    "related": "Keterkaitan",
    "equipment": "Peralatan/Perlengkapan",
    "warnings": "Peringatan",
    "records": "Pencatatan dan Pendataan",
}


def press_procedure(
    values: Mapping[str, str], party: FaceParty, /, *, agency: str, version: int, made_on: date, trial: bool
) -> bytes:
    """Typeset a procedure from the fields of its case. Raises FlowActorUnknown, FlowBroken."""
    flow = read_flow(values)
    page: dict[str, Any] = {
        "agency": agency,
        "unit": values["unit"],
        "number": values["number"],
        "name": values["name"],
        "version": version,
        "created": _day(values.get("created", "")),
        "revised": _day(values.get("revised", "")),
        "effective": _day(values.get("effective", "")),
        "post": party.post,
        "representative": party.representative,
        "anchor": party.anchor,
        "boxes": [[_TITLES[name], values.get(name, "")] for name in BOXES],
        "actors": flow.actors,
        "widths": _widths(flow),
        "drawing": page_width(len(flow.actors)),
        "pages": [_page(one, flow) for one in pages_of(flow)],
        "trial": trial,
    }
    return press("procedure", page, dated=made_on)


def _day(written: str, /) -> str:
    return written_date(date.fromisoformat(written)) if written else "-"


def _widths(flow: Flow, /) -> list[float]:
    """Number, activity, drawing, needs, time, output, note."""
    drawing = page_width(len(flow.actors))
    rest = _WIDTH - _NUMBER - drawing - _NEEDS - _TIME - _OUTPUT - _NOTE
    return [_NUMBER, rest, drawing, _NEEDS, _TIME, _OUTPUT, _NOTE]


def pages_of(flow: Flow, /) -> Iterator[PageOfFlow]:
    """The steps, page by page."""
    widths = _widths(flow)
    heights = [_height(step, widths) for step in flow.steps]
    begin = 0
    while begin < len(flow.steps):
        end, filled = begin, 0.0
        while end < len(flow.steps) and (end == begin or filled + heights[end] <= _HEIGHT):
            filled += heights[end]
            end += 1
        goes_on = end < len(flow.steps)
        own = heights[begin:end]
        own[0] += _ROOM if begin else 0
        own[-1] += _ROOM if goes_on else 0
        yield PageOfFlow(first=begin + 1, steps=flow.steps[begin:end], heights=tuple(own), goes_on=goes_on)
        begin = end


def _height(step: FlowStep, widths: list[float], /) -> float:
    cells = (
        (step.activity, widths[1]),
        (step.needs, _NEEDS),
        (step.time, _TIME),
        (step.output, _OUTPUT),
        (step.note, _NOTE),
    )
    lines = max(sum(_lines(part, width) for part in words.splitlines() or [""]) for words, width in cells)
    return max(_LEAST, lines * _LINE + 12)


def _lines(words: str, width: float, /) -> int:
    """Lines that words take, when each breaks as badly as words of an office do."""
    return max(1, math.ceil(len(words) * _LETTER * 1.15 / (width - 8)))


def _page(page: PageOfFlow, flow: Flow, /) -> dict[str, Any]:
    spoken = "; ".join(
        f"{number}. {flow.actors[step.actor]}: {step.activity}"
        + (f" (jika tidak, ke langkah {step.otherwise})" if step.otherwise else "")
        for number, step in enumerate(page.steps, start=page.first)
    )
    rows = [
        [str(number), step.activity, step.needs, step.time, step.output, step.note]
        for number, step in enumerate(page.steps, start=page.first)
    ]
    return {"rows": rows, "heights": page.heights, "svg": draw(page, len(flow.actors)), "alt": spoken}
