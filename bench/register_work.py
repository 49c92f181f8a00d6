"""What `bench.register` has measured in a process of its own: `python -m bench.register_work TASK FOLDER`."""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from absah.adapters.signer import wire
from absah.adapters.signer import wire_replies as replies
from absah.adapters.signer.custody import Custody
from absah.adapters.signer.service import SignerService
from absah.adapters.signer_client import SignerClient, ensure_signer, stop_signer
from absah.kernel.clock import SystemClock
from absah.kernel.rng import SystemRng
from absah.pki.algorithms import public_key_of
from absah.pki.ocsp import parse_ocsp_response
from bench.credentials import PERSON
from bench.rounds import Here, in_turns
from bench.status import question

_FEW: Final = 10_000
_MANY: Final = int(os.environ.get("ROWS", "1000000"))
_ANSWERS: Final = 2_000
_TOGETHER: Final = 64
_KEYS: Final = 60_000
#: So many rows are filled in one statement.
_PORTION: Final = 1_000_000
_FILL: Final = """
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < %s)
    INSERT INTO pki_certificate (
        authority_id, subject, name, profile, der, not_before, not_after, credential, agency, issued_at, shard,
        serial, fingerprint, holder, key_hash, status, reason, status_at
    )
    SELECT
        authority_id, subject, name, profile, der, not_before, not_after, credential, agency, issued_at, shard,
        '5' || lower(hex(randomblob(15))) || '0', lower(hex(randomblob(32))), 'FILL' || n || abs(random()),
        lower(hex(randomblob(32))), 'revoked', 'superseded', issued_at
    FROM (SELECT * FROM pki_certificate WHERE profile = 'individual-signer' LIMIT 1), numbers
"""


class SignerHere:
    """The signer without its process: the client's own calls, answered in memory, journal and all."""

    ping = SignerClient.ping
    issue_certificate = SignerClient.issue_certificate
    issue_certificates = SignerClient.issue_certificates

    def __init__(self, data: Path) -> None:
        self._service = SignerService(Custody(data, clock=SystemClock(), rng=SystemRng()))

    def _ask(self, request: wire.Request, _expected: type) -> replies.Reply:
        return self._service.answer(request)


def instance_in(folder: Path, database: str) -> Path:
    """A demo instance, opened by this process."""
    data = folder / "data"
    words = ("init", "--role", "demo", "--data", str(data), "--database", database)
    subprocess.run([sys.executable, "-m", "absah_site.cli", *words], check=True, capture_output=True)  # noqa: S603 (ours)
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

    def one(self) -> object:
        return self._pki.issue_certificate(self._request(), by=self._by)

    def many(self) -> object:
        issued = self._pki.issue_certificates([self._request() for _ in range(_TOGETHER)], by=self._by)
        if not all(isinstance(one, self._pki.IssuedCertificate) for one in issued):
            raise AssertionError(f"not all were issued: {issued}")
        return issued

    def _request(self) -> Any:
        return self._pki.IssuanceRequest(
            profile="individual-signer",
            subject=PERSON,
            public_key=next(self._keys),
            credential=None,
            holder=f"BENCH{next(self._numbers):08}",
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
    ratios = sorted(_TOGETHER * (b.wall / b.n) / (a.wall / a.n) for a, b in zip(many.turns, theirs.turns, strict=True))
    return {
        "ours": _TOGETHER / many.wall_seconds,
        "single": 1 / single.wall_seconds,
        "raw": 1 / theirs.wall_seconds,
        "cpu": theirs.cpu_milliseconds * _TOGETHER / many.cpu_milliseconds,
        "n": many.n * _TOGETHER,
        "least": ratios[0],
        "most": ratios[-1],
    }


def fill(count: int) -> None:
    """So many certificates in the register, all revoked, copies of one in everything that is not unique."""
    from django.db import connection  # noqa: PLC0415 (Django is set up only now)

    with connection.cursor() as cursor:
        cursor.execute(
            _FILL,
            (count,),
        )


def answering(data: Path) -> Callable[[], object]:
    """Answer about certificates all over the register as the responder does: read, look up, sign."""
    from django.db import connection  # noqa: PLC0415 (Django is set up only now)

    from absah_site.pki import actions as pki  # noqa: PLC0415
    from absah_site.responders.exchange import Question  # noqa: PLC0415
    from absah_site.responders.ocsp.application import FolderKeys  # noqa: PLC0415
    from absah_site.responders.ocsp.desk import OcspDesk  # noqa: PLC0415
    from absah_site.responders.ocsp.register import Register, SqliteRows  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("SELECT serial FROM pki_certificate ORDER BY fingerprint LIMIT %s", (_ANSWERS,))
        serials = [int(row[0], 16) for row in cursor.fetchall()]
    register = Register(SqliteRows(data / "db.sqlite3"))
    (issuer,) = register.issuers()
    desk = OcspDesk(register, FolderKeys(data, SystemRng(), SystemClock()), SystemClock())
    desk.tick()
    pki.certify_responders()
    desk.tick()
    questions = [
        Question(method="POST", rest="", body=question(issuer.certificate, serial, b"n" * 32)) for serial in serials
    ]
    if parse_ocsp_response(desk.answer(questions[0]).body).nonce is None:
        raise AssertionError("the nonce did not come back")

    def answer() -> object:
        for asked in questions:
            desk.answer(asked)
        return None

    return answer


def measure_register(folder: Path) -> dict[str, float]:
    """Status, issuance and operators' search with few and with many certificates."""
    data = instance_in(folder, "sqlite")
    issue = Issuing(data).many
    issue()
    fill(_FEW)
    look = answering(data)
    status_few, issue_few = in_turns(Here(look), Here(issue), rounds=5)
    for filled in range(_FEW, _MANY, _PORTION):
        fill(min(_PORTION, _MANY - filled))
    look = answering(data)
    status_many, issue_many = in_turns(Here(look), Here(issue), rounds=5)
    return {
        "status_few": status_few.per_cpu_second * _ANSWERS,
        "status_many": status_many.per_cpu_second * _ANSWERS,
        "issue_few": issue_few.per_cpu_second * _TOGETHER,
        "issue_many": issue_many.per_cpu_second * _TOGETHER,
        "search_ms": search_milliseconds(),
        "search_most_ms": 100.0,
        "n": issue_many.n * _TOGETHER,
    }


def search_milliseconds() -> float:
    """What an operator waits for a search by name, ms at the 95th percentile: names that are rare, common, unknown."""
    from absah_site.pki import access  # noqa: PLC0415 (Django is set up only now)

    took = []
    for text in ("siti", "Siti Contoh", "bu", "nobody at all", "ada", "kota") * 10:
        began = time.perf_counter()
        access.find_certificates(access.Search(text=text), offset=0, limit=26)
        took.append(1000 * (time.perf_counter() - began))
    return sorted(took)[int(len(took) * 0.95)]


def measure_scale(folder: Path) -> dict[str, float]:
    """The same, then the list of them all."""
    return measure_register(folder) | measure_list(folder / "data")


def measure_list(data: Path) -> dict[str, float]:
    """A list of all of them, made as the worker makes it: through the real signer, to the file."""
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
        "crl": seconds,
        "entries": _MANY,
        "bytes": (data / "repository" / "crl" / "issuing-ca.crl").stat().st_size,
        "rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "signer": int(peak) / 1024,
    }


_TASKS: Final = {"issue": measure_issuing, "register": measure_register, "scale": measure_scale}

if __name__ == "__main__":
    print(json.dumps(_TASKS[sys.argv[1]](Path(sys.argv[2]))))
