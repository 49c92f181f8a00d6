"""An instance of an older release: nothing works on it but with words, until `absah migrate` has brought it up."""

import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An agency's instance whose tables are as an earlier release left them."""
    data = tmp_path_factory.mktemp("older") / "kept"
    assert told("init", "--role", "agency", "--data", data)[0] == 0
    here = {"DJANGO_SETTINGS_MODULE": "absah_site.settings.instance", "ABSAH_DATA": str(data)}
    words = [sys.executable, "-m", "django", "migrate", "ledger", "0004", "--verbosity", "0"]
    subprocess.run(words, check=True, env=os.environ | here)
    return data


@pytest.fixture
def older(kept: Path, tmp_path: Path) -> Path:
    """A copy of it for one test."""
    return Path(shutil.copytree(kept, tmp_path / "x"))


def told(*words: object) -> tuple[int, dict]:
    """How a command ends, and what it says."""
    command = [sys.executable, "-m", "absah_site.cli", *map(str, words), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout)


def test_every_command_says_that_the_database_is_older(older: Path) -> None:
    commands = ("up", "migrate --check", "audit verify")
    for command in commands:
        status, said = told(*command.split(), "--data", older)
        assert (status, said["error"]) == (1, "cli.migrations-waiting"), command
        assert f"absah migrate --data {older}" in said["next"]
    status, said = told("doctor", "--data", older)
    assert status == 1
    assert "doctor.migrations-waiting" in {finding["check"] for finding in said["findings"]}


def test_it_is_brought_up_once_and_the_ledger_tells(older: Path) -> None:
    status, said = told("migrate", "--data", older)
    assert status == 0
    assert [name.split("_")[0] for name in said["made"]] == ["ledger.0005", "ledger.0006"]
    assert told("migrate", "--check", "--data", older) == (0, {"made": []})
    assert told("migrate", "--data", older) == (0, {"made": []})
    status, found = told("audit", "verify", "--data", older)
    assert (status, found["rows"]) == (0, 1)


def test_nobody_may_serve_it_meanwhile(older: Path) -> None:
    with (older / "run" / "served.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        assert told("migrate", "--data", older)[1]["error"] == "cli.instance-served"
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert told("up", "--data", older)[1]["error"] == "cli.instance-upgraded"
    assert told("migrate", "--data", older)[0] == 0


def test_a_database_that_is_silent_or_damaged_is_named(older: Path) -> None:
    settings = older / "absah.toml"
    written = settings.read_text(encoding="utf-8")
    elsewhere = re.sub("(?m)^database = .*$", 'database = "postgresql://absah:hidden@127.0.0.1:1/absah"', written)
    settings.write_text(elsewhere, encoding="utf-8")
    for command in ("migrate", "audit verify"):
        status, said = told(*command.split(), "--data", older)
        assert (status, said["error"]) == (75, "cli.database-silent"), command
        assert "hidden" not in said["message"]
    assert "doctor.database-silent" in {finding["check"] for finding in told("doctor", "--data", older)[1]["findings"]}
    settings.write_text(written, encoding="utf-8")
    (older / "db.sqlite3").write_bytes(b"no database" * 100)
    assert told("audit", "verify", "--data", older)[1]["error"] == "cli.database-silent"


def test_the_owner_of_another_database_is_refused(older: Path, tmp_path: Path) -> None:
    owner = tmp_path / "owner"
    owner.write_text("postgresql://owner:hidden@127.0.0.1:1/other\n", encoding="utf-8")
    status, said = told("migrate", "--owner-file", owner, "--data", older)  # which is SQLite, and has none
    assert (status, said["error"]) == (64, "cli.usage")
    assert "hidden" not in str(said)
