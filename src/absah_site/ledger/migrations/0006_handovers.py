"""Keys of the log that were handed over to the next: append-only like the log."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from absah_site import append_only

TABLE = "ledger_handover"


def install(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001  (Django's signature)
    append_only.install(schema_editor.connection, TABLE)


def remove(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001  (Django's signature)
    append_only.remove(schema_editor.connection, TABLE)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_parts")]

    operations = [
        migrations.CreateModel(
            name="Handover",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("before", models.CharField(max_length=64, unique=True)),
                ("after", models.CharField(max_length=64, unique=True)),
                ("at", models.DateTimeField()),
                ("size", models.BigIntegerField()),
                ("root", models.BinaryField(max_length=32)),
                ("old_key", models.BinaryField()),
                ("new_key", models.BinaryField()),
                ("by_old", models.BinaryField()),
                ("by_new", models.BinaryField()),
            ],
        ),
        migrations.RunPython(install, remove),
    ]
