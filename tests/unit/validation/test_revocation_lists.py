"""Lists of every kind in the verification of documents: parts, deltas, indirect ones; and the holds they tell of."""

from datetime import timedelta

import pytest
from tests.fixtures_pki import NOW
from tests.unit.validation.path.making import (
    ECDSA_SHA256,
    authority,
    base,
    certificate,
    crl_bytes,
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

from absah.kernel.clock import Instant, instant
from absah.pki import der
from absah.pki.revocation import RevocationReason
from absah.validation.certificates import KnownCertificate, read_certificate
from absah.validation.evidence import Material
from absah.validation.material import Knowledge, Suspension, read_material
from absah.validation.moments import Existence, Moment
from absah.validation.path.certificate import Certificate
from absah.validation.policy import load_policy
from absah.validation.revocation import (
    NotRevoked,
    RevokedSince,
    Status,
    StatusUnknown,
    Suspended,
    status_at,
    suspensions_of,
)
from absah.validation.revocation_sources import Question
from absah.validation.trust import TrustAnchors

ANCHOR = root()
INDIRECT = der.implicit(4, b"\xff")
HOLD = reason(6)


def at(minutes: float) -> Instant:
    return instant(NOW + timedelta(minutes=minutes))


def known(one: Certificate) -> KnownCertificate:
    found = read_certificate(one.der)
    assert found is not None
    return found


def knowing(*lists: bytes, others: tuple[Certificate, ...] = (), holds: tuple[Suspension, ...] = ()) -> Knowledge:
    return read_material(
        TrustAnchors(name="test", taken_at=NOW, certificates=(ANCHOR.der,)),
        Material(),
        Material(certificates=tuple(one.der for one in others), crls=lists),
        now=at(60),
        policy=load_policy(),
        suspensions=holds,
    )


def ask(asked: Certificate, *lists: bytes, above: tuple[Certificate, ...] = (ANCHOR,), **more: object) -> Status:
    material = knowing(*lists, **more)
    moment = Moment(at=at(30), proven=False, fresh_at=at(30), existence=Existence(now=material.now))
    question = Question(certificate=known(asked), above=tuple(map(known, above)))
    return status_at(question, moment, material.now, material)


def test_a_delta_goes_on_from_its_base():
    asked = leaf(serial=5)
    complete = crl_bytes("Root", extensions=(number(1),))
    added = crl_bytes("Root", line(5, reason(1)), extensions=(number(2), base(1)), this_update=at(5))
    found = ask(asked, complete, added)
    assert isinstance(found, RevokedSince)
    assert [proof.kind for proof in found.proofs] == ["crl", "delta-crl"]
    assert isinstance(ask(asked, added), StatusUnknown)  # a delta alone says nothing
    stranger = crl_bytes("Root", line(5), extensions=(number(2), base(1)), label="Somebody")
    odd = crl_bytes("Root", line(5), extensions=(number(2), base(1), extension("2.25.7", der.null(), critical=True)))
    assert isinstance(ask(asked, complete, stranger, odd), NotRevoked)


def test_a_delta_keeps_a_status_fresh():
    complete = crl_bytes("Root", extensions=(number(1),), next_update=at(10))
    newer = crl_bytes("Root", extensions=(number(2), base(1)), this_update=at(8))
    assert ask(leaf(), complete) == StatusUnknown(problem="not-fresh")
    assert isinstance(ask(leaf(), complete, newer), NotRevoked)


def test_a_delta_lifts_a_hold_and_the_hold_is_remembered():
    asked = leaf(serial=5)
    held = crl_bytes("Root", line(5, HOLD), extensions=(number(1),))
    lifted = crl_bytes("Root", line(5, reason(8)), extensions=(number(2), base(1)), this_update=at(20))
    still = ask(asked, held)
    assert isinstance(still, RevokedSince)
    assert still.on_hold
    assert isinstance(ask(asked, held, lifted), NotRevoked)
    question = Question(certificate=known(asked), above=(known(ANCHOR),))
    assert suspensions_of(question, knowing(held, lifted)) == (Suspended(since=NOW, until=at(20)),)
    assert suspensions_of(question, knowing(held)) == (Suspended(since=NOW, until=None),)


def test_a_hold_that_the_register_keeps_is_known_without_any_list():
    asked = leaf(serial=5)
    kept = Suspension(certificate=known(asked).fingerprint, since=at(1), until=at(2))
    other = Suspension(certificate=bytes(32), since=at(1))
    question = Question(certificate=known(asked), above=(known(ANCHOR),))
    (found,) = suspensions_of(question, knowing(holds=(kept, other)))
    assert (found.covers(at(1)), found.covers(at(2)), found.covers(NOW)) == (True, False, False)
    again = Suspension(certificate=known(asked).fingerprint, since=NOW, until=at(2))
    held = crl_bytes("Root", line(5, HOLD), this_update=at(1))
    assert suspensions_of(question, knowing(held, holds=(again,))) == (Suspended(since=NOW, until=at(2)),)


def test_a_hold_that_ended_in_a_revocation_was_never_lifted():
    asked = leaf(serial=5)
    held = crl_bytes("Root", line(5, HOLD), this_update=at(1))
    final = crl_bytes("Root", line(5, reason(1)), this_update=at(9))
    found = ask(asked, held, final)
    assert isinstance(found, RevokedSince)
    assert (found.at, found.reason, found.on_hold) == (NOW, RevocationReason.KEY_COMPROMISE, False)


def test_a_part_speaks_for_those_who_name_it():
    def part(address: str, *lines: bytes) -> bytes:
        return crl_bytes("Root", *lines, extensions=(issuing_point(der.explicit(0, der.explicit(0, uri(address)))),))

    asked = leaf("Root", points(point(full=(uri("http://a.example/1"),))), serial=5)
    assert isinstance(ask(asked, part("http://a.example/1")), NotRevoked)
    assert isinstance(ask(asked, part("http://a.example/1", line(5))), RevokedSince)
    assert isinstance(ask(asked, part("http://a.example/2", line(5))), StatusUnknown)


def test_lists_for_some_reasons_add_up():
    def some(bits: bytes) -> bytes:
        return crl_bytes("Root", extensions=(issuing_point(der.tlv(0x83, bits)),))

    compromise, rest = some(b"\x05\x60"), some(b"\x07\x1f\x80")
    assert ask(leaf(), compromise) == StatusUnknown(problem="not-for-all-reasons")
    both = ask(leaf(), compromise, rest)
    assert isinstance(both, NotRevoked)
    assert len(both.proofs) == 2
    again = crl_bytes("Root", extensions=(issuing_point(der.tlv(0x83, b"\x05\x60")), number(3)))
    assert isinstance(ask(leaf(), compromise, again, rest), NotRevoked)


def _indirect(asked_issuer: str, *lines: bytes) -> bytes:
    return crl_bytes("Listers", *lines, extensions=(issuing_point(INDIRECT),))


def test_an_indirect_list_speaks_for_those_who_name_its_issuer():
    named = points(point(issuer=(directory(name("Listers")),)))
    asked = leaf("Root", named, serial=5)
    listers = certificate(subject="Listers", extensions=(usage(6), named), serial=9)
    about = line_issuer(directory(name("Root")))
    good, bad = _indirect("Root"), _indirect("Root", line(5, about))
    assert isinstance(ask(asked, good), StatusUnknown)  # nobody vouches for its signer
    assert isinstance(ask(asked, good, others=(listers,)), NotRevoked)
    assert isinstance(ask(asked, bad, others=(listers,)), RevokedSince)
    revoked = _indirect("Root", line(9, about))
    assert isinstance(ask(asked, revoked, others=(listers,)), StatusUnknown)
    mute = certificate(subject="Listers", extensions=(usage(0), named), serial=9)
    assert isinstance(ask(asked, good, others=(mute,)), StatusUnknown)


def test_who_signs_lists_must_have_a_status_too():
    named = points(point(issuer=(directory(name("Listers")),)))
    listers = certificate(subject="Listers", extensions=(usage(6),), serial=9)
    asked = leaf("Root", named, serial=5)
    assert isinstance(ask(asked, _indirect("Root"), others=(listers,)), StatusUnknown)
    assert isinstance(ask(asked, _indirect("Root"), crl_bytes("Root"), others=(listers,)), NotRevoked)


def test_nobody_beside_the_path_speaks_for_it():
    named = points(point(issuer=(directory(name("Listers")),)))
    beside = authority("Beside")
    listers = certificate(subject="Listers", issuer="Beside", extensions=(usage(6), named), serial=9)
    asked = leaf("Root", named, serial=5)
    assert isinstance(ask(asked, _indirect("Root"), others=(beside, listers)), StatusUnknown)
    lost = certificate(subject="Listers", issuer="Nobody", extensions=(usage(6), named), serial=9)
    assert isinstance(ask(asked, _indirect("Root"), others=(lost,)), StatusUnknown)


def test_an_authority_with_another_key_for_lists_is_vouched_for_by_its_path():
    between = authority("CA", serial=9)
    lister = certificate(subject="CA", label="CA lists", extensions=(usage(6),), serial=10)
    asked = leaf("CA", serial=5)
    lists = (crl_bytes("CA", label="CA lists"), crl_bytes("Root"))
    assert isinstance(ask(asked, *lists, above=(between, ANCHOR), others=(between, lister)), NotRevoked)


@pytest.mark.parametrize(
    "broken",
    [
        b"\x30\x00",
        crl_bytes(extensions=(extension("2.25.7", der.null(), critical=True),)),
        crl_bytes("Root", line(7, reason(99))),
        crl_bytes().replace(ECDSA_SHA256, der.sequence(der.oid("1.2.840.10045.4.3.3")), 1),
    ],
)
def test_a_list_that_nobody_understands_says_nothing(broken: bytes):
    assert isinstance(ask(leaf(), broken), StatusUnknown)
