"""Hashing a document a piece at a time, in a state that can go on over what is appended to it."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Final, Protocol, Self, final

from absah.pdf.reader.source import ByteSource, BytesSource, Document, ExtendedSource
from absah.pki.algorithms import DigestAlgorithm

_CHUNK: Final = 1 << 20


class HashState(Protocol):
    """A hash over the bytes so far, as hashlib has it: copied, it can go on in two ways."""

    def copy(self) -> Self: ...

    def update(self, data: bytes | memoryview, /) -> None: ...

    def digest(self) -> bytes: ...


_HASHES: Final[dict[DigestAlgorithm, Callable[[], HashState]]] = {
    DigestAlgorithm.SHA256: hashlib.sha256,
    DigestAlgorithm.SHA384: hashlib.sha384,
    DigestAlgorithm.SHA512: hashlib.sha512,
}


@final
class HashedSource:
    """A document whose bytes have been hashed already, in the algorithms of `states`."""

    __slots__ = ("_source", "_states", "size")

    def __init__(self, source: ByteSource, states: Mapping[DigestAlgorithm, HashState], /) -> None:
        self._source = source
        self._states = states
        self.size = source.size

    def read(self, offset: int, length: int, /) -> bytes:
        return self._source.read(offset, length)

    def state(self, algorithm: DigestAlgorithm, /) -> HashState:
        """The state over all bytes, to be gone on with."""
        known = self._states.get(algorithm)
        return known.copy() if known is not None else hash_of(self._source, algorithm)


def new_hash(algorithm: DigestAlgorithm, /) -> HashState:
    """The state over nothing."""
    return _HASHES[algorithm]()


def hash_of(document: Document, algorithm: DigestAlgorithm, /) -> HashState:
    """The state of a hash over all bytes of a document."""
    if isinstance(document, HashedSource):
        return document.state(algorithm)
    if isinstance(document, ExtendedSource):
        state = hash_of(document.original, algorithm)
        state.update(document.appended)
        return state
    state = _HASHES[algorithm]()
    if isinstance(document, BytesSource):
        document = document.content
    if isinstance(document, bytes):
        state.update(document)
        return state
    for offset in range(0, document.size, _CHUNK):
        state.update(document.read(offset, _CHUNK))
    return state
