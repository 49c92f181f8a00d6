"""The triggers that make a table append-only, for both databases. Migrations install them.

From the ledger's rows one thing may leave: a row that an archived part holds. The record of the part is append-only
itself, and names the file by its SHA-256, so that the door cannot be opened without leaving that record behind.

`remove` exists for the test suite, which empties tables between tests; nothing else calls it.
"""

from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper

_MESSAGE = "this table is append-only"


#: Which rows of a table may be deleted nonetheless.
_LEAVING: Final = {
    "audit_entry": "EXISTS (SELECT 1 FROM ledger_leaf JOIN ledger_part ON ledger_leaf.position >= ledger_part.begins"
    " AND ledger_leaf.position < ledger_part.ends WHERE ledger_leaf.entry = OLD.id)"
}


def install(connection: BaseDatabaseWrapper, table: str, /, *, leaving: bool = True) -> None:
    """Refuse UPDATE and DELETE (and TRUNCATE, where the database has it) on a table.

    `leaving` lets those rows be deleted that may leave it; False where the tables that decide so are not there yet.
    """
    condition = _LEAVING.get(table, "") if leaving else ""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            let = f"IF TG_OP = 'DELETE' THEN IF {condition} THEN RETURN OLD; END IF; END IF;" if condition else ""
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {let} "
                f"RAISE EXCEPTION '{_MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
            )
            cursor.execute(
                f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION {table}_refuse()"
            )
            cursor.execute(
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()"
            )
        else:
            for verb, exempt in (("UPDATE", ""), ("DELETE", condition)):
                when = f"WHEN NOT {exempt} " if exempt else ""
                cursor.execute(
                    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} FOR EACH ROW {when}"
                    f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
                )


def remove(connection: BaseDatabaseWrapper, table: str, /) -> None:
    """Take the triggers away."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_change ON {table}")
            cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}")
        else:
            for verb in ("update", "delete"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")


def tables(connection: BaseDatabaseWrapper, /) -> tuple[str, ...]:
    """Every table with these triggers, as the database knows them."""
    if connection.vendor == "postgresql":
        query = r"SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%\_no\_change' AND NOT tgisinternal"
    else:
        query = "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%\\_no\\_update' ESCAPE '\\'"
    with connection.cursor() as cursor:
        cursor.execute(query)
        return tuple(sorted(str(row[0]) for row in cursor.fetchall()))


def grants_for(role: str, connection: BaseDatabaseWrapper, /, *, archivist: bool = False) -> tuple[str, ...]:
    """What lets a PostgreSQL role run an instance and no more: append-only tables it reads and adds to.

    Whoever owns a table may lift its triggers; a role that does not own it and has no UPDATE, DELETE or TRUNCATE may
    not, whatever the triggers say. The owner's password is then needed for `absah init` and migrations only. CREATE is
    for the queue, which makes its own tables. Only an archivist may record a part of the ledger as archived, and delete
    the rows that such a part holds.
    """
    name = connection.ops.quote_name(role)
    return (
        f"GRANT USAGE, CREATE ON SCHEMA public TO {name};",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name};",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name};",
        *(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {name};" for table in tables(connection)),
        *(
            (f"GRANT DELETE ON audit_entry TO {name};",)
            if archivist
            else (f"REVOKE INSERT ON ledger_part, ledger_signpost FROM {name};",)
        ),
    )


def may_rewrite(table: str, connection: BaseDatabaseWrapper, /) -> bool:
    """Whether the role we run as could change rows of a table, but for its triggers. SQLite knows no roles."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(current_user, %s, 'UPDATE, DELETE, TRUNCATE')", [table])
        return bool(cursor.fetchone()[0])
