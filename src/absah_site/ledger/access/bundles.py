"""Proofs that go along with evidence: what the ledger says about something, in files that anybody checks without us.

Whoever gives evidence out of hand (the bundle of a case, of an agreement, of an incident) puts these beside it:

    bundle = proof_bundle(subjects=("case:5f0c…",), documents=(sha256,))
    for name, content in bundle.files().items():
        zip.writestr(f"rekam-jejak/{name}", content)

All proofs lead to one signed head, the newest. Rows that it does not cover yet are told in `waiting`: `ask_for_head`
has one signed within a second or two, and a bundle made then has them.
"""

import json
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import files as resources
from typing import Final

from absah.audit.heads import SignedHead
from absah.audit.merkle import Hash, inclusion_proof
from absah.kernel.errors import RuleBroken
from absah.kernel.messages import Language, render
from absah_site.audit.access import EntrySearch, find_entries, rows_of
from absah_site.ledger.access.archives import RowArchived, canonical_of_row
from absah_site.ledger.access.documents import find_document
from absah_site.ledger.store import heads, leaves
from absah_site.ledger.store.nodes import reading

MOST_ROWS: Final = 5_000
_FORMAT: Final = "absah-proofs"


class BundleTooLarge(RuleBroken):
    """More rows were asked for than go into one file. Parameter: most."""

    code = "ledger.bundle-too-large"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenRow:
    """Row `row` of the ledger is entry `position` of the log, counted from 0, and these are its bytes."""

    row: int
    position: int
    canonical: bytes
    proof: tuple[Hash, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofBundle:
    """Rows under one head; rows that wait for one; documents (SHA-256) that were not signed here."""

    signed: SignedHead | None
    rows: tuple[ProvenRow, ...]
    waiting: tuple[int, ...]
    strangers: tuple[str, ...]

    def to_bytes(self) -> bytes:
        """The file that the offline verifier reads: `offline_verifier.py proof FILE`. Empty without a head."""
        if self.signed is None:
            return b""
        written = {
            "format": _FORMAT,
            **self.signed.to_dict(),
            "proofs": [
                {
                    "row": one.row,
                    "position": one.position,
                    "entry": one.canonical.decode(),
                    "proof": [found.hex() for found in one.proof],
                }
                for one in self.rows
            ],
            "waiting": list(self.waiting),
        }
        return json.dumps(written, indent=1, ensure_ascii=False).encode() + b"\n"

    def files(self) -> dict[str, bytes]:
        """Names and contents: the proofs, the program that checks them, and what to do, in both languages."""
        told = [
            render("ledger.bundle-says", language, rows=len(self.rows), waiting=len(self.waiting))
            for language in Language
        ]
        found = {
            "offline_verifier.py": (resources("absah.cli") / "offline_verifier.py").read_bytes(),
            "BACA-SAYA.txt": "\n\n".join(told).encode() + b"\n",
        }
        return found if self.signed is None else {"bukti.json": self.to_bytes(), **found}


def proof_bundle(
    *, rows: Collection[int] = (), subjects: Collection[str] = (), documents: Collection[str] = ()
) -> ProofBundle:
    """Prove rows by their numbers, every row about some references, and the signatures that made some documents.

    `documents` are SHA-256 in hexadecimal, of the whole file as it was signed. Authorising is the caller's: rows hold
    opaque references, but tell who did what. Raises BundleTooLarge.
    """
    numbers = set(rows)
    for subject in subjects:
        numbers.update(number for number, _ in find_entries(EntrySearch(subject=subject), limit=MOST_ROWS + 1))
    made = {sha256: find_document(sha256) for sha256 in documents}
    numbers.update(one.row for one in made.values() if one is not None)
    if len(numbers) > MOST_ROWS:
        raise BundleTooLarge(most=MOST_ROWS)
    newest = heads.newest_head()
    signed = None if newest is None else newest[1]
    proven = () if signed is None else _proven(numbers, signed.head.size)
    return ProofBundle(
        signed=signed,
        rows=proven,
        waiting=tuple(sorted(numbers - {one.row for one in proven})),
        strangers=tuple(sha256 for sha256, found in made.items() if found is None),
    )


def _proven(numbers: set[int], size: int) -> tuple[ProvenRow, ...]:
    """In the order of the log."""
    places = {row: place for row, place in leaves.positions_of(numbers).items() if place < size}
    canonical = rows_of(places)
    for row in places.keys() - canonical.keys():
        with suppress(RowArchived):  # its file is kept elsewhere: the row is told as one that waits
            canonical[row] = canonical_of_row(row)
    ordered = sorted((place, row) for row, place in places.items() if row in canonical)
    if not ordered:
        return ()
    proofs = reading(lambda read: [inclusion_proof(place, size, read) for place, _ in ordered])
    return tuple(
        ProvenRow(row=row, position=place, canonical=canonical[row], proof=proof)
        for (place, row), proof in zip(ordered, proofs, strict=True)
    )
