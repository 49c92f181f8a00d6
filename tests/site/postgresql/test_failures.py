"""The database, the connection or a value fails while statements wait: whose error it is, and that all is undone."""

import asyncio
from uuid import uuid4

import pytest
from django.core.exceptions import SynchronousOnlyOperation
from django.db import (
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    InternalError,
    NotSupportedError,
    OperationalError,
    connection,
    transaction,
)
from tests.site.postgresql.steps import (
    NotTaken,
    add_fact,
    add_spoiled,
    say,
    somebody_else,
    spoiled,
    subjects,
    tell,
    together,
)

from absah_site import rows
from absah_site.audit import store
from absah_site.audit.actions import LedgerNotWritten
from absah_site.audit.models import Entry, Salt
from absah_site.postgresql.statements import Statements


def add_spoiled_early() -> None:
    rows.insert_early(Entry, spoiled())


def break_connection() -> None:
    with somebody_else() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])


def test_each_of_those_that_wait_is_refused_in_its_own_words(clock):
    """An early row with what the database says, a last one with its own error, the statement behind them with its."""
    with pytest.raises(IntegrityError):
        together(add_spoiled_early, lambda: rows.select("SELECT %s::int", 1))
    with pytest.raises(IntegrityError):
        together(lambda: tell(clock), add_spoiled_early)
    with pytest.raises(DatabaseError, match="no_such"):
        together(lambda: tell(clock), lambda: rows.select("SELECT %s FROM no_such", 1))
    with pytest.raises(NotTaken):
        together(add_spoiled, lambda: rows.select("SELECT %s::int", 1))
    assert subjects() == []


def test_a_row_that_is_refused_at_the_end_undoes_the_fact(clock):
    with pytest.raises(NotTaken):
        together(add_fact, add_spoiled)
    assert not Salt.objects.exists()
    with transaction.atomic():
        tell(clock)
    assert subjects() == ["signature:1"]


def test_a_row_that_is_refused_on_the_way_undoes_the_fact():
    with pytest.raises(NotTaken):
        together(add_spoiled, add_fact)
    assert not Salt.objects.exists()


def test_a_ledger_that_takes_nothing_is_an_error_with_a_code(clock, monkeypatch):
    monkeypatch.setattr(store, "_row", lambda _entry: spoiled()[0])
    with pytest.raises(LedgerNotWritten) as caught:
        together(add_fact, lambda: tell(clock))
    assert isinstance(caught.value.__cause__, IntegrityError)
    assert not Salt.objects.exists()


def test_a_commit_that_is_refused_is_what_django_says_it_is(clock):
    say("CREATE TABLE late (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)")
    try:
        with pytest.raises(IntegrityError, match="late"):
            together(lambda: say("INSERT INTO late VALUES (1), (1)"), lambda: tell(clock))
        assert subjects() == []
    finally:
        say("DROP TABLE late")


def test_a_connection_that_breaks_under_a_row_is_made_anew(clock):
    with pytest.raises(OperationalError):
        together(lambda: tell(clock, "signature:first"), subjects, lambda: tell(clock), break_connection)
    with transaction.atomic():
        tell(clock, "signature:2")
    assert subjects() == ["signature:2"]


def test_an_interrupted_trip_leaves_no_connection_on_which_answers_could_be_mistaken(clock, monkeypatch):
    connection.ensure_connection()
    before = connection.connection

    def interrupt(_self: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Statements, "_take", interrupt)
        with pytest.raises(KeyboardInterrupt):
            rows.select("SELECT %s::int", 1)
    assert before.closed
    connection.close()  # as Django does after a request that went wrong
    with transaction.atomic():
        tell(clock)
    assert subjects() == ["signature:1"]


def test_a_statement_that_cannot_be_prepared_is_not_taken_for_one_that_is():
    for _ in range(2):
        with pytest.raises(DatabaseError, match="no_such"):
            rows.select("SELECT * FROM no_such WHERE id = %s", 1)
    assert rows.select("SELECT %s::int", 1) == [(1,)]


