"""A restored log is held against the newest head that the world has, and says what it lost before it goes on."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from tests.site.ledger.conftest import OPERATOR, Log

from absah.adapters.high_water import LOG, raise_high_water, read_high_water
from absah.audit.checkpoint import Checkpoint, Since
from absah.audit.heads import sign_head
from absah.audit.merkle import EMPTY_ROOT, Hash
from absah.audit.tags import LedgerTag
from absah_site.audit.access import newest_tagged
from absah_site.backup.standing import BehindTreeHead, check_may_serve
from absah_site.cli.catch_up import HeadMissing, check_shown
from absah_site.ledger import actions
from absah_site.ledger.actions import CheckpointOfAnotherLog, LogWentAnotherWay
from absah_site.ledger.store import counterparts

_OTHER: Hash = Hash(b"\x07" * 32)


def kept(log: Log, size: int, *, root: Hash = _OTHER, key: ec.EllipticCurvePrivateKey | None = None) -> bytes:
    """A checkpoint of the log as it was before the loss."""
    signed = sign_head(key or log.key, size, root, now=log.clock.now())
    parts = (_OTHER,) * size
    return Checkpoint(
        issuer="test", signed=signed, since=Since(size=0, root=EMPTY_ROOT), proof=(), level=0, parts=parts, tail=()
    ).to_bytes()


def test_a_log_behind_its_newest_head_does_not_serve_until_it_has_said_what_it_lost(log: Log, settings, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    config = settings.CONFIG = replace(settings.CONFIG, high_water=outside / "numbers.json")
    log.write(3)
    size = log.head().size
    assert read_high_water(config.high_water) == {LOG: size}
    check_may_serve(config)

    raise_high_water(config.high_water, LOG, size + 5)
    with pytest.raises(BehindTreeHead) as refused:
        check_may_serve(config)
    assert refused.value.parameters == {"ours": size, "published": size + 5}

    taken = actions.take_over_head(kept(log, size + 5), by=OPERATOR)
    assert (taken.size, taken.lost) == (size + 5, 5)
    check_may_serve(config)
    row = newest_tagged(LedgerTag.HEAD_TAKEN_OVER)
    assert row is not None
    assert {name: dict(row.facts)[name] for name in ("size", "ours", "lost")} == {
        "size": size + 5,
        "ours": size,
        "lost": 5,
    }


def test_a_head_that_the_log_still_has_loses_nothing_and_one_that_differs_is_refused(log: Log):
    log.write(4)
    checkpoint = log.head()
    log.write(4)
    log.head()

    assert actions.take_over_head(checkpoint.to_bytes(), by=OPERATOR).lost == 0
    with pytest.raises(LogWentAnotherWay):
        actions.take_over_head(kept(log, checkpoint.size), by=OPERATOR)


def test_a_checkpoint_of_another_log_teaches_nothing(log: Log):
    log.write()
    log.head()

    with pytest.raises(CheckpointOfAnotherLog):
        actions.take_over_head(kept(log, 9, key=ec.generate_private_key(ec.SECP256R1())), by=OPERATOR)
    assert newest_tagged(LedgerTag.HEAD_TAKEN_OVER) is None


def test_whoever_exchanged_heads_has_to_show_one(log: Log):
    check_shown(set(), head_shown=False)
    other = ec.generate_private_key(ec.SECP256R1())
    named = actions.name_counterpart("Mitra", "", kept(log, 2, key=other), by=OPERATOR)
    counterparts.note_sent(named.id, 7, now=log.clock.now())

    with pytest.raises(HeadMissing):
        check_shown(set(), head_shown=False)
    check_shown(set(), head_shown=True)
