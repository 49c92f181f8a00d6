"""The database as text goes into any database of ours and comes out the same."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection

from absah_site.backup.dump import write_dump

LOAD = """
import os, sys
from pathlib import Path
os.environ["DJANGO_SETTINGS_MODULE"] = "absah_site.settings.instance"
import django; django.setup()
from absah.kernel.errors import AbsahError
from absah_site.backup.dump import load_dump, write_dump
from django.core.management import call_command
try:
    print(load_dump(Path(sys.argv[1])))
except AbsahError as error:
    sys.exit(error.code)
call_command("migrate", verbosity=0, interactive=False)
write_dump(Path(sys.argv[2]))
from absah_site.audit.access import verify_ledger
from absah_site.pki.access import assess_register
sys.exit(0 if verify_ledger().intact and assess_register().consistent else "not whole")
"""


def empty_instance(folder: Path, database: str) -> Path:
    (folder / "secrets").mkdir(parents=True)
    (folder / "secrets" / "django.key").write_bytes(b"k" * 64)
    lines = ('role = "demo"', 'base_url = "http://x"', 'name = "x"', f'database = "{database}"')
    (folder / "absah.toml").write_text("\n".join(lines))
    return folder


def load(dump: Path, out: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"ABSAH_DATA": str(folder)}
    command = [sys.executable, "-c", LOAD, str(dump), str(out)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def dump(transactional_db, walk, tmp_path) -> Path:
    walk.activated()
    path = tmp_path / "database.jsonl"
    assert write_dump(path) > 20
    return path


def same_rows(first: Path, second: Path) -> bool:
    return first.read_text().splitlines()[1:] == second.read_text().splitlines()[1:]


def test_every_row_comes_back_on_sqlite_and_ledger_and_register_are_whole(dump, tmp_path):
    folder = empty_instance(tmp_path / "again", "sqlite")
    done = load(dump, tmp_path / "second.jsonl", folder)
    assert done.returncode == 0, done.stderr
    assert same_rows(dump, tmp_path / "second.jsonl")
    refused = load(dump, tmp_path / "third.jsonl", folder)
    assert refused.stderr.strip() == "backup.database-not-empty"


@pytest.mark.skipif("ABSAH_TEST_DATABASE" not in os.environ, reason="SQLite alone was asked for")
def test_every_row_comes_back_on_postgresql(dump, tmp_path):
    name = f"{connection.settings_dict['NAME']}_again"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
    was = django_settings.DATABASES["default"]
    url = f"postgresql://{was['USER']}@/{name}?host={was['HOST']}"
    try:
        done = load(dump, tmp_path / "second.jsonl", empty_instance(tmp_path / "again", url))
        assert done.returncode == 0, done.stderr
        assert same_rows(dump, tmp_path / "second.jsonl")
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_a_dump_of_a_newer_release_and_a_damaged_one_are_refused(dump, tmp_path):
    lines = dump.read_text().splitlines()
    first = json.loads(lines[0])
    newer = tmp_path / "newer.jsonl"
    newer.write_text(json.dumps({"applied": [*first["applied"], ["pki", "9999_later"]]}))
    done = load(newer, tmp_path / "x", empty_instance(tmp_path / "a", "sqlite"))
    assert done.stderr.strip() == "backup.migration-unknown"
    damaged = tmp_path / "damaged.jsonl"
    row = next(number for number, line in enumerate(lines) if line.startswith("["))
    damaged.write_text("\n".join([*lines[: row - 1], *lines[row:]]))  # rows without the name of their table
    done = load(damaged, tmp_path / "x", empty_instance(tmp_path / "b", "sqlite"))
    assert done.stderr.strip() == "backup.damaged"
