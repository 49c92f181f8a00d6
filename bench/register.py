"""The rows of the register: issuing, its scale, and a list of a million entries.

Each runs in processes of its own (`bench.register_work`, `bench.register_side`), as a process has one database. An
instance is made for it, with the real signer process for the list and a signer in the same process for issuing, whose
journal, a commit to a file of its own, is part of the work. PostgreSQL waits for the disk here, as it does in
production.

The raw operation is one signature over as many bytes, and two inserts, each committed by itself: what issuing a
certificate costs if nothing is looked at. Ours looks: the profile, the key, who has a certificate already; it signs
once more with a key nobody keeps, so that the whole certificate can be linted, and verifies what it signed; it writes
intention, certificate, two rows of the ledger and two of the signer's journal.

It is measured in both ways in which certificates are issued, each against the same raw operation. `.single` is one by
one, as when a holder activates: three commits against two, but the signer's is waited for together with the first of
the register's. It bears no mark, as it says more of the disk than of us: where a commit takes 0.1 ms the raw operation
takes 0.3, and our two commits, eight statements, two signatures and what verifies them 0.8, without a line of Python;
where a commit takes 2 ms the ratio was 0.62. The other is 64 together, as when an agency's list is decided: they share
their commits, and each is intended, signed, concluded and on the disk when the call comes back. The raw operation
shares none; the note has the ratio of processor time (of this process), where nothing is won by sharing.
`register.scale` counts processor time, as the register is what is looked at there.
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
from bench.register_work import TOGETHER
from bench.rows import Bench, Figure, Judged, PeerMissing, Row, Selected, Wanted

_SQLITE = Row(name="issue.sqlite", unit="certificates/s", must=0.4, aim=0.6)
_POSTGRESQL = Row(name="issue.postgresql", unit="certificates/s", must=0.4, aim=0.6)
_SQLITE_SINGLE = Row(name="issue.sqlite.single", unit="certificates/s")
_POSTGRESQL_SINGLE = Row(name="issue.postgresql.single", unit="certificates/s")
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


def _issue(together: Row, single: Row, *before: str) -> Iterator[tuple[Row, Figure]]:
    with tempfile.TemporaryDirectory() as folder:
        found = _work("issue", Path(folder), *before)
    for row, way, n in ((together, "many", TOGETHER), (single, "single", 1)):
        note = (
            f"{n} at a time; processor time alone {found[f'{way}_cpu']:.3g};"
            f" single rounds {found[f'{way}_least']:.3g} to {found[f'{way}_most']:.3g}"
        )
        yield row, Figure(value=found[way], peer=found["raw"], n=int(found[f"{way}_n"]), note=note)


def _issue_sqlite(_wanted: Selected) -> Iterator[tuple[Row, Figure]]:
    yield from _issue(_SQLITE, _SQLITE_SINGLE)


def _issue_postgresql(_wanted: Selected) -> Iterator[tuple[Row, Figure]]:
    if shutil.which("pg_ctl") is None and not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        raise PeerMissing("PostgreSQL is not installed")
    within = ("env", "ABSAH_POSTGRES_FSYNC=on", str(_TOOLS / "with_postgres.sh"))
    yield from _issue(_POSTGRESQL, _POSTGRESQL_SINGLE, *within)


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
    Bench((_SQLITE, _SQLITE_SINGLE), _issue_sqlite),
    Bench((_POSTGRESQL, _POSTGRESQL_SINGLE), _issue_postgresql),
    Bench((_OCSP, _ISSUE), _scale),
    Bench((_MILLION,), _million),
)
