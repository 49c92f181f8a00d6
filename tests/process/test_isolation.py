"""Files of strangers in real worker processes: what kills, hangs or swells costs only itself, and is answered."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic, sleep

import pytest
from tests.conformance.pades_samples import bench, blank_pdf, sign

from absah.adapters.isolation.pool import IsolatedPool, TookTooLong, TooMuchMemory, WorkerLost, WorkerNotStarted
from absah.adapters.verification import WARM, verify_document
from absah.kernel.clock import SystemClock
from absah.pdf.refusals import Encrypted, NotAPdf
from absah.validation.conclusion import Indication

HERE = "tests.fakes.hostile"


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[IsolatedPool]:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    with IsolatedPool(2, SystemClock(), seconds=1, patience=60) as pool:
        yield pool


def test_what_a_file_does_to_a_worker_is_answered_and_costs_nobody_else(pool: IsolatedPool) -> None:
    for function, expected in (
        ("die", WorkerLost), ("burn", TookTooLong), ("swell", TooMuchMemory),
        ("refuse", Encrypted), ("betray", WorkerLost),
    ):  # fmt: skip
        with pytest.raises(expected):
            pool.run(f"{HERE}:{function}", b"x")
        assert pool.run(f"{HERE}:length", b"abc") == 3


def test_a_worker_that_does_nothing_is_not_waited_for_long(pool: IsolatedPool, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as impatience:
        impatience.setattr(pool, "_patience", 0.5)
        with pytest.raises(TookTooLong):
            pool.run(f"{HERE}:wait", b"x")
    assert pool.run(f"{HERE}:length", b"abc") == 3


def test_a_large_document_arrives_whole_and_calls_may_come_at_once(pool: IsolatedPool) -> None:
    document = bytes(20 << 20)
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: pool.run(f"{HERE}:length", document), range(6)))
    assert found == [len(document)] * 6


def test_a_worker_is_kept_and_no_secret_reaches_it(pool: IsolatedPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ABSAH_SECRET", "x")
    first = pool.run(f"{HERE}:who", b"")
    assert pool.run(f"{HERE}:who", b"") == first
    assert isinstance(first, tuple)
    assert "ABSAH_SECRET" not in first[1]


def test_a_worker_that_has_served_long_goes_when_the_next_is_ready_and_not_before(
    pool: IsolatedPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("absah.adapters.isolation.pool._MOST_TASKS", 2)
    first = pool.run(f"{HERE}:who", b"")
    began = monotonic()
    while (now_serving := pool.run(f"{HERE}:who", b"")) == first:
        assert monotonic() - began < 60
        sleep(0.01)
    assert now_serving != first
    assert isinstance(first, tuple)
    with pytest.raises(ProcessLookupError):
        os.kill(first[0], 0)


def test_the_report_is_the_same_whoever_opens_the_file() -> None:
    signed = sign(blank_pdf(), level="B-LTA", box=(50, 50, 200, 100))
    context = bench().context()
    with IsolatedPool(1, SystemClock(), warm=WARM) as pool:
        pool.warm_up()
        report = verify_document(signed, context, pool=pool)
        assert report == verify_document(signed, context)
        assert report.indication is Indication.TOTAL_PASSED
        with pytest.raises(NotAPdf):
            verify_document(b"no pdf", context, pool=pool)


def test_a_worker_that_cannot_start_is_a_service_that_does_not_answer() -> None:
    with IsolatedPool(1, SystemClock(), warm=("absah.no_such_module",)) as pool, pytest.raises(WorkerNotStarted):
        pool.run(f"{HERE}:length", b"")
