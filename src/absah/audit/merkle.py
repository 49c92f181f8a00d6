"""The Merkle tree of RFC 9162 §2.1: hashes of leaves and nodes, heads, proofs of inclusion and consistency.

A tree over n leaves is made of perfect subtrees. `Reader` gives the hash of one of them; how they are kept is nobody's
concern here. Proofs are lists of hashes from the bottom up; checking one needs no reader.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NewType, TypeAlias

Hash = NewType("Hash", bytes)
#: The hash of the perfect subtree over the leaves `[number · 2^level, (number + 1) · 2^level)`.
Reader: TypeAlias = Callable[[int, int], Hash]

#: RFC 9162 §2.1.1: the hash of an empty tree is the hash of an empty string.
EMPTY_ROOT = Hash(hashlib.sha256().digest())
_NODE = b"\x01"


def node_hash(left: Hash, right: Hash, /) -> Hash:
    """`HASH(0x01 || left || right)` (RFC 9162 §2.1.1)."""
    return Hash(hashlib.sha256(_NODE + left + right).digest())


def perfect_parts(begin: int, end: int, /) -> Iterator[tuple[int, int]]:
    """The fewest perfect subtrees (level, number) that together are the leaves `[begin, end)`, from left to right."""
    while begin < end:
        level = (end - begin).bit_length() - 1
        if begin:
            level = min(level, (begin & -begin).bit_length() - 1)
        yield level, begin >> level
        begin += 1 << level


def subtree_root(begin: int, end: int, read: Reader, /) -> Hash:
    """The hash of the leaves `[begin, end)`, where begin is a multiple of the smallest power of two that spans them."""
    if begin == end:
        return EMPTY_ROOT
    *before, last = (read(level, number) for level, number in perfect_parts(begin, end))
    for left in reversed(before):
        last = node_hash(left, last)
    return last


def root(size: int, read: Reader, /) -> Hash:
    """The head of the tree over the first `size` leaves."""
    return subtree_root(0, size, read)


def _split(size: int) -> int:
    """The largest power of two smaller than `size` (RFC 9162 §2.1.1)."""
    return 1 << (size - 1).bit_length() - 1


def inclusion_proof(index: int, size: int, read: Reader, /) -> tuple[Hash, ...]:
    """That leaf `index` is in the tree over `size` leaves (RFC 9162 §2.1.3.1)."""
    if not 0 <= index < size:
        raise ValueError("a leaf that is not in the tree has no proof")
    path, begin, end = [], 0, size
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((begin, middle))
            begin = middle
    return tuple(subtree_root(*part, read) for part in reversed(path))


def consistency_proof(older: int, newer: int, read: Reader, /) -> tuple[Hash, ...]:
    """That the tree over `older` leaves is the beginning of the one over `newer` (RFC 9162 §2.1.4.1)."""
    if not 0 < older <= newer:
        raise ValueError("only a tree that is not empty goes on as a larger one")
    return tuple(subtree_root(*part, read) for part in _consistency_path(older, newer))


def _consistency_path(older: int, newer: int) -> Iterator[tuple[int, int]]:
    """The leaves `[begin, end)` under each hash of the proof, from the bottom up."""
    path: list[tuple[int, int]] = []
    begin, end, whole = 0, newer, True
    while older != end:
        middle = begin + _split(end - begin)
        if older <= middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((begin, middle))
            begin, whole = middle, False
    if not whole:
        path.append((begin, end))
    return reversed(path)


def parts_before(older: int, newer: int, proof: Sequence[Hash], before: Hash, /) -> list[tuple[int, Hash]]:
    """The perfect subtrees (level, hash) of the older tree, which a consistency proof that holds is made of."""
    if not 0 < older < newer or older & (older - 1) == 0:
        return [(older.bit_length() - 1, before)] if older else []
    ends = list(_consistency_path(older, newer))
    if len(ends) != len(proof):
        raise ValueError("the proof is not one from the older to the newer tree")
    found = [(begin, end, one) for (begin, end), one in zip(ends, proof, strict=True) if end <= older]
    return [((end - begin).bit_length() - 1, one) for begin, end, one in sorted(found)]


def check_inclusion(leaf: Hash, index: int, size: int, proof: Sequence[Hash], head: Hash, /) -> bool:
    """Whether a proof leads from a leaf to a head (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size:
        return False
    number, last, found = index, size - 1, leaf
    for sibling in proof:
        if not last:
            return False
        if number & 1 or number == last:
            found = node_hash(sibling, found)
            while not number & 1 and number:
                number >>= 1
                last >>= 1
        else:
            found = node_hash(found, sibling)
        number >>= 1
        last >>= 1
    return not last and found == head


def check_consistency(older: int, newer: int, proof: Sequence[Hash], before: Hash, after: Hash, /) -> bool:
    """Whether a proof shows that one head goes on as the other (RFC 9162 §2.1.4.2). All goes on from an empty tree."""
    if older == newer:
        return not proof and before == after
    if older == 0:
        return not proof and before == EMPTY_ROOT
    if not 0 < older < newer or not proof:
        return False
    path = list(proof)
    if older & (older - 1) == 0:
        path.insert(0, before)  # it is a node of the larger tree itself, and left out of the proof
    number, last = older - 1, newer - 1
    while number & 1:
        number >>= 1
        last >>= 1
    smaller = larger = path[0]
    for sibling in path[1:]:
        if not last:
            return False
        if number & 1 or number == last:
            smaller, larger = node_hash(sibling, smaller), node_hash(sibling, larger)
            while not number & 1 and number:
                number >>= 1
                last >>= 1
        else:
            larger = node_hash(larger, sibling)
        number >>= 1
        last >>= 1
    return not last and smaller == before and larger == after


class CompactRange:
    """The perfect subtrees of a tree that grows: all that is needed to add a leaf or to tell the head."""

    def __init__(self, parts: Iterable[tuple[int, Hash]] = (), /) -> None:
        self._parts = list(parts)
        self.size = sum(1 << level for level, _ in self._parts)

    def append(self, leaf: Hash, /) -> Iterator[tuple[int, int, Hash]]:
        """Add a leaf. Yields each node above it that is perfect now: level, number, hash."""
        level, found, number = 0, leaf, self.size
        while number & 1:
            _, left = self._parts.pop()
            level, found, number = level + 1, node_hash(left, found), number >> 1
            yield level, number, found
        self._parts.append((level, found))
        self.size += 1

    def join(self, level: int, found: Hash, /) -> None:
        """Add a perfect subtree of `2^level` leaves where the tree ends, which is a place for one of this size."""
        if self.size & ((1 << level) - 1):
            raise ValueError("the tree does not end where a subtree of this size may begin")
        number, self.size = self.size >> level, self.size + (1 << level)
        while number & 1:
            _, left = self._parts.pop()
            level, found, number = level + 1, node_hash(left, found), number >> 1
        self._parts.append((level, found))

    @property
    def root(self) -> Hash:
        """The head."""
        if not self._parts:
            return EMPTY_ROOT
        *before, (_, last) = self._parts
        for _, left in reversed(before):
            last = node_hash(left, last)
        return last
