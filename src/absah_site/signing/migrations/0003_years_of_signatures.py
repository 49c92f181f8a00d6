"""A report over a year reads that year: rows come in the order of time, so a BRIN of a few pages finds them.

PostgreSQL only; SQLite has nothing of the kind, and no register that needs it.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

INDEX = "signing_by_year"


def install(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001  (Django's signature)
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            f"CREATE INDEX {INDEX} ON signing_signingrecord USING brin (intended_at) WITH (autosummarize = on)"
        )


def remove(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001  (Django's signature)
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX {INDEX}")


class Migration(migrations.Migration):
    dependencies = [("signing", "0002_lines_of_a_mandate")]

    operations = [migrations.RunPython(install, remove)]
