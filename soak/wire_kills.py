"""Kills whatever serves the eSign interface while applications sign; then holds answers, records and ledger together.

Some programs ask for signatures over HTTP without a pause. Meanwhile a process of the instance, drawn by lot, is killed
(web, signer, one that stretches passphrases, worker, sequencer, one that opens files), or a connection to the database
is cut. At the end

- every document that was answered is valid, and the record of uses, the uses of keys and the ledger have it as signed;
- what the record calls done is signed in all three, and what it does not call done is signed in none;
- uses of keys and ledger have the same signatures, intended and made, and the ledger verifies.
"""

import base64
import contextlib
import hashlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Final

_ABSAH: Final = (sys.executable, "-m", "absah_site.cli")
_PROGRAMS: Final = 3
_LONGEST_PAUSE: Final = 2.5
_VICTIMS: Final = (
    ("signer_process",),
    ("stretching_worker",),
    ("granian",),
    ("granian",),
    ("absah_site.cli", "worker"),
    ("absah_site.cli", "sequencer"),
    ("isolation.worker",),
    ("database",),
)
_PATH: Final = "/api/v2/sign/pdf"


@dataclass(slots=True)
class _Told:
    """What the programs were answered."""

    documents: dict[str, bytes] = field(default_factory=dict)  # SHA-256 → the document
    outcomes: Counter[str] = field(default_factory=Counter)
    over: bool = False


def kill_servers(folder: Path, /, *, kills: int, seed: int = 1, database: str = "sqlite") -> dict[str, object]:
    """Kill so often under load, let everything end, and judge."""
    data = folder.resolve() / f"wire-{os.getpid()}"
    subprocess.run([*_ABSAH, "init", "--role", "demo", "--database", database, "--data", str(data)], check=True,
                   capture_output=True)  # fmt: skip
    words = [sys.executable, "-m", "bench.wire_people", str(data), "0"]
    from absah.adapters.signer_life import ensure_signer, stop_signer

    ensure_signer(data, idle=None)
    made = subprocess.run(words, check=True, capture_output=True, text=True)
    stop_signer(data)
    people = json.loads(made.stdout.splitlines()[-1])
    told, killed = _Told(), Counter[str]()
    port = _free_port()
    instance = subprocess.Popen([*_ABSAH, "up", "--data", str(data), "--port", str(port)], start_new_session=True,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        _await(port)
        seeds = range(seed, seed + _PROGRAMS)
        programs = [threading.Thread(target=_ask, args=(port, people, told, one)) for one in seeds]
        for program in programs:
            program.start()
        processes = partial(_processes, instance, data)
        _kill_by_lot(processes, database, kills, random.Random(seed), killed)  # noqa: S311  (moments, not secrets)
        time.sleep(3)
        told.over = True
        for program in programs:
            program.join(120)
    finally:
        told.over = True
        instance.terminate()
        instance.wait(60)
    for sha256, document in told.documents.items():
        (data / f"answer-{sha256}.pdf").write_bytes(document)
    words = [sys.executable, "-m", "soak.wire_kills", str(data)]
    judged = subprocess.run(words, capture_output=True, text=True, check=False)
    if judged.returncode:
        return {"held": False, "problem": judged.stderr[-3000:]}
    found: dict[str, object] = json.loads(judged.stdout.splitlines()[-1])
    return found | {"killed": dict(killed), "answers": dict(told.outcomes)}


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
    return port


def _await(port: int) -> None:
    for _ in range(3000):  # five minutes: a busy machine starts slowly
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the instance did not begin to serve")


def _ask(port: int, people: dict[str, Any], told: _Told, seed: int) -> None:
    """One program: sign again and again, and take down what came of it."""
    from bench import inputs

    chance = random.Random(seed)  # noqa: S311  (moments, not secrets)
    pair = f"{people['esign']['username']}:{people['esign']['password']}"
    headers = {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode(), "Content-Type": "application/json"}
    document, number = base64.b64encode(inputs.one_page()).decode(), 0
    signers = [people["p256"], *people["fresh"][:2]]
    while not told.over:
        number += 1
        signer = chance.choice(signers)
        content = {
            "nik": signer["nik"],
            "passphrase": signer["passphrase"],
            "signatureProperties": [{"tampilan": "INVISIBLE", "reason": f"{seed}-{number}"}],
            "file": [document] * chance.choice((1, 1, 2)),
        }
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=60)
            with contextlib.closing(connection):
                connection.request("POST", _PATH, body=json.dumps(content), headers=headers)
                answer = connection.getresponse()
                body = answer.read()
        except (OSError, HTTPException) as problem:
            told.outcomes[type(problem).__name__] += 1
            time.sleep(0.2)
            continue
        told.outcomes[str(answer.status)] += 1
        if answer.status == 200:
            for one in json.loads(body)["file"]:
                signed = base64.b64decode(one)
                told.documents[hashlib.sha256(signed).hexdigest()] = signed
        else:
            time.sleep(0.1)


