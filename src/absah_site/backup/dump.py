"""The whole database as lines of text that any database of ours takes back, and a later release too.

The first line names the migrations that were applied. A restore makes the tables of exactly that state, fills them and
then migrates on. So a backup of PostgreSQL is checked on SQLite, an instance can move from one to the other, and no
`pg_dump` of the right version is needed.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, TextIO

from django.apps.registry import Apps
from django.core.exceptions import ValidationError
from django.core.management.color import no_style
from django.db import DatabaseError, connection, models, transaction
from django.db.migrations.executor import MigrationExecutor

from absah.adapters.sealed_stream import StreamDamaged
from absah.kernel.errors import Unavailable, WrongState

_BATCH: Final = 1_000
_PLAIN: Final = (str, int, bool, type(None))


class DatabaseNotEmpty(WrongState):
    """The database that should take the backup holds tables already: it is never overwritten."""

    code = "backup.database-not-empty"


class BackupTooNew(WrongState):
    """The backup knows migrations that this release does not. Parameter: migration."""

    code = "backup.migration-unknown"


class DatabaseNotFilled(Unavailable):
    """The database refused what the backup holds. Nothing is left in it. Parameter: problem."""

    code = "backup.database-not-filled"


def write_dump(path: Path, /) -> int:
    """Write every row, as of one moment. Returns how many there are."""
    executor = MigrationExecutor(connection)
    applied = sorted(executor.loader.applied_migrations)
    with path.open("x", encoding="utf-8") as file, transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        file.write(json.dumps({"applied": applied}) + "\n")
        return sum(_write_table(file, model) for model in _tables(executor.loader.project_state(applied).apps))


def _tables(apps: Apps) -> Iterator[type[models.Model]]:
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:  # noqa: SLF001  (Django's documented way)
            yield model


def _columns(model: type[models.Model]) -> tuple["models.Field[Any, Any]", ...]:
    return tuple(model._meta.local_concrete_fields)  # noqa: SLF001  (Django's documented way)


def _write_table(file: TextIO, model: type[models.Model]) -> int:
    columns = _columns(model)
    names = [column.attname for column in columns]
    file.write(json.dumps({"table": model._meta.label, "columns": names}) + "\n")  # noqa: SLF001
    count = 0
    for row in model._base_manager.order_by("pk").iterator(chunk_size=_BATCH):  # noqa: SLF001
        file.write(json.dumps([_written(column, row) for column in columns], ensure_ascii=False) + "\n")
        count += 1
    return count


def _written(column: "models.Field[Any, Any]", row: models.Model) -> object:
    value = column.value_from_object(row)
    return value if isinstance(value, _PLAIN) else column.value_to_string(row)


def load_dump(path: Path, /) -> int:
    """Fill an empty database. Returns the number of rows. What fails leaves no rows behind.

    Raises DatabaseNotEmpty, BackupTooNew, StreamDamaged, DatabaseNotFilled.
    """
    with path.open(encoding="utf-8") as file:
        applied = [tuple(name) for name in _line(file)["applied"]]
        apps = _make_tables(applied)
        try:
            with transaction.atomic():
                return _fill(file, apps)
        except DatabaseError as error:
            raise DatabaseNotFilled(problem=str(error).split("\n", 1)[0]) from None
        except (KeyError, LookupError, TypeError, ValueError, ValidationError):
            raise StreamDamaged from None


def _line(file: TextIO) -> dict[str, Any]:
    try:
        parsed = json.loads(file.readline())
    except ValueError:
        raise StreamDamaged from None
    if not isinstance(parsed, dict):
        raise StreamDamaged
    return parsed


def _make_tables(applied: list[tuple[str, ...]]) -> Apps:
    """The tables as they were when the backup was made."""
    if connection.introspection.table_names():
        raise DatabaseNotEmpty
    executor = MigrationExecutor(connection)
    wanted = [(name[0], name[1]) for name in applied]
    _check_known(executor, wanted)
    executor.migrate(_newest_of_each_app(executor, wanted))
    return executor.loader.project_state(wanted).apps


def _newest_of_each_app(executor: MigrationExecutor, applied: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Asked for an older one, the executor would migrate backwards."""
    known = set(applied)
    graph = executor.loader.graph
    followed = {parent for name in known for parent in graph.node_map[name].parents if parent.key[0] == name[0]}
    return [name for name in applied if graph.node_map[name] not in followed]


def check_migrations_known() -> None:
    """Refuse a database file of a newer release. Raises BackupTooNew."""
    executor = MigrationExecutor(connection)
    _check_known(executor, sorted(executor.loader.applied_migrations))


def _check_known(executor: MigrationExecutor, applied: list[tuple[str, str]]) -> None:
    unknown = [name for name in applied if name not in executor.loader.graph.nodes]
    if unknown:
        raise BackupTooNew(migration=".".join(unknown[0]))


def _fill(file: TextIO, apps: Apps) -> int:
    count = 0
    model: type[models.Model] | None = None
    columns: tuple[models.Field[Any, Any], ...] = ()
    filled: list[type[models.Model]] = []
    waiting: list[models.Model] = []
    for line in file:
        parsed = json.loads(line)
        if isinstance(parsed, dict):
            count += _insert(model, waiting)
            model = apps.get_model(parsed["table"])
            columns = _columns(model)
            if [column.attname for column in columns] != parsed["columns"]:
                raise StreamDamaged
            model._base_manager.all().delete()  # noqa: SLF001  (what a migration put there itself is in the backup too)
            filled.append(model)
            continue
        if model is None:
            raise StreamDamaged
        values = {column.attname: column.to_python(value) for column, value in zip(columns, parsed, strict=True)}
        waiting.append(model(**values))
        if len(waiting) >= _BATCH:
            count += _insert(model, waiting)
    count += _insert(model, waiting)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), filled):
            cursor.execute(statement)
    return count


def _insert(model: type[models.Model] | None, waiting: list[models.Model]) -> int:
    if model is None or not waiting:
        return 0
    made = len(model._base_manager.bulk_create(waiting))  # noqa: SLF001
    waiting.clear()
    return made
