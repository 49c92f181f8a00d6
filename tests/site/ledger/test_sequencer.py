"""The sequencer: every row once, in order, whatever happens to it; heads when they are due; proofs for each row."""

from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.site.ledger.conftest import OPERATOR, Log

from absah.audit.entry import hash_of, parse_entry
from absah.audit.heads import check_head
from absah.audit.merkle import CompactRange, Hash, check_consistency, check_inclusion, consistency_proof, root
from absah.audit.tags import LedgerTag
from absah_site.audit.access import entries_about, every_entry
from absah_site.ledger import access, actions
from absah_site.ledger.access import NotYetSequenced
from absah_site.ledger.models import Leaf
from absah_site.ledger.store import heads, sequence
from absah_site.ledger.store.nodes import reading
from absah_site.ledger.store.sequence import Watch, add_batch

pytestmark = pytest.mark.django_db


def test_every_row_is_in_the_log_once_in_its_order_and_provable_under_the_head(log: Log) -> None:
    entries = log.write(50)
    with pytest.raises(NotYetSequenced):
        access.prove_entry(entries[0])
    log.sequencer.round()
    assert sequence.size() == 50  # the row about the head itself waits for the next round
    assert list(Leaf.objects.order_by("position").values_list("entry", flat=True)) == entries
    for entry in entries:
        found = access.prove_entry(entry)
        check_head(found.signed)
        leaf = Hash(hash_of(found.canonical))
        head = found.signed.head
        assert check_inclusion(leaf, found.position, head.size, found.proof, head.root)
        assert parse_entry(found.canonical).subject == "thing:1"


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 40), min_size=1, max_size=6))
def test_batches_of_any_size_and_restarts_between_them_grow_the_models_tree(log: Log, sizes: list[int]) -> None:
    with transaction.atomic():
        for count in sizes:
            log.write(count)
            add_batch(Watch(), limit=max(count // 2, 1))
            log.restart()
        log.sequencer.catch_up()
        model = CompactRange()
        for _, _, found in every_entry():
            for _ in model.append(Hash(found)):
                pass
        size = sequence.size()
        assert (size, reading(lambda read: root(size, read))) == (model.size, model.root)
        middle = max(size // 2, 1)
        proof = reading(lambda read: consistency_proof(middle, size, read))
        before = reading(lambda read: root(middle, read))
        assert check_consistency(middle, size, proof, before, model.root)
        assert not log.verify().findings
        transaction.set_rollback(True)


def test_a_head_is_signed_daily_and_on_demand_and_not_otherwise(log: Log) -> None:
    log.sequencer.round()
    assert heads.newest_head() is None  # an empty log has no head
    log.write()
    log.sequencer.round()
    first = heads.newest_head()
    assert first is not None
    log.write()
    log.sequencer.round()
    assert heads.newest_head() == first
    actions.ask_for_head(by=OPERATOR)
    log.sequencer.round()
    second = heads.newest_head()
    assert second is not None
    assert second[0] > first[0]
    assert second[1].head.size >= 3
    log.sequencer.round()
    assert heads.newest_head() == second
    log.clock.advance(timedelta(days=1))
    log.sequencer.round()
    assert access.log_standing().head_at == log.clock.now()
    tags = [entry.tag for entry in entries_about(f"log:{second[1].head.log}")]
    assert tags == [LedgerTag.HEAD_SIGNED] * 3


def test_a_clock_that_jumps_is_on_record(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    log.sequencer.round()
    log.sequencer.round()
    assert not entries_about("clock:machine")
    wall = log.clock.wall()
    monkeypatch.setattr(type(log.clock), "wall", lambda _: wall - 3600)
    log.sequencer.round()
    log.sequencer.round()
    (entry,) = entries_about("clock:machine")
    assert (entry.tag, dict(entry.facts)) == (LedgerTag.CLOCK_JUMPED, {"seconds": -3600})


@pytest.mark.django_db(transaction=True)
def test_a_row_that_commits_late_is_not_lost_and_a_number_that_never_appears_holds_nobody_up(log: Log) -> None:
    """On PostgreSQL a smaller number can appear after a larger one."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    from threading import Event, Thread

    may_end, has_written = Event(), Event()
    late: list[int] = []

    def slow_writer() -> None:
        try:
            with transaction.atomic():
                late.extend(log.write())
                has_written.set()
                assert may_end.wait(20)
        finally:
            connections.close_all()

    writer = Thread(target=slow_writer)
    writer.start()
    assert has_written.wait(20)
    with transaction.atomic():
        log.write()
        transaction.set_rollback(True)  # its number is never seen
    after = log.write(3)
    for _ in range(3):
        log.sequencer.catch_up()
    assert list(Leaf.objects.order_by("position").values_list("entry", flat=True)) == after
    may_end.set()
    writer.join()
    log.write()
    for _ in range(3):
        log.sequencer.catch_up()
        log.write()
    log.sequencer.catch_up()
    entries = list(Leaf.objects.order_by("position").values_list("entry", flat=True))
    assert entries[3] == late[0] < after[0]
    assert sorted(entries) == [number for number, _, _ in every_entry()]
    from absah_site.ledger.models import Position

    assert Position.objects.get().watermark >= after[-1]
