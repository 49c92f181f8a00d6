"""The rows of the ledger: writing, sequencing, proving, verifying; each in a process of its own, on its database.

`ledger.write` compares transactions that are on the disk when they end: a fact alone, and the same fact with its row
while a sequencer takes the rows into the log, as in service. Fact and row are what the portal commits before a key is
used (`signing.actions.intend`), the most frequent pair there is: the store's own `add`, and a row whose subject is new
each time. Most other acts do more beside their row: a case, a certificate, the end of a signature. The note has the
ratio for the lightest fact one can think of, a row of 300 letters without an index, which nothing here writes.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bench.rows import Bench, Figure, Judged, PeerMissing, Row, Selected, Wanted

_WRITE = Row(name="ledger.write", unit="transactions/s", must=0.7, aim=0.9)
_SEQUENCE = Row(name="ledger.sequence", unit="rows/s", judged=Judged.VALUE, must=5_000, aim=20_000)
_PROOF = Row(name="ledger.proof", unit="ms", wanted=Wanted.LESS, judged=Judged.VALUE, must=5, aim=1)
_VERIFY = Row(name="ledger.verify", unit="rows/s", judged=Judged.VALUE, must=100_000, aim=500_000)
_POSTGRES: Final = str(Path(__file__).resolve().parents[1] / "tools" / "with_postgres.sh")


def _work(task: str, /, *before: str) -> dict[str, float]:
    """What a process of its own measured."""
    with tempfile.TemporaryDirectory() as folder:
        command = [*before, sys.executable, "-m", "bench.ledger_work", task, folder]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  (ours)
    if done.returncode:
        raise PeerMissing(f"the measurement failed: {done.stderr.strip().splitlines()[-1:]}")
    measured: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return measured


def _postgres(_wanted: Selected) -> Iterator[tuple[Row, Figure]]:
    if shutil.which("pg_ctl") is None and not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        raise PeerMissing("PostgreSQL is not installed")
    found = _work("postgres", "env", "ABSAH_POSTGRES_FSYNC=on", _POSTGRES)
    note = (
        f"8 writers, the sequencer beside them; single rounds {found['least']:.3g} to {found['most']:.3g};"
        f" beside a bare row of 300 letters {found['bare']:.3g}"
    )
    yield _WRITE, Figure(value=found["ours"], peer=found["raw"], n=int(found["n"]), note=note)
    yield _SEQUENCE, Figure(value=found["sequenced"], n=int(found["rows"]), note="one sequencer, nobody writes")


def _proof(_wanted: Selected) -> Iterator[tuple[Row, Figure]]:
    found = _work("proof")
    note = f"SQLite, {int(found['rows'])} rows; median {found['median']:.2g} ms, each proof checked"
    yield _PROOF, Figure(value=found["p95"], n=int(found["n"]), note=f"95th percentile of processor time; {note}")


def _verify(_wanted: Selected) -> Iterator[tuple[Row, Figure]]:
    found = _work("verify")
    note = f"the offline verifier over an archive of {found['bytes'] / 1e6:.0f} MB, one core, processor time"
    yield _VERIFY, Figure(value=found["rate"], n=int(found["rows"]), note=note)


BENCHES: tuple[Bench, ...] = (
    Bench((_WRITE, _SEQUENCE), _postgres),
    Bench((_PROOF,), _proof),
    Bench((_VERIFY,), _verify),
)
