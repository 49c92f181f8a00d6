"""Statements that are prepared once, and rows that wait for COMMIT: what must hold on PostgreSQL whoever asks."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError, connection, transaction

from absah.audit.entry import Entry as EntryValue
from absah.audit.tags import SigningTag
from absah.kernel.clock import FixedClock
from absah_site import rows
from absah_site.audit import store
from absah_site.audit.actions import LedgerNotWritten, record
from absah_site.audit.models import Entry, Salt

if connection.vendor == "postgresql":
    from absah_site.postgresql.statements import Statements
else:
    pytest.skip("SQLite makes no trips", allow_module_level=True)

pytestmark = pytest.mark.django_db(transaction=True)


class NotTaken(Exception):
    """The row of a test was refused."""


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many statements each trip of `Statements` took."""
    run, counted = Statements.run, []

    def counting(statements: Statements, *asked: Any) -> Any:
        counted.append(len(asked))
        return run(statements, *asked)

    connection.ensure_connection()
    monkeypatch.setattr(Statements, "run", counting)
    return counted


def tell(clock: FixedClock, subject: str = "signature:1") -> None:
    record(at=clock.now(), tag=SigningTag.SIGNATURE_INTENDED, actor="user:1", subject=subject)


def spoiled() -> list[dict[str, Any]]:
    """A row that a constraint of the table refuses."""
    at = datetime(2026, 11, 20, tzinfo=UTC)
    return [{"at": at, "tag": "x", "actor": "x", "subject": "x", "canonical": b"", "hash": b"x"}]


def together(*steps: Callable[[], object]) -> None:
    """In one transaction, or under one savepoint."""
    with transaction.atomic():
        for step in steps:
            step()


def early(clock: FixedClock) -> EntryValue:
    return EntryValue.of(
        at=clock.now(), tag=SigningTag.SIGNATURE_INTENDED, actor="user:1", subject="signature:early", facts={}
    )


def add_fact() -> None:
    Salt.objects.create(commitment="a", salt=b"x", person="x")


def add_spoiled() -> None:
    rows.insert_last(Entry, spoiled(), refusal=NotTaken)


def say(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def give_up() -> None:
    raise NotTaken


@contextmanager
def somebody_else() -> Iterator[Any]:
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            yield cursor
    finally:
        other.close()


def subjects() -> list[str]:
    return list(Entry.objects.order_by("pk").values_list("subject", flat=True))


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


def test_each_of_those_that_wait_is_refused_in_its_own_words(clock):
    """An early row with what the database says, a last one with its own error, the statement behind them with its."""
    with pytest.raises(IntegrityError):
        together(lambda: rows.insert_early(Entry, spoiled()), lambda: rows.select("SELECT %s::int", 1))
    with pytest.raises(IntegrityError):
        together(lambda: tell(clock), lambda: rows.insert_early(Entry, spoiled()))
    with pytest.raises(DatabaseError, match="no_such"):
        together(lambda: tell(clock), lambda: rows.select("SELECT %s FROM no_such", 1))
    with pytest.raises(NotTaken):
        together(add_spoiled, lambda: rows.select("SELECT %s::int", 1))
    assert subjects() == []


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
    def break_it() -> None:
        with somebody_else() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])

    with pytest.raises(OperationalError):
        together(lambda: tell(clock, "signature:first"), subjects, lambda: tell(clock), break_it)
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


def test_a_statement_that_cannot_be_prepared_is_not_taken_for_one_that_is():
    for _ in range(2):
        with pytest.raises(DatabaseError, match="no_such"):
            rows.select("SELECT * FROM no_such WHERE id = %s", 1)
    assert rows.select("SELECT %s::int", 1) == [(1,)]


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
