"""The rows of the eSign interface: signing and status over HTTP, on PostgreSQL that waits for the disk.

A demo instance is served as `absah up` serves it (granian, two workers), and asked by `wrk` from a process of its own;
server, signer, database and client share the cores. The peers are the same server with the same requests: for signing
one whose `prepare` and `complete` hand back what came, after the same password check, reading, records, ledger rows and
two commits; for status one that answers a constant.

    http.sign.p256            v2, 30 KB, invisible, B-T, opened key, against the same stack that signs nothing
    http.sign.rsa2048.visible the same with RSA-2048, and a QR code that is another each time
    http.status               v1, against a constant answer of the same server
    http.sign.first           the first call of a signer beyond a later one, against one bare Argon2id
    http.sign.distinct        another signer on each call, nobody's key open, against bare Argon2id on both cores
    http.sign.tail            p99 against p50 at 70 % of what saturates it, one call in twenty with a wrong passphrase
"""

import base64
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Any, Final

from absah.adapters.signer_life import ensure_signer, stop_signer
from bench import inputs, wire_load
from bench.rows import Bench, Figure, Judged, PeerMissing, Row, Selected, Wanted

_P256 = Row(name="http.sign.p256", unit="requests/s", must=0.6, aim=0.8)
_RSA = Row(name="http.sign.rsa2048.visible", unit="requests/s", must=0.4, aim=0.6)
_STATUS = Row(name="http.status", unit="requests/s", must=0.6, aim=0.8)
_FIRST = Row(name="http.sign.first", unit="ms", wanted=Wanted.LESS, must=1.3, aim=1.1)
_DISTINCT = Row(name="http.sign.distinct", unit="requests/s", must=0.7, aim=0.9)
_TAIL = Row(name="http.sign.tail", unit="ms", wanted=Wanted.LESS, must=4, aim=2.5)
_VERIFY = Row(name="http.verify.8", unit="s", wanted=Wanted.LESS, judged=Judged.VALUE, must=0.5, aim=0.15)
_ROUNDS: Final = 3
_SECONDS: Final = 4
_TOOLS: Final = Path(__file__).resolve().parents[1] / "tools"
_ANSWERED: Final = re.compile(r"(\d+) requests in ([\d.]+)s")


@dataclass(frozen=True, slots=True)
class Served:
    """A running server and what it is asked with."""

    port: int
    authorization: str

    def rate(self, script: Path, path: str) -> float:
        """Requests a second that `wrk` got answered with 200."""
        words = ["wrk", "-t1", "-c4", f"-d{_SECONDS}s", "-s", str(script), f"http://127.0.0.1:{self.port}{path}"]
        done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60)  # noqa: S603 - named above
        found = _ANSWERED.search(done.stdout)
        if found is None or "Non-2xx" in done.stdout:
            raise PeerMissing(f"wrk was not answered: {done.stdout.strip()}")
        return int(found[1]) / float(found[2])

    def once(self, path: str, body: bytes) -> tuple[float, bytes]:
        """One request: how long it took, and the answer."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Authorization": self.authorization, "Content-Type": "application/json"}
        began = time.perf_counter()
        connection.request("POST", path, body=body, headers=headers)
        answer = connection.getresponse()
        content = answer.read()
        took = time.perf_counter() - began
        connection.close()
        if answer.status != 200:
            raise PeerMissing(f"{path}: {answer.status} {content[:200]!r}")
        return took, content


@contextmanager
def _postgres() -> Iterator[str]:
    """A database that waits for the disk; its address."""
    script = "echo $ABSAH_TEST_DATABASE; exec cat"
    process = subprocess.Popen(  # noqa: S603  (ours)
        [str(_TOOLS / "with_postgres.sh"), "sh", "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"ABSAH_POSTGRES_FSYNC": "on"},
    )
    if process.stdout is None or process.stdin is None:
        raise AssertionError("pipes were asked for")
    try:
        yield process.stdout.readline().strip()
    finally:
        process.stdin.close()
        process.wait(30)


@contextmanager
def _instance(database: str, many: int = 0) -> Iterator[tuple[Path, dict[str, Any]]]:
    """An instance with people who sign, and an application."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        words = ["init", "--role", "demo", "--data", str(data), "--database", database]
        subprocess.run([sys.executable, "-m", "absah_site.cli", *words], check=True, capture_output=True)  # noqa: S603
        ensure_signer(data, idle=None)
        try:
            made = subprocess.run(  # noqa: S603  (ours)
                [sys.executable, "-m", "bench.wire_people", str(data), str(many)],
                check=True,
                capture_output=True,
                text=True,
            )
            yield data, json.loads(made.stdout.splitlines()[-1])
        finally:
            stop_signer(data)


