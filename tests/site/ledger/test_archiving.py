"""Old entries move into files: nothing else leaves the ledger, a kill loses nothing, all stays provable."""

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from tests.fixtures_instance import Instance, Walk
from tests.site.ledger.conftest import OPERATOR, Log, run_sql
from tests.site.ledger.test_offline import run
from tests.site.ledger.test_pages import here, signed_in
from tests.site.oversight.conftest import bare_instance, instance, office, walk
from tests.site.signing.test_sign_for_subscriber import order

from absah.adapters.log_key import open_log_key
from absah.audit.tags import LedgerTag
from absah.kernel.clock import Instant, instant
from absah_site import append_only
from absah_site.audit.access import every_entry, latest_entries, verify_ledger
from absah_site.audit.actions import RowsNotLetGo, let_go
from absah_site.cli import doctor
from absah_site.jobs import adapter
from absah_site.ledger import access, actions
from absah_site.ledger.actions import archiving
from absah_site.roles import Role
from absah_site.signing.actions import sign_for_subscriber
from absah_site.validation import access as validation

__all__ = ["bare_instance", "here", "instance", "office", "walk"]

pytestmark = pytest.mark.django_db


def old_and_new(log: Log, count: int = 40) -> tuple[list[int], Instant]:
    """Rows of a year ago, and a moment between them and those of today."""
    rows = log.write(count)
    log.head()
    log.clock.advance(timedelta(days=365))
    log.write(5)
    log.head()
    return rows, instant(log.clock.now() - timedelta(days=30))


def in_database() -> set[int]:
    return {number for number, _, _ in every_entry()}


def test_old_entries_leave_for_a_file_and_stay_provable(
    log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archiving, "_CHUNK", 16)
    rows, moment = old_and_new(log)
    checkpoint = log.head()
    before = access.prove_entry(rows[7]).to_bytes()
    folder = access.archive_folder()

    done = actions.archive_part(folder, before=moment, by=OPERATOR)
    assert done is not None
    assert (done.part.begin, done.removed) == (0, done.part.end)
    assert hashlib.sha256(done.file.read_bytes()).hexdigest() == done.part.sha256
    assert in_database().isdisjoint(rows)
    assert latest_entries(limit=1)[0][1].tag is LedgerTag.PART_ARCHIVED
    assert actions.archive_part(folder, before=moment, by=OPERATOR) is None

    report = log.verify(checkpoint)
    assert report.intact
    assert (report.archived, report.unseen) == (done.part.end, 0)
    assert verify_ledger().intact
    assert access.prove_entry(rows[7]).to_bytes() == before
    assert {one.row for one in access.proof_bundle(rows=rows).rows} == set(rows)

    elsewhere = tmp_path / "elsewhere.jsonl"
    done.file.rename(elsewhere)
    assert log.verify().unseen == done.part.end
    assert access.verify_log(frozenset({checkpoint.signed.head.log}), archives=[elsewhere]).unseen == 0
    with pytest.raises(access.RowArchived):
        access.prove_entry(rows[7])
    assert access.prove_entry(rows[7], files=[elsewhere]).to_bytes() == before
    assert ("warning", "doctor.parts-elsewhere") in [
        (one.health.value, one.message) for one in doctor.check_log(None, log.clock)
    ]


def test_parts_and_the_rest_of_the_database_are_one_log_for_the_offline_verifier(log: Log, tmp_path: Path) -> None:
    parts = []
    for _ in range(2):
        _, moment = old_and_new(log)
        done = actions.archive_part(tmp_path / "parts", before=moment, by=OPERATOR)
        assert done is not None
        parts.append(done.file)
    kept, rest = tmp_path / "kept.json", tmp_path / "rest.jsonl"
    checkpoint = log.head()
    kept.write_bytes(checkpoint.to_bytes())
    log.write(3)
    log.head()
    assert actions.write_archive(rest, by=OPERATOR) > 0
    code, found = run("archive", *parts, rest, "--against", kept, "--log", checkpoint.signed.head.log)
    assert (code, found.get("checkpoints")) == (0, 1), found
    assert run("archive", parts[1])[0] == 0  # each stands for itself as well
    assert run("archive", parts[0], rest)[0] == 1  # one is missing between them
    lines = parts[1].read_bytes().splitlines(keepends=True)
    parts[1].write_bytes(b"".join([*lines[:4], lines[4].replace(b"system", b"sistem"), *lines[5:]]))
    assert run("archive", *parts, rest)[0] == 1
    damages = {
        one.damage.name for one in access.verify_log(frozenset({checkpoint.signed.head.log}), archives=parts).findings
    }
    assert "PART_DIFFERS" in damages
    assert "ROW_CHANGED" in damages


