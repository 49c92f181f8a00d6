"""What a worker process of the bench's batches works with."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from absah.adapters.batch_tasks import Workbench
from absah.adapters.engines import ChosenEngine
from absah.kernel.clock import SystemClock
from absah.kernel.rng import SystemRng
from absah.pki.algorithms import DigestAlgorithm
from absah.signing.completion import LevelPorts
from absah.signing.ports import CredentialId

TSA: Final = CredentialId("tsa")


@dataclass(frozen=True, slots=True)
class OneByOne:
    """Asks the signer process for a time-stamp. Tokens come by errand; a worker asks where an errand has failed."""

    socket: Path

    def timestamp(self, imprint: bytes, digest: DigestAlgorithm, /) -> bytes:
        # Only who asks pays for knowing how to: most workers never do.
        from absah.adapters.local_timestamps import LocalTimestamps  # noqa: PLC0415  (see above)
        from absah.adapters.signer_client import SignerClient  # noqa: PLC0415  (see above)

        return LocalTimestamps(SignerClient(self.socket), TSA, SystemRng()).timestamp(imprint, digest)


def open_workbench(socket: Path) -> Workbench:
    """In a worker."""
    ports = LevelPorts(engine=ChosenEngine(), timestamps=OneByOne(socket))
    return Workbench(ports=ports, clock=SystemClock())
