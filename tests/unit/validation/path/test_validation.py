"""RFC 5280 §6.1 rule by rule: one path that holds, and one that breaks each rule."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.fixtures_pki import NOW
from tests.unit.validation.path.making import (
    ANY_POLICY,
    LATER,
    authority,
    authority_key,
    basic,
    certificate,
    constraints,
    directory,
    dns,
    email,
    extension,
    inhibit_any,
    leaf,
    made,
    mappings,
    name,
    names,
    policies,
    policy_constraints,
    purposes,
    root,
    spki,
    subject_key,
    usage,
)

from absah.kernel.clock import instant
from absah.pki import der
from absah.validation.path.algorithm_rule import policy_rule
from absah.validation.path.certificate import Certificate, read_certificate
from absah.validation.path.extensions import KeyUsage
from absah.validation.path.inputs import ANY_USAGE, Inputs, TrustAnchor
from absah.validation.path.refusals import Refusal
from absah.validation.path.signatures import SignatureBudget, Signatures
from absah.validation.path.validation import Accepted, validate_anchor, validate_path

GOLD, SILVER, BRONZE = "1.2.1", "1.2.2", "1.2.3"
PLAIN = Inputs(at=instant(NOW + timedelta(days=1)))


def judge(*path: Certificate, anchor: Certificate | None = None, **changes: Any) -> Accepted | Refusal:
    return validate_path(path, TrustAnchor.of(anchor or root()), replace(PLAIN, **changes), Signatures(100))


def reason(*path: Certificate, anchor: Certificate | None = None, **changes: Any) -> str:
    found = judge(*path, anchor=anchor, **changes)
    return found.reason.value if isinstance(found, Refusal) else ""


def test_a_path_that_keeps_every_rule_holds():
    found = judge(leaf("CA"), authority("CA"))
    assert isinstance(found, Accepted)
    assert [len(found.certificates), found.working_key] == [2, spki("Leaf")]


def test_a_bare_name_and_key_are_anchor_enough():
    bare = TrustAnchor(name=root().subject, public_key=spki("Root"))
    assert isinstance(validate_path((leaf(),), bare, PLAIN, Signatures(9)), Accepted)


def test_the_signature_must_hold_and_be_one_that_somebody_can_compute():
    forged = certificate(subject="Leaf", label="Leaf", issuer_label="Somebody", extensions=(usage(0),))
    assert reason(forged) == "signature-invalid"
    assert reason(certificate(algorithm=der.sequence(der.oid("1.2.3")))) == "algorithm-unsupported"
    assert reason(certificate(algorithm=der.sequence(der.oid("1.2.3")), spoilt=True)) == "algorithm-mismatch"
    with pytest.raises(SignatureBudget):
        validate_path((leaf(),), TrustAnchor.of(root()), PLAIN, Signatures(0))


def test_signatures_are_computed_once():
    signatures = Signatures(2)
    path, anchor = (leaf("CA"), authority("CA")), TrustAnchor.of(root())
    for _ in range(3):
        assert isinstance(validate_path(path, anchor, PLAIN, signatures), Accepted)
    assert signatures.left == 0
    assert signatures.renewed(5).left == 5


def test_every_certificate_must_be_in_force_the_anchors_too():
    soon, long_ago = instant(NOW + timedelta(days=2)), instant(NOW - timedelta(days=9))
    assert reason(leaf(not_before=soon)) == "before-validity"
    assert reason(leaf("CA"), authority("CA", not_before=long_ago, not_after=NOW)) == "after-validity"
    assert reason(leaf(), anchor=root(not_before=soon)) == "before-validity"
    assert reason(leaf(not_before=soon), at=None) == ""
    assert reason(leaf(), at=LATER) == ""


def test_names_must_chain_and_an_issuer_has_one():
    assert reason(leaf("Other")) == "name-chaining"
    empty = der.sequence()
    nameless = read_certificate(made(subject_name=empty, issuer_name=empty, issuer_label="Root", label="Root"))
    anchor = TrustAnchor(name=(), public_key=spki("Root"))
    found = validate_path((nameless,), anchor, PLAIN, Signatures(9))
    assert isinstance(found, Refusal)
    assert found.reason.value == "empty-issuer"


def test_names_must_lie_where_every_authority_above_permits():
    bound = authority("CA", "Root", constraints(permitted=(dns("go.id"),)))
    assert reason(leaf("CA", names(dns("a.go.id"))), bound) == ""
    found = judge(leaf("CA", names(dns("a.example"))), bound)
    assert isinstance(found, Refusal)
    assert (found.reason.value, found.detail) == ("name-not-permitted", "dns:'a.example'")
    limited = root(constraints(excluded=(dns("go.id"),)))
    assert reason(leaf("Root", names(dns("a.go.id"))), anchor=limited) == "name-excluded"
    assert reason(leaf("CA"), authority("CA", "Root", constraints(permitted=(dns("*"),)))) == (
        "name-constraint-unreadable"
    )


def test_an_authority_that_renews_itself_need_not_fit_its_own_constraints_but_the_last_certificate_must():
    old = authority("CA", "Root", constraints(permitted=(directory(name("CA", "Dinas")),)))
    new = authority("CA", "CA", label="CA 2", issuer_label="CA")
    below = leaf("CA", subject_name=name("CA", "Dinas", "Siti"), issuer_label="CA 2")
    assert reason(below, new, old) == ""
    assert reason(new, old) == "name-not-permitted"


def test_a_policy_may_be_required_by_the_caller_or_by_an_authority():
    gold = authority("CA", "Root", policies(GOLD))
    assert reason(leaf("CA", policies(SILVER)), gold) == ""
    assert reason(leaf("CA", policies(SILVER)), gold, explicit_policy=True) == "policy-required"
    assert reason(leaf("CA", policies(GOLD)), gold, explicit_policy=True) == ""
    assert reason(leaf("CA", policies(GOLD)), gold, explicit_policy=True, policies=frozenset({SILVER})) == (
        "policy-required"
    )
    demanding = authority("CA", "Root", policies(GOLD), policy_constraints(explicit=0))
    assert reason(leaf("CA"), demanding) == "policy-required"
    later = authority("CA", "Root", policies(GOLD), policy_constraints(explicit=5))
    assert reason(leaf("CA"), later) == ""
    itself = leaf("CA", policy_constraints(explicit=0))
    assert reason(itself, gold) == "policy-required"
    assert reason(leaf("CA", policy_constraints(explicit=1)), gold) == ""


def test_the_anchors_own_policies_bind_what_is_below():
    gold = root(policies(GOLD), policy_constraints(explicit=0))
    assert reason(leaf("Root", policies(GOLD)), anchor=gold) == ""
    assert reason(leaf("Root", policies(SILVER)), anchor=gold) == "policy-required"
    every = root(policies(ANY_POLICY), policy_constraints(explicit=0))
    assert reason(leaf("Root", policies(SILVER)), anchor=every) == ""


def test_policies_are_mapped_unless_somebody_inhibits_it():
    mapping = authority("CA", "Root", policies(GOLD), mappings((GOLD, SILVER)))
    below = leaf("CA", policies(SILVER))
    assert reason(below, mapping, explicit_policy=True) == ""
    assert reason(below, mapping, explicit_policy=True, inhibit_mapping=True) == "policy-required"
    inhibiting = authority("Top", "Root", policies(GOLD), policy_constraints(mapping=0))
    under = authority("CA", "Top", policies(GOLD), mappings((GOLD, SILVER)))
    assert reason(below, under, inhibiting, explicit_policy=True) == "policy-required"
    for pair in ((GOLD, ANY_POLICY), (ANY_POLICY, GOLD)):
        wrong = authority("CA", "Root", policies(GOLD), mappings(pair))
        assert reason(below, wrong) == "policy-mapping-any"


def test_any_policy_counts_until_it_is_inhibited_and_in_renewals_still():
    every = authority("CA", "Root", policies(ANY_POLICY), inhibit_any(0))
    assert reason(leaf("CA", policies(GOLD)), every, explicit_policy=True) == ""
    assert reason(leaf("CA", policies(ANY_POLICY)), every, explicit_policy=True) == "policy-required"
    renewed = authority("CA", "CA", policies(ANY_POLICY), label="CA 2", issuer_label="CA")
    below = leaf("CA", policies(GOLD), issuer_label="CA 2")
    assert reason(below, renewed, every, explicit_policy=True) == ""
    assert reason(leaf("CA", policies(GOLD)), every, explicit_policy=True, inhibit_any_policy=True) == (
        "policy-required"
    )


def test_policies_are_limited_in_number():
    many = policies(*(f"1.3.{number}" for number in range(201)))
    assert reason(leaf("Root", many)) == "too-many-policies"


def test_an_issuer_must_be_an_authority_that_may_sign_certificates():
    for extensions, expected in (
        ((usage(5),), "not-an-authority"),
        ((basic(authority=False), usage(5)), "not-an-authority"),
        ((basic(), usage(6)), "may-not-sign-certificates"),
        ((basic(),), ""),
    ):
        assert reason(leaf("CA"), certificate(subject="CA", extensions=extensions)) == expected
    assert reason(leaf("CA"), certificate(subject="CA", version=0)) == "not-an-authority"


def test_an_anchor_that_says_it_is_no_authority_is_believed():
    assert reason(leaf(), anchor=certificate(subject="Root", extensions=(basic(authority=False),))) == (
        "not-an-authority"
    )
    assert reason(leaf(), anchor=certificate(subject="Root", extensions=(basic(), usage(6)))) == (
        "may-not-sign-certificates"
    )
    assert reason(leaf(), anchor=certificate(subject="Root", version=0)) == ""


def test_the_length_of_a_path_is_limited_by_authorities_the_anchor_and_the_caller():
    flat = certificate(subject="CA", extensions=(basic(length=0), usage(5)))
    sub = authority("Sub", "CA")
    assert reason(leaf("CA"), flat) == ""
    assert reason(leaf("Sub"), sub, flat) == "path-too-long"
    renewed = authority("CA", "CA", label="CA 2", issuer_label="CA")
    assert reason(leaf("CA", issuer_label="CA 2"), renewed, flat) == ""
    assert reason(leaf("CA"), authority("CA"), maximum_intermediates=0) == "path-too-long"
    assert reason(leaf(), maximum_intermediates=0) == ""
    short = certificate(subject="Root", extensions=(basic(length=0), usage(5)))
    assert reason(leaf("CA"), authority("CA"), anchor=short) == "path-too-long"


def test_a_critical_extension_that_nobody_understands_is_refused_wherever_it_stands():
    strange = extension("2.25.7", der.null(), critical=True)
    found = judge(leaf("Root", strange))
    assert isinstance(found, Refusal)
    assert (found.reason.value, found.detail) == ("critical-extension", "2.25.7")
    assert reason(leaf("CA"), authority("CA", "Root", strange)) == "critical-extension"
    assert reason(leaf(), anchor=root(strange)) == "critical-extension"
    assert reason(leaf("Root", extension("2.25.7", der.null()))) == ""


def test_the_first_certificate_must_be_good_for_what_the_caller_wants():
    assert reason(leaf(), key_usage=KeyUsage.CONTENT_COMMITMENT) == "key-usage"
    assert reason(leaf(), key_usage=KeyUsage.CONTENT_COMMITMENT | KeyUsage.DIGITAL_SIGNATURE) == ""
    assert reason(certificate(subject="Leaf"), key_usage=KeyUsage.CONTENT_COMMITMENT) == ""
    wanted = frozenset({"1.3.6.1.5.5.7.3.36"})
    assert reason(leaf("Root", purposes("1.3.6.1.5.5.7.3.1")), extended_usage=wanted) == "extended-key-usage"
    for fitting in ((), (purposes(ANY_USAGE),), (purposes(*wanted),)):
        assert reason(leaf("Root", *fitting), extended_usage=wanted) == ""
    server = authority("CA", "Root", purposes("1.3.6.1.5.5.7.3.1"))
    assert reason(leaf("CA"), server, extended_usage=wanted) == "extended-key-usage"


def test_algorithms_are_the_callers_to_refuse():
    rule = policy_rule(NOW.date())
    assert reason(leaf(), algorithms=rule) == ""
    assert reason(leaf(), algorithms=lambda algorithm, _: "" if algorithm is None else "old") == "algorithm-weak"
    assert reason(leaf(), algorithms=lambda algorithm, _: "old" if algorithm is None else "") == "algorithm-weak"
    found = leaf().signature_algorithm
    assert rule("1.2.3", spki("Root")) == "1.2.3"
    assert rule(found, b"no key") == "unknown-key"
    assert rule(None, spki("Root")) == ""


def test_revocation_is_asked_last_of_each_and_with_the_key_that_counts():
    asked: list[tuple[bytes, bool]] = []

    def check(certificate: Certificate, issuer: Any) -> Refusal | None:
        asked.append((issuer.public_key, issuer.certificate is not None))
        return None

    found = validate_path((leaf("CA"), authority("CA")), TrustAnchor.of(root()), PLAIN, Signatures(9), check)
    assert isinstance(found, Accepted)
    assert asked == [(spki("Root"), True), (spki("CA"), True)]


def test_an_anchor_alone_is_a_path_of_its_own():
    own = root()
    assert isinstance(validate_anchor(own, TrustAnchor.of(own), PLAIN), Accepted)
    old = root(not_before=instant(NOW - timedelta(days=3)), not_after=NOW)
    found = validate_anchor(old, TrustAnchor.of(old), PLAIN)
    assert isinstance(found, Refusal)


def test_no_accepted_policy_at_all_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="anyPolicy"):
        Inputs(at=None, policies=frozenset())


def strict(**fields: Any) -> str:
    """The conduct of an issuer, seen at a certificate that it issued."""
    usual = (subject_key("leaf"), authority_key("root"), usage(0))
    given = {"subject": "Leaf", "extensions": usual, **fields}
    anchor = root(subject_key("root"))
    found = judge(certificate(**given), anchor=anchor, strict=True)
    return found.detail if isinstance(found, Refusal) else ""


def test_what_no_conforming_authority_issues_is_named_on_request():
    kept = (authority_key("root"), usage(0))
    assert strict() == ""
    assert strict(serial=0) == "serial-not-positive"
    assert strict(serial=1 << 159) == "serial-too-long"
    assert strict(extensions=(*kept, constraints(permitted=(dns("a"),), critical=False))) == (
        "name-constraints-not-critical"
    )
    assert strict(extensions=(*kept, constraints(permitted=(dns("a"),)))) == "name-constraints-of-a-subscriber"
    assert strict(extensions=(usage(0),)) == "no-authority-key-identifier"
    assert strict(extensions=(extension("2.5.29.35", der.sequence()),)) == "no-authority-key-identifier"
    critical = extension("2.5.29.14", der.octet_string(b"x"), critical=True)
    assert strict(extensions=(*kept, critical)) == "2.5.29.14"
    assert strict(subject_name=der.sequence()) == "no-name-that-must-be-read"
    assert strict(subject_name=der.sequence(), extensions=(*kept, names(dns("a.example"), critical=True))) == ""
    assert strict(extensions=(authority_key("root"), usage(5))) == "key-cert-sign-of-a-subscriber"
    assert strict(extensions=(authority_key("root"),)) == ""
    for host in ("a_b.example", "10.1.0.9", "a b"):
        assert strict(extensions=(*kept, names(dns(host)))) == "dns"
    assert strict(extensions=(*kept, names(email("a@b.example"), dns("*.b.example")))) == ""


def test_the_conduct_of_authorities_and_roots_is_asked_too():
    keys = (subject_key("ca"), authority_key("root"))
    below = leaf("CA", authority_key("ca"))
    anchor = root(subject_key("root"))

    def said(*extensions: bytes, under: Certificate = anchor) -> str:
        found = judge(below, certificate(subject="CA", extensions=extensions), anchor=under, strict=True)
        return found.detail if isinstance(found, Refusal) else ""

    assert said(*keys, basic(), usage(5)) == ""
    assert said(authority_key("root"), basic(), usage(5)) == "no-subject-key-identifier"
    assert said(*keys, basic(critical=False), usage(5)) == "basic-constraints"
    assert said(*keys, basic(), usage(5), under=root()) == "no-subject-key-identifier"
    assert said(*keys, basic(), usage(5), under=root(*keys)) == "key-identifiers-differ"
    cross = authority("Root", "Elsewhere", subject_key("root"))
    assert said(*keys, basic(), usage(5), under=cross) == "no-authority-key-identifier"
    bare = certificate(subject="Root", extensions=(subject_key("root"),))
    assert said(*keys, basic(), usage(5), under=bare) == "basic-constraints"
    nameless = certificate(
        subject_name=der.sequence(), extensions=(*keys, basic(), usage(5), names(dns("a.example"), critical=True))
    )
    found = judge(below, nameless, anchor=anchor, strict=True)
    assert isinstance(found, Refusal)
    assert found.detail == "empty-subject"
    no_sign = certificate(subject="Root", extensions=(subject_key("root"), basic(length=3), usage(6)))
    assert said(*keys, basic(), usage(5), under=no_sign) == "path-length-without-key-cert-sign"
    found = validate_anchor(no_sign, TrustAnchor.of(no_sign), replace(PLAIN, strict=True))
    assert isinstance(found, Accepted)  # asked about as what it is: nobody's issuer here
