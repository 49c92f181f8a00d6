"""Revocation data that several documents need within a few minutes, asked for once.

A batch has one signer and one time-stamping unit, so their chains are the same for every document.
"""

from datetime import timedelta
from typing import Final, final

from absah.kernel.clock import Clock
from absah.signing.material import ValidationMaterial
from absah.signing.ports import RevocationSource

#: Well below the time for which an answer of ours stands, and long enough for thousands of documents.
KEPT: Final = timedelta(minutes=5)
_MOST: Final = 64


@final
class RememberedRevocation:
    """Fills `absah.signing.ports.RevocationSource` from another one, and remembers its answers for `kept`.

    What could not be had is asked for again each time.
    """

    def __init__(self, source: RevocationSource, clock: Clock, /, *, kept: timedelta = KEPT) -> None:
        self._source = source
        self._clock = clock
        self._kept = kept.total_seconds()
        self._answers: dict[tuple[bytes, ...], tuple[float, ValidationMaterial]] = {}

    def material_for(self, certificates: tuple[bytes, ...], /) -> ValidationMaterial:
        """See `RevocationSource`."""
        now = self._clock.monotonic()
        known = self._answers.get(certificates)
        if known is not None and now - known[0] < self._kept:
            return known[1]
        found = self._source.material_for(certificates)
        if len(self._answers) >= _MOST:
            self._answers.clear()
        self._answers[certificates] = (now, found)
        return found
