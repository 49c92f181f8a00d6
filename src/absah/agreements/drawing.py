"""Where the boxes and arrows of a state graph go, so that a page can draw it: layers from the beginning downwards.

A state stands in the layer of the fewest steps that lead to it, so that no way down skips one. An arrow to the next
layer, or to a neighbour, is straight; a long one back runs at the left of the boxes in a lane of its own, so that no
line passes behind a box. Coordinates are whole units; a page scales them. Nothing here knows what a browser is.
"""

from dataclasses import dataclass
from itertools import count
from typing import Final, TypeAlias

from absah.agreements.graphs import State, StateGraph

#: The width and height of a box, the room between boxes, and the width of a lane, in units.
WIDTH, HEIGHT, ACROSS, DOWN, LANE = 150, 40, 20, 34, 12
#: Lines that leave a box beside its middle do so here, so that they do not cover the straight ones.
_ASIDE: Final = 24
#: So far from a box lines turn into the gap between layers, one after another, and so many before they share a height.
_TURN, _NEXT, _HEIGHTS = 6, 5, 5

Point: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A state with the upper left corner of its box, and its layer and place in it."""

    state: State
    left: int
    top: int
    layer: int
    place: int

    @property
    def bottom(self) -> int:
        return self.top + HEIGHT

    @property
    def middle(self) -> int:
        return self.left + WIDTH // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """A way from one box to another along its points, and the acts that take it."""

    points: tuple[Point, ...]
    back: bool
    acts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A whole graph: its size in units, its boxes, its arrows."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def drawing_of(graph: StateGraph, /) -> Drawing:
    """Lay a graph out."""
    layers = _layers(graph)
    depth = {key: number for number, layer in enumerate(layers) for key in layer}
    ways = _ways(graph)
    margin = LANE * sum(depth[source] - depth[target] > 1 for source, target in ways)
    inner = max(len(layer) for layer in layers) * (WIDTH + ACROSS) - ACROSS
    boxes = {
        key: Box(
            state=graph.state(key),
            left=margin + _left(place, len(layer), inner),
            top=number * (HEIGHT + DOWN),
            layer=number,
            place=place,
        )
        for number, layer in enumerate(layers)
        for place, key in enumerate(layer)
    }
    lanes = count(margin - LANE, -LANE)
    arrows = []
    for number, ((source, target), acts) in enumerate(ways.items()):
        one, other = boxes[source], boxes[target]
        turn = _TURN + _NEXT * (number % _HEIGHTS)
        far = one.layer - other.layer > 1
        points = _in_lane(one, other, turn, next(lanes)) if far else _near(one, other, turn)
        arrows.append(Arrow(points=points, back=other.layer < one.layer, acts=acts))
    return Drawing(
        width=margin + inner,
        height=len(layers) * (HEIGHT + DOWN) - DOWN,
        boxes=tuple(boxes.values()),
        arrows=tuple(arrows),
    )


def _ways(graph: StateGraph, /) -> dict[tuple[str, str], tuple[str, ...]]:
    ways: dict[tuple[str, str], tuple[str, ...]] = {}
    for step in graph.transitions:
        for source in step.sources:
            if source != step.target:
                ways[source, step.target] = (*ways.get((source, step.target), ()), step.act)
    return ways


def _layers(graph: StateGraph, /) -> list[list[str]]:
    found, layers = {graph.initial}, [[graph.initial]]
    while True:
        following = [step.target for state in layers[-1] for step in graph.leaving(state) if step.target not in found]
        if not following:
            return layers
        layers.append(list(dict.fromkeys(following)))
        found.update(following)


def _left(place: int, number: int, width: int, /) -> int:
    row = number * WIDTH + (number - 1) * ACROSS
    return (width - row) // 2 + place * (WIDTH + ACROSS)


def _near(one: Box, other: Box, turn: int, /) -> tuple[Point, ...]:
    """To the next layer, to the one before, to a neighbour; or over the boxes between two of one layer."""
    if other.layer > one.layer:
        return (one.middle, one.bottom), (other.middle, other.top)
    if other.layer < one.layer:
        return (one.left + WIDTH - _ASIDE, one.top), (other.left + WIDTH - _ASIDE, other.bottom)
    if abs(other.place - one.place) == 1:
        right, level = other.place > one.place, one.top + HEIGHT // 2
        return (one.left + (WIDTH if right else 0), level), (other.left + (0 if right else WIDTH), level)
    start, end, over = one.left + _ASIDE, other.left + _ASIDE, one.top - turn
    return (start, one.top), (start, over), (end, over), (end, other.top)


def _in_lane(one: Box, other: Box, turn: int, lane: int, /) -> tuple[Point, ...]:
    """Back to an earlier layer, at the left of everything."""
    start, end = one.left + _ASIDE, other.left + _ASIDE
    out, in_ = one.top - turn, other.bottom + turn
    return (start, one.top), (start, out), (lane, out), (lane, in_), (end, in_), (end, other.bottom)
