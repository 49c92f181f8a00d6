"""Digests over what the signatures of one document cover, each byte read once for all of them.

Every /ByteRange begins at 0 and leaves out one hole. What stands before the hole of a later signature begins with
everything that an earlier one covered, its hole included: so the hashing of a prefix goes on where the last one
stopped, and forty signatures cost what one does.
"""

import hashlib
from bisect import bisect_right, insort
from operator import itemgetter
from typing import Final, Protocol, final

from absah.adapters.document_bytes import DocumentBytes, pieces
from absah.pki.algorithms import DigestAlgorithm

_POSITION: Final = itemgetter(0)


class _Hash(Protocol):
    def update(self, data: memoryview, /) -> None: ...
    def digest(self) -> bytes: ...
    def copy(self) -> "_Hash": ...


@final
class CoveredDigests:
    """One for each document."""

    def __init__(self, document: DocumentBytes) -> None:
        self._document = document
        self._known: dict[DigestAlgorithm, list[tuple[int, _Hash]]] = {}

    def digest(self, algorithm: DigestAlgorithm, byte_range: tuple[int, ...], /) -> bytes:
        """The digest over a lawful /ByteRange."""
        _, hole, resume, rest = byte_range
        found = self._prefix(algorithm, hole).copy()
        self._update(found, resume, resume + rest)
        return found.digest()

    def whole(self, algorithm: DigestAlgorithm, /) -> bytes:
        """The digest over the whole file, holes included."""
        return self._prefix(algorithm, len(self._document)).digest()

    def _prefix(self, algorithm: DigestAlgorithm, end: int) -> _Hash:
        """The state over everything before a position, gone on from the nearest one that is known."""
        known = self._known.setdefault(algorithm, [])
        place = bisect_right(known, end, key=_POSITION)
        begun, state = known[place - 1] if place else (0, hashlib.new(algorithm.value, usedforsecurity=False))
        if begun != end or not place:
            state = state.copy()
            self._update(state, begun, end)
            insort(known, (end, state), key=_POSITION)
        return state

    def _update(self, state: _Hash, start: int, end: int) -> None:
        for piece in pieces(self._document, start, end):
            state.update(piece)
