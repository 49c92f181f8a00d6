"""The algorithm of RFC 5280 §6.1, step by step, with the policy graph of RFC 9618 in place of the tree.

A path is judged from the certificate that the anchor issued down to the one that is asked about. The first rule that
is broken ends it. The steps bear the letters of the norm; where cheap steps stand before dear ones, the order differs
from the norm's and the answer does not.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from absah.pki.algorithms import SignatureAlgorithm
from absah.validation.path.certificate import Certificate, Extensions
from absah.validation.path.conduct import misconduct
from absah.validation.path.constraints import Constraints
from absah.validation.path.extensions import KeyUsage, NameConstraints
from absah.validation.path.inputs import ANY_USAGE, Inputs, TrustAnchor
from absah.validation.path.name_forms import NotAName
from absah.validation.path.names import EMPTY, Name
from absah.validation.path.policies import ANY_SET, PolicyGraph, PolicyOutcome
from absah.validation.path.refusals import Reason, Refusal
from absah.validation.path.signatures import Signatures, inherit_parameters

#: Critical extensions that are processed here. `2.5.29.17` and `.18` name people and addresses: constraints and the
#: caller look at them. `2.5.29.31` and `.46` say where revocation is told.
UNDERSTOOD: Final = frozenset(
    {"2.5.29.15", "2.5.29.17", "2.5.29.19", "2.5.29.30", "2.5.29.31", "2.5.29.32", "2.5.29.33", "2.5.29.36"}
    | {"2.5.29.18", "2.5.29.37", "2.5.29.46", "2.5.29.54"}
)
_VERSION_3: Final = 2
_MAXIMUM_POLICIES: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A path that holds. `certificates` from the one asked about up to the one that the anchor issued."""

    anchor: TrustAnchor
    certificates: tuple[Certificate, ...]
    policies: PolicyOutcome
    working_key: bytes


