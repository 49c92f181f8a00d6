"""The tables of an instance as this release has them: what waits for that, the act, and its row in the ledger."""

from typing import Final

from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from absah import __version__
from absah.audit.tags import OversightTag
from absah.kernel.errors import Unavailable
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import Actor
from absah_site.append_only import grants_for
from absah_site.audit.actions import record
from absah_site.roles import Permission

_POSTGRESQL: Final = "postgresql"


class TablesNotMade(Unavailable):
    """The database refused a migration. Those before it are done, and of this one nothing is. Parameter: problem."""

    code = "upgrading.tables-not-made"


def waiting() -> tuple[str, ...]:
    """The migrations that the database still needs, in their order: `pki.0010_by_serial`. Raises DatabaseError."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return tuple(f"{migration.app_label}.{migration.name}" for migration, _ in plan)


def make_tables() -> None:
    """Every table as this release has it, triggers included. Raises DatabaseError."""
    call_command("migrate", verbosity=0, interactive=False)


def role() -> str:
    """The name by which the database knows us; empty where it knows no roles."""
    if connection.vendor != _POSTGRESQL:
        return ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return str(cursor.fetchone()[0])


def upgrade(*, serving: str, by: Actor) -> tuple[str, ...]:
    """Make the tables, and let the role that serves the instance use what is new. Returns the migrations made.

    `serving` may be empty: then it is the role that we have now. A migration commits by itself, so the ledger's row
    comes after all of them. Raises TablesNotMade.
    """
    authorise(by, Permission.AUTHORITY_MANAGE)
    made = waiting()
    try:
        make_tables()
    except DatabaseError as problem:
        raise TablesNotMade(problem=first_line(problem)) from problem
    with transaction.atomic():
        if serving not in {"", role()}:
            _grant(serving)
        if made:
            record(
                at=composition.clock().now(),
                tag=OversightTag.TABLES_CHANGED,
                actor=by.reference,
                subject="system:database",
                facts={"release": __version__, "migrations": len(made), "last": made[-1]},
            )
    return made


def _grant(serving: str) -> None:
    with connection.cursor() as cursor:
        for statement in grants_for(serving, connection):
            cursor.execute(statement)


def first_line(problem: Exception, /) -> str:
    """What a database said, without the statement that it quotes."""
    return str(problem).split("\n", 1)[0].rstrip(".")
