"""How far a batch is."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from absah.signing.batch.items import ItemFailed, ItemMoved, ItemSigned, ItemState
from absah.signing.batch.order import BatchItem
from absah.signing.batch.state import BatchState


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchProgress:
    """How far a batch is. `signed` counts those of earlier runs too."""

    total: int
    signed: int
    failed: int

    @property
    def waiting(self) -> int:
        """Neither signed nor refused yet."""
        return self.total - self.signed - self.failed


class Tally:
    """Counts the items of a batch by what they have reached; each name counts."""

    def __init__(self, items: Iterable[BatchItem], state: BatchState, /) -> None:
        self._names = {item.key: len(item.names) for item in items}
        self._reached: Counter[type[ItemState]] = Counter()
        for key, count in self._names.items():
            self._reached[type(state.of(key))] += count

    def note(self, moves: Iterable[ItemMoved], /) -> None:
        """Items have been signed or refused."""
        for move in moves:
            self._reached[type(move.state)] += self._names.get(move.key, 0)

    @property
    def progress(self) -> BatchProgress:
        """How far the batch is."""
        signed, refused = self._reached[ItemSigned], self._reached[ItemFailed]
        return BatchProgress(total=sum(self._names.values()), signed=signed, failed=refused)
