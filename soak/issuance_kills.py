"""Kills processes that issue certificates, and the signer, at random moments; then compares what is on record.

Eight processes issue at the same time into one register, every other of them up to 64 certificates together. One of
them, now and then the signer, gets a kill -9 at a moment that a seed chose, and is started again. At the end nothing
may be left open, no serial be there twice, no certificate be outside the register that the signer signed and the CRL
does not name, and none be in it that was never signed.
"""

import argparse
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import suppress
from functools import partial
from itertools import cycle, repeat
from pathlib import Path
from typing import Final

from absah.adapters.signer_life import ensure_signer, stop_signer
from absah.kernel.errors import AbsahError
from soak.children import Children

_SIGNER_EVERY: Final = 12
_LONGEST_PAUSE: Final = 0.15
_TOGETHER: Final = (2, 8, 64)


def kill_issuers(folder: Path, /, *, issued: int, processes: int = 8, seed: int = 1) -> dict[str, object]:
    """Issue at least so many certificates while processes are killed, and judge the register."""
    done = subprocess.run(
        [sys.executable, "-m", "soak.issuance_kills", str(folder), str(issued), str(processes), str(seed)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        return {"held": False, "problem": done.stderr[-2000:]}
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found


def _issue_for_ever(process: int) -> None:
    """What a child does: keys, certificates, and again. What is refused because others died is passed over."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from django.db import OperationalError

    from absah.pki.algorithms import public_key_of
    from absah.pki.names import IndividualName
    from absah_site.actors import Operator
    from absah_site.pki import actions as pki

    name = IndividualName(
        common_name="Siti Contoh",
        given_name="Siti",
        surname="Contoh",
        subscriber_number="A7K2M9QX",
        units=(),
        organisation="Pemerintah Kota Contoh",
        locality="Kota Contoh",
        province="Provinsi Contoh",
    )

    def wanted(number: int) -> pki.IssuanceRequest:
        return pki.IssuanceRequest(
            profile="individual-signer",
            subject=name,
            public_key=public_key_of(ec.generate_private_key(ec.SECP256R1())),
            credential=None,
            holder=f"{os.getpid()}-{process}-{number}",
            agency="soak",
        )

    numbers = iter(range(10**9))
    for together in cycle(_TOGETHER) if process % 2 else repeat(1):
        requests = [wanted(next(numbers)) for _ in range(together)]
        with suppress(AbsahError, OperationalError):
            pki.issue_certificates(requests, by=Operator(name="soak"))


def _rows(database: Path, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=30) as connection:
        return connection.execute(query).fetchall()


def _run(data: Path, issued: int, processes: int, seed: int) -> dict[str, int]:
    chance = random.Random(seed)  # noqa: S311  (moments, not secrets)
    kills = {"issuers": 0, "signers": 0}
    count = "SELECT count(*) FROM pki_certificate WHERE holder <> ''"
    with Children([partial(_issue_for_ever, number) for number in range(processes)]) as children:
        while int(str(_rows(data / "db.sqlite3", count)[0][0])) < issued:
            time.sleep(chance.uniform(0, _LONGEST_PAUSE))
            if chance.randrange(_SIGNER_EVERY) == 0:
                with suppress(AbsahError, ProcessLookupError):
                    os.kill(ensure_signer(data).ping().process, signal.SIGKILL)
                    kills["signers"] += 1
                with suppress(AbsahError):
                    ensure_signer(data)
                continue
            children.kill_one(chance)
            kills["issuers"] += 1
    return kills


def _judge(data: Path) -> dict[str, object]:
    """Every contradiction between the register, the signer's journal, the CRL and the ledger."""
    from datetime import timedelta

    from absah.kernel.clock import SystemClock
    from absah.pki import der
    from absah.pki.algorithm_identifiers import read_signature_algorithm
    from absah.pki.algorithms import verify_bytes
    from absah.pki.certificates import load_certificate, public_key_of_certificate
    from absah.pki.crl import parse_crl
    from absah_site.pki import actions as pki

    ensure_signer(data)
    given_up = pki.reconcile(older_than=timedelta(0))
    pki.publish_crls(SystemClock().now())
    listed = {f"{entry.serial:032x}" for entry in parse_crl((data / "repository/crl/issuing-ca.crl").read_bytes())}
    register = _rows(data / "db.sqlite3", "SELECT serial, der FROM pki_certificate WHERE holder <> ''")
    intents = _rows(data / "db.sqlite3", "SELECT serial, state FROM pki_issuanceintent")
    (issuer,) = _rows(data / "db.sqlite3", "SELECT certificate FROM pki_authority WHERE slug = 'issuing-ca'")
    key = public_key_of_certificate(load_certificate(bytes(issuer[0])))  # type: ignore[arg-type]  # a blob
    journal = _rows(
        data / "keys/credentials.sqlite3",
        "SELECT use.subject, result.result FROM key_use use LEFT JOIN key_use_result result ON result.key_use = use.id"
        " WHERE use.operation = 'issue-certificate'",
    )
    serials = [str(serial) for serial, _ in register]
    signed = [f"{int(str(subject), 16):032x}" for subject, result in journal if result == "done"]
    intended = {str(serial): str(state) for serial, state in intents}
    known = set(serials) | {
        str(row[0]) for row in _rows(data / "db.sqlite3", "SELECT serial FROM pki_certificate WHERE holder = ''")
    }
    for serial, encoded in register:
        certificate = load_certificate(bytes(encoded))  # type: ignore[call-overload]  # a blob
        fields = list(der.outermost(bytes(encoded), "certificate").reader())  # type: ignore[call-overload]
        verify_bytes(key, certificate.signature, certificate.tbs_certificate_bytes, read_signature_algorithm(fields[1]))
        if f"{certificate.serial_number:032x}" != serial:
            raise AssertionError("a row names another serial than its certificate")
    ledger = subprocess.run(
        [sys.executable, "-m", "absah_site.cli", "audit", "verify", "--data", str(data)],
        capture_output=True,
        check=False,
    )
    contradictions = {
        "serial twice": len(serials) - len(set(serials)) + len(signed) - len(set(signed)),
        "signed, neither registered nor on the list": len(set(signed) - known - listed),
        "registered, never signed": len(set(serials) - set(signed)),
        "registered without its intention": sum(intended.get(serial) != "issued" for serial in serials),
        "issued without a certificate": sum(
            state == "issued" and serial not in known for serial, state in intended.items()
        ),
        "still open": sum(state == "intended" for state in intended.values()),
        "given up, not on the list": sum(
            state == "abandoned" and serial not in listed for serial, state in intended.items()
        ),
        "ledger": ledger.returncode,
    }
    return {
        "certificates": len(serials),
        "given_up": given_up,
        "contradictions": {name: number for name, number in contradictions.items() if number},
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="issuance_kills")
    parser.add_argument("folder", type=Path)
    for name in ("issued", "processes", "seed"):
        parser.add_argument(name, type=int)
    options = parser.parse_args()
    data = options.folder.resolve() / f"issuance-{os.getpid()}"
    words = [sys.executable, "-m", "absah_site.cli", "init", "--role", "demo", "--data", str(data)]
    subprocess.run(words, check=True, capture_output=True)
    from absah_site.cli.instance import open_instance

    open_instance(data)
    ensure_signer(data)
    try:
        kills = _run(data, options.issued, options.processes, options.seed)
        found = _judge(data)
    finally:
        stop_signer(data)
    print(json.dumps({**found, "kills": kills, "held": not found["contradictions"]}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
