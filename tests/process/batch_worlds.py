"""What a batch needs when it runs without a site: a ledger in a file.

`python -m tests.process.batch_worlds DATA IN OUT LEVEL` runs a batch, as something to kill.
"""

import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from uuid import UUID

from tests.fixtures_signer import PERSON, RIGHT
from tests.process.batch_workbench import open_workbench

from absah.adapters.batch_folders import BatchFolders
from absah.adapters.batch_ports import BatchPorts
from absah.adapters.batch_run import BatchJob, BatchReport, run_batch
from absah.adapters.signer_client import SignerClient
from absah.kernel.errors import AbsahError
from absah.kernel.rng import SystemRng
from absah.signing.batch.items import BatchActivation, ItemCompleted, ItemPrepared
from absah.signing.batch.order import BatchItem, BatchOrder
from absah.signing.factors import Factors
from absah.signing.levels import Level


class FileLedger:
    """One line for each thing that happens to an attempt; an attempt ends once."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def _write(self, word: str, record: UUID) -> None:
        with self._path.open("a") as lines:
            lines.write(f"{word} {record}\n")

    def ended(self) -> dict[str, str]:
        """How each attempt ended; `intended` for those that did not."""
        found: dict[str, str] = {}
        for line in self._path.read_text().splitlines() if self._path.exists() else ():
            word, record = line.split()
            found[record] = word
        return found

    def intend(self, intended: tuple[tuple[BatchItem, ItemPrepared], ...], /) -> None:
        for _, prepared in intended:
            self._write("intended", prepared.record)

    def conclude(
        self, completed: tuple[ItemCompleted, ...], _activations: Mapping[str, BatchActivation], /
    ) -> frozenset[UUID]:
        ended = self.ended()
        accepted = {one.record for one in completed if ended.get(str(one.record)) in {"intended", "signed"}}
        for record in accepted:
            self._write("signed", record)
        return frozenset(accepted)

    def give_up(self, records: tuple[UUID, ...], _error: AbsahError | None, /) -> None:
        ended = self.ended()
        for record in records:
            if ended.get(str(record)) == "intended":
                self._write("failed", record)


def batch(
    data: Path,
    inputs: Path,
    outputs: Path,
    *,
    level: Level = Level.B_B,
    factors=None,
    jobs: int = 1,
    stop=None,
    signer=None,
) -> BatchReport:
    """Run a batch of the person of `tests.fixtures_signer`."""
    socket = data / "run" / "signer.sock"
    job = BatchJob(
        order=BatchOrder(credential=PERSON, application="batch", level=level),
        folders=BatchFolders(inputs=inputs, outputs=outputs),
        factors=factors or Factors(passphrase=RIGHT),
        jobs=jobs,
        opening=partial(open_workbench, socket),
    )
    ports = BatchPorts(
        signer=signer or SignerClient(socket),
        ledger=FileLedger(data / "ledger"),
        rng=SystemRng(),
        told=lambda _: None,
        asked_to_stop=stop or (lambda: False),
    )
    return run_batch(job, ports)


if __name__ == "__main__":
    made = batch(*map(Path, sys.argv[1:4]), level=Level(sys.argv[4]), jobs=2)
    sys.exit(0 if made.stopped is None and not made.count("failed") else 1)
