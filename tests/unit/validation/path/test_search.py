"""The search finds what is there, in a good order, and ends whatever it is given."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.fixtures_pki import NOW
from tests.unit.validation.path.making import (
    LATER,
    authority,
    authority_key,
    basic,
    certificate,
    constraints,
    dns,
    extension,
    leaf,
    name,
    names,
    root,
    subject_key,
    usage,
)

from absah.kernel.clock import instant
from absah.pki import der
from absah.validation.path.certificate import Certificate
from absah.validation.path.inputs import DEFAULT_LIMITS, Inputs, Limits, TrustAnchor
from absah.validation.path.refusals import Refusal
from absah.validation.path.search import Pool, Search, find_path
from absah.validation.path.signatures import Signatures
from absah.validation.path.validation import Accepted

PLAIN = Inputs(at=instant(NOW + timedelta(days=1)))


def pool(anchor: Certificate, *others: Certificate) -> Pool:
    return Pool((TrustAnchor.of(anchor),), others)


def found(asked: Certificate, among: Pool, **fields: Any) -> tuple[str, ...]:
    """The reason of a refusal, or the serial numbers of the path."""
    limits = fields.pop("limits", DEFAULT_LIMITS)
    answer = find_path(asked, among, replace(PLAIN, **fields), limits=limits)
    if isinstance(answer, Refusal):
        return (answer.reason.value,)
    return tuple(str(one.serial) for one in answer.certificates)


def test_a_path_is_found_through_authorities_that_nobody_put_in_order():
    among = pool(root(), authority("Two", "One", serial=3), authority("One", serial=2))
    assert found(leaf("Two", serial=4), among) == ("4", "3", "2")
    assert found(leaf("Root", serial=4), among) == ("4",)


def test_without_an_anchor_or_an_issuer_there_is_no_path():
    assert found(leaf("CA"), pool(root())) == ("no-path",)
    assert found(leaf(), Pool(())) == ("no-path",)


def test_an_anchor_of_the_right_name_and_the_wrong_key_is_none():
    assert found(leaf(), pool(root(label="Another Root", issuer_label="Another Root"))) == ("signature-invalid",)


def test_an_anchor_is_its_own_path():
    own = root(serial=9)
    assert found(own, pool(own)) == ("9",)
    assert found(root(serial=8), pool(own)) == ("8",)


def test_an_anchor_may_be_a_bare_name_and_key():
    own = root()
    bare = TrustAnchor(name=own.subject, public_key=own.public_key)
    assert found(leaf(serial=5), Pool((bare,))) == ("5",)


def test_issuers_that_cannot_have_issued_are_passed_over():
    good = authority("CA", serial=1)
    for bad in (
        certificate(subject="CA", serial=2, extensions=(usage(5),)),
        certificate(subject="CA", serial=2, version=0),
        certificate(subject="CA", serial=2, extensions=(basic(), usage(6))),
        authority("CA", not_after=NOW, not_before=instant(NOW - timedelta(days=9)), serial=2),
        authority("CA", "Root", extension("2.25.7", der.null(), critical=True), serial=2),
        authority("CA", "Root", constraints(permitted=(dns("go.id"),)), serial=2),
        authority("CA", "Root", constraints(permitted=(dns("*"),)), serial=2),
        authority("CA", label="Another", serial=2),
    ):
        asked = leaf("CA", names(dns("a.example")), serial=3)
        assert found(asked, pool(root(), bad, good)) == ("3", "1")
        assert len(found(asked, pool(root(), bad))) == 1


def test_the_length_that_an_issuer_allows_is_known_before_its_signature_is_checked():
    flat = certificate(subject="CA", extensions=(basic(length=0), usage(5)))
    assert found(leaf("Sub"), pool(root(), authority("Sub", "CA"), flat)) == ("path-too-long",)
    renewed = authority("CA", "CA", label="CA 2", issuer_label="CA", serial=2)
    assert found(leaf("CA", issuer_label="CA 2", serial=3), pool(root(), renewed, flat)) == ("3", "2", "7")


def test_renewals_are_free_of_their_own_constraints():
    bound = authority("CA", "Root", constraints(permitted=(dns("go.id"),)), serial=1)
    renewed = authority("CA", "CA", names(dns("a.example")), label="CA 2", issuer_label="CA", serial=2)
    assert found(leaf("CA", issuer_label="CA 2", serial=3), pool(root(), renewed, bound)) == ("3", "2", "1")


def test_key_identifiers_say_whom_to_try_first_but_decide_nothing():
    right = authority("CA", "Root", subject_key("right"), serial=1)
    wrong = authority("CA", "Root", subject_key("wrong"), serial=2, not_after=instant(LATER + timedelta(days=1)))
    silent = authority("CA", serial=3)
    asked = leaf("CA", authority_key("right"), serial=4)
    assert found(asked, pool(root(), wrong, silent, right)) == ("4", "1")
    assert found(asked, pool(root(), wrong, silent)) == ("4", "3")
    assert found(asked, pool(root(), wrong)) == ("4", "2")
    assert found(leaf("CA", serial=4), pool(root(), silent, wrong)) == ("4", "2")  # valid longest


def test_authorities_that_certify_one_another_do_not_run_in_circles():
    one, two = authority("One", "Two"), authority("Two", "One")
    assert found(leaf("One"), pool(root(), one, two)) == ("no-path",)


def test_a_path_that_fails_as_a_whole_is_followed_by_the_next():
    strange = extension("2.25.7", der.null(), critical=True)
    bad, good = root(strange, label="Root"), root()
    among = Pool((TrustAnchor.of(bad), TrustAnchor.of(good)))
    assert found(leaf(serial=5), among) == ("5",)
    assert found(leaf(), Pool((TrustAnchor.of(bad),))) == ("critical-extension",)


def test_every_limit_ends_the_search_with_its_word():
    crowd = [authority("CA", "CA", label=f"CA {number}", issuer_label="CA 0") for number in range(9)]
    among = pool(root(), *crowd)
    asked = leaf("CA", issuer_label="CA 8")
    assert found(asked, among, limits=Limits(signatures=3)) == ("search-limit",)
    assert found(asked, among, limits=Limits(steps=3)) == ("search-limit",)
    deep = [authority(f"CA {number}", f"CA {number + 1}" if number < 4 else "Root") for number in range(5)]
    assert found(leaf("CA 0"), pool(root(), *deep), limits=Limits(depth=3)) == ("path-too-long",)
    strange = extension("2.25.7", der.null(), critical=True)
    roots = Pool([TrustAnchor.of(root(strange, serial=number)) for number in range(1, 4)])
    assert found(leaf(), roots, limits=Limits(paths=2)) == ("search-limit",)


def test_work_that_is_no_signature_is_counted_too():
    hosts = names(*(dns(f"h{number}.example") for number in range(40)))
    bound = constraints(permitted=(dns("example"), *(dns(f"n{number}.example") for number in range(39))))
    crowd = [authority("CA", "CA", bound, label=f"CA {number}", issuer_label="CA 0") for number in range(9)]
    asked = leaf("CA", hosts, issuer_label="Nobody")
    for work, expected in ((8 * 40 * 42, "search-limit"), (400_000, "signature-invalid")):
        search = Search.over(pool(root(), *crowd), PLAIN, signatures=Signatures(99, work))
        answer = search.find(asked)
        assert isinstance(answer, Refusal)
        assert answer.reason.value == expected


def test_the_count_may_run_out_while_a_path_is_judged():
    asked, anchor = leaf("CA"), root()
    between = authority("CA")

    def check(certificate: Certificate, issuer: object) -> None:
        signatures.left = 0
        signatures._known.clear()

    signatures = Signatures(9)
    search = Search.over(pool(anchor, between), PLAIN, signatures=signatures, revocation=check)
    answer = search.find(asked)
    assert isinstance(answer, Refusal)
    assert answer.reason.value == "search-limit"


def test_unpruned_candidates_show_what_an_authority_spoils():
    spoilt = certificate(subject="CA", extensions=(basic(authority=False),))
    among = pool(root(), spoilt)
    assert list(Search.over(among, PLAIN).candidates(leaf("CA"))) == []
    assert len(list(Search.over(among, PLAIN, prune=False).candidates(leaf("CA")))) == 1


def test_an_answer_names_the_anchor_it_reached():
    answer = find_path(leaf(), pool(root()), PLAIN)
    assert isinstance(answer, Accepted)
    assert answer.anchor.name == certificate(subject_name=name("root")).subject
