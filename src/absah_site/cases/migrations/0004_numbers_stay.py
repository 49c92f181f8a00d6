"""A number of a letter that was used stays used: triggers on UPDATE, DELETE and TRUNCATE."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from absah_site import append_only

TABLE = "cases_letternumber"


def install(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001  (Django's signature)
    append_only.install(schema_editor.connection, TABLE)


def remove(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001  (Django's signature)
    append_only.remove(schema_editor.connection, TABLE)


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_letters")]

    operations = [migrations.RunPython(install, remove)]
