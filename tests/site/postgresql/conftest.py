"""For the tests of our way to PostgreSQL. With SQLite there is nothing to be seen here."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker
from tests.site.postgresql.steps import say

_TABLES = ("audit_entry", "audit_salt")

if connection.vendor == "postgresql":
    from absah_site.postgresql.statements import Statements
else:
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture(autouse=True)
def _emptied(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Tests that commit. What they write is removed: to empty every table takes longer than any of them."""
    if request.node.get_closest_marker("django_db"):
        yield
        return
    with django_db_blocker.unblock():
        yield
        connection.close()  # whatever became of it
        for table in _TABLES:
            say(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            say(f"DELETE FROM {table}")
            say(f"ALTER TABLE {table} ENABLE TRIGGER USER")


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
