"""The rows of the portal: a page's picture, an inbox with ten thousand documents, two hundred signed by one act.

Each runs on an instance of its own, made by the demo, in a process of its own (`bench.portal_work`). There is no peer:
what is judged is the time that a person waits. `desk.200` ends when the last document has its archive time-stamp and
has been verified; the note says after how many seconds the page answered, and what the processors worked.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from typing import Final

from bench.rows import Bench, Figure, Judged, PeerMissing, Row, Selected, Wanted

_DESK = Row(name="desk.200", unit="s", wanted=Wanted.LESS, judged=Judged.VALUE, must=20)
_INBOX = Row(name="page.inbox", unit="ms", wanted=Wanted.LESS, judged=Judged.VALUE, must=100)
_FIRST = Row(name="page.picture", unit="ms", wanted=Wanted.LESS, judged=Judged.VALUE, must=60)
_AGAIN = Row(name="page.picture.cached", unit="ms", wanted=Wanted.LESS, judged=Judged.VALUE, must=10)


def _work(task: str) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "bench.portal_work", task, folder]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  (ours)
    if done.returncode:
        raise PeerMissing(f"the measurement failed: {done.stderr.strip().splitlines()[-1:]}")
    measured: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return measured


def _desk(_wanted: Selected) -> Iterator[tuple[Row, Figure]]:
    found = _work("desk")
    answered, spent = found["answered"], found["cpu"]
    note = f"RSA-2048, B-LTA, verified; the page answered after {answered:.3g} s; {spent:.3g} CPU-s in all"
    yield _DESK, Figure(value=found["seconds"], n=int(found["done"]), note=note)


def _inbox(_wanted: Selected) -> Iterator[tuple[Row, Figure]]:
    found = _work("inbox")
    yield _INBOX, Figure(value=found["p95"], note=f"p95 with 10,000 waiting; median {found['median']:.3g} ms")


def _picture(_wanted: Selected) -> Iterator[tuple[Row, Figure]]:
    found = _work("picture")
    yield _FIRST, Figure(value=found["first"], note="A4, text, 1,400 pixels, median")
    yield _AGAIN, Figure(value=found["again"], note="the same, from the shelf")


BENCHES: Final = (Bench((_FIRST, _AGAIN), _picture), Bench((_INBOX,), _inbox), Bench((_DESK,), _desk))
