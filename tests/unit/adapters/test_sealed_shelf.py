"""What lies on the shelf is readable with its ticket, for its time, and by nobody else."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from absah.adapters.sealed_shelf import NotOnShelf, SealedShelf, ShelfLimits
from absah.kernel.clock import FixedClock, instant
from absah.kernel.rng import SystemRng

SECRET = b"Perjanjian rahasia " * 20


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(instant(datetime(2026, 11, 20, 7, 3, tzinfo=UTC)))


def shelf(folder: Path, clock: FixedClock, **limits) -> SealedShelf:
    return SealedShelf(folder, clock, SystemRng(), ShelfLimits(**limits))


def test_who_holds_the_ticket_reads_and_another_ticket_or_name_does_not(tmp_path: Path, clock: FixedClock) -> None:
    here = shelf(tmp_path / "shelf", clock)
    ticket, other = here.put({"1.webp": SECRET, "2.webp": b"two"}), here.put({"1.webp": b"other"})
    assert (here.take(ticket, "1.webp"), here.take(ticket, "2.webp")) == (SECRET, b"two")
    assert here.take(ticket, "1.webp") == SECRET  # it stays until its time is over
    for wrong_ticket, name in ((other, "2.webp"), (ticket, "3.webp"), ("", "1.webp"), ("../../etc", "1.webp")):
        with pytest.raises(NotOnShelf):
            here.take(wrong_ticket, name)


def test_another_process_with_the_same_folder_reads_it_too(tmp_path: Path, clock: FixedClock) -> None:
    ticket = shelf(tmp_path, clock).put({"a": SECRET})
    assert shelf(tmp_path, clock).take(ticket, "a") == SECRET


def test_the_disk_holds_neither_the_content_nor_its_name_nor_the_ticket(tmp_path: Path, clock: FixedClock) -> None:
    ticket = shelf(tmp_path, clock).put({"1.webp": SECRET})
    (path,) = tmp_path.iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert SECRET[:19] not in path.read_bytes()
    assert ticket not in path.name
    assert ticket.encode() not in path.read_bytes()


def test_what_was_changed_on_the_disk_is_not_handed_out(tmp_path: Path, clock: FixedClock) -> None:
    here = shelf(tmp_path, clock)
    ticket = here.put({"a": SECRET})
    (path,) = tmp_path.iterdir()
    written, until = path.read_bytes(), path.stat().st_mtime
    path.write_bytes(written[:-1] + bytes((written[-1] ^ 1,)))
    os.utime(path, (until, until))
    with pytest.raises(NotOnShelf):
        here.take(ticket, "a")


def test_after_its_time_it_is_refused_at_once_and_thrown_away_at_the_next_visit(
    tmp_path: Path, clock: FixedClock
) -> None:
    here = shelf(tmp_path, clock, lifetime=timedelta(minutes=15))
    ticket = here.put({"a": SECRET})
    clock.advance(timedelta(minutes=15))
    assert here.take(ticket, "a") == SECRET
    clock.advance(timedelta(seconds=1))
    with pytest.raises(NotOnShelf):
        here.take(ticket, "a")
    assert len(list(tmp_path.iterdir())) == 1
    here.put({"b": b"new"})
    assert len(list(tmp_path.iterdir())) == 1


def test_over_its_capacity_it_throws_away_what_ends_first(tmp_path: Path, clock: FixedClock) -> None:
    here = shelf(tmp_path, clock, capacity=3000)
    tickets = []
    for _ in range(5):
        tickets.append(here.put({"a": bytes(1000)}))
        clock.advance(timedelta(seconds=30))
    held = [ticket for ticket in tickets if _holds(here, ticket)]
    assert held == tickets[-3:]


def test_a_disk_that_takes_nothing_is_no_failure(tmp_path: Path, clock: FixedClock) -> None:
    (tmp_path / "file").write_bytes(b"")
    here = shelf(tmp_path / "file", clock)
    ticket = here.put({"a": SECRET})
    with pytest.raises(NotOnShelf):
        here.take(ticket, "a")


def _holds(here: SealedShelf, ticket: str) -> bool:
    try:
        here.take(ticket, "a")
    except NotOnShelf:
        return False
    return True
