"""Names against subtrees, form by form, and what happens to names that nobody can compare."""

from typing import Any

import pytest
from tests.unit.validation.path.making import (
    EMAIL_ADDRESS,
    authority,
    certificate,
    constraints,
    directory,
    dns,
    email,
    ip,
    leaf,
    name,
    names,
    uri,
)

from absah.pki import der
from absah.validation.path import constraints as module
from absah.validation.path.constraints import Constraints
from absah.validation.path.name_forms import NotAName

V4, V6 = bytes([10, 1, 0, 9]), bytes([0xFD, *bytes(15)])


def limits(**fields: Any) -> Constraints:
    stated = authority("CA", "Root", constraints(**fields)).extensions.name_constraints
    assert stated is not None
    return Constraints().narrowed(stated)


def answer(named: bytes, **fields: Any) -> str:
    found = limits(**fields).judge(leaf("CA", names(named)))
    return "" if found is None else found[0].value


@pytest.mark.parametrize(
    ("constraint", "inside", "outside"),
    [
        (dns("example.go.id"), dns("EXAMPLE.go.id"), dns("badexample.go.id")),
        (dns("example.go.id"), dns("*.example.go.id"), dns("go.id")),
        (dns(""), dns("anything.example"), None),
        (email("siti@example.go.id"), email("siti@EXAMPLE.go.id"), email("Siti@example.go.id")),
        (email("example.go.id"), email("siti@example.go.id"), email("siti@mail.example.go.id")),
        (email(".example.go.id"), email("siti@mail.example.go.id"), email("siti@example.go.id")),
        (email(""), email("siti@example.go.id"), None),
        (uri("example.go.id"), uri("https://example.go.id:8443/x"), uri("https://a.example.go.id/")),
        (uri(".example.go.id"), uri("https://a.example.go.id/"), uri("https://example.go.id/")),
        (uri(""), uri("ftp://example.go.id/"), None),
        (ip(bytes([10, 1, 0, 0, 255, 255, 0, 0])), ip(V4), ip(bytes([10, 2, 0, 9]))),
        (ip(bytes([0xFD, *bytes(15), 0xFF, *bytes(15)])), ip(V6), ip(V4)),
        (directory(name("Kota")), directory(name("kota", "Dinas")), directory(name("Dinas"))),
    ],
)
def test_a_name_lies_inside_or_outside_a_subtree(constraint: bytes, inside: bytes, outside: bytes | None):
    both = {"excluded": (dns("none.example"),), "permitted": (constraint, directory(name("Leaf")))}
    assert answer(inside, **both) == ""
    assert answer(inside, excluded=(constraint,)) == "name-excluded"
    if outside is not None:
        assert answer(outside, **both) == "name-not-permitted"
        assert answer(outside, excluded=(constraint,)) == ""


def test_a_wildcard_must_not_name_what_is_excluded():
    assert answer(dns("*.example.go.id"), excluded=(dns("secret.example.go.id"),)) == "name-excluded"
    assert answer(dns("*.example.go.id"), excluded=(dns("a.secret.example.go.id"),)) == ""
    assert answer(dns("*.example.go.id"), permitted=(dns("secret.example.go.id"),)) == "name-not-permitted"


@pytest.mark.parametrize(
    ("constraint", "strange"),
    [
        (dns("example.go.id"), dns("a b.example.go.id")),
        (dns("example.go.id"), dns("a.*.example.go.id")),
        (dns("example.go.id"), dns("*")),
        (dns("example.go.id"), dns(".".join(["a" * 60] * 5))),
        (email("example.go.id"), email("siti example.go.id")),
        (email("example.go.id"), email("@example.go.id")),
        (email("example.go.id"), email("siti@exa mple.go.id")),
        (uri("example.go.id"), uri("urn:uuid:1")),
        (uri("example.go.id"), uri("https://10.1.0.9/")),
        (uri("example.go.id"), uri("https://localhost/")),
        (uri("example.go.id"), uri("https://[::1/")),
        (ip(bytes(8)), ip(bytes(5))),
    ],
)
def test_what_is_no_name_of_its_form_is_neither_inside_nor_outside(constraint: bytes, strange: bytes):
    assert answer(strange, permitted=(constraint,)) == "name-unreadable"


@pytest.mark.parametrize(
    "constraint",
    [
        dns("*.example.go.id"),
        dns(".example.go.id"),
        email("siti@"),
        email("*.example"),
        uri("https://example.go.id/"),
        ip(bytes([10, 1, 0, 0, 255, 0, 255, 0])),
        ip(bytes(4)),
    ],
)
def test_a_constraint_that_is_none_is_refused(constraint: bytes):
    with pytest.raises(NotAName):
        limits(permitted=(constraint,))
    with pytest.raises(NotAName):
        limits(excluded=(constraint,))


def test_each_authority_narrows_what_the_one_above_permits():
    one = authority("CA", "Root", constraints(permitted=(dns("go.id"), dns("example"))))
    two = authority("Sub", "CA", constraints(permitted=(dns("kota.go.id"),), excluded=(dns("x.kota.go.id"),)))
    both = Constraints()
    for stated in (one.extensions.name_constraints, two.extensions.name_constraints):
        assert stated is not None
        both = both.narrowed(stated)
    assert both.count == 4

    def asked(host: str) -> bool:
        return both.judge(leaf("Sub", names(dns(host)))) is None

    assert [asked(host) for host in ("a.kota.go.id", "go.id", "kota.example", "x.kota.go.id")] == [
        True, False, False, False,
    ]  # fmt: skip


def test_a_form_that_nobody_can_compare_must_not_appear_once_it_is_constrained():
    other = der.explicit(0, der.oid("1.2.3"), der.explicit(0, der.null()))
    assert answer(other, excluded=(other,)) == "name-form-unsupported"
    assert answer(dns("a.example"), permitted=(other,)) == ""
    assert answer(other, permitted=(dns("a.example"),)) == ""


def test_old_e_mail_in_the_subject_counts_where_there_are_no_other_names():
    old = name("siti@elsewhere.example", kind=EMAIL_ADDRESS, tag=0x16)
    bound = limits(permitted=(email("example.go.id"),))
    assert bound.judge(certificate(subject_name=old)) is not None
    assert bound.judge(certificate(subject_name=old, extensions=(names(email("siti@example.go.id")),))) is None


def test_an_empty_subject_is_no_name():
    assert limits(permitted=(directory(name("Kota")),)).judge(certificate(subject_name=der.sequence())) is None


def test_names_times_constraints_are_limited(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "MAXIMUM_COMPARISONS", 3)
    assert answer(dns("a.example"), permitted=(dns("example"),)) == ""
    assert answer(dns("a.example"), permitted=(dns("example"), dns("go.id"))) == "too-many-names"
