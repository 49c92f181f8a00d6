"""Whoever owns the database changes history: each way is found, and what was changed is named."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import DatabaseError, connection, transaction
from tests.site.ledger.conftest import Log, past_the_triggers, run_sql

from absah.audit.comparison import Verdict
from absah.audit.entry import hash_of
from absah.audit.heads import sign_head
from absah.audit.merkle import CompactRange, Hash
from absah_site.ledger.models import Head, Leaf, Node, Position
from absah_site.ledger.store import heads
from absah_site.ledger.store.nodes import place_of

pytestmark = pytest.mark.django_db

ROWS, LOG = ("audit_entry",), ("ledger_leaf", "ledger_node")


def ledger_of(log: Log, count: int = 40) -> list[int]:
    """Rows in the log under a head. Positions 0 … count - 1 are ours."""
    entries = log.write(count)
    log.sequencer.round()
    assert log.verify().intact
    return entries


def forge(entry: int) -> bytes:
    """The row says something else, and its own hash agrees."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT canonical FROM audit_entry WHERE id = %s", [entry])
        canonical = bytes(cursor.fetchone()[0]).replace(b"system:test", b"system:best")
    with past_the_triggers(*ROWS):
        run_sql(
            "UPDATE audit_entry SET canonical = %s, hash = %s, actor = 'system:best' WHERE id = %s",
            canonical,
            hash_of(canonical),
            entry,
        )
    return canonical


