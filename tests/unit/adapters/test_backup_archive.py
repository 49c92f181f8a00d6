import io
import json
import sqlite3
import tarfile
from contextlib import closing
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from absah.adapters.backup_archive import (
    BackupNewer,
    BackupNotUnpacked,
    BackupNotWritten,
    about_now,
    read_backup,
    write_backup,
)
from absah.adapters.sealed_stream import ByRecoveryKey, SealedWriter, StreamDamaged, StreamUnreadable, ToRecoveryKey
from absah.kernel.clock import instant
from absah.kernel.rng import SystemRng

KEY = X25519PrivateKey.generate()
TO, BY = ToRecoveryKey(KEY.public_key()), ByRecoveryKey(KEY)
ABOUT = about_now(
    release="1", role="demo", base_url="http://x", now=instant(datetime(2026, 11, 27, tzinfo=UTC)), dump=False
)
GOOD = {"release": "1", "role": "demo", "base_url": "http://x", "made_at": "t", "dump": False, "format": 1}


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "instance"
    for name in ("secrets", "keys", "documents/ab", "run", "repository/crl"):
        (folder / name).mkdir(parents=True, mode=0o700)
    (folder / "secrets" / "service.key").write_bytes(b"s" * 32)
    (folder / "secrets" / "service.key").chmod(0o600)
    (folder / "documents" / "ab" / "abc").write_bytes(b"%PDF")
    (folder / "documents" / "ab" / ".abc.77.part").write_bytes(b"half")
    (folder / "run" / "signer.log").write_text("no")
    with closing(sqlite3.connect(folder / "db.sqlite3")) as database:
        database.execute("CREATE TABLE t (x)")
        database.execute("INSERT INTO t VALUES (7)")
        database.commit()
    return folder


def backup_of(data, **more) -> bytes:
    out = io.BytesIO()
    write_backup(out, data, ABOUT, TO, SystemRng(), **more)
    return out.getvalue()


def forged(*members: tuple[str, bytes], kind: bytes = tarfile.REGTYPE) -> bytes:
    """A backup as somebody could seal it who has our public key."""
    out = io.BytesIO()
    writer = SealedWriter(out, TO, SystemRng())
    with tarfile.open(fileobj=writer, mode="w|") as archive:
        for name, content in members:
            member = tarfile.TarInfo(name)
            member.size, member.type = len(content), kind if name.startswith("instance") else tarfile.REGTYPE
            archive.addfile(member, io.BytesIO(content))
    writer.finish()
    return out.getvalue()


def about(**changes) -> tuple[str, bytes]:
    return "about.json", json.dumps(GOOD | changes).encode()


def test_an_instance_comes_back_with_contents_and_modes_and_without_what_is_not_worth_keeping(data, tmp_path):
    into = tmp_path / "into"
    into.mkdir()
    assert read_backup(io.BytesIO(backup_of(data)), into, BY) == ABOUT
    again = into / "instance"
    assert (again / "secrets" / "service.key").read_bytes() == b"s" * 32
    assert (again / "secrets" / "service.key").stat().st_mode & 0o777 == 0o600
    assert (again / "secrets").stat().st_mode & 0o777 == 0o700
    assert (again / "repository" / "crl").is_dir()
    assert [path.name for path in (again / "documents" / "ab").iterdir()] == ["abc"]
    assert not (again / "run").exists()


def test_a_database_in_use_comes_back_as_it_was_at_one_moment(data, tmp_path):
    with closing(sqlite3.connect(data / "db.sqlite3", isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("INSERT INTO t VALUES (8)")
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO t VALUES (9)")
        made = backup_of(data)
        writer.execute("COMMIT")
    into = tmp_path / "into"
    into.mkdir()
    read_backup(io.BytesIO(made), into, BY)
    with closing(sqlite3.connect(into / "instance" / "db.sqlite3")) as again:
        assert again.execute("SELECT x FROM t ORDER BY x").fetchall() == [(7,), (8,)]


def test_a_dump_stands_in_for_the_database_file(data, tmp_path):
    dump = tmp_path / "rows"
    dump.write_text("{}")
    into = tmp_path / "into"
    into.mkdir()
    read_backup(io.BytesIO(backup_of(data, dump=dump)), into, BY)
    assert (into / "database.jsonl").read_text() == "{}"
    assert not (into / "instance" / "db.sqlite3").exists()


def test_a_file_that_cannot_be_read_makes_no_backup(data):
    (data / "db.sqlite3").write_bytes(b"this is no database, however long it may be" * 100)
    with pytest.raises(BackupNotWritten):
        backup_of(data)


@pytest.mark.parametrize(
    "name", ["instance/../../x", "/etc/x", "elsewhere/x", "database.jsonl/x", "instance/a\\..\\b/../c"]
)
def test_a_member_that_leads_elsewhere_is_refused(tmp_path, name):
    with pytest.raises(StreamDamaged):
        read_backup(io.BytesIO(forged(about(), (name, b"x"))), tmp_path, BY)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_links_and_devices_are_refused(tmp_path, kind):
    with pytest.raises(StreamDamaged):
        read_backup(io.BytesIO(forged(about(), ("instance/x", b""), kind=kind)), tmp_path, BY)


def test_a_backup_says_first_what_it_is(tmp_path):
    with pytest.raises(BackupNewer) as refused:
        read_backup(io.BytesIO(forged(about(format=2, release="9.0"))), tmp_path, BY)
    assert refused.value.parameters == {"release": "9.0"}
    for first in (("other.json", b"{}"), ("about.json", b"no"), ("about.json", b"[]"), about(surprise=1)):
        with pytest.raises(StreamUnreadable):
            read_backup(io.BytesIO(forged(first)), tmp_path, BY)
    with pytest.raises(StreamUnreadable):
        read_backup(io.BytesIO(forged(("about.json", b" " * 70_000))), tmp_path, BY)
    with pytest.raises(StreamUnreadable):
        read_backup(io.BytesIO(forged()), tmp_path, BY)


def test_a_backup_without_its_end_or_with_another_count_is_damaged(tmp_path):
    for number, end in enumerate(([], [("end.json", b'{"files": 2, "octets": 1}')])):
        into = tmp_path / str(number)
        into.mkdir()
        with pytest.raises(StreamDamaged):
            read_backup(io.BytesIO(forged(about(), ("instance/x", b"x"), *end)), into, BY)


def test_what_is_no_archive_is_damaged(tmp_path):
    out = io.BytesIO()
    writer = SealedWriter(out, TO, SystemRng())
    writer.write(b"no archive" * 1000)
    writer.finish()
    with pytest.raises(StreamDamaged):
        read_backup(io.BytesIO(out.getvalue()), tmp_path, BY)


def test_a_member_that_comes_twice_is_refused(tmp_path):
    with pytest.raises(BackupNotUnpacked):
        read_backup(io.BytesIO(forged(about(), ("instance/x", b"1"), ("instance/x", b"2"))), tmp_path, BY)
