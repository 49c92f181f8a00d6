"""The demo instance, and the register read through the test's own connection."""

from collections.abc import Sequence
from typing import Any

import pytest
from django.db import connection
from tests.fixtures_instance import Instance, bare_instance, instance, office, walk

from absah.kernel.clock import Instant
from absah_site.responders.ocsp.application import FolderKeys
from absah_site.responders.ocsp.desk import OcspDesk
from absah_site.responders.ocsp.register import Register, SqliteRows

__all__ = ["bare_instance", "instance", "office", "walk"]


class TestRows:
    """The responder's queries on the database of the suite, inside the test's transaction."""

    def rows(self, query: str, parameters: Sequence[Any], /) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(query.replace("?", "%s"), parameters)
            return [tuple(row) for row in cursor.fetchall()]

    def moment(self, moment: Instant, /) -> object:
        return SqliteRows.moment(self, moment) if connection.vendor == "sqlite" else moment

    def by_index(self, name: str, /) -> str:
        return SqliteRows.by_index(self, name) if connection.vendor == "sqlite" else ""


@pytest.fixture
def register() -> Register:
    return Register(TestRows())


@pytest.fixture
def desk(instance: Instance, register: Register) -> OcspDesk:
    """A desk that has asked for a key, was certified by the worker, and looked round again."""
    from absah_site.pki import actions as pki

    made = OcspDesk(register, FolderKeys(instance.config.data, instance.rng, instance.clock), instance.clock)
    made.tick()
    assert pki.certify_responders() == 1
    made.tick()
    return made
