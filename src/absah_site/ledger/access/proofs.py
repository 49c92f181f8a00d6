"""That a row is entry n of the log, in a form that an auditor checks without us."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from absah.audit.heads import SignedHead
from absah.audit.merkle import Hash, inclusion_proof
from absah.kernel.errors import WrongState
from absah_site.ledger.access.archives import canonical_of_row
from absah_site.ledger.store import heads, leaves
from absah_site.ledger.store.nodes import reading


class NotYetSequenced(WrongState):
    """The row is not in the log yet, or no head covers it: both come by themselves."""

    code = "ledger.not-yet-sequenced"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryProof:
    """Entry `position` of the log is these bytes; the proof leads from them to the signed head."""

    position: int
    canonical: bytes
    proof: tuple[Hash, ...]
    signed: SignedHead

    def to_bytes(self) -> bytes:
        """The file that the offline verifier reads."""
        written = {
            "format": "absah-proof",
            "position": self.position,
            "entry": self.canonical.decode(),
            "proof": [found.hex() for found in self.proof],
            **self.signed.to_dict(),
        }
        return json.dumps(written, indent=1, ensure_ascii=False).encode() + b"\n"


def place_of_row(entry: int, /) -> int | None:
    """Which entry of the log a row is; None while it waits."""
    return leaves.position_of(entry)


def places_of_rows(entries: Collection[int], /) -> dict[int, int]:
    """Which entries of the log rows are; those that wait are not there."""
    return leaves.positions_of(entries)


def prove_entry(entry: int, /, *, files: Collection[Path] = ()) -> EntryProof:
    """Prove a row by its number, under the first head that covers it.

    `files` are those of archived parts that are not in their folder. Raises NotYetSequenced, EntryUnknown, RowArchived.
    """
    position = leaves.position_of(entry)
    signed = None if position is None else heads.head_covering(position)
    if position is None or signed is None:
        raise NotYetSequenced
    size = signed.head.size
    proof = reading(lambda read: inclusion_proof(position, size, read))
    return EntryProof(position=position, canonical=canonical_of_row(entry, files), proof=proof, signed=signed)
