"""Statements that are prepared once, and rows that wait for COMMIT: what must hold on PostgreSQL whoever asks."""

import pytest
from django.db import InterfaceError, connection, transaction
from tests.site.postgresql.steps import (
    NotTaken,
    add_fact,
    early,
    give_up,
    somebody_else,
    spoiled,
    subjects,
    tell,
    together,
)

from absah.audit.entry import Entry as EntryValue
from absah.audit.tags import SigningTag
from absah_site import rows
from absah_site.audit import store
from absah_site.audit.actions import LedgerNotWritten
from absah_site.audit.models import Entry


def test_a_row_and_commit_are_one_trip(clock, trips):
    with transaction.atomic():
        add_fact()
        tell(clock)
        tell(clock, "signature:2")
        assert trips == []
    assert trips == [3]
    assert subjects() == ["signature:1", "signature:2"]


def test_a_transaction_of_nothing_but_a_row_is_one_trip(clock, trips):
    with transaction.atomic():
        tell(clock)
    assert trips == [2]
    with somebody_else() as cursor:
        cursor.execute("SELECT count(*) FROM audit_entry")
        assert cursor.fetchone() == (1,)


def test_rows_that_come_early_share_the_trip_of_the_next_statement(clock, trips):
    with transaction.atomic():
        rows.insert_early(Entry, [store._row(early(clock))])
        assert trips == []
        assert rows.select("SELECT subject FROM audit_entry WHERE actor = %s", "user:1") == [("signature:early",)]
        assert trips == [2]
        tell(clock)
    assert trips == [2, 2]


def test_a_question_that_comes_early_is_answered_with_the_next_statement_or_when_the_answer_is_wanted(trips):
    with transaction.atomic():
        found = rows.select_early("SELECT %s::int", 1)
        assert rows.select("SELECT %s::int", 2) == [(2,)]
        assert found() == [(1,)]
        assert trips == [2]
        alone = rows.select_early("SELECT %s::int", 3)
        assert alone() == [(3,)]
        never = rows.select_early("SELECT %s::int", 4)
        transaction.set_rollback(True)
    with pytest.raises(InterfaceError):
        never()


def test_whoever_reads_in_the_same_transaction_sees_the_row(clock):
    with transaction.atomic():
        tell(clock)
        assert subjects() == ["signature:1"]
        tell(clock, "signature:2")
        assert rows.select("SELECT subject FROM audit_entry WHERE actor = %s ORDER BY id", "user:1") == [
            ("signature:1",),
            ("signature:2",),
        ]


def test_a_row_goes_with_the_transaction_that_is_undone(clock):
    with pytest.raises(NotTaken):
        together(lambda: tell(clock), give_up)
    together()
    assert subjects() == []


def test_a_savepoint_that_is_undone_takes_its_own_rows_and_no_others(clock):
    with transaction.atomic():
        tell(clock, "signature:before")
        with pytest.raises(NotTaken):
            together(lambda: tell(clock, "signature:within"), give_up)
        tell(clock, "signature:after")
    assert subjects() == ["signature:before", "signature:after"]


def test_a_row_may_be_larger_than_a_socket_takes_at_once(clock):
    large = EntryValue.of(at=clock.now(), tag=SigningTag.SIGNATURE_MADE, actor="user:1", subject="x:1", facts={})
    many = [store._row(large) | {"canonical": bytes([65 + number]) * 3_000_000} for number in range(4)]
    with transaction.atomic():
        rows.insert_all(Entry, many)
    with transaction.atomic():
        rows.insert_last(Entry, many, refusal=NotTaken)
    sizes = {len(one) for one in Entry.objects.values_list("canonical", flat=True)}
    assert (Entry.objects.count(), sizes) == (8, {3_000_000})


def test_what_was_prepared_outlives_whatever_is_undone(clock):
    for _ in range(2):
        with transaction.atomic():
            tell(clock)
        with pytest.raises(NotTaken):
            together(lambda: tell(clock), subjects, give_up)
    assert len(subjects()) == 2


def test_the_server_keeps_no_more_statements_than_are_used():
    for number in range(130):
        assert rows.select(f"SELECT %s::text, {number}", "x") == [("x", number)]
    assert rows.select("SELECT %s::text, 0", "y") == [("y", 0)]
    ((kept,),) = rows.select("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE %s", "absah%")
    assert kept <= 101


def test_values_come_back_as_they_were_sent(clock):
    values = ("it's \\ %s", 5, 2**40, None, b"\x00\xff", clock.now(), True)
    statement = "SELECT %s::text, %s::int, %s::bigint, %s::text, %s::bytea, %s::timestamptz, %s::bool"
    assert rows.select(statement, *values) == [values]


def test_a_cursor_that_was_kept_takes_along_what_was_put_off_since(clock):
    with transaction.atomic(), connection.cursor() as kept:
        tell(clock)
        kept.execute("SELECT count(*) FROM audit_entry")
        assert kept.fetchone() == (1,)
        tell(clock, "signature:2")
        kept.executemany("UPDATE audit_salt SET person = %s WHERE person = %s", [("a", "b"), ("c", "d")])
        with somebody_else() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction' AND query ~ 'salt'"
            )
            assert cursor.fetchone() == (1,)
        kept.execute("SELECT count(*) FROM audit_entry")
        assert kept.fetchone() == (2,)


def test_a_long_answer_that_is_fetched_in_parts_has_the_row_in_it(clock):
    with transaction.atomic():
        tell(clock)
        parts = Entry.objects.order_by("pk").iterator(chunk_size=1)  # a cursor of the server
        assert next(parts).subject == "signature:1"
        tell(clock, "signature:2")
        assert list(parts) == []
    assert subjects() == ["signature:1", "signature:2"]


def test_nothing_waits_where_it_could_outlive_a_savepoint_or_a_commit_that_never_comes(clock, trips):
    rows.insert_last(Entry, [store._row(early(clock))], refusal=NotTaken)
    assert trips == [1]
    with transaction.atomic():
        with transaction.atomic(savepoint=False):
            tell(clock, "signature:within")
        with transaction.atomic():
            tell(clock, "signature:savepoint")
        assert trips == [1, 1, 1]
    transaction.set_autocommit(False)
    try:
        rows.insert_last(Entry, [store._row(early(clock))], refusal=NotTaken)
        assert trips == [1, 1, 1, 1]
        transaction.rollback()
    finally:
        transaction.set_autocommit(True)
    assert subjects() == ["signature:early", "signature:within", "signature:savepoint"]


def test_a_savepoint_made_by_hand_takes_back_what_was_put_off_under_it(clock):
    with transaction.atomic():
        tell(clock, "signature:before")
        savepoint = transaction.savepoint()
        tell(clock, "signature:within")
        transaction.savepoint_rollback(savepoint)
        tell(clock, "signature:after")
    assert subjects() == ["signature:before", "signature:after"]


@pytest.mark.django_db  # in a transaction of its own, as most tests of the suite
def test_a_test_that_is_one_transaction_hears_of_a_refusal_at_once(clock, monkeypatch):
    tell(clock)
    monkeypatch.setattr(store, "_row", lambda _entry: spoiled()[0])
    with pytest.raises(LedgerNotWritten):
        together(lambda: tell(clock, "signature:2"), give_up)
    assert subjects() == ["signature:1"]
