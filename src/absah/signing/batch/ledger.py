"""The port to whoever remembers uses of keys."""

from collections.abc import Mapping
from typing import Protocol
from uuid import UUID

from absah.kernel.errors import AbsahError
from absah.signing.batch.items import BatchActivation, ItemCompleted, ItemPrepared
from absah.signing.batch.order import BatchItem


class BatchLedger(Protocol):
    """Whoever remembers uses of keys. Each call is durable when it returns; numbers are those of the attempts."""

    def intend(self, intended: tuple[tuple[BatchItem, ItemPrepared], ...], /) -> None:
        """A key is about to be used for these."""
        ...

    def conclude(
        self, completed: tuple[ItemCompleted, ...], activation: Mapping[str, BatchActivation], /
    ) -> frozenset[UUID]:
        """These are whole and about to be handed out. Answers which may be: the others were given up meanwhile."""
        ...

    def give_up(self, records: tuple[UUID, ...], error: AbsahError | None, /) -> None:
        """Nothing was handed out for these: the process died (None), or what went wrong. Unknown ones are ignored."""
        ...
