"""Backup and restore as an operator does them: commands as processes of their own, a real signer in between."""

import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from absah.adapters.recovery_keys import make_recovery_key
from absah.adapters.signer_life import stop_signer


def absah(*words: str | Path, status: int = 0) -> dict:
    done = subprocess.run(
        [sys.executable, "-m", "absah_site.cli", *map(str, words), "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stdout + done.stderr
    return json.loads(done.stdout or "{}")


@pytest.fixture(scope="module")
def agency(tmp_path_factory) -> Path:
    """An instance without keys, and a recovery key beside it."""
    folder = tmp_path_factory.mktemp("agency")
    absah("init", "--role", "agency", "--data", folder / "instance")
    make_recovery_key(folder / "key")
    return folder / "instance"


def test_an_authority_is_backed_up_restored_and_serves_after_it_has_caught_up(tmp_path):
    was, again, backup = tmp_path / "was", tmp_path / "again", tmp_path / "backup.absah"
    absah("init", "--role", "authority", "--data", was)
    absah("backup", "--new-recovery-key", tmp_path / "key")
    made = absah("backup", backup, "--data", was, "--recovery-key", tmp_path / "key.pub")
    assert made["files"] > 10
    assert backup.stat().st_mode & 0o777 == 0o600
    assert absah("restore", backup, "--check", "--recovery-key", tmp_path / "key")["restorable"]
    absah("restore", backup, "--data", again, "--recovery-key", tmp_path / "key")
    try:
        assert absah("up", "--data", again, status=1)["error"] == "backup.not-caught-up"
        crl = was / "repository" / "crl" / "issuing-ca.crl"
        root_crl = was / "repository" / "crl" / "root-ca.crl"
        assert absah("catch-up", "--crl", root_crl, "--data", again, status=1)["error"] == "backup.list-missing"
        assert absah("catch-up", "--crl", crl, "--data", again)["lists"][0]["number"] == 1
        absah("worker", "--once", "--data", again)
        assert absah("audit", "verify", "--data", again)["intact"]
    finally:
        stop_signer(again)
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []


def test_an_agency_moves_as_text_sealed_to_a_passphrase_and_owes_nothing(agency, tmp_path):
    backup, again, passphrase = tmp_path / "backup.absah", tmp_path / "again", tmp_path / "passphrase"
    passphrase.write_text("enam kata panjang untuk cadangan\n")
    absah("backup", backup, "--data", agency, "--passphrase-file", passphrase, "--dump")
    absah("restore", backup, "--data", again, "--passphrase-file", passphrase, "--database", "sqlite")
    absah("worker", "--once", "--data", again)


def test_what_cannot_be_backed_up_or_restored_is_said_and_leaves_nothing(agency, tmp_path):
    backup, damaged, short = tmp_path / "backup.absah", tmp_path / "damaged", tmp_path / "short"
    public, private = agency.parent / "key.pub", agency.parent / "key"
    short.write_text("pendek")
    for words, status, error in (
        ((backup,), 64, "cli.usage"),
        ((backup, "--passphrase-file", short), 65, "backup.passphrase-short"),
        ((agency / "inside", "--recovery-key", public), 65, "cli.file-not-written"),
    ):
        assert absah("backup", *words, "--data", agency, status=status)["error"] == error
    absah("backup", backup, "--data", agency, "--recovery-key", public)
    damaged.write_bytes(backup.read_bytes()[:-1])
    elsewhere = "postgresql://x@127.0.0.1:1/y"
    for words, status, error in (
        ((backup, "--recovery-key", public), 65, "backup.recovery-key-unreadable"),
        ((backup, "--passphrase-file", short), 1, "backup.not-opened"),
        ((damaged, "--recovery-key", private), 65, "backup.damaged"),
        ((tmp_path / "none", "--recovery-key", private), 65, "cli.file-unreadable"),
        ((backup, "--recovery-key", private, "--database", elsewhere), 1, "backup.database-is-file"),
    ):
        assert absah("restore", *words, "--data", tmp_path / "again", status=status)["error"] == error
    refused = absah("restore", backup, "--recovery-key", private, "--data", agency, status=1)
    assert refused["error"] == "cli.instance-exists"
    assert {path.name for path in tmp_path.iterdir()} == {"backup.absah", "damaged", "short"}


def test_an_instance_with_a_damaged_ledger_is_not_put_in_its_place_unless_asked(agency, tmp_path):
    backup, was, again = tmp_path / "backup.absah", tmp_path / "was", tmp_path / "again"
    shutil.copytree(agency, was)
    with closing(sqlite3.connect(was / "db.sqlite3")) as database:
        database.execute(
            "INSERT INTO audit_entry (at, tag, actor, subject, canonical, hash)"
            " VALUES ('2026-11-27 00:00:00', 'x', 'x', 'x', x'00', x'00')"
        )
        database.commit()
    absah("backup", backup, "--data", was, "--recovery-key", agency.parent / "key.pub")
    words = ("restore", backup, "--data", again, "--recovery-key", agency.parent / "key")
    assert absah(*words, status=1)["error"] == "backup.restored-damaged"
    assert not again.exists()
    absah(*words, "--even-if-damaged")
    assert (again / "absah.toml").exists()
