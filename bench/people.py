"""The rows of registration: queue, search and a person's page among 100,000 people, and entering a list.

Each runs in a process of its own (`bench.people_work`), on an instance with that many people and 200,000 certificates.
A page is the whole answer of the site to a signed-in officer: middleware, permission, queries, template. The officer of
the authority sees every agency, which is the widest view there is. With KEEP= a folder the filled instances stay there,
and are measured again.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Final

from bench.rows import Bench, Figure, Judged, PeerMissing, Row, Selected, Wanted


def _page(name: str, database: str) -> Row:
    return Row(name=f"{name}.{database}", unit="ms", wanted=Wanted.LESS, judged=Judged.VALUE, must=100, aim=50)


_PAGES: Final = ("page.queue", "page.search", "page.person")
_ROWS: Final = {base: [_page(name, base) for name in _PAGES] for base in ("sqlite", "postgresql")}
_IMPORT: Final = Row(name="import.people", unit="s", wanted=Wanted.LESS, judged=Judged.VALUE, must=60, aim=30)
_TOOLS: Final = Path(__file__).resolve().parents[1] / "tools"


def _folder(name: str) -> AbstractContextManager[str]:
    """A folder that goes with the measurement, or one that is kept."""
    if not (kept := os.environ.get("KEEP")):
        return tempfile.TemporaryDirectory()
    folder = Path(kept).resolve() / name
    folder.mkdir(parents=True, exist_ok=True)
    return nullcontext(str(folder))


def _work(task: str, folder: str, *before: str) -> dict[str, float]:
    command = [*before, sys.executable, "-m", "bench.people_work", task, folder]
    environment = os.environ | {"ABSAH_POSTGRES_KEEP": f"{folder}/postgresql"} if "KEEP" in os.environ else None
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)  # noqa: S603  (ours)
    if done.returncode:
        raise PeerMissing(f"the measurement failed: {done.stderr.strip().splitlines()[-1:]}")
    measured: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return measured


def _pages(database: str, *before: str) -> Iterator[tuple[Row, Figure]]:
    with _folder(f"pages-{database}") as folder:
        found = _work("pages", folder, *before)
    note = f"95th percentile among {found['people']:.0f} people and {found['certificates']:.0f} certificates"
    for row, name in zip(_ROWS[database], _PAGES, strict=True):
        cpu = f"; {found[f'{name}.cpu']:.3g} ms of processor time, without the database's own processes"
        yield row, Figure(value=found[name], n=int(found["n"]), note=note + cpu)


def _pages_sqlite(_wanted: Selected) -> Iterator[tuple[Row, Figure]]:
    yield from _pages("sqlite")


def _pages_postgresql(_wanted: Selected) -> Iterator[tuple[Row, Figure]]:
    if shutil.which("pg_ctl") is None and not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        raise PeerMissing("PostgreSQL is not installed")
    yield from _pages("postgresql", str(_TOOLS / "with_postgres.sh"))


def _import(_wanted: Selected) -> Iterator[tuple[Row, Figure]]:
    with tempfile.TemporaryDirectory() as folder:
        found = _work("import", folder)
    note = f"{found['rows']:.0f} rows: looked at in {found['look']:.3g} s, entered and invited in the rest"
    scaled = found["seconds"] * 10_000 / found["rows"]
    yield _IMPORT, Figure(value=scaled, n=int(found["rows"]), note=f"for 10,000, measured with {note}")


BENCHES: tuple[Bench, ...] = (
    Bench(tuple(_ROWS["sqlite"]), _pages_sqlite),
    Bench(tuple(_ROWS["postgresql"]), _pages_postgresql),
    Bench((_IMPORT,), _import),
)