@contextmanager
def _serving(application: str, data: Path, people: dict[str, Any]) -> Iterator[Served]:
    """The application as `absah up` serves it."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
    words = ["--interface", "wsgi", "--port", str(port), "--workers", "2", "--blocking-threads", "4"]
    process = subprocess.Popen(  # noqa: S603  (ours)
        [sys.executable, "-m", "granian", *words, "--log-level", "warning", "--no-access-log", application],
        env=os.environ | {"ABSAH_DATA": str(data), "PYTHONPATH": "."},
    )
    pair = f"{people['esign']['username']}:{people['esign']['password']}"
    try:
        _wait(port)
        yield Served(port, "Basic " + base64.b64encode(pair.encode()).decode())
    finally:
        process.terminate()
        process.wait(20)


def _wait(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            time.sleep(0.5)
            return
    raise PeerMissing("the server did not begin to serve")


def _body(person: dict[str, str], document: bytes, *, visible: bool) -> str:
    """A request in which `@@` is to be another each time."""
    properties: dict[str, Any] = {"tampilan": "INVISIBLE", "reason": "@@"}
    if visible:
        properties |= {"tampilan": "VISIBLE", "page": 1, "originX": 36, "originY": 36, "width": 190, "height": 80}
    return json.dumps(
        {
            "nik": person["nik"],
            "passphrase": person["passphrase"],
            "signatureProperties": [properties],
            "file": [base64.b64encode(document).decode()],
        }
    )


def _script(path: Path, authorization: str, body: str = "") -> Path:
    """What `wrk` sends: with a body the same one with another number each time."""
    lines = [f'wrk.headers["Authorization"] = "{authorization}"']
    if body:
        before, after = body.split("@@")
        lines += [
            'wrk.method = "POST"',
            'wrk.headers["Content-Type"] = "application/json"',
            f"local before, after, number = {json.dumps(before)}, {json.dumps(after)}, os.time() * 100000",
            "function request()",
            "  number = number + 1",
            '  return wrk.format(nil, nil, nil, before .. string.format("%.0f", number) .. after)',
            "end",
        ]
    path.write_text("\n".join(lines) + "\n")
    return path


def _measure(wanted: Selected) -> Iterator[tuple[Row, Figure]]:
    for program in ("wrk",):
        if shutil.which(program) is None:
            raise PeerMissing(f"{program} is not installed")
    document = inputs.one_page()
    with ExitStack() as stack:
        many = wire_load.PEOPLE if any(map(wanted.has, (_DISTINCT.name, _TAIL.name))) else 0
        data, people = stack.enter_context(_instance(stack.enter_context(_postgres()), many))
        ours = stack.enter_context(_serving("absah_site.wsgi:application", data, people))
        peer = stack.enter_context(_serving("bench.wire_peer:application", data, people))
        for row, person, visible in ((_P256, people["p256"], False), (_RSA, people["rsa"], True)):
            if wanted.has(row.name):
                body = _body(person, document, visible=visible)
                script = _script(data / f"{row.name}.lua", ours.authorization, body)
                ours.once("/api/v2/sign/pdf", body.encode())
                yield row, _in_turns(ours, peer, script, "/api/v2/sign/pdf")
        if wanted.has(_STATUS.name):
            script = _script(data / "status.lua", ours.authorization)
            yield _STATUS, _in_turns(ours, peer, script, f"/api/user/status/{people['p256']['nik']}")
        if wanted.has(_FIRST.name):
            yield _FIRST, _first(ours, people["fresh"], document, people["argon2_ms"])
        caller = wire_load.Caller(port=ours.port, authorization=ours.authorization, document=document)
        if wanted.has(_DISTINCT.name):
            yield _DISTINCT, _distinct(caller, people, data)
        if wanted.has(_TAIL.name):
            yield _TAIL, _tail(caller, people)
        if wanted.has(_VERIFY.name):
            yield _VERIFY, _verify(ours, people["p256"])


def _in_turns(ours: Served, peer: Served, script: Path, path: str) -> Figure:
    rounds = [(ours.rate(script, path), peer.rate(script, path)) for _ in range(_ROUNDS)]
    ratios = sorted(mine / theirs for mine, theirs in rounds)
    mine, theirs = (median(column) for column in zip(*rounds, strict=True))
    return Figure(value=mine, peer=theirs, n=_ROUNDS, note=f"single rounds {ratios[0]:.3g} to {ratios[-1]:.3g}")


def _first(ours: Served, fresh: list[dict[str, str]], document: bytes, argon2_ms: float) -> Figure:
    """What the first call of a signer takes beyond the second."""
    added = []
    for person in fresh:
        first, second = (
            ours.once("/api/v2/sign/pdf", _body(person, document, visible=False).replace("@@", word).encode())[0]
            for word in ("a", "b")
        )
        added.append((first - second) * 1000)
    note = "peer: one Argon2id of the same parameters, alone"
    return Figure(value=median(added), peer=argon2_ms, n=len(added), note=note)


def _distinct(caller: wire_load.Caller, people: dict[str, Any], data: Path) -> Figure:
    """Everybody once with a signer process that has nothing open, against as many derivations, in turns."""
    rounds = []
    for _ in range(_ROUNDS):
        stop_signer(data)
        ensure_signer(data, idle=None)
        mine = wire_load.signers_a_second(caller, people["many"])
        rounds.append((mine, wire_load.derivations_a_second(people["cost"], len(people["many"]))))
    ratios = sorted(mine / theirs for mine, theirs in rounds)
    mine, theirs = (median(column) for column in zip(*rounds, strict=True))
    note = f"peer: bare Argon2id by two threads; single rounds {ratios[0]:.3g} to {ratios[-1]:.3g}"
    return Figure(value=mine, peer=theirs, n=_ROUNDS * len(people["many"]), note=note)


def _tail(caller: wire_load.Caller, people: dict[str, Any]) -> Figure:
    """How long the slowest of a hundred takes against the middle one."""
    seen = wire_load.tail(caller, (people["p256"], *people["fresh"]), people["many"])
    note = f"p99 against p50, at {seen.pace:.3g} calls/s; {seen.wrong} wrong passphrases of others among them"
    return Figure(value=seen.worst, peer=seen.middle, n=seen.calls, note=note)


def _verify(ours: Served, person: dict[str, str]) -> Figure:
    """Eight signatures of one person in a document of 4 MB."""
    document = inputs.many_pages(10, 4 * 1024 * 1024)
    for number in range(8):
        body = _body(person, document, visible=False).replace("@@", str(number))
        answer = json.loads(ours.once("/api/v2/sign/pdf", body.encode())[1])
        document = base64.b64decode(answer["file"][0])
    question = json.dumps({"file": base64.b64encode(document).decode()}).encode()
    took = [ours.once("/api/v2/verify/pdf", question) for _ in range(4)]
    told = json.loads(took[-1][1])
    if (told["conclusion"], told["signatureCount"]) != ("VALID", 8):
        raise PeerMissing(f"not valid: {told['conclusion']} {told['signatureCount']}")
    return Figure(value=median(seconds for seconds, _ in took[1:]), n=3, note=f"{len(document)} bytes")


BENCHES: tuple[Bench, ...] = (Bench((_P256, _RSA, _STATUS, _FIRST, _DISTINCT, _TAIL, _VERIFY), _measure),)
