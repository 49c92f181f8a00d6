"""The row of the annual report: a year of signatures counted on PostgreSQL and typeset, as the worker does it.

The figure is seconds for ROWS uses of keys (500,000; `python -m soak --only report` measures five million, which may
take thirty seconds and 512 MiB of the worker).
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from bench.rows import Bench, Figure, Judged, PeerMissing, Row, Selected, Wanted

_ANNUAL = Row(name="report.annual", unit="s", wanted=Wanted.LESS, judged=Judged.VALUE, must=10, aim=4)
_TOOLS: Final = Path(__file__).resolve().parents[1] / "tools"


def measured(rows: int) -> dict[str, Any]:
    """What a process of its own found. Raises PeerMissing."""
    if shutil.which("pg_ctl") is None and not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        raise PeerMissing("PostgreSQL is not installed")
    with tempfile.TemporaryDirectory() as folder:
        command = [str(_TOOLS / "with_postgres.sh"), sys.executable, "-m", "bench.report_work", folder]
        environment = os.environ | {"ROWS": str(rows)}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise PeerMissing(f"the measurement failed: {done.stderr.strip().splitlines()[-1:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _annual(_wanted: Selected) -> Iterator[tuple[Row, Figure]]:
    found = measured(int(os.environ.get("ROWS", "500000")))
    note = (
        f"{found['rows']:,} uses of the year, {found['counted']:.1f} s of it counting; peak {found['rss']:.0f} MiB;"
        f" progress told {found['told']} times"
    )
    yield _ANNUAL, Figure(value=found["seconds"], n=1, note=note)


BENCHES: tuple[Bench, ...] = (Bench((_ANNUAL,), _annual),)
