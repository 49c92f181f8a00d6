"""Writing and reading rows with statements that were written once.

The ORM writes a statement anew each time and goes to the driver through several layers, and that costs several times
what the database needs for a row. Where thousands of rows are entered (issuing, the ledger) a store uses these instead;
everywhere else the ORM is right.

The text of a statement never varies, its values are sent beside it: SQLite's driver keeps what it has compiled, and on
PostgreSQL the statement is prepared, once a connection (`absah_site.postgresql`).
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Protocol, cast

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

if TYPE_CHECKING:  # instances on SQLite need no driver for PostgreSQL
    from absah_site.postgresql.base import DatabaseWrapper as PostgreSQL


class _Cursor(Protocol):
    """What the cursors of Django and of both drivers have in common."""

    @property
    def rowcount(self) -> int: ...

    def fetchall(self) -> list[tuple[Any, ...]]: ...


@cache
def _insertion(model: type[Model], columns: tuple[str, ...], count: int) -> str:
    """The statement. All columns of the table must be named: defaults are the ORM's, not the database's."""
    fields = {field.attname: field.column for field in model._meta.concrete_fields if not field.primary_key}  # noqa: SLF001 (public by documentation)
    if fields.keys() != set(columns):
        raise TypeError(f"{model.__name__} has the columns {sorted(fields)}")
    names = ", ".join(f'"{fields[column]}"' for column in columns)
    rows = ", ".join([f"({marks(len(columns))})"] * count)
    return f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES {rows}'  # noqa: S608, SLF001 (names of our own)


def marks(count: int, /) -> str:
    """Places for so many values in a statement."""
    return ", ".join(["%s"] * count)


def insert(model: type[Model], /, **values: Any) -> None:
    """Enter a row, by the names of its columns."""
    execute(_insertion(model, tuple(values), 1), *values.values())


def insert_all(model: type[Model], rows: Sequence[dict[str, Any]], /) -> None:
    """Enter many, which name the same columns in the same order, with one statement."""
    if rows:
        statement = _insertion(model, tuple(rows[0]), len(rows))
        execute(statement, *[value for row in rows for value in row.values()])


def insert_early(model: type[Model], rows: Sequence[dict[str, Any]], /) -> None:
    """The same before a statement of `execute` or `select`: PostgreSQL gets both in one trip.

    Raises what the database says, where on PostgreSQL the other statement does.
    """
    _insert_with_next(model, rows, refusal=None)


def insert_last(model: type[Model], rows: Sequence[dict[str, Any]], /, *, refusal: type[Exception]) -> None:
    """The same for rows after which COMMIT comes as a rule: PostgreSQL gets both in one trip.

    Any other statement takes them along before it, and what is not sent goes with a ROLLBACK. Raises what the database
    says, or `refusal` where that is heard of only then. Under a savepoint rows are entered at once.
    """
    _insert_with_next(model, rows, refusal=refusal)


def select_early(statement: str, /, *values: Any) -> Callable[[], list[tuple[Any, ...]]]:
    """Ask before a statement of `execute` or `select`: PostgreSQL gets both in one trip.

    What is returned gives what was found; it is called inside the transaction, and after that statement.
    """
    database = connections[DEFAULT_DB_ALIAS]
    if _puts_nothing_off(database):
        found = select(statement, *values)
        return lambda: found
    connection = cast("PostgreSQL", database)
    asked = connection.put_off(statement, values)
    return lambda: connection.answer_to(asked).fetchall()


def _puts_nothing_off(database: BaseDatabaseWrapper) -> bool:
    """Whether nothing waits: without PostgreSQL, outside a transaction or under a savepoint, or by way of a cursor."""
    in_plain_transaction = database.in_atomic_block and not database.savepoint_ids
    return database.vendor != "postgresql" or not in_plain_transaction or _needs_cursor(database)


def _insert_with_next(model: type[Model], rows: Sequence[dict[str, Any]], *, refusal: type[Exception] | None) -> None:
    database = connections[DEFAULT_DB_ALIAS]
    if _puts_nothing_off(database):
        insert_all(model, rows)
    elif rows:
        statement = _insertion(model, tuple(rows[0]), len(rows))
        values = [value for row in rows for value in row.values()]
        cast("PostgreSQL", database).put_off(statement, values, refusal=refusal)


def execute(statement: str, /, *values: Any) -> int:
    """Run a statement. How many rows it wrote."""
    database = connections[DEFAULT_DB_ALIAS]
    with database.wrap_database_errors:
        return _run(database, statement, values).rowcount


def select(statement: str, /, *values: Any) -> list[tuple[Any, ...]]:
    """What a statement finds, as the driver gives it."""
    database = connections[DEFAULT_DB_ALIAS]
    with database.wrap_database_errors:
        return _run(database, statement, values).fetchall()


def _run(database: BaseDatabaseWrapper, statement: str, values: tuple[Any, ...]) -> _Cursor:
    if _needs_cursor(database):
        cursor = database.cursor()
        cursor.execute(statement, _adapted(database, values))
        return cast("_Cursor", cursor)
    if database.vendor == "sqlite":
        return cast("_Cursor", database.connection.execute(_with_question_marks(statement), _adapted(database, values)))
    return cast("PostgreSQL", database).run(statement, values)


def _needs_cursor(database: BaseDatabaseWrapper) -> bool:
    """Whether Django's slower way is due: it connects, refuses, and is seen by whoever counts statements."""
    return bool(
        database.connection is None
        or (database.health_check_enabled and not database.health_check_done)  # type: ignore[attr-defined] # the stubs leave them out
        or database.needs_rollback
        or database.queries_logged
        or database.execute_wrappers
    )


@cache
def _with_question_marks(statement: str) -> str:
    return statement.replace("%s", "?")


def _adapted(database: BaseDatabaseWrapper, values: tuple[Any, ...]) -> list[Any]:
    """Values as the driver of this database takes them."""
    return [_moment(database.vendor, value) if isinstance(value, datetime) else value for value in values]


@lru_cache(maxsize=64)  # rows that are written together have moments in common
def _moment(_vendor: str, moment: datetime) -> Any:
    return connections[DEFAULT_DB_ALIAS].ops.adapt_datetimefield_value(moment)