#: Asked for each certificate with the name and working key of its issuer; a refusal ends the path (§6.1.3 a 3).
RevocationCheck: TypeAlias = Callable[[Certificate, "Issuer"], Refusal | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """Who issued a certificate of a path: the certificate above, or the anchor, and the key that counts.

    `superiors` are the names of all authorities above, the anchor's included.
    """

    certificate: Certificate | None
    public_key: bytes
    anchor: TrustAnchor
    superiors: frozenset[Name]


class _State:
    """§6.1.2: the state variables."""

    __slots__ = (
        "constraints", "explicit_policy", "graph", "inhibit_any", "inhibit_mapping", "path_length", "working_key"
    )  # fmt: skip

    def __init__(self, length: int, inputs: Inputs, anchor: TrustAnchor) -> None:
        self.graph = PolicyGraph()  # (a)
        self.constraints = Constraints()  # (b), (c)
        self.explicit_policy = 0 if inputs.explicit_policy else length + 1  # (d)
        self.inhibit_any = 0 if inputs.inhibit_any_policy else length + 1  # (e)
        self.inhibit_mapping = 0 if inputs.inhibit_mapping else length + 1  # (f)
        self.working_key = anchor.public_key  # (g), (h), (i)
        limit = inputs.maximum_intermediates
        self.path_length = length if limit is None else min(length, limit)  # (k)


def validate_path(
    path: tuple[Certificate, ...],
    anchor: TrustAnchor,
    inputs: Inputs,
    signatures: Signatures,
    revocation: RevocationCheck | None = None,
    /,
) -> Accepted | Refusal:
    """Judge a path (certificate asked about first). Raises SignatureBudget."""
    state = _State(len(path), inputs, anchor)
    refusal = _judge_anchor(anchor, state, inputs)
    above: Certificate | None = anchor.certificate
    name = anchor.name
    superiors = frozenset({name})
    for position in range(len(path) - 1, -1, -1):
        certificate = path[position]
        final = position == 0
        issuer = Issuer(certificate=above, public_key=state.working_key, anchor=anchor, superiors=superiors)
        refusal = (
            refusal
            or _judge_basic(certificate, name, state, inputs, signatures)
            or _judge_names_and_policies(certificate, state, signatures, final=final)
            or (_wrap_up(certificate, state, inputs) if final else _prepare_next(certificate, state, inputs))
            or (None if revocation is None else revocation(certificate, issuer))
        )
        if refusal is not None:
            return refusal
        above, name = certificate, certificate.subject
        superiors |= {name}
    outcome = state.graph.conclude(inputs.policies)
    if state.explicit_policy == 0 and not outcome.user:  # §6.1.5: "or the user_constrained_policy_set is not empty"
        return Refusal(reason=Reason.POLICY_REQUIRED, certificate=path[0])
    return Accepted(anchor=anchor, certificates=path, policies=outcome, working_key=state.working_key)


def validate_anchor(leaf: Certificate, anchor: TrustAnchor, inputs: Inputs, /) -> Accepted | Refusal:
    """A certificate that is an anchor itself: a path of no length. Only its own words are judged."""
    state = _State(0, inputs, anchor)
    refusal = _judge_period(leaf, inputs) or _wrap_up(leaf, state, inputs, anchor=True)
    if refusal is not None:
        return refusal
    outcome = state.graph.conclude(inputs.policies)
    return Accepted(anchor=anchor, certificates=(leaf,), policies=outcome, working_key=leaf.public_key)


def judge_issuer(
    issuer: Certificate, path: tuple[Certificate, ...], inputs: Inputs, signatures: Signatures, /
) -> Refusal | None:
    """What can be said against an issuer above this path before it is known what stands above it in turn.

    Raises SignatureBudget.
    """
    listed = issuer.extensions
    between = sum(not certificate.self_issued for certificate in path[1:])
    limit = None if listed.basic_constraints is None else listed.basic_constraints.path_length
    reason: Reason | None = None
    if issuer.version != _VERSION_3 or not listed.authority:
        reason = Reason.NOT_AN_AUTHORITY
    elif not listed.allows(KeyUsage.KEY_CERT_SIGN):
        reason = Reason.MAY_NOT_SIGN_CERTIFICATES
    elif limit is not None and between > limit:
        reason = Reason.PATH_TOO_LONG
    if reason is not None:
        return Refusal(reason=reason, certificate=issuer)
    refusal = _judge_period(issuer, inputs) or _judge_critical(issuer)
    if refusal is None and listed.name_constraints is not None:
        refusal = _judge_below(issuer, listed.name_constraints, path, signatures)
    return refusal


def _judge_below(
    issuer: Certificate, stated: NameConstraints, path: tuple[Certificate, ...], signatures: Signatures
) -> Refusal | None:
    signatures.spend(len(stated.permitted) + len(stated.excluded))
    try:
        constraints = Constraints().narrowed(stated)
    except NotAName as problem:
        return Refusal(reason=Reason.NAME_CONSTRAINT_UNREADABLE, certificate=issuer, detail=str(problem))
    for position, certificate in enumerate(path):
        if position and certificate.self_issued:
            continue
        signatures.spend(constraints.work(certificate))
        found = constraints.judge(certificate)
        if found is not None:
            return Refusal(reason=found[0], certificate=certificate, detail=found[1])
    return None


def _judge_anchor(anchor: TrustAnchor, state: _State, inputs: Inputs) -> Refusal | None:
    """RFC 5937: what the anchor's own certificate limits, limits the path below it."""
    root = anchor.certificate
    if root is None:
        return None
    refusal = (
        _judge_period(root, inputs)
        or _judge_critical(root)
        or _judge_conduct(root, inputs, authority=True, anchor=True)
    )
    if refusal is not None:
        return refusal
    limits = root.extensions
    if limits.basic_constraints is not None and limits.basic_constraints.path_length is not None:
        state.path_length = min(state.path_length, limits.basic_constraints.path_length)
    if limits.basic_constraints is not None and not limits.authority:
        return Refusal(reason=Reason.NOT_AN_AUTHORITY, certificate=root)
    if not limits.allows(KeyUsage.KEY_CERT_SIGN):
        return Refusal(reason=Reason.MAY_NOT_SIGN_CERTIFICATES, certificate=root)
    if limits.policies and not {one.policy for one in limits.policies} & ANY_SET:
        state.graph = PolicyGraph(frozenset(one.policy for one in limits.policies))
    _count_policies(limits, state)
    return _narrow(root, state)


def _judge_basic(
    certificate: Certificate, issuer: Name, state: _State, inputs: Inputs, signatures: Signatures
) -> Refusal | None:
    """§6.1.3 (a), the signature last, for it costs most."""
    if certificate.issuer != issuer:  # (a)(4)
        return Refusal(reason=Reason.NAME_CHAINING, certificate=certificate)
    if certificate.issuer == EMPTY:  # §4.1.2.4: "MUST contain a non-empty distinguished name"
        return Refusal(reason=Reason.EMPTY_ISSUER, certificate=certificate)
    refusal = _judge_period(certificate, inputs)  # (a)(2)
    if refusal is not None:
        return refusal
    refusal = _judge_algorithm(certificate, certificate.signature_algorithm, state.working_key, inputs)
    if refusal is not None:
        return refusal
    reason = signatures.judge(certificate, state.working_key)  # (a)(1)
    return None if reason is None else Refusal(reason=reason, certificate=certificate)


def _judge_algorithm(
    certificate: Certificate, algorithm: SignatureAlgorithm | str | None, key: bytes, inputs: Inputs
) -> Refusal | None:
    weak = "" if inputs.algorithms is None else inputs.algorithms(algorithm, key)
    return Refusal(reason=Reason.ALGORITHM_WEAK, certificate=certificate, detail=weak) if weak else None


def _judge_period(certificate: Certificate, inputs: Inputs) -> Refusal | None:
    if inputs.at is None:
        return None
    if inputs.at < certificate.not_before:
        return Refusal(reason=Reason.BEFORE_VALIDITY, certificate=certificate)
    if inputs.at > certificate.not_after:
        return Refusal(reason=Reason.AFTER_VALIDITY, certificate=certificate)
    return None


def _judge_names_and_policies(
    certificate: Certificate, state: _State, signatures: Signatures, *, final: bool
) -> Refusal | None:
    """§6.1.3 (b)-(f)."""
    listed = certificate.extensions
    if final or not certificate.self_issued:  # (b), (c)
        signatures.spend(state.constraints.work(certificate))
        found = state.constraints.judge(certificate)
        if found is not None:
            return Refusal(reason=found[0], certificate=certificate, detail=found[1])
    policies = len(listed.policies) + len(listed.policy_mappings)
    if policies > _MAXIMUM_POLICIES:
        return Refusal(reason=Reason.TOO_MANY_POLICIES, certificate=certificate)
    signatures.spend(policies * policies)
    any_allowed = state.inhibit_any > 0 or (not final and certificate.self_issued)
    state.graph.add(listed.policies, any_allowed=any_allowed)  # (d), (e)
    if state.explicit_policy == 0 and state.graph.null:  # (f)
        return Refusal(reason=Reason.POLICY_REQUIRED, certificate=certificate)
    return None


def _prepare_next(certificate: Certificate, state: _State, inputs: Inputs) -> Refusal | None:
    """§6.1.4, for a certificate that issued another one."""
    listed = certificate.extensions
    if any(not ANY_SET.isdisjoint(pair) for pair in listed.policy_mappings):  # (a)
        return Refusal(reason=Reason.POLICY_MAPPING_ANY, certificate=certificate)
    state.graph.map(listed.policy_mappings, allowed=state.inhibit_mapping > 0)  # (b)
    state.working_key = inherit_parameters(certificate.public_key, state.working_key)  # (c)-(f)
    return (
        _judge_authority(certificate, state, inputs)
        or _judge_critical(certificate)  # (o)
        or _judge_conduct(certificate, inputs, authority=True)
        or _narrow(certificate, state)  # (g)
    )


def _judge_authority(certificate: Certificate, state: _State, inputs: Inputs) -> Refusal | None:
    """§6.1.4 (h)-(n)."""
    listed = certificate.extensions
    reason: Reason | None = None
    if certificate.version != _VERSION_3 or not listed.authority:  # (k)
        reason = Reason.NOT_AN_AUTHORITY
    elif not certificate.self_issued and state.path_length <= 0:  # (l)
        reason = Reason.PATH_TOO_LONG
    elif not listed.allows(KeyUsage.KEY_CERT_SIGN):  # (n)
        reason = Reason.MAY_NOT_SIGN_CERTIFICATES
    elif not _purpose_fits(listed, inputs):
        reason = Reason.EXTENDED_KEY_USAGE
    if reason is not None:
        return Refusal(reason=reason, certificate=certificate)
    if not certificate.self_issued:
        _count_down(state)  # (h)
        state.path_length -= 1  # (l)
    _count_policies(listed, state)  # (i), (j)
    limit = listed.basic_constraints.path_length if listed.basic_constraints is not None else None
    if limit is not None:  # (m)
        state.path_length = min(state.path_length, limit)
    return None


def _count_down(state: _State) -> None:
    """§6.1.4 (h)."""
    state.explicit_policy = max(0, state.explicit_policy - 1)
    state.inhibit_mapping = max(0, state.inhibit_mapping - 1)
    state.inhibit_any = max(0, state.inhibit_any - 1)


def _count_policies(listed: Extensions, state: _State) -> None:
    """§6.1.4 (i), (j)."""
    stated = listed.policy_constraints
    if stated is not None and stated.require_explicit is not None:  # (i)(1)
        state.explicit_policy = min(state.explicit_policy, stated.require_explicit)
    if stated is not None and stated.inhibit_mapping is not None:  # (i)(2)
        state.inhibit_mapping = min(state.inhibit_mapping, stated.inhibit_mapping)
    if listed.inhibit_any_policy is not None:  # (j)
        state.inhibit_any = min(state.inhibit_any, listed.inhibit_any_policy)


def _narrow(certificate: Certificate, state: _State) -> Refusal | None:
    """§6.1.4 (g)."""
    stated = certificate.extensions.name_constraints
    if stated is not None:
        try:
            state.constraints = state.constraints.narrowed(stated)
        except NotAName as problem:
            return Refusal(reason=Reason.NAME_CONSTRAINT_UNREADABLE, certificate=certificate, detail=str(problem))
    return None


def _judge_critical(certificate: Certificate) -> Refusal | None:
    """§6.1.4 (o), §6.1.5 (f)."""
    for identifier, critical in certificate.extensions.critical.items():
        if critical and identifier not in UNDERSTOOD:
            return Refusal(reason=Reason.CRITICAL_EXTENSION, certificate=certificate, detail=identifier)
    return None


def _judge_conduct(
    certificate: Certificate, inputs: Inputs, *, authority: bool, anchor: bool = False
) -> Refusal | None:
    if inputs.strict and (problem := misconduct(certificate, authority=authority, anchor=anchor)):
        return Refusal(reason=Reason.ISSUER_CONDUCT, certificate=certificate, detail=problem)
    return None


def _purpose_fits(listed: Extensions, inputs: Inputs) -> bool:
    """§4.2.1.12: without the extension, or with anyExtendedKeyUsage, every purpose is permitted."""
    stated = listed.extended_key_usage
    return not inputs.extended_usage or stated is None or ANY_USAGE in stated or bool(stated & inputs.extended_usage)


def _wrap_up(certificate: Certificate, state: _State, inputs: Inputs, *, anchor: bool = False) -> Refusal | None:
    """§6.1.5, for the certificate asked about, and what the caller wants to use it for."""
    state.explicit_policy = max(0, state.explicit_policy - 1)  # (a)
    stated = certificate.extensions.policy_constraints
    if stated is not None and stated.require_explicit == 0:  # (b)
        state.explicit_policy = 0
    state.working_key = inherit_parameters(certificate.public_key, state.working_key)  # (c)-(e)
    refusal = (
        _judge_critical(certificate)  # (f)
        or _judge_conduct(certificate, inputs, authority=False, anchor=anchor)
        or _judge_algorithm(certificate, None, state.working_key, inputs)
    )
    if refusal is not None:
        return refusal
    listed = certificate.extensions
    if inputs.key_usage is not None and listed.key_usage is not None and not listed.key_usage & inputs.key_usage:
        return Refusal(reason=Reason.KEY_USAGE, certificate=certificate)
    if not _purpose_fits(listed, inputs):
        return Refusal(reason=Reason.EXTENDED_KEY_USAGE, certificate=certificate)
    return None
