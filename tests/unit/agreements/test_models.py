"""Models and state graphs are read, or refused with what is wrong in them."""

import pytest
from tests.fakes.agreements import ISSUER, MINISTRY_PARTIES, MINISTRY_SIGNED, PROVINCE_PARTIES, at, ministry_draft

from absah.agreements.agreement import begin
from absah.agreements.clauses import ClauseUnknown
from absah.agreements.drafting import copy_for, draft_from_model, model_source
from absah.agreements.duties import Continuous, OnEvent, OnRequest, Periodic
from absah.agreements.graphs import (
    By,
    GraphUnknown,
    GraphUnreadable,
    graph_names,
    load_graph,
    parse_graph,
)
from absah.agreements.model import LogoOwner, NoticePurpose
from absah.agreements.model_toml import ModelUnreadable, NoSuchModel, load_model, model_names, parse_model
from absah.agreements.parties import Role

SOURCE = model_source("daerah")


def test_the_shipped_models_are_found_by_name_and_no_others():
    assert model_names() == ("daerah", "kementerian")
    for name in ("nothing", "../daerah", "Daerah"):
        with pytest.raises(NoSuchModel):
            load_model(name)
        with pytest.raises(NoSuchModel):
            model_source(name)


@pytest.mark.parametrize(
    ("good", "bad", "problem"),
    [
        ("version", "= version", None),
        ('life = "life-by-agreement"', 'life = "life-by-agreement"\ncolour = "red"', "colour"),
        ("term_years = 4", "term_years = 0", "rules.term_years"),
        ('K1-g = { bearer = "first"', 'K1-g = { bearer = "third"', "duties.K1-g.bearer"),
        ("[questions.year", "[questions.month", "month, year"),
        ('H1-a = { holder = "first", answers = "K2-a" }', 'H1-a = { holder = "first", answers = "K2-z" }', "K2-z"),
        (
            'trigger = "continuous", evidence = ["inventory"]',
            'trigger = "periodic", evidence = ["inventory"]',
            "within",
        ),
    ],
)
def test_a_model_that_is_not_right_is_refused_with_the_place(good, bad, problem):
    assert good in SOURCE
    with pytest.raises(ModelUnreadable) as caught:
        parse_model(SOURCE.replace(good, bad), name="mine")
    assert problem is None or caught.value.parameters["problem"] == problem


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ('{ at = "(1)g", code = "K1-g"', '{ at = "(1)g", code = "K1-gg"'),
        ('code = "H1-a"', 'code = "H1-aa"'),
        ('notice-before]\nclause = "JW-2"', 'notice-before]\nclause = "JW-9"'),
        ('oral_notice = { clause = "KH-3"', 'oral_notice = { clause = "KH-9"'),
    ],
)
def test_a_duty_right_question_or_limit_without_its_clause_is_refused(good, bad):
    assert good in SOURCE
    with pytest.raises(ClauseUnknown):
        parse_model(SOURCE.replace(good, bad, 1), name="mine")


@pytest.mark.parametrize("hostile", ["x" * 300_001, "x = " + "[" * 50_000, "\x00", 'version = "' + "a" * 1000])
def test_a_hostile_text_is_refused_and_costs_little(hostile):
    with pytest.raises(ModelUnreadable):
        parse_model(hostile, name="mine")


def test_an_edited_text_is_read_before_an_agreement_begins_with_it():
    edited = SOURCE.replace("term_years = 4", "term_years = 5")
    drafted = draft_from_model(
        "daerah", parties=PROVINCE_PARTIES, issuer=ISSUER, on=MINISTRY_SIGNED, now=at(MINISTRY_SIGNED), source=edited
    )
    assert begin(drafted).model.rules.term_years == 5
    with pytest.raises(ModelUnreadable):
        draft_from_model(
            "daerah", parties=PROVINCE_PARTIES, issuer=ISSUER, on=MINISTRY_SIGNED, now=at(MINISTRY_SIGNED), source="x"
        )


def test_an_agreement_is_copied_for_new_parties_with_its_text_and_nothing_else():
    copied = copy_for(ministry_draft(), parties=PROVINCE_PARTIES, on=MINISTRY_SIGNED, now=at(MINISTRY_SIGNED))
    assert (copied.source, copied.parties, copied.stated_day) == (ministry_draft().source, PROVINCE_PARTIES, None)
    assert MINISTRY_PARTIES != PROVINCE_PARTIES


def test_every_kind_of_trigger_is_in_use():
    kinds = {type(duty.trigger) for duty in load_model("kementerian").duties}
    assert kinds == {Periodic, OnRequest, OnEvent, Continuous}
    assert load_model("daerah").rules.logo is LogoOwner.ISSUER
    assert load_model("daerah").rules.notice(NoticePurpose.EXTENSION) is None


# --- graphs


GRAPH = """
initial = "a"
[states]
a = { text = "A", gloss = "A" }
b = { text = "B", gloss = "B" }
[[transitions]]
act = "go"
from = ["a"]
to = "b"
by = "either"
text = "Pergi"
gloss = "Go"
"""


def test_a_graph_is_read_or_refused():
    graph = parse_graph(GRAPH, name="mine")
    assert [each.target for each in graph.leaving("a")] == ["b"]
    assert graph.leaving("b") == ()
    assert graph.state("b").gloss == "B"
    for bad in (
        "= x",
        GRAPH.replace('to = "b"', 'to = "c"'),
        GRAPH.replace("b = {", 'c = { text = "C", gloss = "C" }\nb = {'),
        GRAPH.replace('by = "either"', 'by = "either"\nneeds = ["luck"]'),
        GRAPH.replace('by = "either"', 'by = "nobody"'),
    ):
        with pytest.raises(GraphUnreadable):
            parse_graph(bad, name="mine")
    with pytest.raises(GraphUnknown):
        load_graph("nothing")


@pytest.mark.parametrize("name", graph_names())
def test_every_state_of_a_shipped_graph_is_reached_and_every_act_leads_to_one_state(name):
    graph = load_graph(name)
    reached, waiting = set(), [graph.initial]
    while waiting:
        state = waiting.pop()
        if state not in reached:
            reached.add(state)
            waiting += [each.target for each in graph.leaving(state)]
    assert reached == {state.key for state in graph.states}
    acts = {each.act for each in graph.transitions}
    assert {act: len({each.target for each in graph.named(act)}) for act in acts} == dict.fromkeys(acts, 1)


def test_who_may_act_depends_on_the_side_and_on_who_acted_last():
    assert By.FIRST.allows(Role.FIRST, last=None)
    assert not By.FIRST.allows(Role.SECOND, last=None)
    assert By.EITHER.allows(Role.SECOND, last=Role.SECOND)
    assert By.OTHER.allows(Role.SECOND, last=Role.FIRST)
    assert not By.OTHER.allows(Role.FIRST, last=Role.FIRST)
    assert not By.OTHER.allows(Role.FIRST, last=None)
    assert not By.TIME.allows(Role.FIRST, last=None)
