"""What a worker process of a batch works with in these tests; among its documents may be one that kills it."""

import os
import signal
from pathlib import Path

from tests.fixtures_signer import TSA

from absah.adapters.batch_tasks import Workbench
from absah.adapters.engines import ChosenEngine
from absah.adapters.local_timestamps import LocalTimestamps
from absah.adapters.signer_client import SignerClient
from absah.kernel.clock import SystemClock
from absah.kernel.rng import SystemRng
from absah.pdf.reader.source import whole
from absah.signing.completion import LevelPorts

DEADLY = b"this document kills"


class DeadlyEngine(ChosenEngine):
    """An engine over which its process dies, as over a document that makes a library crash."""

    def prepare(self, document, field, /, *, password=None):
        if DEADLY in whole(document):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().prepare(document, field, password=password)


def open_workbench(socket: Path) -> Workbench:
    client = SignerClient(socket)
    stamps = LocalTimestamps(client, TSA, SystemRng())
    return Workbench(ports=LevelPorts(engine=DeadlyEngine(), timestamps=stamps), clock=SystemClock())
