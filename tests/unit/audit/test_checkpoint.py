"""Files of the ledger: written and read back the same, and any other bytes are refused with a code."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.audit.test_merkle import reader_of, some

from absah.audit import checkpoint as checkpoints
from absah.audit.checkpoint import build_checkpoint, check_checkpoint, parse_checkpoint, roots_within
from absah.audit.comparison import Log, Range, Verdict, compare
from absah.audit.entry import hash_of
from absah.audit.fields import HeadMalformed
from absah.audit.heads import SignedHead, check_head, sign_head
from absah.audit.log_keys import HeadForged, log_id
from absah.audit.merkle import root
from absah.kernel.clock import instant
from absah.kernel.errors import AbsahError

KEY = ec.generate_private_key(ec.SECP256R1())
NOW = instant(datetime(2026, 11, 27, tzinfo=UTC))


def head(leaves, *, key=KEY) -> SignedHead:
    return sign_head(key, len(leaves), root(len(leaves), reader_of(leaves)), now=NOW)


def made(leaves, since=0, *, key=KEY):
    return build_checkpoint(head(leaves, key=key), since, reader_of(leaves), issuer="Pihak (contoh)")


@given(st.integers(1, 120), st.data())
def test_a_checkpoint_comes_back_as_it_was_written_and_its_proof_holds(size, data):
    since = data.draw(st.integers(0, size))
    found = made(some(size), since)
    assert parse_checkpoint(found.to_bytes()) == found
    check_checkpoint(found)


@given(st.integers(1, 120), st.data())
def test_what_the_log_was_in_between_is_told_by_a_file_whose_hashes_lead_to_its_head(size, data):
    leaves = some(size)
    since = data.draw(st.integers(0, size - 1))
    found = made(leaves, since)
    inner = set(range(since + 1, size + 1))
    assert roots_within(found, inner) == {at: root(at, reader_of(leaves)) for at in inner}
    other = (*found.parts[:-1], some(size + 1)[-1])
    assert roots_within(replace(found, parts=other), inner) == {}


def test_many_entries_are_told_by_larger_parts(monkeypatch):
    monkeypatch.setattr(checkpoints, "_MOST_HASHES", 4)
    for since in (0, 3, 17, 29, 30):
        found = made(some(30), since)
        assert parse_checkpoint(found.to_bytes()) == found
        assert len(found.parts) <= 6


@given(st.binary(max_size=200))
def test_any_bytes_are_a_checkpoint_or_refused(data):
    with pytest.raises(HeadMalformed):
        parse_checkpoint(data)


@given(st.data())
def test_a_file_that_was_touched_is_refused_or_shows_it(data):
    leaves = some(9)
    written = json.loads(made(leaves, 4).to_bytes())
    keys = [key for key in written if key not in {"issuer", "timestamp"}]
    key = data.draw(st.sampled_from(keys))
    other = data.draw(st.sampled_from([None, 0, -1, "", "x", [], {}, [None], 2**60, True, "00" * 32]))
    if written[key] == other:
        return
    try:
        found = parse_checkpoint(json.dumps(written | {key: other}).encode())
        check_checkpoint(found)
    except AbsahError:
        return
    pytest.fail(f"{key} was changed to {other!r} and nobody noticed")


def test_a_head_belongs_to_its_key_and_says_what_was_signed():
    signed = head(some(3))
    check_head(signed)
    stranger = ec.generate_private_key(ec.SECP256R1()).public_key()
    spki = stranger.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    other_curve = ec.generate_private_key(ec.SECP384R1()).public_key()
    large = other_curve.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    for forged in (
        replace(signed, head=replace(signed.head, size=4)),
        replace(signed, signature=b""),
        replace(signed, key=spki),
        replace(signed, key=spki, head=replace(signed.head, log=log_id(spki))),
        replace(signed, key=b"rubbish", head=replace(signed.head, log=log_id(b"rubbish"))),
        replace(signed, key=large, head=replace(signed.head, log=log_id(large))),
    ):
        with pytest.raises(HeadForged):
            check_head(forged)


def test_a_log_is_held_against_what_others_kept():
    leaves = some(20)
    old, new = made(leaves[:10]), made(leaves, 10)
    names = frozenset({old.signed.head.log})

    def verdicts(now, *kept, heads=()):
        log = Log(size=len(now), read=reader_of(now), names=names, heads=heads)
        return [(one.verdict, one.entries) for one in compare(log, kept)]

    assert verdicts(leaves, new, old) == [(Verdict.AGREES, ()), (Verdict.AGREES, ())]
    changed = [*leaves[:12], hash_of(b"other"), hash_of(b"more"), *leaves[14:]]
    twelve = (Range(begin=12, end=14, exact=True),)
    assert verdicts(changed, old, new) == [(Verdict.AGREES, ()), (Verdict.REWRITTEN, twelve)]
    assert verdicts(changed, old, new, heads=(head(changed),))[1] == (Verdict.FORKED, twelve)
    early = [hash_of(b"other"), *leaves[1:]]
    assert verdicts(early, new) == [(Verdict.REWRITTEN, (Range(begin=0, end=10, exact=False),))]
    assert verdicts(leaves[:15], new) == [(Verdict.SHORTENED, (Range(begin=15, end=20, exact=True),))]
    another = made([*leaves[:19], hash_of(b"other")])
    assert [verdict for verdict, _ in verdicts(leaves, new, another)] == [Verdict.AGREES, Verdict.FORKED]
    assert verdicts(leaves, made(leaves, key=ec.generate_private_key(ec.SECP256R1())))[0][0] is Verdict.OTHER_LOG
    assert verdicts(leaves, replace(new, signed=replace(new.signed, signature=b"x")))[0][0] is Verdict.FORGED
