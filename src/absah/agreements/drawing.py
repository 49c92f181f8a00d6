"""Where the boxes and arrows of a state graph go, so that a page can draw it: layers from the beginning downwards.

A state stands in the layer of the fewest steps that lead to it. Coordinates are whole units of a grid whose cell is one
box; a page scales them. Nothing here knows what a browser is.
"""

from dataclasses import dataclass
from typing import Final

from absah.agreements.graphs import State, StateGraph

#: The width and height of a box, and the room between boxes, in units.
WIDTH, HEIGHT, ACROSS, DOWN = 150, 40, 20, 34


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A state with the upper left corner of its box."""

    state: State
    left: int
    top: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """A way from one box to another: from its lower (or side) edge to the other's, and the acts that take it."""

    start: tuple[int, int]
    end: tuple[int, int]
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
    widest = max(len(layer) for layer in layers)
    width = widest * WIDTH + (widest - 1) * ACROSS
    boxes = {
        key: Box(state=graph.state(key), left=_left(place, len(layer), width), top=depth * (HEIGHT + DOWN))
        for depth, layer in enumerate(layers)
        for place, key in enumerate(layer)
    }
    ways: dict[tuple[str, str], list[str]] = {}
    for step in graph.transitions:
        for source in step.sources:
            if source != step.target:
                ways.setdefault((source, step.target), []).append(step.act)
    arrows = tuple(_arrow(boxes[source], boxes[target], tuple(acts)) for (source, target), acts in ways.items())
    height = len(layers) * HEIGHT + (len(layers) - 1) * DOWN
    return Drawing(width=width, height=height, boxes=tuple(boxes.values()), arrows=arrows)


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


_HALF: Final = WIDTH // 2


def _arrow(source: Box, target: Box, acts: tuple[str, ...], /) -> Arrow:
    """Down from the lower edge; back or aside along the right edge, so that it does not cover the way down."""
    if target.top > source.top:
        start = (source.left + _HALF, source.top + HEIGHT)
        return Arrow(start=start, end=(target.left + _HALF, target.top), back=False, acts=acts)
    if target.top == source.top:
        right = target.left > source.left
        start = (source.left + (WIDTH if right else 0), source.top + HEIGHT // 2)
        end = (target.left + (0 if right else WIDTH), target.top + HEIGHT // 2)
        return Arrow(start=start, end=end, back=False, acts=acts)
    start = (source.left + WIDTH - 16, source.top)
    return Arrow(start=start, end=(target.left + WIDTH - 16, target.top + HEIGHT), back=True, acts=acts)
