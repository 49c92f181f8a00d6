"""Entries whose time runs backwards: found by the sequencer, append-only like the log."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from absah_site import append_only

TABLE = "ledger_setback"


def install(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001  (Django's signature)
    append_only.install(schema_editor.connection, TABLE)


def remove(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001  (Django's signature)
    append_only.remove(schema_editor.connection, TABLE)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_append_only")]

    operations = [
        migrations.CreateModel(
            name="Setback",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("begin", models.BigIntegerField(unique=True)),
                ("end", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("before", models.DateTimeField()),
            ],
        ),
        migrations.AddField(model_name="position", name="latest", field=models.DateTimeField(blank=True, null=True)),
        migrations.RunPython(install, remove),
    ]
