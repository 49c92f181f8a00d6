"""Kills those who ask for jobs and the workers that do them, at random moments; then counts.

Two processes ask, each with a row of the ledger as the fact that calls for the work; two workers do it, each with a row
as its result. At the end there must be one job for each fact, and one result for each job: none lost, none twice.
"""

import os
import random
import sqlite3
import subprocess
import sys
import time
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

from soak.children import Children

_LONGEST_PAUSE: Final = 0.3
_LEASE: Final = timedelta(seconds=2)


def kill_workers(folder: Path, /, *, kills: int, seed: int = 1) -> dict[str, object]:
    """Kill so many processes, let the last workers finish, and judge."""
    data = folder.resolve() / f"jobs-{os.getpid()}"
    init = [sys.executable, "-m", "absah_site.cli", "init", "--role", "agency", "--data", str(data)]
    subprocess.run(init, check=True, capture_output=True)
    words = [sys.executable, "-m", "soak.job_kills", str(data), str(kills), str(seed)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        return {"held": False, "problem": done.stderr[-2000:]}
    return _judge(data) | {"kills": kills}


def _run(data: Path, kills: int, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  (moments, not secrets)
    work = partial(_work, data)
    with Children([_ask_for_ever, _ask_for_ever, work, work]) as children:
        for _ in range(kills):
            time.sleep(chance.uniform(0, _LONGEST_PAUSE))
            children.kill_one(chance)
        children.end(0, 1)  # nobody asks any more
        _wait_until_done(data)


def _count(data: Path, query: str) -> int:
    with sqlite3.connect(f"file:{data / 'db.sqlite3'}?mode=ro", uri=True, timeout=30) as connection:
        return int(connection.execute(query).fetchone()[0])


def _wait_until_done(data: Path) -> None:
    deadline = time.monotonic() + 60
    while _count(data, "SELECT count(*) FROM jobs_job WHERE kind = 'soak:do' AND state IN ('waiting', 'running')"):
        if time.monotonic() > deadline:
            return
        time.sleep(0.2)


def _judge(data: Path) -> dict[str, object]:
    asked = "SELECT count({}) FROM audit_entry WHERE tag = 'accounts:session:opened' AND subject LIKE 'thing:%'"
    made = "SELECT count({}) FROM audit_entry WHERE tag = 'accounts:session:closed' AND subject LIKE 'thing:%'"
    jobs = "SELECT count(*) FROM jobs_job WHERE kind = 'soak:do'"
    found = {
        "asked": _count(data, asked.format("*")),
        "jobs": _count(data, jobs),
        "done": _count(data, f"{jobs} AND state = 'done'"),
        "results": _count(data, made.format("*")),
        "different results": _count(data, made.format("DISTINCT subject")),
    }
    return {**found, "held": len(set(found.values())) == 1 and found["asked"] > 0}


def _ask_for_ever() -> None:
    from django.db import transaction

    from absah.audit.tags import AccountTag
    from absah.kernel.rng import opaque_id
    from absah_site import composition
    from absah_site.audit.actions import record
    from absah_site.jobs.actions import enqueue

    while True:
        thing = f"thing:{opaque_id(composition.rng())}"
        now = composition.clock().now()
        with transaction.atomic():
            record(at=now, tag=AccountTag.SIGNED_IN, actor="system:soak", subject=thing)
            enqueue("soak:do", thing)
        time.sleep(0.02)


def _register() -> None:
    from django.db import transaction

    from absah.audit.tags import AccountTag
    from absah_site import composition
    from absah_site.audit.access import entries_about
    from absah_site.audit.actions import record
    from absah_site.jobs import actions
    from absah_site.jobs.actions import Work, sweeping, work

    work.LEASE = sweeping.LOST_AFTER = _LEASE  # type: ignore[misc]  # the dead are to be missed soon

    def do(work: Work) -> None:
        work.progress(0, 1)
        time.sleep(0.01)
        with transaction.atomic():
            if all(entry.tag is not AccountTag.SIGNED_OUT for entry in entries_about(work.reference)):
                now = composition.clock().now()
                record(at=now, tag=AccountTag.SIGNED_OUT, actor="system:soak", subject=work.reference)

    actions.register("soak:do", do, retries=1000)


def _work(data: Path) -> None:
    from absah_site.cli.main import main as absah

    absah(["worker", "--data", str(data)])


def main() -> None:
    data, kills, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    from absah_site.cli.instance import open_instance

    open_instance(data)
    _register()
    _run(data, kills, seed)


if __name__ == "__main__":
    main()
