"""For all tests of the site: time and chance stand still, what is append-only can be emptied between tests."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import connections
from pytest_django import DjangoDbBlocker
from tests.fixtures_mail import postbox
from tools.compile_catalogues import compile_catalogues

from absah.adapters.personal_data import PersonalDataVault
from absah.kernel.clock import FixedClock, instant
from absah.kernel.rng import UnsafeSeededRng
from absah_site import allowance, append_only, composition
from absah_site.actors import Operator

__all__ = ["postbox"]

compile_catalogues()  # before Django loads them: a test of a page reads Indonesian


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(instant(datetime(2026, 11, 20, 7, 3, tzinfo=UTC)))


@pytest.fixture
def rng() -> UnsafeSeededRng:
    return UnsafeSeededRng(b"site tests")


@pytest.fixture
def operator() -> Operator:
    """Whoever set the instance up; may do everything."""
    return Operator(name="test")


@pytest.fixture(autouse=True)
def _nobody_has_asked_yet() -> None:
    """What one test used up of an address's questions is not missing in the next."""
    allowance.checks.cache_clear()


@pytest.fixture(autouse=True)
def _what_is_sealed_can_be_opened(monkeypatch: pytest.MonkeyPatch, rng: UnsafeSeededRng) -> None:
    """Keys for personal data, in memory. A test with a data folder of its own brings others."""
    vault = PersonalDataVault({1: b"p" * 32}, b"b" * 32, rng)
    monkeypatch.setattr(composition, "personal_data", lambda: vault)


@pytest.fixture(autouse=True, scope="session")
def _the_database_can_be_dropped(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """PostgreSQL drops no database in which a process or thread that some test started has still a connection."""
    yield
    if connections["default"].vendor == "postgresql":
        with django_db_blocker.unblock(), connections["default"].cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(autouse=True, scope="session")
def _tables_can_be_emptied(django_db_setup: None) -> None:
    """A transactional test ends with every table emptied, which some refuse: their triggers are lifted for it."""
    connection = connections["default"]
    flush = connection.ops.execute_sql_flush

    if getattr(flush, "lifts_triggers", False):
        return  # another folder of tests, which shares this fixture, was here first

    def flush_all(statements: list[str]) -> None:
        tables = append_only.tables(connection)
        for table in tables:
            append_only.remove(connection, table)
        flush(statements)
        for table in tables:
            append_only.install(connection, table)

    flush_all.lifts_triggers = True  # type: ignore[attr-defined]
    connection.ops.execute_sql_flush = flush_all  # type: ignore[method-assign]
