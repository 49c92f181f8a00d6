"""A batch that is killed at a random point and begun again: nothing lost, nothing signed twice, every file valid.

Each round has an output folder of its own, a victim and a moment. Afterwards the round is judged by what lies on the
disk and in both journals of keys: the signer's (`key_use`) and the register's (`SigningRecord`).
"""

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from absah.adapters.signer_client import SignerClient
from absah.adapters.signer_life import ensure_signer, stop_signer
from absah.adapters.verification import verify_document
from absah.signing.batch.pace import MOST_PER_SIGNING
from absah.validation.conclusion import Indication
from absah_site.cli.verify import find_context
from soak.documents import FoundSignature, many_documents, signature_in

_VICTIMS = ("leader",) * 6 + ("group",) * 2 + ("worker", "signer")
_PATIENCE = 300
_FULLY_VERIFIED = 20
_LONGEST_DELAY = 0.05


@dataclass(frozen=True, slots=True)
class _Moment:
    """When to kill: the journal is longer than so many bytes, and so many seconds have passed since."""

    journalled: int
    delay: float


@dataclass(slots=True)
class _Round:
    """What a round did and what was wrong with it."""

    victim: str
    after: _Moment
    struck: bool
    signed_when_killed: int = 0
    values_unembedded: int = 0
    answers_lost: int = 0
    complaints: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Instance:
    """A demo instance, its first signer, and the folder of documents."""

    data: Path
    inputs: Path
    nik: str
    secret: Path

    @classmethod
    def made(cls, folder: Path, documents: int) -> "Instance":
        data = folder / "demo"
        if not (data / "credentials.json").exists():
            subprocess.run([*_ABSAH, "demo", "--data", str(data)], check=True, stdout=subprocess.DEVNULL)
        signer = json.loads((data / "credentials.json").read_text())["signers"][0]
        secret = folder / "passphrase"
        secret.touch(mode=0o600)
        secret.write_text(signer["passphrase"] + "\n")
        inputs = folder / "in"
        shutil.rmtree(inputs, ignore_errors=True)
        many_documents(inputs, documents)
        return cls(data, inputs, signer["nik"], secret)

    def command(self, outputs: Path, level: str) -> list[str]:
        return [
            *_ABSAH, "sign-batch", str(self.inputs), str(outputs), "--signer", self.nik, "--level", level,
            "--passphrase-file", str(self.secret), "--data", str(self.data), "--json", "--jobs", "2",
        ]  # fmt: skip

    def uses(self) -> Counter[str]:
        """Digests that went to a signer's key, by how often; whether or not the answer arrived."""
        query = "SELECT subject FROM key_use WHERE operation = 'sign'"
        return Counter(subject for (subject,) in _rows(self.data / "keys" / "credentials.sqlite3", query))

    def records(self) -> list[tuple[str, str, str]]:
        """State, input and output of every row of the register."""
        query = "SELECT state, input_sha256, output_sha256 FROM signing_signingrecord WHERE application = 'cli-batch'"
        return _rows(self.data / "db.sqlite3", query)


_ABSAH = (sys.executable, "-m", "absah_site.cli")


def kill_batches(folder: Path, /, *, kills: int, documents: int, level: str, seed: int) -> dict[str, Any]:
    """Kill so many batches. The result says what was done and what did not hold."""
    folder = folder.resolve()
    instance = Instance.made(folder, documents)
    chance = random.Random(seed)  # noqa: S311 - not for secrets: the points at which to kill, repeatable
    began = time.perf_counter()
    whole = _undisturbed(instance, folder / "out", level)
    rounds = []
    for number in range(kills):
        outputs = folder / "out"
        shutil.rmtree(outputs, ignore_errors=True)
        ensure_signer(instance.data)
        victim, after = chance.choice(_VICTIMS), _Moment(chance.randrange(whole), chance.uniform(0, _LONGEST_DELAY))
        done = _round(instance, outputs, level, victim, after)
        rounds.append(done)
        fate = f"{'killed' if done.struck else 'too late'}, {done.signed_when_killed} signed"
        moment = f"{after.journalled} B and {after.delay:.3f} s"
        said = f"{number + 1}/{kills} {victim} after {moment} ({fate}): {done.complaints or 'held'}"
        print(said, file=sys.stderr, flush=True)
    stop_signer(instance.data)
    complaints = [complaint for one in rounds for complaint in one.complaints]
    return {
        "held": not complaints,
        "rounds": kills,
        "struck": sum(one.struck for one in rounds),
        "by_victim": dict(Counter(one.victim for one in rounds)),
        "documents_each": documents,
        "level": level,
        "documents_signed": kills * documents,
        "killed_with_some_signed": sum(0 < one.signed_when_killed < documents for one in rounds),
        "answers_lost": sum(one.answers_lost for one in rounds),
        "killed_with_values_unembedded": sum(one.values_unembedded > 0 for one in rounds),
        "seconds": round(time.perf_counter() - began, 1),
        "seed": seed,
        "complaints": complaints,
    }