def test_the_database_lets_go_of_nothing_but_rows_of_a_recorded_part(log: Log) -> None:
    rows, moment = old_and_new(log)
    with pytest.raises(RowsNotLetGo), transaction.atomic():
        let_go(rows[:1])
    head = log.head().size
    for begins, ends in ((1, 5), (0, head + 1), (0, 0)):
        with pytest.raises(DatabaseError, match="goes on from the last"), transaction.atomic():
            run_sql(
                "INSERT INTO ledger_part (begins, ends, sha256, archived_at, archived_by) VALUES (%s, %s, %s, %s, %s)",
                begins, ends, "00", "2026-11-27 00:00:00+00", "system:x",
            )  # fmt: skip
    done = actions.archive_part(access.archive_folder(), before=moment, by=OPERATOR)
    assert done is not None
    for statement in (
        "DELETE FROM audit_entry",
        "UPDATE audit_entry SET actor = 'x'",
        "DELETE FROM ledger_part",
        "UPDATE ledger_part SET ends = 999",
        "DELETE FROM ledger_leaf WHERE position = 0",
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            run_sql(statement)
    assert log.verify().intact


def test_killed_at_any_step_nothing_is_lost_and_the_next_run_goes_on(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archiving, "_CHUNK", 8)
    _, moment = old_and_new(log)
    everything = in_database()
    folder = access.archive_folder()

    class Killed(BaseException):
        pass

    def die(*_: object, **__: object) -> None:
        raise Killed

    for step in ("_write", "_checked", "_record"):
        with monkeypatch.context() as dying:
            dying.setattr(archiving, step, die)
            with pytest.raises(Killed):
                actions.archive_part(folder, before=moment, by=OPERATOR)
        assert in_database() == everything
        assert log.verify().intact
    calls = 0

    def die_later(entries):
        nonlocal calls
        calls += 1
        if calls == 3:
            raise Killed
        return let_go(entries)

    with monkeypatch.context() as dying:
        dying.setattr(archiving, "let_go", die_later)
        with pytest.raises(Killed):
            actions.archive_part(folder, before=moment, by=OPERATOR)
    half = in_database()
    assert everything - half
    report = log.verify()
    assert report.intact
    assert report.unseen == 0
    (file,) = folder.iterdir()
    away = file.rename(folder.parent / "away")
    with pytest.raises(actions.PartNotHere):  # without the file no further row leaves
        actions.archive_part(folder, before=moment, by=OPERATOR)
    away.rename(file)
    done = actions.archive_part(folder, before=moment, by=OPERATOR)
    assert done is not None
    assert 0 < done.removed < done.part.end
    assert log.verify().intact


def test_a_file_that_a_killed_run_never_recorded_is_swept_away_by_the_next(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, moment = old_and_new(log)
    folder = access.archive_folder()

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(archiving, "_checked", die)
        with pytest.raises(KeyboardInterrupt):
            actions.archive_part(folder, before=moment, by=OPERATOR)
    (left,) = folder.iterdir()
    (folder / "catatan.txt").write_text("ours to keep")
    log.clock.advance(timedelta(days=60))
    log.head()
    done = actions.archive_part(folder, before=log.clock.now(), by=OPERATOR)  # more is old by now
    assert done is not None
    assert left.name != done.file.name
    assert {path.name for path in folder.iterdir()} == {done.file.name, "catatan.txt"}
    assert log.verify().intact


def test_on_postgresql_only_an_archivist_records_a_part_and_lets_rows_go(log: Log) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite knows no roles")
    _, moment = old_and_new(log)
    for name, archivist in (("absah_running", False), ("absah_archive", True)):
        run_sql(f"CREATE ROLE {name}")
        for statement in append_only.grants_for(name, connection, archivist=archivist):
            run_sql(statement)
    run_sql("SET LOCAL ROLE absah_running")
    with pytest.raises(RowsNotLetGo):
        actions.archive_part(access.archive_folder(), before=moment, by=OPERATOR)
    run_sql("SET LOCAL ROLE absah_archive")
    done = actions.archive_part(access.archive_folder(), before=moment, by=OPERATOR)
    assert done is not None
    assert done.removed == done.part.end
    with pytest.raises(DatabaseError, match=r"append-only|permission denied"), transaction.atomic():
        run_sql("DELETE FROM audit_entry")
    run_sql("RESET ROLE")


def test_a_row_that_was_touched_is_not_archived_away(log: Log) -> None:
    rows, moment = old_and_new(log)
    append_only.remove(connection, "audit_entry")
    run_sql("DELETE FROM audit_entry WHERE id = %s", rows[3])
    append_only.install(connection, "audit_entry")
    with pytest.raises(actions.RowsDamaged):
        actions.archive_part(access.archive_folder(), before=moment, by=OPERATOR)
    assert rows[4] in in_database()


def test_a_document_keeps_its_entry_and_its_proof_when_its_row_was_archived(
    walk: Walk, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk.activated(with_totp=True)
    instance = walk.instance
    monkeypatch.setattr(adapter, "send", lambda _: None)
    log = Log(instance.config.data, instance.clock, open_log_key(instance.config.data, instance.rng))
    signed = sign_for_subscriber(order())
    log.sequencer.round()
    address = f"/rekam-jejak/dokumen/{signed.sha256}.json"
    before = client.get(address).content
    found = validation.examine(signed.document, name="x", password=None, now=instance.clock.now())
    instance.clock.advance(timedelta(days=2))
    done = actions.archive_part(access.archive_folder(), before=instance.clock.now(), by=OPERATOR)
    assert done is not None
    assert client.get(address).content == before
    again = validation.examine(signed.document, name="x", password=None, now=instance.clock.now())
    assert (again.logged, again.entries) == (found.logged, found.entries)
    done.file.unlink()
    assert client.get(address).status_code == 404


def test_an_auditor_finds_an_archived_row_at_its_address(instance: Instance, here: Log) -> None:
    rows, moment = old_and_new(here)
    client = signed_in(instance, "audi", Role.AUDITOR)
    done = actions.archive_part(access.archive_folder(), before=moment, by=OPERATOR)
    assert done is not None
    page = client.get("/rekam-jejak/").content.decode()
    assert "entri tertua ada di berkas bagian arsip" in page
    assert "thing:<wbr>1" in client.get(f"/rekam-jejak/{rows[2]}/").content.decode()
    done.file.unlink()
    gone = client.get(f"/rekam-jejak/{rows[2]}/")
    assert gone.status_code == 404
    assert done.file.name in gone.content.decode()
    assert client.get("/rekam-jejak/99999999/").status_code == 404
