"""A key of the log that announces the next is followed; whatever else calls itself the next is not."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.audit.test_checkpoint import made
from tests.unit.audit.test_merkle import reader_of, some

from absah.audit.comparison import Log, Verdict, compare
from absah.audit.fields import HeadMalformed
from absah.audit.heads import SignedHead, check_head, parse_signed_head, sign_head
from absah.audit.log_keys import (
    HandoverForged,
    check_handovers,
    hand_over,
    is_signed,
    leads_from,
    log_id,
    parse_handovers,
    public_key_bytes,
)
from absah.audit.merkle import Hash
from absah.kernel.clock import instant

FIRST, SECOND, THIRD, STRANGER = (ec.generate_private_key(ec.SECP256R1()) for _ in range(4))
NOW = instant(datetime(2026, 11, 27, tzinfo=UTC))
ROOT = Hash(b"\x01" * 32)
CHAIN = (
    hand_over(FIRST, SECOND, 5, ROOT, now=NOW),
    hand_over(SECOND, THIRD, 9, ROOT, now=instant(NOW + timedelta(days=365))),
)


def name(key: ec.EllipticCurvePrivateKey):
    return log_id(public_key_bytes(key))


def head(size: int, chain, *, key=THIRD) -> SignedHead:
    return replace(sign_head(key, size, ROOT, now=NOW), handovers=chain)


def test_a_head_leads_from_the_first_key_of_the_log_to_its_own_and_comes_back_as_it_was_written() -> None:
    signed = head(9, CHAIN)
    check_head(signed)
    assert parse_signed_head(json.loads(json.dumps(signed.to_dict()))) == signed
    assert leads_from(CHAIN, name(FIRST))
    assert leads_from(CHAIN, name(SECOND))
    assert not leads_from(CHAIN, name(STRANGER))
    assert not leads_from((), name(THIRD))


@pytest.mark.parametrize(
    ("size", "chain"),
    [
        (8, CHAIN),  # the head is older than the handover to its key
        (9, CHAIN[:1]),  # leads to another key
        (9, CHAIN[::-1]),
        (9, (replace(CHAIN[0], size=10, by_old=CHAIN[0].by_old), CHAIN[1])),  # touched
        (9, (CHAIN[0], replace(CHAIN[1], by_new=CHAIN[1].by_old))),  # the new key did not agree
        (9, (CHAIN[0], replace(CHAIN[1], by_old=CHAIN[1].by_new))),  # the old key said nothing
        (9, (replace(CHAIN[0], root=Hash(b"\x02" * 32)), CHAIN[1])),
        (9, (hand_over(FIRST, SECOND, 10, ROOT, now=NOW), CHAIN[1])),  # sizes run backwards
        (9, (hand_over(FIRST, STRANGER, 5, ROOT, now=NOW), CHAIN[1])),  # a gap between the keys
    ],
)
def test_a_chain_with_a_gap_or_a_forged_signature_leads_nowhere(size: int, chain) -> None:
    with pytest.raises(HandoverForged):
        check_head(head(size, chain))
    with pytest.raises(HandoverForged):
        check_handovers(chain, name(THIRD), size)


def test_a_handover_that_the_stranger_signed_in_place_of_the_old_key_is_forged() -> None:
    forged = hand_over(STRANGER, THIRD, 5, ROOT, now=NOW)
    with pytest.raises(HandoverForged):
        check_head(head(9, (replace(forged, old_key=public_key_bytes(FIRST)),)))


@given(st.data())
def test_a_written_handover_that_was_touched_is_refused_or_shows_it(data) -> None:
    written = json.loads(json.dumps([one.to_dict() for one in CHAIN]))
    part = data.draw(st.sampled_from([written[0], written[0]["handover"]]))
    key = data.draw(st.sampled_from(sorted(part)))
    other = data.draw(st.sampled_from([None, 0, -1, "", "x", [], {}, 2**60, True, "00" * 32, "2026-11-28T00:00:00Z"]))
    part[key] = other
    try:
        check_handovers(parse_handovers(written), name(THIRD), 9)
    except (HeadMalformed, HandoverForged):
        return
    pytest.fail(f"{key} was changed to {other!r} and nobody noticed")


@pytest.mark.parametrize("written", [None, {}, "x", [None], [{}], [[]], [{"handover": None}], [{}] * 65])
def test_what_is_no_list_of_handovers_is_refused(written: object) -> None:
    with pytest.raises(HeadMalformed):
        parse_handovers(written)
    with pytest.raises(HeadMalformed):
        parse_handovers([CHAIN[0].to_dict() | {"handover": {**json.loads(json.dumps(CHAIN[0].to_dict()))["handover"], "more": 1}}])  # fmt: skip  # noqa: E501


def test_rubbish_and_keys_on_other_curves_sign_nothing() -> None:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    other = ec.generate_private_key(ec.SECP384R1()).public_key()
    for spki in (b"", b"x", other.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)):
        assert not is_signed(spki, b"x", b"y")


def test_a_checkpoint_by_a_key_that_had_been_handed_over_convinces_nobody() -> None:
    leaves = some(12)
    kept, late = made(leaves[:5], key=FIRST), made(leaves, key=FIRST)
    log = Log(size=12, read=reader_of(leaves), names=frozenset({name(FIRST)}), handed_over={name(FIRST): 5})
    assert [one.verdict for one in compare(log, [late, kept])] == [Verdict.AGREES, Verdict.HANDED_OVER]
