"""NIST PKITS: 246 paths with their inputs and 10 more whose user notices must come out.

Revocation is judged in every case, from the lists of the suite, at a time when its certificates are in force. A case
must be refused for the reason that it was made for, not for any: `_KINDS` says which words fit which section.
"""

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.conformance.paths.corpus import folder
from tests.conformance.paths.deviations import PKITS

from absah.kernel.clock import instant
from absah.validation.path.certificate import Certificate, read_certificate
from absah.validation.path.crl import RevocationList, read_list
from absah.validation.path.extensions import ANY_POLICY, USER_NOTICE
from absah.validation.path.inputs import DEFAULT_LIMITS, Inputs, TrustAnchor
from absah.validation.path.refusals import Refusal
from absah.validation.path.revocation import ListedRevocation
from absah.validation.path.search import Pool, Search
from absah.validation.path.signatures import Signatures
from absah.validation.path.validation import Accepted

_AT = instant(datetime(2026, 1, 1, tzinfo=UTC))
_REVOCATION = {"revoked", "revocation-unknown"}
#: Section of the suite (4.x) to the reasons for which its cases may be refused.
_KINDS = {
    "401": {"signature-invalid"},
    "402": {"before-validity", "after-validity"},
    "403": {"no-path"},
    "404": _REVOCATION,
    "405": _REVOCATION | {"not-an-authority"},
    "406": {"not-an-authority", "path-too-long"},
    "407": {"may-not-sign-certificates", "revocation-unknown"},
    "408": {"policy-required"},
    "409": {"policy-required"},
    "410": {"policy-required", "policy-mapping-any"},
    "411": {"policy-required"},
    "412": {"policy-required"},
    "413": {"name-not-permitted", "name-excluded"},
    "414": _REVOCATION,
    "415": _REVOCATION,
    "416": {"critical-extension"},
}


@cache
def certificate(name: str) -> Certificate:
    return read_certificate((folder("pkits") / "certs" / name).read_bytes())


@cache
def listed(name: str) -> RevocationList:
    return read_list((folder("pkits") / "crls" / name).read_bytes())


def cases(name: str) -> list[dict[str, Any]]:
    return list(json.loads(Path(folder("pkits") / name).read_bytes()))


def judge(case: dict[str, Any]) -> Accepted | Refusal:
    given = case.get("params", {})
    inputs = Inputs(
        at=_AT,
        policies=frozenset(given.get("user_initial_policy_set", {ANY_POLICY})),
        explicit_policy=given.get("initial_explicit_policy", False),
        inhibit_mapping=given.get("initial_policy_mapping_inhibit", False),
        inhibit_any_policy=given.get("initial_any_policy_inhibit", False),
    )
    alone = "other_certs" not in case
    others = case.get("other_certs", ["GoodCACert.crt"])
    lists = [*case.get("crls", ["GoodCACRL.crl"] if alone else []), "TrustAnchorRootCRL.crl"]
    pool = Pool((TrustAnchor.of(certificate("TrustAnchorRootCertificate.crt")),), map(certificate, others))
    signatures = Signatures(DEFAULT_LIMITS.signatures)
    revocation = ListedRevocation(map(listed, lists), pool, inputs, signatures)
    return Search.over(pool, inputs, signatures=signatures, revocation=revocation).find(certificate(case["cert"]))


def test_every_path_is_accepted_or_refused_as_the_suite_says_and_for_its_reason():
    wrong: list[str] = []
    every = cases("pkits.json")
    for case in every:
        found = judge(case)
        reason = found.reason.value if isinstance(found, Refusal) else ""
        if reason not in (_KINDS[case["id"][:3]] if "error" in case else {""}):
            wrong.append(f"{case['name']}: {reason}")
        if isinstance(found, Accepted) and len(found.certificates) + 1 != case["path_len"]:
            wrong.append(f"{case['name']}: {len(found.certificates) + 1} certificates")
    assert wrong == []
    assert len(every) + len(cases("pkits-user-notice.json")) == PKITS


def test_the_user_notices_of_the_policies_that_count_come_out_and_no_others():
    for case in cases("pkits-user-notice.json"):
        found = judge(case)
        assert isinstance(found, Accepted), case["name"]
        notices = [value for kind, value in found.policies.qualifiers if kind == USER_NOTICE]
        number = case["notice"].partition(":")[0]
        assert [notice for notice in notices if f"{number}:".encode() in notice] == notices[:1], case["name"]
        assert len(notices) == 1, case["name"]


@pytest.mark.parametrize("name", ["ValidDSASignaturesTest4EE.crt", "ValidDSAParameterInheritanceTest5EE.crt"])
def test_dsa_holds_as_a_signature_and_fails_as_an_algorithm(name: str):
    from absah.validation.path.algorithm_rule import policy_rule

    case = next(one for one in cases("pkits.json") if one["cert"] == name)
    assert isinstance(judge(case), Accepted)
    leaf = certificate(name)
    assert policy_rule(_AT.date())(leaf.signature_algorithm, leaf.public_key) == "1.2.840.10040.4.3"
