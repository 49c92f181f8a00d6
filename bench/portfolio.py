"""The rows of agreements: the portfolio of 600 with four years of 17 duties each, and the board of one of them.

Both are whole pages, from the request to the last byte, through every layer of the site, on SQLite; the figure is the
95th percentile in milliseconds. The count that the first visitor of a day waits for, where the worker has not made it,
stands in the note.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator

from bench.rows import Bench, Figure, Judged, PeerMissing, Row, Selected, Wanted

_PORTFOLIO = Row(name="page.portfolio", unit="ms", wanted=Wanted.LESS, judged=Judged.VALUE, must=200, aim=100)
_BOARD = Row(name="page.portfolio.board", unit="ms", wanted=Wanted.LESS, judged=Judged.VALUE, must=200, aim=100)


def _pages(_wanted: Selected) -> Iterator[tuple[Row, Figure]]:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "bench.portfolio_work", folder]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  (ours)
    if done.returncode:
        raise PeerMissing(f"the measurement failed: {done.stderr.strip().splitlines()[-1:]}")
    found = json.loads(done.stdout.splitlines()[-1])
    note = (
        f"{found['agreements']:.0f} agreements, {found['facts']:.0f} facts; median {found['portfolio_median']:.0f} ms;"
        f" after one agreement changed {found['after_change']:.0f} ms; first count of a day {found['first']:.1f} s"
    )
    yield _PORTFOLIO, Figure(value=found["portfolio"], n=int(found["visits"]), note=note)
    yield _BOARD, Figure(value=found["board"], n=int(found["visits"]), note=f"median {found['board_median']:.0f} ms")


BENCHES: tuple[Bench, ...] = (Bench((_PORTFOLIO, _BOARD), _pages),)
