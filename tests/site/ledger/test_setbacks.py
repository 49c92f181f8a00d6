"""Rows whose time runs backwards, and rows that wait: kept, told on the pages, by `verify` and by the doctor."""

from datetime import timedelta

import pytest
from tests.fixtures_instance import Instance
from tests.site.ledger.conftest import Log
from tests.site.ledger.test_pages import here, signed_in
from tests.site.oversight.conftest import bare_instance, instance

from absah_site.cli import doctor
from absah_site.ledger import access
from absah_site.ledger.access import verifying
from absah_site.ledger.store.sequence import Watch, add_batch
from absah_site.roles import Role

__all__ = ["bare_instance", "here", "instance"]

pytestmark = pytest.mark.django_db


def told(log: Log) -> list[tuple[str, str]]:
    return [(one.health.value, one.message) for one in doctor.check_log(None, log.clock)]


def test_rows_dated_before_earlier_ones_are_kept_as_found_and_found_again(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.write(3)
    log.clock.advance(timedelta(seconds=-50))
    log.write(2)  # an act that took its time
    log.sequencer.round()
    assert (access.time_setbacks(), told(log)) == ((), [("ok", "doctor.log-well")])

    log.sequencer.catch_up()
    log.clock.advance(timedelta(hours=-1))
    rows = log.write(4)
    add_batch(Watch(), limit=2)
    add_batch(Watch(), limit=2)
    log.clock.advance(timedelta(hours=2))
    log.write(1)
    log.sequencer.catch_up()

    kept = access.time_setbacks()
    assert [one.row for one in kept] == [rows[2], rows[0]]  # the newest first; each batch tells its own
    assert access.rows_set_back([*rows, rows[0] - 1]) == set(rows)
    monkeypatch.setattr(verifying, "_CHUNK", 3)
    report = log.verify()
    assert report.intact
    (found,) = report.setbacks
    assert (found.end - found.begin, found.seconds, report.rows[found.begin]) == (4, 3650, rows[0])
    assert report.to_dict()["setbacks"] == [found.to_dict()]
    assert told(log) == [("ok", "doctor.log-well"), ("warning", "doctor.log-setbacks")]


def test_rows_that_wait_are_counted_and_after_a_minute_somebody_should_look(log: Log) -> None:
    log.write(7)
    log.clock.advance(timedelta(seconds=30))
    standing = access.log_standing()
    assert (standing.waiting, standing.late(now=log.clock.now())) == (7, 30)
    assert told(log) == [("ok", "doctor.log-well")]
    log.clock.advance(timedelta(seconds=31))
    assert told(log) == [("warning", "doctor.log-late")]
    log.sequencer.catch_up()
    assert access.log_standing().waiting == 0


def test_auditors_see_what_runs_backwards_and_officers_what_waits(instance: Instance, here: Log) -> None:
    here.write(1)
    instance.clock.advance(timedelta(hours=-1))
    (row,) = here.write(1)
    here.sequencer.catch_up()
    instance.clock.advance(timedelta(hours=3))
    client = signed_in(instance, "audi", Role.AUDITOR)
    page = client.get("/rekam-jejak/").content.decode()
    assert "Waktu berjalan mundur 1 kali" in page
    assert f'<a class="num" href="/rekam-jejak/{row}/">' in page
    assert page.count('class="badge warn"') == 1
    assert "Waktu baris ini berjalan mundur." in client.get(f"/rekam-jejak/{row}/").content.decode()
    assert "Waktu baris ini" not in client.get(f"/rekam-jejak/{row - 1}/").content.decode()
    here.sequencer.round()
    here.sequencer.round()
    here.write(12)
    instance.clock.advance(timedelta(seconds=75))
    page = client.get("/rekam-jejak/titik/").content.decode()
    assert "12 baris menunggu, yang tertua selama 75 detik" in page
