"""Fills the register of an instance on SQLite with many certificates of many people, as years of issuing leave it.

Each has its intention, serial, fingerprint, key and holder of its own, a name that others have too, and a day within
the last two years; some are revoked. What is in none of the indexes, the DER above all, is a copy of one that was
really issued. Indexes are dropped before and built after, the one that cannot be dropped grows at its end (serials
ascend with the day of issuing), and nothing waits for the disk: a file that is cut off while it is
filled is thrown away.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import product
from pathlib import Path
from typing import Final

_FIRST: Final = (
    "adi agus ahmad ani ayu bambang budi citra dedi desi dewi dian eka endang fajar fitri gita hadi hendra indah"
    " joko kartini lestari made maya nina nur putu ratna rini rizki rudi sari siti sri tono tri wahyu wati yanti"
)
_LAST: Final = (
    "ardana basuki cahyono darmawan effendi firmansyah gunawan hidayat irawan jatmiko kusuma laksana maulana nugroho"
    " oktaviani pratama qodir rahayu santoso taufik utami wibowo yulianto zulkarnain"
)
_NAMES: Final = [" ".join(parts) for parts in product(_FIRST.split(), _LAST.split())]
#: So many of them were revoked for each hundred, unless it is said otherwise.
_REVOKED: Final = 2
#: The first 64 bits of digests: scattered over all there are as those of digests are, and each another.
_SCATTERED: Final = "((({number}) * {prime} & 2147483647) << 32) + ({number})"
_NUMBER: Final = "intent.id - :first"
_KEY: Final = _SCATTERED.format(number=_NUMBER, prime=2654435761)
_FINGERPRINT: Final = _SCATTERED.format(number=_NUMBER, prime=2246822519)
_INTENTS: Final = f"""
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :rows)
    INSERT INTO pki_issuanceintent (
        authority_id, profile, credential, shard, error, state, serial, holder, key_hash, intended_at, ended_at
    )
    SELECT
        authority_id, profile, '', shard, '', 'issued',
        format('4%09x', day.seconds - 86399 + n % :each * 86400 / :each) || lower(hex(randomblob(11))),
        'FILL' || n, format('%016x', {_SCATTERED.format(number="n", prime=2654435761)}) || lower(hex(randomblob(24))),
        day.at, day.at
    FROM numbers
    CROSS JOIN fill_day day ON day.number = :days - 1 - min(n / :each, :days - 1)
    CROSS JOIN fill_like
"""  # noqa: S608 (ours)
_CERTIFICATES: Final = f"""
    INSERT INTO pki_certificate (
        authority_id, subject, profile, der, credential, agency, shard, name, serial,
        fingerprint, fingerprint_head, holder, key_hash, key_head,
        not_before, not_after, issued_at, status, reason, status_at
    )
    SELECT
        one.authority_id, one.subject, one.profile, one.der, '', one.agency, one.shard, name.text, intent.serial,
        format('%016x', {_FINGERPRINT}) || lower(hex(randomblob(24))), {_FINGERPRINT},
        intent.holder, intent.key_hash, {_KEY},
        day.at, day.until, day.at,
        iif(intent.id % 100 < :revoked, 'revoked', 'good'), iif(intent.id % 100 < :revoked, 'superseded', ''), day.at
    FROM pki_issuanceintent intent
    CROSS JOIN fill_name name ON name.number = intent.id % :names
    CROSS JOIN fill_day day ON day.at = intent.intended_at
    CROSS JOIN fill_like one
    WHERE intent.id > :first
"""  # noqa: S608 (ours)
_CHANGES: Final = """
    INSERT INTO pki_statuschange (certificate_id, status, reason, cause, at)
    SELECT id, status, reason, reason, status_at FROM pki_certificate WHERE status = 'revoked' AND id > :first
"""
_DAYS: Final = 730
_TABLES: Final = ("pki_issuanceintent", "pki_certificate", "pki_statuschange")


def fill(database: Path, rows: int, /, *, revoked: int = _REVOKED) -> None:
    """So many certificates more, of each hundred so many revoked. Nobody else may have the file open."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE", "cache_size = -500000"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN")
        _people(connection)
        with _unindexed(connection):
            first_intent, first = (
                connection.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()[0]  # noqa: S608 (ours)
                for table in _TABLES[:2]
            )
            each = max(1, rows // _DAYS)
            connection.execute(_INTENTS, {"rows": rows, "days": _DAYS, "each": each})
            connection.execute(
                _CERTIFICATES,
                {"first": first_intent, "names": len(_NAMES), "revoked": revoked},
            )
            connection.execute(_CHANGES, {"first": first})
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode = WAL")


def _people(connection: sqlite3.Connection) -> None:
    """The certificate that is copied, names and days in tables of their own: a row is made without looking further."""
    connection.execute(
        "CREATE TEMP TABLE fill_like AS SELECT * FROM pki_certificate WHERE profile = 'individual-signer' LIMIT 1"
    )
    connection.execute("CREATE TEMP TABLE fill_name (number INTEGER PRIMARY KEY, text TEXT)")
    connection.executemany("INSERT INTO fill_name VALUES (?, ?)", enumerate(_NAMES))
    columns = "number INTEGER PRIMARY KEY, at TEXT UNIQUE, until TEXT, seconds INTEGER"
    connection.execute(f"CREATE TEMP TABLE fill_day ({columns})")
    connection.execute(
        "WITH RECURSIVE days (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM days WHERE n + 1 < ?)"
        " INSERT INTO fill_day SELECT n, datetime(at, format('-%d hours', 24 * n + 1)),"
        " datetime(at, format('+%d hours', 17520 - 24 * n - 1)),"
        " unixepoch(at, format('-%d hours', 24 * n + 1))"
        " FROM days, (SELECT max(issued_at) at FROM pki_certificate)",
        (_DAYS,),
    )


@contextmanager
def _unindexed(connection: sqlite3.Connection) -> Iterator[None]:
    """Without the indexes that a table can do without for a while; they are built again as they were."""
    found = connection.execute(
        f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN {_TABLES}"  # noqa: S608 (ours)
    ).fetchall()
    for name, _ in found:
        connection.execute(f'DROP INDEX "{name}"')
    yield
    for _, statement in found:
        connection.execute(statement)
