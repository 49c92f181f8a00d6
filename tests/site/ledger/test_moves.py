"""On PostgreSQL: a ledger with archived parts through pg_dump and pg_restore."""

import os
import subprocess
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection
from tests.process.test_backup import absah
from tests.process.test_ledger_moves import check, grow

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_dump"))


@pytest.mark.skipif("ABSAH_TEST_DATABASE" not in os.environ, reason="SQLite alone was asked for")
def test_what_pg_restore_brings_back_is_the_same_ledger_with_its_triggers(transactional_db, tmp_path: Path) -> None:
    was = django_settings.DATABASES["default"]
    names = [f"{connection.settings_dict['NAME']}_{one}" for one in ("grown", "back")]
    urls = [f"postgresql://{was['USER']}@/{name}?host={was['HOST']}" for name in names]
    for name in names:
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}"')
    try:
        data, kept, dumped = tmp_path / "data", tmp_path / "kept.json", tmp_path / "dumped"
        absah("init", "--role", "agency", "--database", urls[0], "--data", data)
        grow(data, kept, parts=2)
        subprocess.run([PROGRAMS[-1], "-Fc", "-f", dumped, urls[0]], check=True)
        subprocess.run([PROGRAMS[-1].with_name("pg_restore"), "-d", urls[1], dumped], check=True)
        settings = data / "absah.toml"
        settings.write_text(settings.read_text().replace(names[0], names[1]))
        check(data, kept)
        refused = subprocess.run(
            [PROGRAMS[-1].with_name("psql"), urls[1], "-c", "DELETE FROM audit_entry"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert "append-only" in refused.stderr
    finally:
        for name in names:
            with connection.cursor() as cursor:
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
