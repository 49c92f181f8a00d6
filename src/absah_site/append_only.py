"""The triggers that make a table append-only, for both databases. Migrations install them.

`remove` exists for the test suite, which empties tables between tests; nothing else calls it.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

_MESSAGE = "this table is append-only"


def install(connection: BaseDatabaseWrapper, table: str, /) -> None:
    """Refuse UPDATE and DELETE (and TRUNCATE, where the database has it) on a table."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION '{_MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
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
            for verb in ("UPDATE", "DELETE"):
                cursor.execute(
                    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
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


def grants_for(role: str, connection: BaseDatabaseWrapper, /) -> tuple[str, ...]:
    """What lets a PostgreSQL role run an instance and no more: append-only tables it reads and adds to.

    Whoever owns a table may lift its triggers; a role that does not own it and has no UPDATE, DELETE or TRUNCATE may
    not, whatever the triggers say. The owner's password is then needed for `absah init` and migrations only. CREATE is
    for the queue, which makes its own tables.
    """
    name = connection.ops.quote_name(role)
    return (
        f"GRANT USAGE, CREATE ON SCHEMA public TO {name};",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name};",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name};",
        *(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {name};" for table in tables(connection)),
    )


def may_rewrite(table: str, connection: BaseDatabaseWrapper, /) -> bool:
    """Whether the role we run as could change rows of a table, but for its triggers. SQLite knows no roles."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(current_user, %s, 'UPDATE, DELETE, TRUNCATE')", [table])
        return bool(cursor.fetchone()[0])
