"""What `bench.register` has done in a process of its own: `python -m bench.register_work TASK FOLDER …`.

`issue` measures issuing, `fill ROWS REVOKED` makes a register of so many certificates, `list` a CRL of one.
"""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from absah.adapters.signer import wire
from absah.adapters.signer import wire_replies as replies
from absah.adapters.signer.custody import Custody
from absah.adapters.signer.service import SignerService
from absah.adapters.signer_client import SignerClient
from absah.adapters.signer_life import ensure_signer, stop_signer
from absah.kernel.clock import SystemClock
from absah.kernel.rng import SystemRng
from absah.pki.algorithms import public_key_of
from bench.credentials import PERSON
from bench.register_fill import fill
from bench.rounds import Here, in_turns

#: So many are issued together.
TOGETHER: Final = 64
_KEYS: Final = 60_000


class SignerHere:
    """The signer without its process: the client's own calls, answered in memory, journal and all.

    What is asked and not waited for is done by a thread, as a process of its own would do it.
    """

    issue_certificate = SignerClient.issue_certificate
    prepare_certificates = SignerClient.prepare_certificates

    def __init__(self, data: Path) -> None:
        self._questions = QuestionsHere(data)


class QuestionsHere:
    """As a client asks them, but of a signer in this process."""

    def __init__(self, data: Path) -> None:
        self._service = SignerService(Custody(data, clock=SystemClock(), rng=SystemRng()))
        self._beside = ThreadPoolExecutor(max_workers=1)

    def ask(self, request: wire.Request, _expected: type) -> replies.Reply:
        """The answer."""
        return self._service.answer(request)

    def begin(self, request: wire.Request) -> "AnsweredBeside":
        """Ask, and leave the answer for later."""
        return AnsweredBeside(self._beside.submit(self._service.answer, request))


class AnsweredBeside:
    """A question that a thread answers."""

    def __init__(self, coming: "Future[replies.Reply]") -> None:
        self._coming = coming

    def answer(self, _expected: type) -> replies.Reply:
        return self._coming.result()


def instance_in(folder: Path, database: str) -> Path:
    """A new demo instance, opened by this process."""
    data = folder / "data"
    words = ("init", "--role", "demo", "--data", str(data), "--database", database)
    subprocess.run([sys.executable, "-m", "absah_site.cli", *words], check=True, capture_output=True)  # noqa: S603 (ours)
    return opened(data)


def opened(data: Path) -> Path:
    """An instance that is there, opened by this process."""
    from absah_site.cli.instance import open_instance  # noqa: PLC0415 (Django is set up here)

    open_instance(data)
    return data


class Issuing:
    """Issues certificates to new people: `one` by itself, `many` together."""

    def __init__(self, data: Path) -> None:
        from absah_site import composition  # noqa: PLC0415 (Django is set up only now)
        from absah_site.actors import Operator  # noqa: PLC0415
        from absah_site.pki import actions as pki  # noqa: PLC0415

        signer: Any = SignerHere(data)
        composition.signer = lambda: signer  # type: ignore[assignment]  # no socket between
        self._pki, self._by = pki, Operator()
        self._keys = iter([public_key_of(ec.generate_private_key(ec.SECP256R1())) for _ in range(_KEYS)])
        self._numbers = iter(range(10**9))
        self._run = SystemRng().token(4).hex()  # a register that is kept is issued into again

    def one(self) -> object:
        return self._pki.issue_certificate(self._request(), by=self._by)

    def many(self) -> object:
        issued = self._pki.issue_certificates([self._request() for _ in range(TOGETHER)], by=self._by)
        if not all(isinstance(one, self._pki.IssuedCertificate) for one in issued):
            raise AssertionError(f"not all were issued: {issued}")
        return issued

    def _request(self) -> Any:
        return self._pki.IssuanceRequest(
            profile="individual-signer",
            subject=PERSON,
            public_key=next(self._keys),
            credential=None,
            holder=f"BENCH{self._run}{next(self._numbers):08}",
            agency="bench",
        )


def raw() -> Callable[[], object]:
    """A raw signature over as many bytes, and two inserts, each committed, into the same database."""
    from django.db import connection, transaction  # noqa: PLC0415 (Django is set up only now)

    blob = "BLOB" if connection.vendor == "sqlite" else "BYTEA"
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_intent (serial TEXT PRIMARY KEY, at TEXT)")
        cursor.execute(f"CREATE TABLE bench_certificate (serial TEXT PRIMARY KEY, at TEXT, der {blob})")
    rng = SystemRng()
    key, scheme, body = ec.generate_private_key(ec.SECP256R1()), ec.ECDSA(hashes.SHA256()), bytes(900)

    def operation() -> object:
        serial = rng.token(16).hex()
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute("INSERT INTO bench_intent VALUES (%s, 'now')", (serial,))
        signature = key.sign(body, scheme)
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute("INSERT INTO bench_certificate VALUES (%s, 'now', %s)", (serial, body + signature))
        return signature

    return operation


def measure_issuing(folder: Path) -> dict[str, float]:
    """Issued and committed, together and one by one, against the raw operation, in time of day: the disk is part of it.

    On all sides everything is on the disk when the call comes back.
    """
    data = instance_in(folder, os.environ.get("ABSAH_TEST_DATABASE", "sqlite"))
    issuing = Issuing(data)
    many, single, theirs = in_turns(Here(issuing.many), Here(issuing.one), Here(raw()))
    found = {"raw": 1 / theirs.wall_seconds}
    for way, ours, together in (("many", many, TOGETHER), ("single", single, 1)):
        turns = zip(ours.turns, theirs.turns, strict=True)
        ratios = sorted(together * (b.wall / b.n) / (a.wall / a.n) for a, b in turns)
        found |= {
            way: together / ours.wall_seconds,
            f"{way}_cpu": together * theirs.cpu_milliseconds / ours.cpu_milliseconds,
            f"{way}_n": ours.n * together,
            f"{way}_least": ratios[0],
            f"{way}_most": ratios[-1],
        }
    return found


def make_register(folder: Path, rows: str, revoked: str) -> dict[str, float]:
    """An instance in `folder` whose register has so many certificates, of each hundred so many revoked."""
    data = instance_in(folder, "sqlite")
    Issuing(data).many()
    from django.db import connection  # noqa: PLC0415 (Django is set up only now)

    connection.close()
    began = time.perf_counter()
    fill(data / "db.sqlite3", int(rows), revoked=int(revoked))
    return {"seconds": time.perf_counter() - began}


def measure_list(folder: Path) -> dict[str, float]:
    """A list of all that is revoked, made as the worker makes it: through the real signer, to the file."""
    data = opened(folder / "data")
    from absah_site import composition  # noqa: PLC0415 (Django is set up only now)
    from absah_site.pki import actions as pki  # noqa: PLC0415

    client = ensure_signer(data)
    composition.signer = lambda: client  # type: ignore[assignment]
    try:
        began = time.perf_counter()
        pki.publish_crls(SystemClock().now())
        seconds = time.perf_counter() - began
        status = Path(f"/proc/{client.ping().process}/status").read_text()
    finally:
        stop_signer(data)
    peak = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    return {
        "seconds": seconds,
        "bytes": (data / "repository" / "crl" / "issuing-ca.crl").stat().st_size,
        "rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "signer": int(peak) / 1024,
    }


_TASKS: Final[dict[str, Callable[..., dict[str, float]]]] = {
    "issue": measure_issuing,
    "fill": make_register,
    "list": measure_list,
}

if __name__ == "__main__":
    print(json.dumps(_TASKS[sys.argv[1]](Path(sys.argv[2]), *sys.argv[3:])))
