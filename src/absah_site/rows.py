"""Writing a row with a statement that was written once.

The ORM writes an INSERT or an UPDATE anew each time, and that costs several times what the database needs for it. Where
thousands of rows are entered (issuing, the ledger) a store uses these instead; everywhere else the ORM is right.
"""

from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Model


@cache
def _insertion(model: type[Model], columns: tuple[str, ...]) -> str:
    """The statement. All columns of the table must be named: defaults are the ORM's, not the database's."""
    fields = {field.attname: field.column for field in model._meta.concrete_fields if not field.primary_key}  # noqa: SLF001 (public by documentation)
    if fields.keys() != set(columns):
        raise TypeError(f"{model.__name__} has the columns {sorted(fields)}")
    names = ", ".join(f'"{fields[column]}"' for column in columns)
    marks = ", ".join(["%s"] * len(columns))
    return f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({marks}) RETURNING "id"'  # noqa: S608, SLF001 (names of our own)


def insert(model: type[Model], /, **values: Any) -> int:
    """Enter a row, by the names of its columns. The number that the database gave it."""
    with connection.cursor() as cursor:
        cursor.execute(_insertion(model, tuple(values)), adapted(*values.values()))
        (number,) = cursor.fetchone()
    return int(number)


def adapted(*values: Any) -> list[Any]:
    """Values as the driver of this database takes them."""
    moment = connection.ops.adapt_datetimefield_value
    return [moment(value) if isinstance(value, datetime) else value for value in values]
