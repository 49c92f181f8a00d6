"""Digests over what the signatures of one document cover, each byte read once for all of them.

Every /ByteRange begins at 0 and leaves out one hole. What stands before the hole of a later signature begins with
everything that an earlier one covered, its hole included: so the hashing of a prefix goes on where the last one
stopped, and forty signatures cost what one does. A large file has to be searched for marks from its first byte to its
last; the hash that is always wanted follows that reading on another processor.
"""

import hashlib
from bisect import bisect_right, insort
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from operator import itemgetter
from typing import Final, Protocol, final

from absah.adapters.document_bytes import PIECE, DocumentBytes, pieces
from absah.pki.algorithms import DigestAlgorithm

_POSITION: Final = itemgetter(0)
_LARGE: Final = 4 * PIECE
_MOST_BEHIND: Final = 3
_KEPT_EVERY: Final = 2
"""Pieces. So much at most is hashed again for a signature whose hole was not known when the file was read."""


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

    @contextmanager
    def read_along(self) -> Iterator[Callable[[memoryview], None] | None]:
        """Whom to tell each piece of the document, in order, while somebody reads all of it.

        None where the document is in memory or so small that it does not matter.
        """
        if isinstance(self._document, bytes) or len(self._document) < _LARGE:
            yield None
            return
        known = self._known.setdefault(DigestAlgorithm.SHA256, [])
        with ThreadPoolExecutor(1, thread_name_prefix="digest") as elsewhere:
            follower = _Follower(elsewhere, known)
            yield follower.hear
            follower.finish()

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


@final
class _Follower:
    """Hashes in another thread what it hears, a few pieces behind at most; some states on the way are kept."""

    def __init__(self, elsewhere: ThreadPoolExecutor, known: list[tuple[int, _Hash]]) -> None:
        self._elsewhere, self._known = elsewhere, known
        self._waiting: deque[Future[None]] = deque()
        self._state: _Hash = hashlib.sha256(usedforsecurity=False)
        self._position = 0

    def hear(self, piece: memoryview, /) -> None:
        if len(self._waiting) == _MOST_BEHIND:
            self._waiting.popleft().result()
        self._waiting.append(self._elsewhere.submit(self._take, piece))

    def finish(self) -> None:
        """Wait for the last of them."""
        while self._waiting:
            self._waiting.popleft().result()
        self._known.append((self._position, self._state))

    def _take(self, piece: memoryview) -> None:
        if self._position and self._position % (_KEPT_EVERY * PIECE) == 0:
            self._known.append((self._position, self._state.copy()))
        self._state.update(piece)
        self._position += len(piece)
