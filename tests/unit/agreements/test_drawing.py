"""Every graph can be drawn: each state has a box of its own, and arrows lead from box to box."""

import pytest

from absah.agreements.drawing import HEIGHT, WIDTH, drawing_of
from absah.agreements.graphs import graph_names, load_graph


@pytest.mark.parametrize("name", graph_names())
def test_every_graph_has_its_boxes_apart_and_inside(name):
    graph = load_graph(name)
    drawn = drawing_of(graph)
    assert {box.state.key for box in drawn.boxes} == {state.key for state in graph.states}
    places = [(box.left, box.top) for box in drawn.boxes]
    for number, (left, top) in enumerate(places):
        assert 0 <= left <= drawn.width - WIDTH
        assert 0 <= top <= drawn.height - HEIGHT
        for other_left, other_top in places[number + 1 :]:
            assert abs(left - other_left) >= WIDTH or abs(top - other_top) >= HEIGHT


@pytest.mark.parametrize("name", graph_names())
def test_every_way_is_an_arrow_with_its_acts(name):
    graph = load_graph(name)
    ways = {(s, t.target) for t in graph.transitions for s in t.sources if s != t.target}
    drawn = drawing_of(graph)
    assert len(drawn.arrows) == len(ways)
    assert {act for arrow in drawn.arrows for act in arrow.acts} <= {each.act for each in graph.transitions}


def crosses(one, other, box):
    """Whether a straight line passes through the inside of a box."""
    (x1, y1), (x2, y2) = one, other
    for step in range(1, 200):
        x, y = x1 + (x2 - x1) * step / 200, y1 + (y2 - y1) * step / 200
        if box.left < x < box.left + WIDTH and box.top < y < box.bottom:
            return True
    return False


@pytest.mark.parametrize("name", graph_names())
def test_no_line_passes_behind_a_box_or_leaves_the_drawing(name):
    drawn = drawing_of(load_graph(name))
    for arrow in drawn.arrows:
        assert all(0 <= x <= drawn.width and 0 <= y <= drawn.height for x, y in arrow.points)
        for pair in zip(arrow.points, arrow.points[1:], strict=False):
            assert not [box.state.key for box in drawn.boxes if crosses(*pair, box)]


def test_a_long_way_back_has_a_lane_of_its_own():
    drawn = drawing_of(load_graph("dispute-mediation"))
    lanes = [arrow.points[2][0] for arrow in drawn.arrows if len(arrow.points) > 4]
    assert lanes == [0]
    assert all(box.left > 0 for box in drawn.boxes)


def test_only_what_leads_up_is_a_way_back():
    drawn = drawing_of(load_graph("fulfilment"))
    assert {arrow.acts for arrow in drawn.arrows if arrow.back} == {
        arrow.acts for arrow in drawn.arrows if arrow.points[-1][1] < arrow.points[0][1]
    }
    assert any(arrow.back for arrow in drawn.arrows)
