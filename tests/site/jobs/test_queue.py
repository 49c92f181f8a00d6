"""The queue itself: a number goes in, the same number comes out, and nothing in between can be run."""

import signal
from dataclasses import replace
from pathlib import Path
from queue import Queue

import pytest
from django.db import connection

from absah_site import composition
from absah_site.jobs import adapter


@pytest.mark.django_db
def test_a_number_travels_and_rubbish_in_the_queue_harms_nobody(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings
) -> None:
    monkeypatch.setattr(composition, "config", lambda: replace(settings.CONFIG, data=tmp_path))
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # huey takes the signals of its process
    adapter._queue().storage.close()  # a test that committed may have left a connection
    adapter._queue.cache_clear()
    came: Queue[int] = Queue()
    try:
        adapter._queue().storage.flush_queue()  # in PostgreSQL it is that of all tests, and some commit
        adapter._queue().storage.enqueue(b"cos\nsystem\n(S'exit 1'\ntR.", 1)  # what a pickle would run
        adapter.send(2**40)
        with adapter.consuming(came.put, threads=2):
            assert came.get(timeout=60) == 2**40
            adapter.send(7)
            assert came.get(timeout=60) == 7
        if connection.vendor == "sqlite":
            assert (tmp_path / "run" / "jobs.sqlite3").exists()
            assert (tmp_path / "run").stat().st_mode & 0o077 == 0
    finally:
        adapter._queue().storage.close()
        adapter._queue.cache_clear()
