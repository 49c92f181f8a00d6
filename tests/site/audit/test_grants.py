"""Append-only by grant too: the role that runs an instance rewrites no row, not even without triggers."""

import pytest
from django.db import DatabaseError, connection, transaction

from absah.audit.tags import AccountTag
from absah.kernel.clock import FixedClock
from absah_site import append_only
from absah_site.audit import actions
from absah_site.audit.access import verify_ledger

pytestmark = pytest.mark.django_db


def test_every_table_with_a_trigger_is_found() -> None:
    found = set(append_only.tables(connection))
    assert found >= {"audit_entry", "agreements_fact", "ledger_leaf", "ledger_node", "ledger_head", "ledger_received"}


def test_the_running_role_adds_rows_and_changes_none_though_the_triggers_are_gone(clock: FixedClock) -> None:
    if connection.vendor != "postgresql":
        assert not append_only.may_rewrite("audit_entry", connection)
        pytest.skip("SQLite knows no roles")
    assert append_only.may_rewrite("audit_entry", connection)
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE absah_running")
        for statement in append_only.grants_for("absah_running", connection):
            cursor.execute(statement)
        append_only.remove(connection, "audit_entry")
        cursor.execute("SET LOCAL ROLE absah_running")
        actions.record(at=clock.now(), tag=AccountTag.USER_CREATED, actor="system:test", subject="user:7")
        assert not append_only.may_rewrite("audit_entry", connection)
        for statement in ("UPDATE audit_entry SET actor = 'x'", "DELETE FROM audit_entry", "TRUNCATE audit_entry"):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                cursor.execute(statement)
        with pytest.raises(DatabaseError, match=r"must be owner|permission denied"), transaction.atomic():
            append_only.install(connection, "audit_entry")
        assert verify_ledger().rows == 1
        cursor.execute("RESET ROLE")
