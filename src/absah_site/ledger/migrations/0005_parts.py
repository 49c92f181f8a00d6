"""Archived parts of the log, and the one way out of the ledger that they open.

A later migration that alters `audit_entry`, `ledger_leaf` or `ledger_part` on SQLite takes the triggers of `audit_entry`
away first and installs them again: SQLite looks at every trigger when it renames a table.
"""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from absah_site import append_only

TABLES = ("ledger_part", "ledger_signpost")
DOOR = "audit_entry"
# A part goes on where the last one ended, and a signed head covers it.
LAWFUL = (
    "NEW.begins = COALESCE((SELECT max(ends) FROM ledger_part), 0) AND NEW.ends > NEW.begins"
    " AND NEW.ends <= COALESCE((SELECT max(size) FROM ledger_head), 0)"
)


def install(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001  (Django's signature)
    connection = schema_editor.connection
    for table in TABLES:
        append_only.install(connection, table)
    append_only.remove(connection, DOOR)
    append_only.install(connection, DOOR)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION ledger_part_goes_on() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"IF {LAWFUL} THEN RETURN NEW; END IF; "
                f"RAISE EXCEPTION 'a part goes on from the last, under a head' "
                f"USING ERRCODE = 'integrity_constraint_violation'; END $$"
            )
            cursor.execute(
                "CREATE TRIGGER ledger_part_goes_on BEFORE INSERT ON ledger_part "
                "FOR EACH ROW EXECUTE FUNCTION ledger_part_goes_on()"
            )
        else:
            cursor.execute(
                f"CREATE TRIGGER ledger_part_goes_on BEFORE INSERT ON ledger_part WHEN NOT ({LAWFUL}) "  # noqa: S608  (our own words)
                "BEGIN SELECT RAISE(ABORT, 'a part goes on from the last, under a head'); END"
            )


def remove(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001  (Django's signature)
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        on = " ON ledger_part" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER ledger_part_goes_on{on}")
    append_only.remove(connection, DOOR)
    append_only.install(connection, DOOR, leaving=False)
    for table in TABLES:
        append_only.remove(connection, table)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_acknowledgements"), ("audit", "0002_append_only")]

    operations = [
        migrations.CreateModel(
            name="Part",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("begins", models.BigIntegerField(unique=True)),
                ("ends", models.BigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("archived_at", models.DateTimeField()),
                ("archived_by", models.CharField(max_length=160)),
            ],
        ),
        migrations.CreateModel(
            name="Signpost",
            fields=[
                ("position", models.BigIntegerField(primary_key=True, serialize=False)),
                ("subject", models.CharField(db_index=True, max_length=160)),
                ("offset", models.BigIntegerField()),
            ],
        ),
        migrations.RunPython(install, remove),
    ]
