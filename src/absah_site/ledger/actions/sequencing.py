"""The sequencer: puts rows of the ledger into the log, signs heads when they are due, notices when the clock jumps.

It keeps nothing in memory that it could not do without: killed at any moment and started anywhere, it goes on. Two of
them do no harm, as each batch is taken under a lock of the database.
"""

from dataclasses import dataclass, field
from typing import Final, final

from cryptography.hazmat.primitives.asymmetric import ec
from django.db import transaction

from absah.adapters.log_key import open_log_key, take_up_next_log_key
from absah.audit.log_keys import log_id, public_key_bytes
from absah.audit.tags import LedgerTag
from absah.kernel.clock import FineClock
from absah_site import composition
from absah_site.audit.actions import record
from absah_site.ledger.actions.heads import is_head_due, publish_head
from absah_site.ledger.store import handovers, sequence
from absah_site.ledger.store.sequence import Watch

_BATCH: Final = 2_000
#: Seconds by which the clock may be set in one round without a row.
_STEADY: Final = 2.0
SYSTEM: Final = "system:sequencer"


def catch_up(watch: Watch, /) -> int:
    """Put what waits into the log. Returns how many rows there were."""
    count = 0
    if sequence.first_waiting() is not None:
        while (added := sequence.add_batch(watch, limit=_BATCH)) == _BATCH:
            count += added
        count += added
    return count


@final
@dataclass(slots=True)
class Sequencer:
    """One round after the other."""

    clock: FineClock
    key: ec.EllipticCurvePrivateKey
    watch: Watch = field(default_factory=Watch)
    _offset: float | None = None

    def round(self) -> int:
        """Put what waits into the log, and sign a head if one is due. Returns how many rows there were."""
        self._look_at_clock()
        count = self.catch_up()
        if is_head_due(now=self.clock.now()):
            self.catch_up()
            self._follow_handover()
            publish_head(self.key, now=self.clock.now())
        return count

    def _follow_handover(self) -> None:
        """Take up the key that ours was handed over to by another process."""
        successor = handovers.successor(log_id(public_key_bytes(self.key)))
        if successor is not None:
            data = composition.config().data
            take_up_next_log_key(data, successor)
            self.key = open_log_key(data, composition.rng())

    def catch_up(self) -> int:
        """Put what waits into the log. What is written meanwhile has to wait for the next round, in one batch again."""
        return catch_up(self.watch)

    def _look_at_clock(self) -> None:
        """Wall clock less growing clock stays what it is, unless somebody sets the first."""
        offset = self.clock.wall() - self.clock.monotonic()
        before, self._offset = self._offset, offset
        if before is not None and abs(offset - before) > _STEADY:
            note_clock_jump(round(offset - before), clock=self.clock)


@transaction.atomic
def note_clock_jump(seconds: int, /, *, clock: FineClock) -> None:
    """The clock was set by so many seconds: whoever reads moments later should know."""
    record(
        at=clock.now(), tag=LedgerTag.CLOCK_JUMPED, actor=SYSTEM, subject="clock:machine", facts={"seconds": seconds}
    )
