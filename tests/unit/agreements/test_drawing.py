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


def test_only_what_leads_up_is_a_way_back():
    drawn = drawing_of(load_graph("fulfilment"))
    assert {arrow.acts for arrow in drawn.arrows if arrow.back} == {
        arrow.acts for arrow in drawn.arrows if arrow.end[1] < arrow.start[1]
    }
    assert any(arrow.back for arrow in drawn.arrows)
