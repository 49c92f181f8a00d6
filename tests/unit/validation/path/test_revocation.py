"""RFC 5280 §6.3: which list counts, who may sign it, and what several of them say together."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.fixtures_pki import NOW
from tests.unit.validation.path.making import (
    authority,
    authority_key,
    base,
    basic,
    certificate,
    crl,
    directory,
    extension,
    issuing_point,
    leaf,
    line,
    line_issuer,
    name,
    number,
    point,
    points,
    reason,
    root,
    uri,
    usage,
)

from absah.kernel.clock import instant
from absah.pki import der
from absah.validation.path.certificate import Certificate
from absah.validation.path.crl import RevocationList
from absah.validation.path.inputs import Inputs, TrustAnchor
from absah.validation.path.refusals import Refusal
from absah.validation.path.revocation import ListedRevocation
from absah.validation.path.search import Pool, Search
from absah.validation.path.signatures import Signatures

PLAIN = Inputs(at=instant(NOW + timedelta(days=1)))
INDIRECT = der.implicit(4, b"\xff")
ANCHOR = root()


def answer(asked: Certificate, *lists: RevocationList, others: tuple[Certificate, ...] = (), **fields: Any) -> str:
    """Empty: a path holds and nothing on it is revoked."""
    pool = Pool((fields.pop("anchor", TrustAnchor.of(ANCHOR)),), others)
    signatures = Signatures(fields.pop("limit", 60))
    inputs = replace(PLAIN, **fields)
    check = ListedRevocation(lists, pool, inputs, signatures)
    found = Search.over(pool, inputs, signatures=signatures, revocation=check).find(asked)
    return found.reason.value if isinstance(found, Refusal) else ""


def test_a_list_of_the_issuer_says_revoked_or_not():
    asked = leaf(serial=5)
    assert answer(asked, crl("Root", line(6))) == ""
    assert answer(asked, crl("Root", line(5, reason(4)))) == "revoked"
    assert answer(asked) == "revocation-unknown"


def test_every_certificate_of_the_path_is_asked_about():
    asked, between = leaf("CA", serial=5), authority("CA", serial=9)
    assert answer(asked, crl("Root"), crl("CA"), others=(between,)) == ""
    assert answer(asked, crl("Root", line(9)), crl("CA"), others=(between,)) == "revoked"
    assert answer(asked, crl("CA"), others=(between,)) == "revocation-unknown"


def test_the_question_needs_a_time():
    with pytest.raises(ValueError, match="time"):
        ListedRevocation((), Pool(()), Inputs(at=None), Signatures(1))


def test_a_list_counts_while_it_is_current_understood_and_truly_signed():
    asked = leaf()
    late = instant(NOW + timedelta(days=2))
    for bad in (
        crl(this_update=late),
        crl(next_update=NOW),
        crl(next_update=None),
        crl(label="Somebody"),
        crl(extensions=(extension("2.25.7", der.null(), critical=True),)),
    ):
        assert answer(asked, bad) == "revocation-unknown"
        assert answer(asked, bad, crl()) == ""


def test_conduct_wants_lists_numbered():
    anchor = TrustAnchor(name=ANCHOR.subject, public_key=ANCHOR.public_key)
    asked = leaf("Root", authority_key("root"))
    assert answer(asked, crl(), strict=True, anchor=anchor) == "revocation-unknown"
    assert answer(asked, crl(extensions=(number(1),)), strict=True, anchor=anchor) == ""


def test_an_issuer_must_be_allowed_to_sign_lists():
    only_certificates = certificate(subject="Root", extensions=(basic(), usage(5)))
    assert answer(leaf(), crl(), anchor=TrustAnchor.of(only_certificates)) == "revocation-unknown"
    between = certificate(subject="CA", extensions=(basic(), usage(5)))
    assert answer(leaf("CA"), crl(), crl("CA"), others=(between,)) == "revocation-unknown"


def test_the_kind_of_certificate_must_be_in_scope():
    users, authorities, attributes = (
        crl("Root", extensions=(issuing_point(der.implicit(tag, b"\xff")),)) for tag in (1, 2, 5)
    )
    assert answer(leaf(), users) == ""
    assert answer(leaf(), authorities) == "revocation-unknown"
    assert answer(leaf(), attributes) == "revocation-unknown"
    asked, between = leaf("CA"), authority("CA")
    assert answer(asked, authorities, crl("CA"), others=(between,)) == ""
    assert answer(asked, users, crl("CA"), others=(between,)) == "revocation-unknown"


def test_a_part_counts_for_those_who_name_it():
    def part(address: str) -> RevocationList:
        return crl("Root", extensions=(issuing_point(der.explicit(0, der.explicit(0, uri(address)))),))

    asked = leaf("Root", points(point(full=(uri("http://a.example/1"),))))
    assert answer(asked, part("http://a.example/1")) == ""
    assert answer(asked, part("http://a.example/2")) == "revocation-unknown"
    assert answer(asked, crl()) == ""  # a full list covers every part
    assert answer(leaf(), part("http://a.example/1")) == "revocation-unknown"


def test_a_name_relative_to_the_issuer_is_a_name_below_it():
    relative = der.explicit(0, der.explicit(1, der.sequence(der.oid("2.5.4.3"), der.utf8_string("Part"))))
    part = crl("Root", extensions=(issuing_point(relative),))
    assert answer(leaf("Root", points(der.sequence(relative))), part) == ""
    whole = point(full=(directory(name("Root", "part")),))
    assert answer(leaf("Root", points(whole)), part) == ""


def test_lists_for_some_reasons_add_up_to_all():
    first = crl("Root", extensions=(issuing_point(der.implicit(3, b"\x05\x60")),))
    rest = crl("Root", line(5, reason(4)), extensions=(issuing_point(der.implicit(3, b"\x07\x1f\x80")),))
    assert answer(leaf(serial=6), first) == "revocation-unknown"
    assert answer(leaf(serial=6), first, rest) == ""
    assert answer(leaf(serial=6), first, first, crl()) == ""
    assert answer(leaf(serial=5), first, rest) == "revoked"
    again = crl("Root", line(6), extensions=(issuing_point(der.implicit(3, b"\x05\x60"), der.implicit(4, b"\xff")),))
    assert answer(leaf(serial=6), first, again) == "revocation-unknown"  # the same reasons again say nothing new
    some = leaf("Root", points(point(full=(uri("http://a.example/"),), reasons=der.implicit(1, b"\x05\x60"))))
    assert answer(some, crl()) == ""  # and the issuer itself for the rest


def signer(**fields: Any) -> Certificate:
    given = {"subject": "Lists", "extensions": (usage(6),), "serial": 77, **fields}
    return certificate(**given)


def named(serial: int = 5) -> Certificate:
    return leaf("CA", points(point(issuer=(directory(name("Lists")),))), serial=serial)


def test_an_indirect_list_counts_where_the_certificate_names_its_issuer():
    between, entry = authority("CA"), line_issuer(directory(name("CA")))
    indirect = crl("Lists", line(6, entry), extensions=(issuing_point(INDIRECT),))
    others = (between, signer())
    assert answer(named(), indirect, crl(), others=others) == ""
    assert answer(named(6), indirect, crl(), others=others) == "revoked"
    assert answer(named(), crl("Lists"), crl(), others=others) == "revocation-unknown"
    assert answer(leaf("CA"), indirect, crl(), others=others) == "revocation-unknown"
    where = issuing_point(der.explicit(0, der.explicit(0, directory(name("Lists")))), INDIRECT)
    assert answer(named(), crl("Lists", extensions=(where,)), crl(), others=others) == ""


def test_the_signer_of_a_list_needs_a_path_a_usage_and_a_good_status():
    between = authority("CA")
    indirect = crl("Lists", extensions=(issuing_point(INDIRECT),))
    for bad in (
        signer(extensions=(usage(0),)),
        signer(issuer="Nobody"),
        signer(label="Somebody"),
        signer(not_after=NOW, not_before=instant(NOW - timedelta(days=9))),
    ):
        assert answer(named(), indirect, crl(), others=(between, bad)) == "revocation-unknown"
    assert answer(named(), indirect, crl("Root", line(77)), others=(between, signer())) == "revocation-unknown"


def test_only_the_superiors_of_a_certificate_vouch_for_who_signs_its_lists():
    between, other = authority("CA"), authority("Other", serial=8)
    indirect = crl("Lists", extensions=(issuing_point(INDIRECT),))
    lists = (indirect, crl(), crl("Other"), crl("CA"))
    assert answer(named(), *lists, others=(between, signer(issuer="CA"))) == ""
    assert answer(named(), *lists[:3], others=(between, other, signer(issuer="Other"))) == "revocation-unknown"


def test_a_signer_named_by_its_issuer_may_tell_of_itself():
    itself = signer(extensions=(usage(6), points(point(issuer=(directory(name("Lists")),)))))
    between, at_root = authority("CA"), line_issuer(directory(name("Root")))
    good = crl("Lists", extensions=(issuing_point(INDIRECT),))
    bad = crl("Lists", line(77, at_root), extensions=(issuing_point(INDIRECT),))
    assert answer(named(), good, crl(), others=(between, itself)) == ""
    assert answer(named(), bad, crl(), others=(between, itself)) != ""


def test_a_signer_that_nobody_named_does_not_tell_of_itself():
    rolled = certificate(subject="Root", label="Lists", extensions=(usage(6),), serial=77)
    own = crl("Root", label="Lists")
    assert answer(leaf(), own, others=(rolled,)) == "revocation-unknown"
    assert answer(leaf(), own, crl(), others=(rolled,)) == ""


def test_a_separate_key_of_the_issuer_may_sign_its_lists():
    certificates = certificate(subject="CA", extensions=(basic(), usage(5)), serial=1)
    lists = certificate(subject="CA", label="CA lists", extensions=(usage(6),), serial=2)
    asked = leaf("CA", serial=5)
    signed = crl("CA", line(5), label="CA lists")
    assert answer(asked, crl("CA", label="CA lists"), crl(), others=(certificates, lists)) == ""
    assert answer(asked, signed, crl(), others=(certificates, lists)) == "revoked"
    assert answer(asked, crl("CA", label="CA lists"), crl("Root", line(2)), others=(certificates, lists)) == (
        "revocation-unknown"
    )


def test_the_anchor_may_sign_the_lists_of_those_who_name_it():
    between = authority("CA")
    asked = leaf("CA", points(point(issuer=(directory(name("Root")),))), serial=5)
    indirect = crl("Root", line(5, line_issuer(directory(name("CA")))), extensions=(issuing_point(INDIRECT),))
    bare = TrustAnchor(name=ANCHOR.subject, public_key=ANCHOR.public_key)
    for anchor in (TrustAnchor.of(ANCHOR), bare):
        assert answer(asked, indirect, others=(between,), anchor=anchor) == "revoked"


def test_a_delta_adds_to_a_list_and_takes_away():
    complete = crl("Root", line(5, reason(6)), extensions=(number(3),))

    def delta(*lines: bytes, of: int = 2, numbered: int = 4, **fields: Any) -> RevocationList:
        return crl("Root", *lines, extensions=(number(numbered), base(of)), **fields)

    held, other = leaf(serial=5), leaf(serial=6)
    assert answer(held, complete) == "revoked"
    assert answer(held, complete, delta(line(5, reason(8)))) == ""
    assert answer(other, complete, delta(line(6, reason(1)))) == "revoked"
    assert answer(other, complete, delta(line(6)), delta(line(6, reason(8)), numbered=5)) == ""  # the newest
    assert answer(other, complete, delta(line(6), of=4)) == ""  # begins after the list
    assert answer(other, complete, delta(line(6), numbered=3)) == ""  # no newer than it
    assert answer(other, complete, delta(line(6), label="Somebody")) == ""
    assert answer(other, crl("Root"), delta(line(6))) == ""  # a list without a number has no deltas
    assert answer(other, delta()) == "revocation-unknown"  # nothing to add to


def test_a_broken_line_makes_a_list_say_nothing():
    broken = crl("Root", line(4, reason(7)), line(5))
    assert answer(leaf(serial=5), broken) == "revocation-unknown"


def test_signatures_on_lists_are_counted_and_kept():
    asked, between = leaf("CA"), authority("CA")
    lists = (crl("CA", label="X"), crl("CA"), crl())
    assert answer(asked, *lists, others=(between,), limit=60) == ""
    assert answer(asked, *lists, others=(between,), limit=2) == "search-limit"


def test_signers_that_lean_on_one_another_are_not_followed_for_ever():
    chain = [
        certificate(
            subject=f"Lists {number}",
            serial=number + 20,
            extensions=(usage(6), points(point(issuer=(directory(name(f"Lists {number + 1}")),)))),
        )
        for number in range(6)
    ]
    lists = [crl(f"Lists {number}", extensions=(issuing_point(INDIRECT),)) for number in range(6)]
    asked = leaf("Root", points(point(issuer=(directory(name("Lists 0")),))))
    assert answer(asked, *lists, others=tuple(chain)) == "revocation-unknown"
