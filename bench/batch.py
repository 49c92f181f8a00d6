"""A process that signs batches to B-T with the real signer and its workers: `python -m bench.batch DATA IN OUT CORES`.

It speaks the protocol of bench/peers/process.py and may use so many cores: the signer process, the leader and the
workers together. `turn N` is one batch of all documents of the folder, from begin to end: the processes are started,
the passphrase is checked, everything is on the disk.

Each turn has an output folder of its own, and nothing is removed before the last: ext4 without a journal, as on many
virtual machines, does not take an inode that was freed within the last minutes, and looks past all of them for each
file that it makes, with the folder locked. That took as much time as signing, and another from one turn to the next.
"""

import os
import sys
import time
from collections.abc import Mapping
from functools import partial
from itertools import count
from pathlib import Path
from typing import final
from uuid import UUID

from absah.adapters.batch_folders import BatchFolders
from absah.adapters.batch_ports import BatchPorts
from absah.adapters.batch_run import BatchJob, BatchReport, run_batch
from absah.adapters.key_vault import ByPassphrase, ByService
from absah.adapters.local_timestamps import LocalTimestamps
from absah.adapters.service_secret import create_service_secret
from absah.adapters.signer.records import KeyKind
from absah.adapters.signer_client import SignerClient
from absah.adapters.signer_life import ensure_signer, stop_signer
from absah.kernel.clock import SystemClock
from absah.kernel.errors import AbsahError
from absah.kernel.rng import SystemRng
from absah.pki.algorithms import KeyAlgorithm
from absah.signing.batch.items import BatchActivation, ItemCompleted, ItemPrepared
from absah.signing.batch.order import BatchItem, BatchOrder
from absah.signing.factors import Factors, Secret
from absah.signing.levels import Level
from absah.signing.ports import CredentialId
from bench.batch_workbench import TSA, open_workbench
from bench.credentials import PASSWORD, PERSON, STAMPER, authority, certified

_PERSON = CredentialId("person")
_SOCKET = Path("run") / "signer.sock"


@final
class NullLedger:
    """Accepts everything and remembers nothing: the database of a site is not what is measured."""

    def intend(self, intended: tuple[tuple[BatchItem, ItemPrepared], ...], /) -> None:
        """Nothing."""

    def conclude(
        self, completed: tuple[ItemCompleted, ...], activation: Mapping[str, BatchActivation], /
    ) -> frozenset[UUID]:
        """All of them."""
        del activation
        return frozenset(one.record for one in completed)

    def give_up(self, records: tuple[UUID, ...], error: AbsahError | None, /) -> None:
        """Nothing."""


def found(data: Path) -> SignerClient:
    """A signer with a person and a time-stamping authority."""
    if not (data / "secrets").exists():
        data.mkdir(parents=True, exist_ok=True)
        create_service_secret(data, SystemRng())
    client = ensure_signer(data)
    now = SystemClock().now()
    issuer = authority(now)
    wanted = (
        (_PERSON, KeyKind.SUBSCRIBER, "individual-signer", PERSON, ByPassphrase(Secret(PASSWORD))),
        (TSA, KeyKind.TSA, "tsa", STAMPER, ByService()),
    )
    for credential, kind, profile, subject, protection in wanted:
        key = client.create_key(credential, kind=kind, algorithm=KeyAlgorithm.P256, protection=protection)
        certificate = certified(profile, subject, key, issuer, now=now)
        client.attach_certificate(credential, certificate, issuer.chain)
    return client


def sign_all(client: SignerClient, data: Path, inputs: Path, outputs: Path, jobs: int) -> BatchReport:
    """One batch."""
    job = BatchJob(
        order=BatchOrder(credential=_PERSON, application="bench", level=Level.B_T),
        folders=BatchFolders(inputs=inputs, outputs=outputs),
        factors=Factors(passphrase=Secret(PASSWORD)),
        jobs=jobs,
        opening=partial(open_workbench, data / _SOCKET),
    )
    ports = BatchPorts(
        signer=client,
        ledger=NullLedger(),
        rng=SystemRng(),
        told=lambda _: None,
        asked_to_stop=lambda: False,
        timestamps=LocalTimestamps(client, TSA, SystemRng()),
    )
    return run_batch(job, ports)


def main() -> None:
    """Answer until the end of the input."""
    data, inputs, outputs = (Path(given).resolve() for given in sys.argv[1:4])
    jobs = int(sys.argv[4])
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:jobs])
    client = found(data)
    print("ready absah", flush=True)
    try:
        for turn, line in zip(count(1), sys.stdin, strict=False):
            _, _, wanted = line.strip().partition(" ")
            signed = outputs / f"{turn:03}"
            signed.mkdir()
            before, began = os.times(), time.perf_counter()
            report = sign_all(client, data, inputs, signed, jobs)
            wall, after = time.perf_counter() - began, os.times()
            if report.stopped is not None or report.count("signed") != int(wanted):
                raise SystemExit(f"{report.count('signed')} of {wanted} signed: {report.stopped}")
            print(wanted, sum(after[:4]) - sum(before[:4]), wall, flush=True)
    finally:
        stop_signer(data)


if __name__ == "__main__":
    main()