def _undisturbed(instance: Instance, outputs: Path, level: str) -> int:
    """How long the journal of a batch becomes that nobody kills, in bytes."""
    shutil.rmtree(outputs, ignore_errors=True)
    ensure_signer(instance.data)
    subprocess.run(instance.command(outputs, level), check=True, stdout=subprocess.DEVNULL, timeout=_PATIENCE)
    return _journalled(outputs)


def _journalled(outputs: Path) -> int:
    try:
        return (outputs / ".absah-batch" / "journal").stat().st_size
    except OSError:
        return 0


def _round(instance: Instance, outputs: Path, level: str, victim: str, after: _Moment) -> _Round:
    uses, records = instance.uses(), Counter(instance.records())
    leader = subprocess.Popen(
        instance.command(outputs, level), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    while leader.poll() is None and _journalled(outputs) <= after.journalled:
        time.sleep(0.0005)
    time.sleep(after.delay)
    struck = leader.poll() is None and _strike(instance, leader, victim)
    if victim in {"leader", "group"}:
        leader.wait()
    else:
        leader.wait(_PATIENCE)
    done = _Round(victim, after, struck, signed_when_killed=len(_outputs(outputs)))
    done.values_unembedded = _words(outputs, "valued") - _words(outputs, "completed")
    ensure_signer(instance.data)
    again = subprocess.run(
        instance.command(outputs, level), capture_output=True, text=True, check=False, timeout=_PATIENCE
    )
    if again.returncode != 0:
        done.complaints.append(
            f"begun again it ended with {again.returncode}: {again.stdout[-300:]}{again.stderr[-300:]}"
        )
    _judge(instance, outputs, done, instance.uses() - uses, Counter(instance.records()) - records)
    return done


def _strike(instance: Instance, leader: subprocess.Popen[bytes], victim: str) -> bool:
    """Kill the victim, if it is there."""
    try:
        match victim:
            case "leader":
                leader.kill()
            case "group":
                os.killpg(leader.pid, signal.SIGKILL)
            case "worker":
                children = Path(f"/proc/{leader.pid}/task/{leader.pid}/children").read_text().split()
                workers = [
                    int(child) for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()
                ]
                os.kill(workers[-1], signal.SIGKILL)
            case _:
                os.kill(SignerClient(instance.data / "run" / "signer.sock").ping().process, signal.SIGKILL)
    except (OSError, IndexError):
        return False
    return True


def _judge(
    instance: Instance, outputs: Path, done: _Round, uses: Counter[str], records: Counter[tuple[str, str, str]]
) -> None:
    """Everything that has to hold when a batch has ended, however often it was killed."""
    inputs = {path.relative_to(instance.inputs): path for path in sorted(instance.inputs.rglob("*.pdf"))}
    files = _outputs(outputs)
    found, complaints = _looked_into(files, inputs, instance)
    digests = {signature.digest.hex() for signature in found}
    signed = Counter(output for state, _, output in records.elements() if state == "signed")
    done.answers_lost = sum(uses.values()) - len(digests)
    counts = {
        "documents lost": len(set(inputs) - set(files)),
        "documents too many": len(set(files) - set(inputs)),
        "outputs with the digest of another": len(found) - len(digests),
        "digests signed twice": sum(count > 1 for count in uses.values()),
        "outputs that the journal of the key does not know": len(digests - set(uses)),
        "rows of the register beside one for each document": abs(sum(signed.values()) - len(inputs)),
        "outputs without their one row": sum(signed[signature.sha256] != 1 for signature in found),
        "intentions left open": sum(state == "intended" for state, _, _ in records.elements()),
        "values lost beyond one request": max(0, done.answers_lost - MOST_PER_SIGNING),
        "parts left over": len(list((outputs / ".absah-batch" / "parts").iterdir())),
    }
    done.complaints += [*complaints, *(f"{count} {what}" for what, count in counts.items() if count)]


def _looked_into(
    files: dict[Path, Path], inputs: dict[Path, Path], instance: Instance
) -> tuple[list[FoundSignature], list[str]]:
    """The signature in each file, and what is wrong. Some are verified in full, which takes longer."""
    context = find_context(instance.data).context
    found, complaints = [], []
    for number, (name, path) in enumerate(files.items()):
        document = path.read_bytes()
        try:
            found.append(signature_in(document, inputs[name].read_bytes() if name in inputs else b""))
        except ValueError as problem:
            complaints.append(f"{name}: {problem}")
            continue
        if number % max(1, len(files) // _FULLY_VERIFIED) == 0:
            indication = verify_document(document, context).indication
            if indication is not Indication.TOTAL_PASSED:
                complaints.append(f"{name}: verified as {indication}")
    return found, complaints


def _words(outputs: Path, word: str) -> int:
    """How many records of a kind the journal holds."""
    journal = outputs / ".absah-batch" / "journal"
    return journal.read_bytes().count(f'"t":"{word}"'.encode()) if journal.exists() else 0


def _outputs(outputs: Path) -> dict[Path, Path]:
    return {
        path.relative_to(outputs): path for path in sorted(outputs.rglob("*.pdf")) if ".absah-batch" not in path.parts
    }


def _rows(path: Path, query: str) -> list[Any]:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()
