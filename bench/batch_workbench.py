"""What a worker process of the bench's batches works with."""

from pathlib import Path
from typing import Final

from absah.adapters.batch_tasks import Workbench
from absah.adapters.engines import ChosenEngine
from absah.adapters.local_timestamps import LocalTimestamps
from absah.adapters.signer_client import SignerClient
from absah.kernel.clock import SystemClock
from absah.kernel.rng import SystemRng
from absah.signing.completion import SigningPorts
from absah.signing.ports import CredentialId

TSA: Final = CredentialId("tsa")


def open_workbench(socket: Path) -> Workbench:
    """In a worker."""
    client = SignerClient(socket)
    stamps = LocalTimestamps(client, TSA, SystemRng())
    return Workbench(ports=SigningPorts(signer=client, engine=ChosenEngine(), timestamps=stamps), clock=SystemClock())
