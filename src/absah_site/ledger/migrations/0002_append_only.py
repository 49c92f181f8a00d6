"""The log refuses to change: triggers on UPDATE, DELETE and TRUNCATE."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from absah_site import append_only

TABLES = ("ledger_leaf", "ledger_node", "ledger_head", "ledger_stamp", "ledger_received", "ledger_wish")


def install(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001  (Django's signature)
    for table in TABLES:
        append_only.install(schema_editor.connection, table)


def remove(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001  (Django's signature)
    for table in TABLES:
        append_only.remove(schema_editor.connection, table)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [migrations.RunPython(install, remove)]
