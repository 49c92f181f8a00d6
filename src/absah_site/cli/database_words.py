"""What a database answers that is older than the program, silent or full, in words: for every command alike."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from absah.kernel.errors import AbsahError, Unavailable, WrongState


class MigrationsWaiting(WrongState):
    """The database is older than the program: pages would ask for what is not there. Parameters: number, data."""

    code = "cli.migrations-waiting"


class DatabaseSilent(Unavailable):
    """The database is away, locked or full. Parameter: problem, in its own words."""

    code = "cli.database-silent"


@contextmanager
def database_in_words(data: Path, /) -> Iterator[None]:
    """A command that meets a database older than the program, silent or full ends with words, not with a fault."""
    try:
        yield
    except AbsahError:
        raise
    except Exception as fault:
        if (words := _in_words(fault, data)) is not None:
            raise words from fault
        raise


def _in_words(fault: Exception, data: Path) -> AbsahError | None:
    from django.db import DatabaseError, InterfaceError, OperationalError

    if not isinstance(fault, DatabaseError | InterfaceError):
        return None
    from absah_site.upgrading import first_line, waiting

    try:
        migrations = waiting()
    except (DatabaseError, InterfaceError) as silent:
        return DatabaseSilent(problem=first_line(silent))
    if migrations:
        return MigrationsWaiting(number=len(migrations), data=str(data))
    return DatabaseSilent(problem=first_line(fault)) if isinstance(fault, OperationalError) else None
