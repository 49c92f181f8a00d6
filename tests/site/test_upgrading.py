"""Tables are brought up to this release, and the role that serves may use what is new and rewrite nothing."""

from uuid import uuid4

import pytest
from django.db import connection

from absah_site.accounts.access import NotPermitted
from absah_site.actors import Account, Operator
from absah_site.append_only import may_rewrite
from absah_site.audit.access import verify_ledger
from absah_site.upgrading import upgrade

pytestmark = pytest.mark.django_db

_ROLE = "absah_serving"


def test_where_nothing_waits_the_ledger_says_nothing(operator: Operator) -> None:
    assert upgrade(serving="", by=operator) == ()
    assert verify_ledger().rows == 0


def test_only_whoever_manages_the_authority_may() -> None:
    someone = Account(public_id=uuid4(), username="melati", display_name="Melati", grants=frozenset())
    with pytest.raises(NotPermitted):
        upgrade(serving="", by=someone)


def test_the_role_that_serves_may_use_every_table_and_rewrite_no_row(operator: Operator) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite knows no roles")
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {_ROLE}")
        upgrade(serving=_ROLE, by=operator)
        cursor.execute(f"SET LOCAL ROLE {_ROLE}")
        cursor.execute("SELECT count(*) FROM pki_certificate")
        cursor.execute("SELECT has_table_privilege(current_user, 'audit_entry', 'INSERT')")
        assert cursor.fetchone() == (True,)
        assert not may_rewrite("audit_entry", connection)
        cursor.execute("RESET ROLE")
