"""The file that two parties exchange: a signed head, what it goes on from, and enough hashes to name rows by.

Of the entries since the checkpoint before, the file holds the hash of each (`level` 0) or, when there are many, of each
`2^level` of them, and of each in the last part that is not whole. Whoever keeps a row of such files can say later not
only that something was changed but what.

It may also carry an acknowledgement: the proof that the sender's own log, under this head, says that it keeps a
checkpoint of ours. What the other party has is then known from its signature, on whichever way the file came.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from absah.audit.entry import hash_of
from absah.audit.fields import HeadMalformed, decode, encode, read_hash, read_size
from absah.audit.heads import SignedHead, check_head, parse_signed_head
from absah.audit.merkle import (
    CompactRange,
    Hash,
    Reader,
    check_consistency,
    check_inclusion,
    consistency_proof,
    parts_before,
    root,
)
from absah.kernel.errors import RuleBroken

FORMAT: Final = "absah-checkpoint"
LARGEST_FILE: Final = 16 * 1024 * 1024  # bytes
_MOST_HASHES: Final = 65_536
_HASH: Final = 32
_DEEPEST: Final = 53
_LONGEST_ENTRY: Final = 8 * 1024


class CheckpointInconsistent(RuleBroken):
    """A proof of the file does not hold: it leads not from the head before to this one, or not from an entry."""

    code = "audit.checkpoint-inconsistent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """The head that a checkpoint goes on from."""

    size: int
    root: Hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """Entry `position` of the sender's log says that a checkpoint of the receiver is kept."""

    position: int
    canonical: bytes
    proof: tuple[Hash, ...]

    def to_dict(self) -> dict[str, object]:
        """For the file."""
        return {
            "position": self.position,
            "entry": self.canonical.decode(),
            "proof": [found.hex() for found in self.proof],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """One exchange. `parts` are the subtrees of `2^level` leaves from `since.size` on; `tail` the leaves after them."""

    issuer: str
    signed: SignedHead
    since: Since
    proof: tuple[Hash, ...]
    level: int
    parts: tuple[Hash, ...]
    tail: tuple[Hash, ...]
    acknowledges: Acknowledgement | None = None

    @property
    def size(self) -> int:
        """How many entries the log had."""
        return self.signed.head.size

    @property
    def first_part(self) -> int:
        """The number of the first of `parts` at its level."""
        return self.since.size >> self.level

    @property
    def tail_begins(self) -> int:
        """The index of the first leaf of the tail."""
        return self.size >> self.level << self.level

    def to_bytes(self) -> bytes:
        """The file."""
        written = {
            "format": FORMAT,
            "issuer": self.issuer,
            **self.signed.to_dict(),
            "since": {"size": self.since.size, "root": self.since.root.hex()},
            "consistency": [found.hex() for found in self.proof],
            "level": self.level,
            "parts": encode(b"".join(self.parts)),
            "tail": encode(b"".join(self.tail)),
            "acknowledges": None if self.acknowledges is None else self.acknowledges.to_dict(),
        }
        return json.dumps(written, indent=1, ensure_ascii=False).encode() + b"\n"


def level_for(begin: int, end: int, /) -> int:
    """The smallest level at which so many leaves are few enough hashes."""
    level = 0
    while (end - begin) >> level > _MOST_HASHES:
        level += 1
    return level


def build_checkpoint(
    signed: SignedHead, since: int, read: Reader, /, *, issuer: str, acknowledges: Acknowledgement | None = None
) -> Checkpoint:
    """What to give to the other party who has the head of `since` entries (none: 0)."""
    size = signed.head.size
    level = level_for(since, size)
    return Checkpoint(
        issuer=issuer,
        signed=signed,
        since=Since(size=since, root=root(since, read)),
        proof=consistency_proof(since, size, read) if 0 < since < size else (),
        level=level,
        parts=tuple(read(level, number) for number in range(since >> level, size >> level)),
        tail=tuple(read(0, number) for number in range(max(size >> level << level, since), size)) if level else (),
        acknowledges=acknowledges,
    )


def _hashes(written: Any) -> tuple[Hash, ...]:
    data = decode(written)
    if len(data) % _HASH:
        raise HeadMalformed(problem="hashes")
    return tuple(Hash(data[at : at + _HASH]) for at in range(0, len(data), _HASH))


def _acknowledgement(written: Any) -> Acknowledgement | None:
    if written is None:
        return None
    canonical, proof = written["entry"].encode(), tuple(read_hash(one) for one in written["proof"])
    if len(canonical) > _LONGEST_ENTRY or len(proof) > _DEEPEST + 1:
        raise HeadMalformed(problem="acknowledgement")
    return Acknowledgement(position=read_size(written["position"]), canonical=canonical, proof=proof)


def parse_checkpoint(data: bytes, /) -> Checkpoint:
    """Read a file, whole or not at all. Neither signature nor proof is checked. Raises HeadMalformed."""
    if len(data) > LARGEST_FILE:
        raise HeadMalformed(problem="too large")
    try:
        written = json.loads(data)
        if written["format"] != FORMAT or not isinstance(written["issuer"], str):
            raise HeadMalformed(problem="format")
        found = Checkpoint(
            issuer=written["issuer"][:200],
            signed=parse_signed_head(written),
            since=Since(size=read_size(written["since"]["size"]), root=read_hash(written["since"]["root"])),
            proof=tuple(read_hash(one) for one in written["consistency"]),
            level=read_size(written["level"]),
            parts=_hashes(written["parts"]),
            tail=_hashes(written["tail"]),
            acknowledges=_acknowledgement(written.get("acknowledges")),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise HeadMalformed(problem="shape") from None
    _check_shape(found)
    return found


def _check_shape(found: Checkpoint) -> None:
    if found.since.size > found.size or found.level > _DEEPEST:
        raise HeadMalformed(problem="sizes")
    parts = (found.size >> found.level) - found.first_part
    tail = found.size - max(found.tail_begins, found.since.size) if found.level else 0
    if (len(found.parts), len(found.tail)) != (parts, tail):
        raise HeadMalformed(problem="number of hashes")


def roots_within(found: Checkpoint, sizes: Collection[int], /) -> dict[int, Hash]:
    """What the log was at these sizes, between the head before and this one.

    Only where the file has the hash of every leaf since then, and they do lead to its head.
    """
    if found.level or found.since.size == found.size:
        return {}
    grown = CompactRange(parts_before(found.since.size, found.size, found.proof, found.since.root))
    roots: dict[int, Hash] = {}
    for leaf in found.parts:
        for _ in grown.append(leaf):
            pass
        if grown.size in sizes:
            roots[grown.size] = grown.root
    return roots if grown.root == found.signed.head.root else {}


def check_checkpoint(found: Checkpoint, /) -> None:
    """Signature and proof. Whose key it is, the caller has to know.

    Raises HeadForged, HandoverForged, CheckpointInconsistent.
    """
    check_head(found.signed)
    head = found.signed.head
    if not check_consistency(found.since.size, head.size, found.proof, found.since.root, head.root):
        raise CheckpointInconsistent
    said = found.acknowledges
    if said is not None and not check_inclusion(
        Hash(hash_of(said.canonical)), said.position, head.size, said.proof, head.root
    ):
        raise CheckpointInconsistent
