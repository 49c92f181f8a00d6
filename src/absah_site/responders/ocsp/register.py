"""What the responder reads of the register, and that it cannot write there.

Four short queries on a connection of its own, opened read-only: no Django in this process, and on PostgreSQL a role may
be given that can read these tables and nothing else. The tables belong to `absah_site.pki`; a test fills them through
its actions and reads them here, on both databases.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Protocol, final
from urllib.parse import quote

from absah.kernel.clock import Instant, instant
from absah.kernel.errors import Unavailable
from absah.pki.revocation import Good, RevocationReason, RevocationStatus, Revoked, Unknown

_ISSUERS: Final = "SELECT id, slug, certificate FROM pki_authority WHERE kind = 'issuing' ORDER BY id"
# One index says it of a good certificate, which most are: no row is read. Of the others the row says the rest.
_STATUS: Final = "SELECT status FROM pki_certificate{by_index} WHERE authority_id = ? AND serial = ?"
_NOT_GOOD: Final = "SELECT status, reason, status_at FROM pki_certificate WHERE authority_id = ? AND serial = ?"
# A serial that was given up may have been signed: it is on the CRL for good, and so it is here.
_GIVEN_UP: Final = (
    "SELECT ended_at FROM pki_issuanceintent WHERE authority_id = ? AND serial = ? AND state = 'abandoned'"
    " AND NOT (state = 'issued')"
)
_CHANGES: Final = (
    "SELECT change.id, certificate.authority_id, certificate.serial FROM pki_statuschange change"
    " JOIN pki_certificate certificate ON certificate.id = change.certificate_id WHERE change.at >= ?"
)
_STATUS_INDEX: Final = "pki_status_by_serial"
_GOOD: Final = [("good",)]
#: A change is committed some time after the moment it bears; looked back this far, none is missed.
_LOOK_BACK: Final = timedelta(minutes=2)
_WAIT_MILLISECONDS: Final = 2000
_CACHE_KIB: Final = 32_768


class RegisterSilent(Unavailable):
    """The database of the register does not answer. Parameter: problem, the class of the fault."""

    code = "responders.register-silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """An issuing CA: its number and short name in the register, its certificate (DER)."""

    number: int
    slug: str
    certificate: bytes


class Rows(Protocol):
    """A connection that reads."""

    def rows(self, query: str, parameters: Sequence[Any], /) -> list[tuple[Any, ...]]:
        """All rows. Raises RegisterSilent."""
        ...

    def moment(self, moment: Instant, /) -> object:
        """An instant as this database compares it."""
        ...

    def by_index(self, name: str, /) -> str:
        """What stands after a table to have it read by an index, where the planner would not think of it."""
        ...


@final
class SqliteRows:
    """A SQLite file opened with `mode=ro`."""

    def __init__(self, path: Path, /) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None

    def rows(self, query: str, parameters: Sequence[Any], /) -> list[tuple[Any, ...]]:
        try:
            if self._connection is None:
                address = f"file:{quote(str(self._path))}?mode=ro"
                timeout = _WAIT_MILLISECONDS / 1000
                self._connection = sqlite3.connect(address, uri=True, timeout=timeout, isolation_level=None)
                # The upper floors of the index of ten million stay in it; what is larger leaves the processor's cache.
                self._connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            return self._connection.execute(query, parameters).fetchall()
        except sqlite3.Error as error:
            self._connection = None
            raise RegisterSilent(problem=type(error).__name__) from None

    def moment(self, moment: Instant, /) -> object:
        return f"{moment:%Y-%m-%d %H:%M:%S}"

    def by_index(self, name: str, /) -> str:
        return f" INDEXED BY {name}"  # it would take the unique index, and read the row


@final
class PostgresRows:
    """A PostgreSQL session whose transactions are read-only."""

    def __init__(self, address: str, /) -> None:
        import psycopg  # noqa: PLC0415  (an extra: only where the database is PostgreSQL)

        self._library = psycopg
        self._address = address
        self._connection: psycopg.Connection[tuple[Any, ...]] | None = None

    def rows(self, query: str, parameters: Sequence[Any], /) -> list[tuple[Any, ...]]:
        try:
            if self._connection is None:
                options = f"-c default_transaction_read_only=on -c statement_timeout={_WAIT_MILLISECONDS}"
                self._connection = self._library.connect(
                    self._address, autocommit=True, options=options, connect_timeout=2, prepare_threshold=1
                )
            return self._connection.execute(query.replace("?", "%s"), parameters).fetchall()
        except self._library.Error as error:
            if self._connection is not None:
                with suppress(self._library.Error):
                    self._connection.close()
            self._connection = None
            raise RegisterSilent(problem=type(error).__name__) from None

    def moment(self, moment: Instant, /) -> object:
        return moment

    def by_index(self, _name: str, /) -> str:
        return ""


def open_rows(database: str, data: Path, /) -> Rows:
    """For the setting `database` of an instance: "sqlite", or a PostgreSQL address."""
    return SqliteRows(data / "db.sqlite3") if database == "sqlite" else PostgresRows(database)


@final
class Register:
    """The register, as far as a responder asks."""

    def __init__(self, rows: Rows, /) -> None:
        self._rows = rows
        self._status = _STATUS.format(by_index=rows.by_index(_STATUS_INDEX))
        self._seen: set[int] = set()

    def issuers(self) -> tuple[Issuer, ...]:
        """The issuing CAs. Raises RegisterSilent."""
        found = self._rows.rows(_ISSUERS, ())
        return tuple(Issuer(number=row[0], slug=row[1], certificate=bytes(row[2])) for row in found)

    def status_of(self, issuer: Issuer, serial: int, /) -> RevocationStatus:
        """Good, revoked (on hold too), or unknown for what was never issued. Raises RegisterSilent."""
        if not 0 < serial < 1 << 128:  # ours have 127 bits; the column holds 32 digits
            return Unknown()
        key = (issuer.number, f"{serial:032x}")
        found = self._rows.rows(self._status, key)
        if not found:
            given_up = self._rows.rows(_GIVEN_UP, key)
            return Revoked(at=_instant(given_up[0][0]), reason=RevocationReason.UNSPECIFIED) if given_up else Unknown()
        if found == _GOOD:
            return Good()
        ((status, reason, at),) = self._rows.rows(_NOT_GOOD, key)
        # Reinstated between the two questions, it is good.
        return Good() if status == "good" else Revoked(at=_instant(at), reason=RevocationReason[reason.upper()])

    def changed_since(self, now: Instant, /) -> list[tuple[int, int]]:
        """Certificates (issuer's number, serial) whose status changed and that were not told before."""
        rows = self._rows.rows(_CHANGES, (self._rows.moment(instant(now - _LOOK_BACK)),))
        fresh = [(authority, int(serial, 16)) for number, authority, serial in rows if number not in self._seen]
        self._seen = {row[0] for row in rows}
        return fresh


def _instant(written: datetime | str) -> Instant:
    """A moment as the database gives it. SQLite's are text, without a zone, in UTC."""
    moment = datetime.fromisoformat(written) if isinstance(written, str) else written
    return instant(moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment)
