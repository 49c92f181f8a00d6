"""The policy graph: what a tree of RFC 5280 would have said, without the tree."""

from absah.validation.path.extensions import ANY_POLICY, PolicyInformation
from absah.validation.path.policies import ANY_SET, PolicyGraph

GOLD, SILVER, BRONZE = "1.2.1", "1.2.2", "1.2.3"


def said(*policies: str, notice: str = "") -> tuple[PolicyInformation, ...]:
    return tuple(
        PolicyInformation(policy=policy, qualifiers=(("notice", f"{notice}:{policy}".encode()),) if notice else ())
        for policy in policies
    )


def graph(*levels: tuple[PolicyInformation, ...], any_allowed: bool = True) -> PolicyGraph:
    made = PolicyGraph()
    for level in levels:
        made.add(level, any_allowed=any_allowed)
    return made


def test_what_all_certificates_assert_is_valid():
    outcome = graph(said(GOLD, SILVER), said(GOLD, BRONZE)).conclude(ANY_SET)
    assert (outcome.authorities, outcome.user) == ({GOLD}, {GOLD})


def test_a_certificate_without_policies_ends_them_all():
    assert graph(said(GOLD), (), said(GOLD)).null
    assert graph(said(GOLD), (), said(GOLD)).conclude(ANY_SET).user == frozenset()


def test_the_caller_accepts_some_of_what_is_valid():
    made = graph(said(GOLD, SILVER), said(GOLD, SILVER))
    assert made.conclude(frozenset({GOLD, BRONZE})).user == {GOLD}
    assert made.conclude(frozenset({BRONZE})).user == frozenset()
    assert made.conclude(frozenset({BRONZE})).authorities == {GOLD, SILVER}


def test_any_policy_stands_for_all_where_it_is_not_inhibited():
    assert graph(said(ANY_POLICY), said(GOLD)).conclude(ANY_SET).user == {GOLD}
    assert graph(said(ANY_POLICY), said(ANY_POLICY)).conclude(ANY_SET).user == ANY_SET
    assert graph(said(ANY_POLICY), said(ANY_POLICY)).conclude(frozenset({GOLD})).user == {GOLD}
    assert graph(said(GOLD), said(ANY_POLICY)).conclude(ANY_SET).user == {GOLD}
    assert graph(said(GOLD), said(ANY_POLICY), any_allowed=False).null


def test_a_mapped_policy_is_reported_by_the_anchors_name():
    made = graph(said(GOLD, SILVER))
    made.map([(GOLD, BRONZE)], allowed=True)
    made.add(said(BRONZE), any_allowed=True)
    assert made.conclude(ANY_SET).user == {GOLD}
    assert made.conclude(frozenset({BRONZE})).user == frozenset()


def test_a_mapped_policy_is_not_known_by_its_old_name_below():
    made = graph(said(GOLD))
    made.map([(GOLD, SILVER)], allowed=True)
    made.add(said(GOLD), any_allowed=True)
    assert made.null


def test_mapping_under_any_policy_makes_the_policy_it_maps():
    made = graph(said(ANY_POLICY, notice="above"))
    made.map([(GOLD, BRONZE)], allowed=True)
    made.add(said(BRONZE, notice="below"), any_allowed=True)
    outcome = made.conclude(frozenset({GOLD}))
    assert outcome.user == {GOLD}
    assert [value for _, value in outcome.qualifiers] == [b"below:1.2.3", f"above:{ANY_POLICY}".encode()]


def test_mapping_what_is_not_there_changes_nothing():
    made = graph(said(GOLD))
    made.map([(SILVER, BRONZE)], allowed=True)
    made.add(said(GOLD, BRONZE), any_allowed=True)
    assert made.conclude(ANY_SET).user == {GOLD}


def test_inhibited_mapping_deletes_what_would_be_mapped():
    made = graph(said(GOLD, SILVER))
    made.map([(GOLD, BRONZE)], allowed=False)
    made.add(said(GOLD, SILVER, BRONZE), any_allowed=True)
    assert made.conclude(ANY_SET).user == {SILVER}


def test_notices_of_what_the_caller_does_not_accept_stay_out():
    made = graph(said(GOLD, SILVER, notice="one"), said(GOLD, SILVER, notice="two"))
    assert [value for _, value in made.conclude(frozenset({SILVER})).qualifiers] == [b"two:1.2.2", b"one:1.2.2"]


def test_notices_of_any_policy_belong_to_what_it_stands_for():
    made = graph(said(GOLD, SILVER), said(GOLD, ANY_POLICY, notice="n"))
    assert [value for _, value in made.conclude(frozenset({SILVER})).qualifiers] == [f"n:{ANY_POLICY}".encode()]
    both = graph(said(ANY_POLICY, notice="n")).conclude(ANY_SET)
    assert [value for _, value in both.qualifiers] == [f"n:{ANY_POLICY}".encode()]


def test_an_anchor_may_keep_to_some_policies():
    made = PolicyGraph(frozenset({GOLD}))
    made.add(said(GOLD, SILVER), any_allowed=True)
    assert made.conclude(ANY_SET).user == {GOLD}


def test_a_graph_stays_small_where_a_tree_would_explode():
    everything = said(*(f"1.3.{number}" for number in range(30)))
    pairs = [(f"1.3.{one}", f"1.3.{two}") for one in range(30) for two in range(30)]
    made = PolicyGraph()
    for _ in range(10):  # a tree would have 30 to the power of 10 leaves
        made.add(everything, any_allowed=True)
        made.map(pairs, allowed=True)
    made.add(everything, any_allowed=True)
    assert len(made.conclude(ANY_SET).user) == 30
