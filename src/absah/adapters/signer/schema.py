"""The tables of the signer's own SQLite file, and how it is opened.

`synchronous=FULL` makes every commit durable before it is answered. What happened to keys is append-only by trigger.
A file of a newer release is refused, never guessed at.
"""

import os
import sqlite3
from pathlib import Path
from typing import Final

from absah.adapters.signer.errors import StoreUnusable

_APPLICATION: Final = 0x4142_534B  # "ABSK"
_VERSION: Final = 5

_PASSKEYS: Final = """
CREATE TABLE passkey (
    credential TEXT NOT NULL REFERENCES credential (id) ON DELETE CASCADE,
    passkey BLOB NOT NULL CHECK (length(passkey) BETWEEN 1 AND 1024),
    public_key BLOB NOT NULL,
    site TEXT NOT NULL,
    last_count INTEGER NOT NULL,
    PRIMARY KEY (credential, passkey)
) STRICT;

CREATE TABLE passkey_use (
    credential TEXT NOT NULL REFERENCES credential (id) ON DELETE CASCADE,
    challenge BLOB NOT NULL,
    PRIMARY KEY (credential, challenge)
) STRICT, WITHOUT ROWID;
"""

_TABLES: Final = (
    """
CREATE TABLE credential (
    id TEXT PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 128),
    kind TEXT NOT NULL CHECK (kind IN ('subscriber', 'seal', 'authority', 'tsa', 'ocsp')),
    algorithm TEXT NOT NULL,
    protection TEXT NOT NULL CHECK (protection IN ('passphrase', 'service')),
    key_version INTEGER NOT NULL CHECK (key_version >= 1),
    public_key BLOB NOT NULL UNIQUE,
    stored_key BLOB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'active', 'suspended', 'revoked')),
    certificate BLOB,
    place TEXT NOT NULL DEFAULT 'software' CHECK (length(place) BETWEEN 1 AND 128),
    scheme TEXT CHECK (scheme IN ('rsa-pkcs1-v1_5', 'rsa-pss', 'ecdsa')),
    CHECK ((state = 'pending') = (certificate IS NULL)),
    CHECK (protection = 'service' OR kind IN ('subscriber', 'seal'))
) STRICT;

CREATE TABLE chain_certificate (
    credential TEXT NOT NULL REFERENCES credential (id) ON DELETE CASCADE,
    position INTEGER NOT NULL CHECK (position >= 0),
    certificate BLOB NOT NULL,
    PRIMARY KEY (credential, position)
) STRICT;

CREATE TABLE totp (
    credential TEXT PRIMARY KEY REFERENCES credential (id) ON DELETE CASCADE,
    sealed_secret BLOB NOT NULL,
    required INTEGER NOT NULL CHECK (required IN (0, 1)),
    last_step INTEGER NOT NULL
) STRICT;

CREATE TABLE seal_activation (
    credential TEXT PRIMARY KEY REFERENCES credential (id) ON DELETE CASCADE,
    digest BLOB NOT NULL,
    until INTEGER NOT NULL
) STRICT;

CREATE TABLE attempts (
    application TEXT NOT NULL,
    credential TEXT NOT NULL REFERENCES credential (id) ON DELETE CASCADE,
    wrong INTEGER NOT NULL CHECK (wrong >= 1),
    wait_until INTEGER NOT NULL,
    PRIMARY KEY (application, credential)
) STRICT;

CREATE TABLE key_use (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    credential TEXT NOT NULL,
    operation TEXT NOT NULL,
    subject TEXT NOT NULL,
    application TEXT NOT NULL,
    factors TEXT NOT NULL
) STRICT;

CREATE TABLE key_use_result (
    key_use INTEGER PRIMARY KEY REFERENCES key_use (id),
    at INTEGER NOT NULL,
    result TEXT NOT NULL
) STRICT;

CREATE TRIGGER key_use_is_never_changed BEFORE UPDATE ON key_use
BEGIN SELECT raise(ABORT, 'append-only'); END;
CREATE TRIGGER key_use_is_never_removed BEFORE DELETE ON key_use
BEGIN SELECT raise(ABORT, 'append-only'); END;
CREATE TRIGGER key_use_result_is_never_changed BEFORE UPDATE ON key_use_result
BEGIN SELECT raise(ABORT, 'append-only'); END;
CREATE TRIGGER key_use_result_is_never_removed BEFORE DELETE ON key_use_result
BEGIN SELECT raise(ABORT, 'append-only'); END;
"""
    + _PASSKEYS
)


#: What brings the file of an older version to the next one.
_UPGRADES: Final = {
    1: "ALTER TABLE credential ADD COLUMN place TEXT NOT NULL DEFAULT 'software'"
    " CHECK (length(place) BETWEEN 1 AND 128);",
    2: "ALTER TABLE credential ADD COLUMN scheme TEXT CHECK (scheme IN ('rsa-pkcs1-v1_5', 'rsa-pss', 'ecdsa'));",
    3: "CREATE TABLE seal_activation (credential TEXT PRIMARY KEY REFERENCES credential (id) ON DELETE CASCADE,"
    " digest BLOB NOT NULL, until INTEGER NOT NULL) STRICT;",
    4: _PASSKEYS,
}


def open_database(path: Path, /) -> sqlite3.Connection:
    """Open the file, making it with mode 0600 where there is none. Raises StoreUnusable."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        # Threads take turns under the store's own lock. No implicit transactions: every BEGIN is written out.
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
    except (OSError, sqlite3.Error) as problem:
        raise StoreUnusable from problem
    try:
        _prepare(connection)
    except sqlite3.Error as problem:
        connection.close()
        raise StoreUnusable from problem
    except StoreUnusable:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection) -> None:
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "trusted_schema = OFF"):
        connection.execute(f"PRAGMA {pragma}")
    application, version = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
    )
    if (application, version) == (_APPLICATION, _VERSION):
        return
    if application == _APPLICATION and version in _UPGRADES:
        steps = "".join(_UPGRADES[older] for older in range(version, _VERSION))
    elif (application, version) == (0, 0):
        steps = _TABLES
    else:
        raise StoreUnusable
    # The two marks are written in the same transaction as the tables: a kill leaves all or nothing.
    connection.executescript(
        f"BEGIN EXCLUSIVE;{steps}PRAGMA application_id = {_APPLICATION};PRAGMA user_version = {_VERSION};COMMIT;"
    )
