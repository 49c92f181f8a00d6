"""Two instances, each with its own database and process, hold each other to one history over HTTP."""

import json
import os
import re
import shutil
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.fixtures_ports import free_port

pytestmark = [pytest.mark.loopback, pytest.mark.slow]
ROOT = Path(__file__).parents[2]
CLEAN = {name: value for name, value in os.environ.items() if not re.match(r"^ABSAH_|^DJANGO_", name)}


def run(*words: object, status: int = 0) -> str:
    command = [sys.executable, "-m", "absah_site.cli", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=CLEAN, timeout=120)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout


@dataclass
class One:
    """One of them."""

    data: Path
    port: int
    process: subprocess.Popen[str] | None = field(default=None, repr=False)

    @property
    def door(self) -> str:
        return f"http://127.0.0.1:{self.port}/rekam-jejak/terima/"

    def start(self) -> None:
        words = [sys.executable, "-m", "tests.process.one_of_two", str(self.data), str(self.port)]
        self.process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=CLEAN
        )
        assert self._answer() == "ready"

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
            self.process = None

    def tell(self, what: str, *arguments: object) -> Any:
        assert self.process is not None
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps([what, arguments]) + "\n")
        self.process.stdin.flush()
        return self._answer()

    def _answer(self) -> Any:
        assert self.process is not None
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())


@pytest.fixture
def both(tmp_path: Path) -> Iterator[tuple[One, One]]:
    made = []
    for name in ("agency", "authority"):
        run("init", "--role", "agency", "--data", tmp_path / name)
        settings = tmp_path / name / "absah.toml"
        settings.write_text('push_checkpoints = "anybody"\n' + settings.read_text())
        made.append(One(tmp_path / name, free_port()))
    for one in made:
        one.start()
    yield made[0], made[1]
    for one in made:
        one.stop()


def refused_until_named(ours: One, theirs: One) -> None:
    ours.tell("head", 5)
    theirs.tell("head", 3)
    ours.tell("name", theirs.door, theirs.tell("first"))
    size = ours.tell("head")
    refused = ours.tell("jobs")
    assert (refused["trouble"], refused["acknowledged"]) == ("ledger.counterpart-unknown", 0)
    theirs.tell("name", ours.door, ours.tell("first"))
    taken = ours.tell("jobs", 60)
    assert (taken["trouble"], taken["acknowledged"]) == ("", size)


def tried_again_when_nobody_answered(ours: One, theirs: One) -> None:
    theirs.stop()
    size = ours.tell("head", 4)
    assert ours.tell("jobs")["trouble"] == "fetch.address-silent"
    theirs.start()
    taken = ours.tell("jobs", 60)
    assert (taken["trouble"], taken["acknowledged"]) == ("", size)
    own = theirs.tell("head")
    assert theirs.tell("jobs", 60)["acknowledged"] == own
    assert ours.tell("jobs")["kept"][0] == [own, "on"]


def goes_on_under_a_new_key(ours: One, theirs: One) -> None:
    (ours.data / "ledger" / "log.key").unlink()
    ours.start()
    size = ours.tell("head", 3)
    assert ours.tell("jobs")["trouble"] == "ledger.counterpart-unknown"
    theirs.tell("pin", ours.tell("first"))
    taken = ours.tell("jobs", 60)
    assert (taken["trouble"], taken["acknowledged"]) == ("", size)
    assert [verdict for _, verdict in theirs.tell("jobs")["kept"]] == ["on", "on", "first"]


def forks_with_the_database_of_yesterday(ours: One, theirs: One, yesterday: Path) -> list[bytes]:
    """With the key of today: another history from there on, longer than the one they know. What they keep."""
    ours.stop()
    for file in ours.data.glob("*.sqlite3*"):
        file.unlink()
    for file in yesterday.iterdir():
        shutil.copy(file, ours.data)
    ours.start()
    ours.tell("head", 9)
    assert ours.tell("jobs", 60)["trouble"] == "ledger.checkpoint-forked"
    ours.stop()
    found = theirs.tell("jobs")
    assert found["kept"][0][1] == "forked"
    return [b64decode(content) for content in found["files"]]


def test_they_refuse_try_again_change_a_key_and_find_a_fork(both: tuple[One, One], tmp_path: Path) -> None:
    ours, theirs = both
    refused_until_named(ours, theirs)
    tried_again_when_nobody_answered(ours, theirs)
    ours.stop()
    yesterday = tmp_path / "yesterday"
    yesterday.mkdir()
    for file in ours.data.glob("*.sqlite3*"):
        shutil.copy(file, yesterday)
    goes_on_under_a_new_key(ours, theirs)
    kept = forks_with_the_database_of_yesterday(ours, theirs, yesterday)

    paths = [tmp_path / f"kept-{number}.json" for number in range(len(kept))]
    for path, content in zip(paths, kept, strict=True):
        path.write_bytes(content)
    words = [word for path in paths for word in ("--checkpoint", path)]
    told = json.loads(run("audit", "verify", "--data", ours.data, "--json", *words, status=1))
    assert told["log"]["findings"] == []  # alone, our log looks well
    assert any("forked" in one["verdict"] and one["entries"] for one in told["log"]["checkpoints"])