def test_whoever_is_ready_for_another_error_and_goes_on_commits_nothing(clock):
    """As Django's `get_or_create` is: the error of a row that waited comes where a savepoint is made."""

    def expect_a_duplicate() -> None:
        with pytest.raises(IntegrityError):
            together(add_fact)

    with pytest.raises(InternalError, match="refused"):
        together(add_spoiled_early, expect_a_duplicate)
    with pytest.raises(InternalError, match="refused"):
        together(add_spoiled_early, expect_a_duplicate, lambda: tell(clock))
    assert not Salt.objects.exists()
    assert subjects() == []


def test_what_was_to_be_done_after_a_commit_is_not_done_after_the_next_one(clock):
    done: list[str] = []
    with pytest.raises(NotTaken):
        together(lambda: transaction.on_commit(lambda: done.append("lost")), add_spoiled)
    together(lambda: transaction.on_commit(lambda: done.append("kept")), lambda: tell(clock))
    assert done == ["kept"]


def test_what_was_to_be_done_after_a_commit_is_done_once_the_row_is_there(clock):
    seen: list[list[str]] = []
    together(lambda: transaction.on_commit(lambda: seen.append(subjects())), lambda: tell(clock))
    assert seen == [["signature:1"]]


def test_a_transaction_that_was_marked_as_broken_takes_its_rows_with_it(clock):
    together(lambda: tell(clock), lambda: transaction.set_rollback(True))
    with pytest.raises(transaction.TransactionManagementError):
        together(
            lambda: tell(clock),
            lambda: transaction.set_rollback(True),
            lambda: rows.select("SELECT %s::int", 1),
        )
    assert subjects() == []


def test_a_row_goes_with_the_connection_that_is_closed(clock):
    asked = []
    with transaction.atomic():
        tell(clock, "signature:lost")
        asked.append(rows.select_early("SELECT %s::int", 1))
        connection.close()
        with pytest.raises(InterfaceError):
            asked[0]()
    with transaction.atomic():
        tell(clock)
        with pytest.raises(InterfaceError, match="is over"):
            asked[0]()
    assert subjects() == ["signature:1"]


def test_a_value_that_cannot_be_sent_is_an_error_of_whoever_wrote_it_and_of_no_others(clock):
    with transaction.atomic():
        add_fact()
        tell(clock)
        with pytest.raises(DataError):
            rows.insert_early(Entry, [spoiled()[0] | {"subject": "\0"}])
        with pytest.raises(DataError):
            rows.select("SELECT %s::text", "\0")
        with pytest.raises(DataError):
            together(lambda: rows.select("SELECT %s::text", "\0"))
        tell(clock, "signature:2")
    assert subjects() == ["signature:1", "signature:2"]
    assert Salt.objects.exists()


def test_a_connection_that_died_between_two_requests_is_made_anew_by_whatever_comes_first():
    rows.select("SELECT %s::int", 1)
    break_connection()
    connection.close_if_unusable_or_obsolete()  # as Django does when a request begins and ends
    assert rows.select("SELECT %s::int", 1) == [(1,)]


def test_what_was_prepared_for_a_table_that_has_changed_is_prepared_anew():
    table = f"changing_{uuid4().hex}"
    say(f"CREATE TABLE {table} (id int)")
    try:
        assert rows.select(f"SELECT id FROM {table} WHERE id = %s", 1) == []
        say(f"ALTER TABLE {table} ALTER id TYPE bigint")
        with pytest.raises(NotSupportedError):
            rows.select(f"SELECT id FROM {table} WHERE id = %s", 1)
        connection.close_if_unusable_or_obsolete()
        assert rows.select(f"SELECT id FROM {table} WHERE id = %s", 1) == []
    finally:
        say(f"DROP TABLE {table}")


def test_a_commit_that_is_interrupted_says_so_and_nothing_is_done_after_it(clock, monkeypatch):
    """Whether the server heard of it nobody knows, as where the connection is lost under COMMIT."""
    done: list[str] = []

    def interrupt(_self: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Statements, "_flush", interrupt)
        with pytest.raises(KeyboardInterrupt):
            together(lambda: transaction.on_commit(lambda: done.append("lost")), lambda: tell(clock, "signature:first"))
    together(lambda: tell(clock))
    assert subjects()[-1] == "signature:1"
    assert done == []


def test_nobody_waits_for_the_database_where_others_wait_for_him():
    async def ask() -> None:
        rows.select("SELECT %s::int", 1)

    connection.ensure_connection()
    with pytest.raises(SynchronousOnlyOperation):
        asyncio.run(ask())
