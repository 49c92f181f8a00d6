"""What `bench.ledger` has measured in a process of its own: `python -m bench.ledger_work TASK FOLDER`."""

import gc
import hashlib
import json
import os
import subprocess
import sys
import time
from argparse import Namespace
from collections.abc import Callable
from enum import StrEnum
from multiprocessing import get_context
from multiprocessing.queues import Queue
from pathlib import Path
from statistics import median
from typing import Any, Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec

from absah.audit.entry import Entry, FactValue, hash_of
from absah.audit.heads import sign_head
from absah.audit.merkle import CompactRange, Hash, check_inclusion, inclusion_proof, node_hash, root
from absah.audit.tags import SigningTag
from absah.cli import offline_verifier
from absah.kernel.clock import Instant, SystemClock
from absah.kernel.rng import SystemRng
from absah.signing.ports import CredentialId
from bench.rounds import ROUNDS

_WRITERS: Final = 8
_TURN: Final = 1.5
"""Seconds of the day; eight processes and a database need them to settle."""
_SEQUENCED: Final = 100_000
_ROWS: Final = int(os.environ.get("ROWS", "10000000"))
_ENTRIES: Final = 300_000
_PROOFS: Final = 400


def instance_in(folder: Path, database: str) -> Path:
    """An agency's instance, opened by this process: no signer is needed."""
    data = folder / "data"
    words = ("init", "--role", "agency", "--data", str(data), "--database", database)
    subprocess.run([sys.executable, "-m", "absah_site.cli", *words], check=True, capture_output=True)  # noqa: S603 (ours)
    from absah_site.cli.instance import open_instance  # noqa: PLC0415 (Django is set up here)

    open_instance(data)
    return data


def _entry(number: int) -> Entry:
    """As a signature leaves one: the size of a row matters."""
    digest = hashlib.sha256(str(number).encode()).hexdigest()
    facts: dict[str, FactValue] = {"digest": digest, "level": "B-LT", "factors": ("passphrase", "totp"), "pages": 12}
    return Entry.of(
        at=SystemClock().now(),
        tag=SigningTag.SIGNATURE_MADE,
        actor="user:5f0c1f6e-3a63-4f0c-9f5e-0a6d1b2c3d4e",
        subject="document:4f0c1f6e-3a63-4f0c-9f5e-0a6d1b2c3d4e",
        facts=facts,
    )