def rebuild() -> None:
    """The whole log made again from the rows as they are now: the attacker leaves no seam."""
    with past_the_triggers(*LOG), connection.cursor() as cursor:
        cursor.execute("SELECT position, entry FROM ledger_leaf ORDER BY position")
        kept = cursor.fetchall()
        cursor.execute("SELECT id, hash FROM audit_entry")
        rows = {number: bytes(found) for number, found in cursor.fetchall()}
        cursor.execute("DELETE FROM ledger_leaf")
        cursor.execute("DELETE FROM ledger_node")
        grown, leaves, nodes = CompactRange(), [], []
        for _, entry in kept:
            if entry not in rows:
                continue
            leaf = Hash(rows[entry])
            leaves.append(Leaf(position=grown.size, entry=entry, hash=leaf))
            for level, number, node in grown.append(leaf):
                if level % 4 == 0:
                    nodes.append(Node(place=place_of(level // 4, number), hash=node))
        Leaf.objects.bulk_create(leaves)
        Node.objects.bulk_create(nodes)
        Position.objects.update(size=grown.size)


def _places() -> list[int]:
    return list(Node.objects.values_list("place", flat=True))


def test_a_changed_row_is_named(log: Log) -> None:
    entries = ledger_of(log)
    forge(entries[7])
    report = log.verify()
    assert log.damages() == {("ROW_CHANGED", 7)}
    assert [one.row for one in report.findings] == [entries[7]]


def test_a_deleted_row_is_named(log: Log) -> None:
    entries = ledger_of(log)
    with past_the_triggers(*ROWS):
        run_sql("DELETE FROM audit_entry WHERE id = %s", entries[11])
    assert log.damages() == {("ROW_MISSING", 11)}


def test_swapped_rows_are_named_as_swapped(log: Log) -> None:
    first, second = ledger_of(log)[3:5]
    with past_the_triggers(*ROWS):
        for source, target in ((first, -1), (second, first), (-1, second)):
            run_sql("UPDATE audit_entry SET id = %s WHERE id = %s", target, source)
    assert log.damages() == {("ROW_SWAPPED", 3), ("ROW_SWAPPED", 4)}


def test_a_leaf_that_follows_its_forged_row_is_betrayed_by_the_tree(log: Log) -> None:
    entries = ledger_of(log)
    canonical = forge(entries[7])
    with past_the_triggers(*LOG):
        run_sql("UPDATE ledger_leaf SET hash = %s WHERE entry = %s", hash_of(canonical), entries[7])
    size = log.verify().comparisons or heads.newest_head()[1].head.size
    assert log.damages() == {("TREE_CHANGED", 0), ("HEAD_DIFFERS", size)}


def test_a_log_made_again_without_a_seam_is_betrayed_by_its_own_head_and_the_kept_checkpoint_names_the_row(
    log: Log,
) -> None:
    entries = ledger_of(log)
    kept = log.head()
    forge(entries[7])
    rebuild()
    assert {name for name, _ in log.damages()} == {"HEAD_DIFFERS"}
    report = log.verify(kept)
    (found,) = report.comparisons
    assert found.verdict is Verdict.REWRITTEN
    assert [(one.begin, one.end, one.exact) for one in found.entries] == [(7, 8, True)]
    assert report.rows[7] == entries[7]


def test_an_omission_shifts_everything_after_it_and_is_named(log: Log) -> None:
    entries = ledger_of(log)
    kept = log.head()
    with past_the_triggers(*ROWS):
        run_sql("DELETE FROM audit_entry WHERE id = %s", entries[20])
    rebuild()
    (found,) = log.verify(kept).comparisons
    assert found.verdict is Verdict.SHORTENED
    assert found.entries[0].begin == 20
    assert found.entries[-1].end == kept.size


def test_a_database_restored_from_yesterday_is_shorter_than_what_the_other_party_knows(log: Log) -> None:
    ledger_of(log)
    yesterday = log.head()
    log.clock.advance(timedelta(days=1))
    log.write(5)
    kept = log.head()
    gone = yesterday.size
    with past_the_triggers(*ROWS, *LOG, "ledger_head"):
        run_sql("DELETE FROM audit_entry WHERE id IN (SELECT entry FROM ledger_leaf WHERE position >= %s)", gone)
        run_sql("DELETE FROM ledger_leaf WHERE position >= %s", gone)
        run_sql("DELETE FROM ledger_head WHERE size > %s", gone)
        beyond = [place for place in _places() if ((place >> 4) + 1) << 4 * (place & 15) > gone]
        Node.objects.filter(place__in=beyond)._raw_delete("default")
        Position.objects.update(size=gone)
    assert not log.verify().findings
    found = log.verify(yesterday, kept).comparisons
    assert [one.verdict for one in found] == [Verdict.AGREES, Verdict.SHORTENED]
    assert (found[1].entries[-1].begin, found[1].entries[-1].end) == (gone, kept.size)
    log.write(20)  # and goes on as if nothing had been
    log.head()
    assert log.verify(yesterday, kept).comparisons[1].verdict is Verdict.FORKED


def test_a_log_that_was_forked_between_two_dates_agrees_with_the_first_and_contradicts_the_second(log: Log) -> None:
    ledger_of(log)
    monday = log.head()
    entries = log.write(6)
    log.clock.advance(timedelta(days=1))
    tuesday = log.head()
    forge(entries[2])
    rebuild()
    with past_the_triggers("ledger_head"):
        Head.objects.filter(size=tuesday.size).delete()
    log.write(1)
    log.head()  # signs the forged history
    assert not log.damages()
    first, second = log.verify(tuesday, monday).comparisons
    assert (first.verdict, second.verdict) == (Verdict.AGREES, Verdict.FORKED)
    (changed,) = second.entries
    assert log.verify(tuesday).rows[changed.begin] == entries[2]


def test_a_head_that_somebody_else_signed_is_forged(log: Log) -> None:
    ledger_of(log)
    true = log.head()
    stranger = ec.generate_private_key(ec.SECP256R1())
    forged = sign_head(stranger, true.size, true.signed.head.root, now=log.clock.now())
    heads.add_head(forged, answers=10**6)
    assert log.damages() == {("HEAD_FORGED", true.size)}
    touched = replace(true.signed, head=replace(true.signed.head, size=true.size - 1))
    heads.add_head(touched, answers=10**6)
    assert log.damages() == {("HEAD_FORGED", true.size), ("HEAD_FORGED", true.size - 1)}
    of_stranger = replace(true, signed=forged)
    found = log.verify(replace(true, signed=touched), of_stranger).comparisons
    assert {one.verdict for one in found} == {Verdict.FORGED, Verdict.OTHER_LOG}


def test_a_node_and_a_leaf_that_were_touched_alone_are_found(log: Log) -> None:
    ledger_of(log)
    with past_the_triggers(*LOG):
        run_sql("UPDATE ledger_node SET hash = %s WHERE place = %s", b"\x00" * 32, place_of(1, 1))
    assert log.damages() == {("TREE_CHANGED", 16)}
    with past_the_triggers(*LOG):
        run_sql("DELETE FROM ledger_leaf WHERE position = 2")
    assert ("LEAF_MISSING", 2) in log.damages()


@pytest.mark.parametrize("table", ["ledger_leaf", "ledger_node", "ledger_head", "ledger_wish"])
def test_the_log_is_append_only_in_the_database_too(log: Log, table: str) -> None:
    ledger_of(log)
    log.head()
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET {_column(table)} = {_column(table)}"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            run_sql(statement)


def _column(table: str) -> str:
    return {"ledger_leaf": "hash", "ledger_node": "hash", "ledger_head": "size", "ledger_wish": "asked_by"}[table]