def _kill_by_lot(
    processes: Callable[[], list[int]], database: str, kills: int, chance: random.Random, killed: Counter[str]
) -> None:
    while killed.total() < kills:
        time.sleep(chance.uniform(0.2, _LONGEST_PAUSE))
        kind = chance.choice(_VICTIMS)
        if kind == ("database",):
            if database != "sqlite":
                _cut_connections(database)
                killed["database connection"] += 1
            continue
        victims = [process for process in processes() if all(word in _words(process) for word in kind)]
        if victims:
            with contextlib.suppress(ProcessLookupError):
                os.kill(chance.choice(victims), signal.SIGKILL)
                killed[kind[-1]] += 1


def _cut_connections(database: str) -> None:
    import psycopg

    question = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND datname IS NOT NULL ORDER BY random() LIMIT 2"
    )
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(question)


def _processes(instance: subprocess.Popen[bytes], data: Path) -> list[int]:
    """The instance's processes below its parent, and the signer with its own, apart. The parent lives on."""
    if instance.poll() is not None:
        raise RuntimeError(f"the instance ended by itself: {instance.returncode}")
    children: dict[int, list[int]] = {}
    signers = []
    for name in (path.name for path in Path("/proc").iterdir() if path.name.isdecimal()):
        try:
            parent = int(Path("/proc", name, "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(name))
        if "signer_process" in _words(int(name)) and str(data) in _words(int(name)):
            signers.append(int(name))
    below, waiting = [], [*children.get(instance.pid, []), *signers]
    while waiting:
        below.append(waiting.pop())
        waiting += children.get(below[-1], [])
    return below


def _words(process: int) -> str:
    try:
        return Path("/proc", str(process), "cmdline").read_text()
    except OSError:
        return ""


def _judge(data: Path) -> dict[str, object]:
    """What is wrong between answers, the record of uses, the uses of keys, and the ledger."""
    from datetime import timedelta

    from absah_site.applications.models import Use
    from absah_site.audit.models import Entry
    from absah_site.signing.actions import reconcile
    from absah_site.signing.models import SigningRecord

    reconcile(older_than=timedelta(0))
    complaints: Counter[str] = Counter()
    answers = {path.stem.removeprefix("answer-"): path.read_bytes() for path in data.glob("answer-*.pdf")}
    uses = list(Use.objects.filter(operation="v2.sign"))
    done = [use for use in uses if use.state == "done"]
    recorded = {sha256 for use in done for sha256 in use.outputs}
    complaints["answered and not recorded"] = len(set(answers) - recorded)
    signed = {str(row.pk): row.output_sha256 for row in SigningRecord.objects.filter(state="signed")}
    others = {str(pk) for pk in SigningRecord.objects.exclude(state="signed").values_list("pk", flat=True)}
    called_done = {one for use in done if use.repeats_id is None for one in use.signatures}
    complaints["done and not signed"] = len(called_done - set(signed))
    complaints["signed and not done"] = len(set(signed) - called_done)
    complaints["outputs that differ"] = len(recorded ^ {signed[one] for one in called_done if one in signed})
    made = {subject.removeprefix("signature:") for subject in _subjects(Entry, "signing:signature:made")}
    intended = {subject.removeprefix("signature:") for subject in _subjects(Entry, "signing:signature:intended")}
    complaints["ledger and uses of keys differ"] = len(made ^ set(signed)) + len(intended ^ (set(signed) | others))
    complaints["not valid"] = sum(not _is_valid(document) for document in answers.values())
    audit = subprocess.run([*_ABSAH, "audit", "verify", "--data", str(data)], capture_output=True, check=False)
    complaints["ledger does not verify"] = int(audit.returncode != 0)
    return {
        "documents": len(answers),
        "uses": dict(Counter(use.state for use in uses)),
        "complaints": {name: number for name, number in complaints.items() if number},
        "held": not any(complaints.values()) and len(answers) > 0,
    }


def _subjects(entries: Any, tag: str) -> list[str]:
    return list(entries.objects.filter(tag=tag).values_list("subject", flat=True))


def _is_valid(document: bytes) -> bool:
    from absah.validation.conclusion import Indication
    from absah_site import composition
    from absah_site.validation.access import report_on

    report = report_on(document, password=None, now=composition.clock().now())
    return report.indication is Indication.TOTAL_PASSED


def main() -> None:
    data = Path(sys.argv[1])
    from absah_site.cli.instance import open_instance

    open_instance(data)
    print(json.dumps(_judge(data)))


if __name__ == "__main__":
    main()