def measure_postgres(folder: Path) -> dict[str, float]:
    """Facts with and without their row, by eight processes at once; then what one sequencer does alone."""
    instance_in(folder, os.environ["ABSAH_TEST_DATABASE"])
    from django.db import connection, connections  # noqa: PLC0415 (Django is set up only now)

    import absah_site.audit.actions  # noqa: PLC0415 (what writers load, loaded once for all of them)
    import absah_site.signing.store  # noqa: F401, PLC0415

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_fact (id bigserial PRIMARY KEY, body text NOT NULL)")
    connections.close_all()
    # A writer that was just forked would look through the whole program once, and copy it: one that has served for a
    # while does not.
    gc.collect()
    gc.freeze()
    rates: dict[_Kind, list[float]] = {kind: [] for kind in _Kind}
    for _ in range(max(ROUNDS // 2, 3)):
        for kind in _Kind:
            rates[kind].append(_turn(kind) / _TURN)
    ratios = sorted(ours / raw for ours, raw in zip(rates[_Kind.WITH_ROW], rates[_Kind.FACT], strict=True))
    bare = [ours / raw for ours, raw in zip(rates[_Kind.BARE_WITH_ROW], rates[_Kind.BARE], strict=True)]
    return {
        "ours": median(rates[_Kind.WITH_ROW]),
        "raw": median(rates[_Kind.FACT]),
        "least": ratios[0],
        "most": ratios[-1],
        "bare": median(bare),
        "n": sum(rates[_Kind.WITH_ROW]) * _TURN,
        "sequenced": _sequence_rate(),
        "rows": _SEQUENCED,
    }


class _Kind(StrEnum):
    """What is committed: that a key is about to be used, the most frequent fact there is; or a row of 300 letters."""

    FACT = "fact"
    WITH_ROW = "fact and row"
    BARE = "bare"
    BARE_WITH_ROW = "bare and row"


def _turn(kind: _Kind) -> int:
    """How many transactions eight writers commit in a turn, once all have begun.

    Rows have a sequencer beside them, as in service.
    """
    context = get_context("fork")
    counted: Queue[int] = context.Queue()
    ready, done, begun = context.Event(), context.Event(), context.Barrier(_WRITERS)
    processes: list[Any] = [context.Process(target=_write, args=(kind, counted, begun)) for _ in range(_WRITERS)]
    if kind in {_Kind.WITH_ROW, _Kind.BARE_WITH_ROW}:
        sequencer = context.Process(target=_sequence, args=(ready, done))
        sequencer.start()
        ready.wait(30)
        processes.append(sequencer)
    for process in processes[:_WRITERS]:
        process.start()
    count = sum(counted.get() for _ in range(_WRITERS))
    done.set()
    for process in processes:
        process.join()
    return count


def _write(kind: _Kind, counted: "Queue[int]", begun: Any) -> None:
    from django.db import transaction  # noqa: PLC0415 (Django is set up only now)

    fact = _add_bare if kind in {_Kind.BARE, _Kind.BARE_WITH_ROW} else _add_key_use
    with_row = kind in {_Kind.WITH_ROW, _Kind.BARE_WITH_ROW}
    rng, clock, digest = SystemRng(), SystemClock(), hashlib.sha256(str(os.getpid()).encode()).hexdigest()
    done, until = 0, 0.0
    while not until or time.perf_counter() < until:
        use, now = UUID(bytes=rng.token(16), version=4), clock.now()
        with transaction.atomic():
            fact(use, digest, now)
            if with_row:
                _record_intent(use, digest, now)
        if until:
            done += 1
        else:  # the first loads code and opens the connection: nobody counts while another is still at it
            begun.wait(30)
            until = time.perf_counter() + _TURN
    counted.put(done)


def _add_key_use(use: UUID, digest: str, now: Instant) -> None:
    """As the portal writes it before it asks the signer."""
    from absah_site.signing.store import KeyUse, SigningState, add  # noqa: PLC0415 (Django is set up only now)

    add(
        KeyUse(
            id=use,
            holder="BENCH00000001",
            signer_name="Siti Contoh",
            signer_post="Kepala Bagian Umum",
            signer_agency="bench",
            credential=CredentialId("subscriber-bench-1"),
            certificate=digest,
            application="portal",
            input_sha256=digest,
            output_sha256="",
            level="B-LT",
            placement="1,72,72,220,90",
            factors="passphrase",
            state=SigningState.INTENDED,
            error="",
            intended_at=now,
            ended_at=None,
        )
    )


def _record_intent(use: UUID, digest: str, now: Instant) -> None:
    """The row that the portal writes in the same transaction."""
    from absah_site.audit.actions import record  # noqa: PLC0415 (Django is set up only now)

    facts: dict[str, FactValue] = {"application": "portal", "serial": digest[:32], "digest": digest, "level": "B-LT"}
    tag, actor = SigningTag.SIGNATURE_INTENDED, "subscriber:BENCH00000001"
    record(at=now, tag=tag, actor=actor, subject=f"signature:{use}", facts=facts)


def _add_bare(_use: UUID, _digest: str, _now: Instant) -> None:
    from django.db import connection  # noqa: PLC0415 (Django is set up only now)

    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_fact (body) VALUES (%s)", ["x" * 300])


def _sequence(ready: Any, done: Any) -> None:
    """What `absah up` has running beside the writers: it has begun before they do."""
    from absah_site.cli.sequencer import PAUSE  # noqa: PLC0415 (Django is set up only now)
    from absah_site.ledger.actions import Sequencer  # noqa: PLC0415

    sequencer = Sequencer(clock=SystemClock(), key=ec.generate_private_key(ec.SECP256R1()))
    sequencer.round()
    ready.set()
    while not done.wait(PAUSE):
        sequencer.round()


def _sequence_rate() -> float:
    from django.db import connection  # noqa: PLC0415 (as above)

    from absah_site.ledger.actions import Sequencer  # noqa: PLC0415

    sequencer = Sequencer(clock=SystemClock(), key=ec.generate_private_key(ec.SECP256R1()))
    sequencer.catch_up()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_entry (at, tag, actor, subject, canonical, hash)"
            " SELECT at, tag, actor, subject, canonical, sha256(n::text::bytea)"
            " FROM (SELECT * FROM audit_entry LIMIT 1) AS one, generate_series(1, %s) AS n",
            [_SEQUENCED],
        )
    began = time.perf_counter()
    count = sequencer.catch_up()
    return count / (time.perf_counter() - began)


def measure_proof(folder: Path) -> dict[str, float]:
    """Inclusion proofs from a log of ten million. All leaves are alike, so that the tree is true and quickly there."""
    instance_in(folder, "sqlite")
    from django.db import connection  # noqa: PLC0415 (as above)

    from absah_site.ledger.store.nodes import reading  # noqa: PLC0415

    leaf = Hash(hash_of(_entry(0).canonical))
    _fill(connection, leaf)
    head = reading(lambda read: root(_ROWS, read))
    spent = []
    for number in range(_PROOFS):
        index = number * 7_919_317 % _ROWS
        began = time.process_time()
        proof = reading(lambda read, index=index: inclusion_proof(index, _ROWS, read))  # type: ignore[misc]
        spent.append((time.process_time() - began) * 1000)
        if not check_inclusion(leaf, index, _ROWS, proof, head):
            raise AssertionError("a proof does not lead to the head")
    spent.sort()
    return {"p95": spent[len(spent) * 95 // 100], "median": median(spent), "rows": _ROWS, "n": len(spent)}


def _fill(connection: Any, leaf: Hash) -> None:
    numbers = "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %s)"
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous = OFF")
        for table in ("ledger_leaf", "ledger_node"):
            cursor.execute(f"DROP TRIGGER {table}_no_delete")
        cursor.execute(f"{numbers} INSERT INTO ledger_leaf SELECT i, i, %s FROM n", [_ROWS - 1, leaf])  # noqa: S608 (ours)
        node, tier = leaf, 0
        while _ROWS >> 4 * (tier + 1):
            tier += 1
            for _ in range(4):
                node = node_hash(node, node)
            last = (_ROWS >> 4 * tier) - 1
            cursor.execute(f"{numbers} INSERT INTO ledger_node SELECT i * 16 + {tier}, %s FROM n", [last, node])  # noqa: S608 (ours)


def measure_verify(folder: Path) -> dict[str, float]:
    """The offline verifier over a whole archive."""
    path, tree = folder / "archive.jsonl", CompactRange()
    lines = [_entry(number).canonical for number in range(_ENTRIES)]
    for line in lines:
        for _ in tree.append(Hash(hash_of(line))):
            pass
    signed = sign_head(ec.generate_private_key(ec.SECP256R1()), tree.size, tree.root, now=SystemClock().now())
    header = json.dumps({"format": "absah-archive", "issuer": "bench", **signed.to_dict()}).encode()
    path.write_bytes(b"\n".join([header, *lines, b""]))
    options = Namespace(files=[str(path)], against=[], log=[], timestamp=None)
    rates = []
    for _ in range(5):
        began = time.process_time()
        found = offline_verifier.check_archive(options)
        rates.append(found["entries"] / (time.process_time() - began))
    return {"rate": median(rates), "rows": _ENTRIES, "bytes": path.stat().st_size}


_TASKS: Final[dict[str, Callable[[Path], dict[str, float]]]] = {
    "postgres": measure_postgres,
    "proof": measure_proof,
    "verify": measure_verify,
}

if __name__ == "__main__":
    print(json.dumps(_TASKS[sys.argv[1]](Path(sys.argv[2]))))
