"""Workers of a batch come from a nursery; whoever dies is replaced."""

import hashlib
import os
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NoReturn

import pytest
from tests.fixtures_signer import PERSON
from tests.process.batch_workbench import open_workbench

from absah.adapters import batch_worker
from absah.adapters.batch_folders import BatchFolders
from absah.adapters.batch_pool import WorkerDied, WorkerPool, WorkersNotStarted
from absah.adapters.batch_tasks import Answer, Assignment, HashTask, Workbench
from absah.signing.batch.order import BatchOrder

TASK = HashTask(names=("a.pdf", "gone.pdf"))


def refuse() -> Workbench:
    raise WorkerDied


def die() -> Workbench:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def die_at_first(died: Path) -> Workbench:
    if not died.exists():
        died.touch()
        die()
    return open_workbench(died)


def tell_who(told: Path) -> Workbench:
    told.write_text(str(os.getpid()))
    return open_workbench(told)


def never_end() -> Workbench:
    """A worker that needs for ever for whatever it is given, and may take a second."""

    def spin(*_: object) -> NoReturn:
        while True:
            pass

    batch_worker.MOST_SECONDS = 1
    BatchFolders.hashes = spin
    return open_workbench(Path("none.sock"))


def assignment(folder: Path, opening=None) -> Assignment:
    (folder / "in").mkdir(exist_ok=True)
    (folder / "in" / "a.pdf").write_bytes(b"a")
    return Assignment(
        order=BatchOrder(credential=PERSON, application="batch"),
        folders=BatchFolders(inputs=folder / "in", outputs=folder / "out"),
        opening=opening or partial(open_workbench, folder / "none.sock"),
    )


@pytest.fixture
def pool(tmp_path: Path) -> Iterator[WorkerPool]:
    with WorkerPool(2, assignment(tmp_path)) as made:
        yield made


def answer_of(pool: WorkerPool) -> Answer:
    pool.submit(TASK)
    while not (answered := pool.wait(10)):
        assert pool.busy
    (_, answer) = answered[0]
    return answer


def test_a_worker_answers_for_each_file(pool: WorkerPool):
    found = answer_of(pool)
    assert isinstance(found, tuple)
    assert found[0] == hashlib.sha256(b"a").hexdigest()
    assert getattr(found[1], "code", "") == "engine.file-unread"


def test_a_nursery_that_dies_takes_its_workers_along_and_is_replaced(pool: WorkerPool):
    while not all(worker.ready for worker in pool._workers):
        pool.wait(10)
    os.kill(pool._nursery._process.pid, signal.SIGKILL)
    pool._nursery._process.wait()
    assert isinstance(answer_of(pool), tuple | WorkerDied)
    assert isinstance(answer_of(pool), tuple | WorkerDied)
    assert isinstance(answer_of(pool), tuple)


def test_workers_that_cannot_open_what_they_need_end_the_batch(tmp_path: Path):
    with WorkerPool(1, assignment(tmp_path, refuse)) as pool, pytest.raises(WorkerDied):
        answer_of(pool)
    with WorkerPool(1, assignment(tmp_path, die)) as pool, pytest.raises(WorkersNotStarted):
        answer_of(pool)


def test_a_worker_that_ends_while_it_begins_is_replaced_and_its_tasks_are_done(tmp_path: Path):
    with WorkerPool(1, assignment(tmp_path, partial(die_at_first, tmp_path / "died"))) as pool:
        assert isinstance(answer_of(pool), tuple)


def test_nobody_waits_for_a_worker_that_does_not_listen(tmp_path: Path):
    told = tmp_path / "told"
    with WorkerPool(1, assignment(tmp_path, partial(tell_who, told))) as pool:
        assert answer_of(pool)
        worker = int(told.read_text())
        os.kill(worker, signal.SIGSTOP)
        try:
            while pool.free:
                pool.submit(HashTask(names=tuple(f"{number}.pdf" for number in range(1_000))))
            assert pool.wait(0.01) == []
            assert pool._workers[0].pipe.behind
        finally:
            os.kill(worker, signal.SIGCONT)
        heard = []
        while pool.busy:
            heard += [answer for _, answer in pool.wait(10)]
    assert {len(answer) for answer in heard} == {1_000}


def test_a_document_that_never_ends_ends_its_worker(tmp_path: Path):
    with WorkerPool(1, assignment(tmp_path, never_end)) as pool:
        assert isinstance(answer_of(pool), WorkerDied)
