"""What a batch needs of others: the signer, the ledger, somebody who listens; and why it ends early."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from absah.kernel.errors import Unavailable, WrongState
from absah.kernel.rng import Rng
from absah.pki.algorithms import DigestAlgorithm
from absah.signing.batch.ledger import BatchLedger
from absah.signing.batch.progress import BatchProgress
from absah.signing.ports import Signer


class BatchStopped(Unavailable):
    """Somebody asked the batch to stop. What was signed is finished; the rest waits."""

    code = "batch.stopped"


class GivenUp(WrongState):
    """The use of the key was given up before the document was finished. It is signed anew by the next run."""

    code = "batch.given-up"


class BulkTimestamps(Protocol):
    """A time-stamping authority that is asked for many tokens in one errand."""

    def timestamps(self, imprints: tuple[bytes, ...], digest: DigestAlgorithm, /) -> tuple[bytes, ...]:
        """The DER of a TimeStampToken over each of them."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchPorts:
    """What leads a batch. `told` hears of progress; `asked_to_stop` is asked now and then.

    Where `timestamps` are, signature values are stamped many at a time; elsewhere each worker asks for its own.
    `signer` and `timestamps` are asked from a thread each, one question at a time; everything else from the caller's.
    """

    signer: Signer
    ledger: BatchLedger
    rng: Rng
    told: Callable[[BatchProgress], None]
    asked_to_stop: Callable[[], bool]
    timestamps: BulkTimestamps | None = None
