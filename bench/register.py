"""The rows of the register: issuing, its scale, and a list of a million entries.

Each runs in a process of its own (`bench.register_work`), as a process has one database. An instance is made for it,
with the real signer process for the list and a signer in the same process for issuing, whose journal, two commits to a
file of its own, is part of the work. PostgreSQL waits for the disk here, as it does in production.

The raw operation is one signature over as many bytes, and two inserts, each committed by itself: what issuing a
certificate costs if nothing is looked at. Ours looks: the profile, the key, who has a certificate already; it signs
once more with a key nobody keeps, so that the whole certificate can be linted, and verifies what it signed; it writes
intention, certificate, two rows of the ledger and two of the signer's journal.

An authority with many certificates to issue issues them together, which is what the rows measure: 64 share their
commits, and each is intended, signed, concluded and on the disk when the call comes back, as each of the raw
operation's inserts is. On a slow disk that alone is worth several times the rest, so the note has the ratio of
processor time (of this process) and what one by itself takes, three commits in a row against two. `register.scale`
counts processor time, as the register is what is looked at there.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bench.register_scale import FEW, compare, make_register
from bench.rows import Bench, Figure, Judged, PeerMissing, Row, Selected, Wanted

_SQLITE = Row(name="issue.sqlite", unit="certificates/s", must=0.4, aim=0.6)
_POSTGRESQL = Row(name="issue.postgresql", unit="certificates/s", must=0.4, aim=0.6)
_OCSP = Row(name="register.scale.ocsp", unit="answers/CPU-s", must=0.9, aim=1.0)
_ISSUE = Row(name="register.scale.issue", unit="certificates/CPU-s", must=0.9, aim=1.0)
_MILLION = Row(name="crl.million", unit="s", wanted=Wanted.LESS, judged=Judged.VALUE, must=20, aim=5)
_ENTRIES: Final = 1_000_000
_TOOLS: Final = Path(__file__).resolve().parents[1] / "tools"


def _work(task: str, folder: Path, /, *before: str) -> dict[str, float]:
    """What a process of its own measured."""
    command = [*before, sys.executable, "-m", "bench.register_work", task, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  (ours)
    if done.returncode:
        raise PeerMissing(f"the measurement failed: {done.stderr.strip().splitlines()[-1:]}")
    measured: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return measured


def _issue(row: Row, *before: str) -> Iterator[tuple[Row, Figure]]:
    with tempfile.TemporaryDirectory() as folder:
        found = _work("issue", Path(folder), *before)
    note = (
        f"64 together; one by one {found['single']:.4g}/s, ratio {found['single'] / found['raw']:.3g};"
        f" processor time alone {found['cpu']:.3g}; single rounds {found['least']:.3g} to {found['most']:.3g}"
    )
    yield row, Figure(value=found["ours"], peer=found["raw"], n=int(found["n"]), note=note)


def _issue_sqlite(_wanted: Selected) -> Iterator[tuple[Row, Figure]]:
    yield from _issue(_SQLITE)


def _issue_postgresql(_wanted: Selected) -> Iterator[tuple[Row, Figure]]:
    if shutil.which("pg_ctl") is None and not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        raise PeerMissing("PostgreSQL is not installed")
    yield from _issue(_POSTGRESQL, "env", "ABSAH_POSTGRES_FSYNC=on", str(_TOOLS / "with_postgres.sh"))


def _scale(_wanted: Selected) -> Iterator[tuple[Row, Figure]]:
    rows = int(os.environ.get("ROWS", "1000000"))
    with tempfile.TemporaryDirectory() as folder:
        few, many = Path(folder) / "few", Path(folder) / "many"
        make_register(few, FEW)
        make_register(many, rows)
        scale = compare(few, many)
    for row, found in ((_OCSP, scale.answers), (_ISSUE, scale.issues)):
        note = f"{rows} certificates against {FEW}; {found.note}"
        yield row, Figure(value=found.many.per_cpu_second, peer=found.few.per_cpu_second, n=found.many.n, note=note)


def _million(_wanted: Selected) -> Iterator[tuple[Row, Figure]]:
    with tempfile.TemporaryDirectory() as folder:
        register = Path(folder) / "register"
        make_register(register, _ENTRIES, revoked=100)
        found = _work("list", register)
    memory = f"{found['bytes'] / 1e6:.0f} MB; resident at most {found['rss']:.0f} MiB here, {found['signer']:.0f} there"
    yield _MILLION, Figure(value=found["seconds"], n=_ENTRIES, note=memory)


BENCHES: tuple[Bench, ...] = (
    Bench((_SQLITE,), _issue_sqlite),
    Bench((_POSTGRESQL,), _issue_postgresql),
    Bench((_OCSP, _ISSUE), _scale),
    Bench((_MILLION,), _million),
)
