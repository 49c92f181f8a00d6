"""Kills with no word of warning what `absah up` starts, and `absah up` itself: nobody is left behind."""

import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from tests.fixtures_ports import free_port
from tests.process.conftest import wait_until_gone

pytestmark = pytest.mark.loopback

_ABSAH = [sys.executable, "-m", "absah_site.cli"]
_PATIENCE = 120  # seconds, on a busy machine
#: Of each kind of process: how many there are, masters and workers.
_WHOLE = {"web": 3, "worker": 1, "sequencer": 1, "ocsp": 2, "tsa": 2, "signer": 1, "stretching": 2}
#: Kind → who comes from it, and goes with it.
_MASTERS = {"web": "web", "worker": None, "sequencer": None, "ocsp": "ocsp", "tsa": "tsa", "signer": "stretching"}


@dataclass(frozen=True)
class Process:
    number: int
    parent: int
    kind: str


def _kind(words: list[str]) -> str:
    """What a process of ours does, by its command; nothing for what is none of ours."""
    match words:
        case [_, "-m", "absah.adapters.signer_process", *_]:
            return "signer"
        case [_, "-m", "absah.adapters.stretching_worker", *_]:
            return "stretching"
        case [_, "-m", "absah_site.cli", "responder", service, *_]:
            return service
        case [_, "-m", "absah_site.cli", name, *_]:
            return name
    return ""


def _processes() -> Iterator[tuple[Process, list[str]]]:
    """Those of this machine that are alive."""
    for place in Path("/proc").glob("[0-9]*"):
        try:
            words = (place / "cmdline").read_text().split("\0")[:-1]
            parent = int((place / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, UnicodeDecodeError):
            continue  # it has just ended
        yield Process(int(place.name), parent, _kind(words)), words


def _family(data: Path) -> list[Process]:
    """What works for a data folder, without `absah up`."""
    alive = list(_processes())
    found = [process for process, words in alive if str(data) in words and process.kind not in {"", "up"}]
    signers = {process.number for process in found if process.kind == "signer"}
    return found + [process for process, _ in alive if process.kind == "stretching" and process.parent in signers]


def _whole_family(data: Path) -> list[Process]:
    """The same, once everybody is there; nobody before: who starts another process is seen twice for a moment."""
    family = _family(data)
    kinds = [process.kind for process in family]
    return family if {kind: kinds.count(kind) for kind in kinds} == _WHOLE else []


def _await(what: Callable[[], Any], said: str) -> Any:
    """What it comes to, once it is something."""
    began = monotonic()
    while not (found := what()):
        assert monotonic() - began < _PATIENCE, said
        sleep(0.1)
    return found


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(b"GET /sehat/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            return connection.recv(5) == b"HTTP/"
    except OSError:
        return False


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    subprocess.run([*_ABSAH, "init", "--role", "demo", "--data", str(folder)], check=True, capture_output=True)
    return folder


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def up(data: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    log = data.with_name("up.log")
    with log.open("wb") as said:
        process = subprocess.Popen(
            [*_ABSAH, "up", "--port", str(port), "--data", str(data)],
            stdin=subprocess.DEVNULL, stdout=said, stderr=said,
        )  # fmt: skip
    try:
        _await(lambda: f":{port}" in log.read_text(), "`absah up` has not said that it serves")
        assert _answers(port)
        _await(lambda: _whole_family(data), "not everybody is there")
        yield process
    finally:
        process.terminate()
        process.wait(60)


def test_whoever_is_killed_leaves_nobody_behind_and_is_started_again(
    up: subprocess.Popen[bytes], data: Path, port: int
) -> None:
    for kind, brood in _MASTERS.items():
        family = _await(lambda: _whole_family(data), f"not everybody is there before {kind} is killed")
        numbers = {process.number for process in family}
        master = next(one for one in family if one.kind == kind and one.parent not in numbers)
        doomed = [one.number for one in family if one.kind == brood and one.parent == master.number]
        assert len(doomed) == (_WHOLE[brood] - (brood == kind) if brood else 0)
        os.kill(master.number, signal.SIGKILL)
        for number in (master.number, *doomed):
            _assert_gone(number)
    family = _await(lambda: _whole_family(data), "who was killed last was not started again")
    _await(lambda: _answers(port), "the pages do not answer any more")
    up.kill()
    for process in family:
        _assert_gone(process.number)
    assert not _family(data)
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("127.0.0.1", port))


def _assert_gone(process: int) -> None:
    try:
        wait_until_gone(process)
    except ProcessLookupError:
        return


def test_a_file_in_hand_is_dropped_when_nobody_waits_for_it(tmp_path: Path) -> None:
    program = (
        "from absah.adapters.isolation.pool import IsolatedPool\n"
        "from absah.kernel.clock import SystemClock\n"
        "with IsolatedPool(1, SystemClock()) as pool:\n"
        "    print(pool.run('tests.fakes.hostile:who', b'')[0], flush=True)\n"
        "    pool.run('tests.fakes.hostile:wait', b'')\n"
    )
    root = str(Path(__file__).parents[2])
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=tmp_path, env=os.environ | {"PYTHONPATH": root}
    ) as asking:
        assert asking.stdout is not None
        worker = os.pidfd_open(int(asking.stdout.readline()))
        sleep(0.5)  # it has the file in hand
        asking.kill()
    assert select.select([worker], [], [], 20)[0], "it still waits"
    os.close(worker)
