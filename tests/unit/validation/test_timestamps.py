from dataclasses import replace

import pytest
from tests.fixtures_pki import NOW, Pki
from tests.unit.validation.samples import (
    LATER,
    SHA256,
    Shape,
    after,
    good_crls,
    knowledge,
    make_crl,
    make_token,
    odd,
    revoked,
)

from absah.pki import oids, tsp
from absah.pki.algorithms import DigestAlgorithm
from absah.validation import timestamps
from absah.validation.conclusion import SubIndication
from absah.validation.moments import Existence
from absah.validation.timestamps import TimestampFinding, assess_token

IMPRINT = SHA256.digest(b"stamped")
UNIT = Shape(name="Unit", usages=("digital_signature",), extended=(oids.TIME_STAMPING,), extended_critical=True)


def assess(token: bytes, *, at=LATER, imprint: bytes | None = IMPRINT, **material: object) -> TimestampFinding:
    material.setdefault("crls", good_crls())
    return assess_token(token, lambda _: imprint, at, Existence(now=at), knowledge(**material))


def reason(finding: TimestampFinding) -> SubIndication | None:
    return finding.conclusion.reason


def test_a_good_token_proves_its_time(pki: Pki):
    finding = assess(make_token(IMPRINT), certificates=(pki.issuing.certificate,))
    assert (finding.proves, reason(finding)) == (NOW, None)


def test_a_token_about_something_else_proves_nothing():
    for imprint in (None, bytes(32)):
        finding = assess(make_token(IMPRINT), imprint=imprint)
        assert (finding.proves, reason(finding)) == (None, SubIndication.HASH_FAILURE)


def test_what_is_no_token_cannot_be_read():
    assert reason(assess(b"no token")) is SubIndication.FORMAT_FAILURE


def test_a_token_without_certificate_needs_it_from_elsewhere(pki: Pki):
    bare = make_token(IMPRINT, certificates=False)
    assert reason(assess(bare)) is SubIndication.NO_SIGNING_CERTIFICATE_FOUND
    found = assess(bare, certificates=(pki.issuing.certificate, pki.tsa.certificate))
    assert found.proves == NOW


def test_a_token_whose_value_was_tampered_with_fails(pki: Pki):
    token = make_token(IMPRINT)
    broken = token[:-4] + bytes(four ^ 1 for four in token[-4:])
    assert reason(assess(broken)) is SubIndication.SIG_CRYPTO_FAILURE


def test_a_certificate_that_the_token_does_not_name_is_refused(pki: Pki):
    # The same authority, serial number and key, found elsewhere: the token itself names the other one by its digest.
    unit = odd(UNIT, pki.issuing)
    token = make_token(IMPRINT, tsa=unit, certificates=False)
    for other in (UNIT, replace(UNIT, extended_critical=False)):
        twin = odd(other, pki.issuing, key=unit.key)
        finding = assess(token, certificates=(twin.certificate, pki.issuing.certificate))
        assert reason(finding) is SubIndication.CHAIN_CONSTRAINTS_FAILURE


def test_a_digest_with_collisions_proves_nothing(pki: Pki, monkeypatch: pytest.MonkeyPatch):
    old = DigestAlgorithm.SHA1
    monkeypatch.setattr(tsp, "_check_usable_on", lambda *_: None)  # our own builder refuses to make one
    token = make_token(old.digest(b"stamped"), digest=old)
    finding = assess(token, imprint=old.digest(b"stamped"), certificates=(pki.issuing.certificate,))
    assert reason(finding) is SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE


def test_a_token_from_the_future_or_outside_its_certificate_is_out_of_order(pki: Pki):
    pool = {
        "certificates": (pki.issuing.certificate,),
        "crls": (make_crl(pki.root, days=99), make_crl(pki.issuing, days=99)),
    }
    assert reason(assess(make_token(IMPRINT, at=after(days=1)), **pool)) is SubIndication.TIMESTAMP_ORDER_FAILURE
    brief = odd(replace(UNIT, not_before=NOW, days=9), pki.issuing)
    assert assess(make_token(IMPRINT, tsa=brief), **pool).proves == NOW


def test_the_authority_is_judged_as_of_the_time_by_which_the_token_existed(pki: Pki):
    brief = odd(replace(UNIT, days=9), pki.issuing)
    token = make_token(IMPRINT, tsa=brief)
    pool = {"certificates": (pki.issuing.certificate,), "now": after(days=20)}
    assert reason(assess(token, at=after(days=20), **pool)) is SubIndication.OUT_OF_BOUNDS_NOT_REVOKED
    silent = {**pool, "crls": ()}
    assert reason(assess(token, at=after(days=20), **silent)) is SubIndication.OUT_OF_BOUNDS_NO_POE
    assert assess(token, at=after(days=5), **pool).proves == NOW
    lists = (make_crl(pki.root), make_crl(pki.issuing, revoked(brief, after(days=2)), at=after(days=3)))
    assert reason(assess(token, at=after(days=5), crls=lists, **pool)) is SubIndication.REVOKED_NO_POE
    assert assess(token, at=after(days=1), crls=lists, **pool).proves == NOW


def test_a_weak_algorithm_of_the_authority_proves_nothing(pki: Pki, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(timestamps, "weak_algorithm", lambda *_: "sha1")
    finding = assess(make_token(IMPRINT), certificates=(pki.issuing.certificate,))
    assert reason(finding) is SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE


def test_a_token_made_before_its_certificate_is_out_of_order(pki: Pki):
    brief = odd(replace(UNIT, days=9), pki.issuing)
    token = make_token(IMPRINT, at=after(days=8), tsa=brief)
    shorter = odd(replace(UNIT, days=7), pki.issuing, key=brief.key)
    moved = token.replace(brief.certificate, shorter.certificate)
    assert assess(moved, at=after(days=8)).proves is None
