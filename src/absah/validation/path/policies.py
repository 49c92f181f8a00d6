"""Certificate policies along a path: the policy graph of RFC 9618, which replaces the tree of RFC 5280 §6.1.

A tree has a node for every way to a policy, so a short path can make it exponentially large. The graph has one node
for each policy at each depth, with edges to the nodes of the depth above; everything asked of the tree can be asked of
it, and its size is bounded by what the certificates themselves carry.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from absah.validation.path.extensions import ANY_POLICY, PolicyInformation

Qualifiers = tuple[tuple[str, bytes], ...]
ANY_SET: Final = frozenset({ANY_POLICY})


@dataclass(slots=True)
class _Node:
    """A policy at a depth. No parents: its parent is the anyPolicy of the depth above."""

    parents: frozenset[str]
    qualifiers: Qualifiers = ()


@dataclass(slots=True)
class _Level:
    """The nodes of one depth by valid policy, the one of anyPolicy apart (None: there is none)."""

    nodes: dict[str, _Node] = field(default_factory=dict)
    any_policy: Qualifiers | None = None

    @property
    def empty(self) -> bool:
        return not self.nodes and self.any_policy is None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyOutcome:
    """What is valid at the end of a path. `{anyPolicy}` means every policy.

    `authorities` is what the authorities of the path permit, `user` those of them that the caller accepts, both named
    as the anchor names them. `qualifiers` belong to the policies that led to `user`, the last certificate's first.
    """

    authorities: frozenset[str]
    user: frozenset[str]
    qualifiers: Qualifiers


class PolicyGraph:
    """valid_policy_graph (RFC 9618 §5). A NULL graph of the norm is one whose last level is empty."""

    __slots__ = ("_expected", "_levels")

    def __init__(self, anchored: frozenset[str] = ANY_SET) -> None:
        """§6.1.2 (a): one node, anyPolicy, at depth zero; or those of the policies that the anchor keeps to."""
        self._levels = [_Level(any_policy=())]
        #: expected_policy_set turned round: policy that may come next -> its parents at the last level.
        self._expected: dict[str, frozenset[str]] = {}
        if anchored != ANY_SET:
            self.add(tuple(PolicyInformation(policy=one, qualifiers=()) for one in sorted(anchored)), any_allowed=False)

    @property
    def null(self) -> bool:
        """§6.1.3 (f) asks for it."""
        return self._levels[-1].empty

    def add(self, policies: tuple[PolicyInformation, ...], /, *, any_allowed: bool) -> None:
        """§6.1.3 (d), (e): one more depth, for one more certificate."""
        above, level = self._levels[-1], _Level()
        asserted = {one.policy: one.qualifiers for one in policies}
        any_qualifiers = asserted.pop(ANY_POLICY, None)
        for policy, qualifiers in asserted.items():
            if policy in self._expected:  # (d)(1)(i)
                level.nodes[policy] = _Node(self._expected[policy], qualifiers)
            elif above.any_policy is not None:  # (d)(1)(ii)
                level.nodes[policy] = _Node(frozenset(), qualifiers)
        if any_qualifiers is not None and any_allowed:  # (d)(2)
            for policy, parents in self._expected.items():
                level.nodes.setdefault(policy, _Node(parents, any_qualifiers))
            if above.any_policy is not None:
                level.any_policy = any_qualifiers
        # (d)(3) deletes what has no child; what is reached from the bottom later is the same. (e): no policies, no
        # level.
        self._levels.append(level)
        self._expected = {policy: frozenset({policy}) for policy in level.nodes}

    def map(self, mappings: Iterable[tuple[str, str]], /, *, allowed: bool) -> None:
        """§6.1.4 (b): policies of this depth that the next certificate calls by another name."""
        level = self._levels[-1]
        targets: dict[str, set[str]] = {}
        for issuer, subject in mappings:
            targets.setdefault(issuer, set()).add(subject)
        expected: dict[str, set[str]] = {policy: {policy} for policy in level.nodes if policy not in targets}
        for issuer, subjects in targets.items():
            if not allowed:  # (b)(2)
                level.nodes.pop(issuer, None)
                continue
            if issuer not in level.nodes:
                if level.any_policy is None:
                    continue
                level.nodes[issuer] = _Node(frozenset(), level.any_policy)  # (b)(1), second half
            for subject in subjects:
                expected.setdefault(subject, set()).add(issuer)
        self._expected = {policy: frozenset(parents) for policy, parents in expected.items()}

    def conclude(self, accepted: frozenset[str], /) -> PolicyOutcome:
        """§6.1.5 (g): walk up from the last depth, keeping what leads to an accepted policy of the anchor."""
        if self.null:
            return PolicyOutcome(authorities=frozenset(), user=frozenset(), qualifiers=())
        authorities, qualifiers = self._walk(None)
        if ANY_POLICY in accepted:
            return PolicyOutcome(authorities=authorities, user=authorities, qualifiers=qualifiers)
        user, qualifiers = self._walk(accepted)
        if self._levels[-1].any_policy is not None:  # (g)(iii)(3): anyPolicy stands for these
            user |= accepted
            qualifiers = tuple(dict.fromkeys(qualifiers + self._levels[-1].any_policy))
        return PolicyOutcome(authorities=authorities, user=user, qualifiers=qualifiers)

    def _walk(self, wanted: frozenset[str] | None) -> tuple[frozenset[str], Qualifiers]:
        """The anchor's policies from which the last depth is reached, and the qualifiers on the way.

        First upwards, finding for every node the policies of the anchor above it; those without a wanted one are
        left out, and the rest tell their qualifiers.
        """
        reached: list[dict[str, frozenset[str]]] = [{}]
        for level in self._levels[1:]:
            here: dict[str, frozenset[str]] = {}
            for policy, node in level.nodes.items():
                if node.parents:
                    here[policy] = frozenset[str]().union(*(reached[-1][parent] for parent in node.parents))
                else:  # a child of anyPolicy bears the anchor's own name for the policy
                    here[policy] = frozenset({policy}) if wanted is None or policy in wanted else frozenset()
            reached.append(here)
        found = frozenset[str]().union(*reached[-1].values())
        through_any = wanted is None and self._levels[-1].any_policy is not None
        return found | ANY_SET if through_any else found, self._qualifiers(reached, through_any=through_any)

    def _qualifiers(self, reached: list[dict[str, frozenset[str]]], *, through_any: bool) -> Qualifiers:
        """What is said about the policies of the last depth that were reached, and about all on the way to them."""
        found: dict[tuple[str, bytes], None] = {}
        alive = set(reached[-1])
        for level, here in zip(reversed(self._levels), reversed(reached), strict=True):
            kept = [level.nodes[policy] for policy in alive if here[policy]]
            for node in kept:
                found.update(dict.fromkeys(node.qualifiers))
            if through_any:
                found.update(dict.fromkeys(level.any_policy or ()))
            alive = set[str]().union(*(node.parents for node in kept))
            through_any = through_any or any(not node.parents for node in kept)
        return tuple(found)
