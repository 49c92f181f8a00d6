"""One setting chooses the database (D1): "sqlite", or a PostgreSQL URL."""

from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

#: For each connection to SQLite: what a transaction looked up and the next one writes is still there then. In a
#: register of millions 64 certificates issued together touch more than the 2 MiB that SQLite would take.
_CACHE_KIB: Final = 16_384


def database_settings(written: str, data: Path, /) -> dict[str, Any]:
    """Django's settings for the database of an instance.

    SQLite runs in WAL with `synchronous=FULL` and IMMEDIATE transactions: what was committed survives a power cut. Its
    log is written back every 4,000 pages. A certificate writes thirty, so that by default every thirtieth would wait
    for three more turns of the disk. One table of the log's index holds so many, and reading costs what it did.
    """
    if written == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(data / "db.sqlite3"),
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                    f" PRAGMA cache_size=-{_CACHE_KIB}; PRAGMA wal_autocheckpoint=4000;"
                ),
            },
        }
    url = urlsplit(written)
    if url.scheme not in {"postgres", "postgresql"}:
        raise ValueError(f"unknown database {url.scheme!r}: write sqlite or postgresql://…")
    return {
        "ENGINE": "absah_site.postgresql",
        "NAME": unquote(url.path.lstrip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": dict(parse_qsl(url.query)).get("host", url.hostname or ""),
        "PORT": str(url.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
