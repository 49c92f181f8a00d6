"""Checks stored rows against their own hashes.

Each row stands for itself: a changed row is found here. That no row is missing is for the Merkle log (D6); until it
exists the database's trigger refuses to delete.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from absah.audit.entry import Entry, EntryHash, hash_of, parse_entry
from absah.kernel.errors import AbsahError


class Damage(StrEnum):
    """What is wrong with a row."""

    HASH = "audit.damage-hash"
    FORM = "audit.damage-form"
    COLUMNS = "audit.damage-columns"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEntry:
    """A row as the database gives it back: the record (bytes and hash) and the columns that repeat it for searching."""

    number: int
    canonical: bytes
    hash: EntryHash
    tag: str
    actor: str
    subject: str
    at_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DamagedEntry:
    """A row that is not what was written."""

    number: int
    damage: Damage


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerReport:
    """The outcome of a walk over the whole ledger."""

    rows: int
    damaged: tuple[DamagedEntry, ...]

    @property
    def intact(self) -> bool:
        """Whether every row is what was written."""
        return not self.damaged

    def to_dict(self) -> dict[str, object]:
        """For `--json`."""
        return {
            "rows": self.rows,
            "intact": self.intact,
            "damaged": [{"number": row.number, "damage": row.damage.value} for row in self.damaged],
        }


def columns_of(entry: Entry, /) -> tuple[str, str, str, str]:
    """Tag, actor, subject and instant, as the searchable columns repeat them."""
    return (entry.tag.value, entry.actor, entry.subject, entry.at.isoformat())


def _damage_of(row: StoredEntry) -> Damage | None:
    if hash_of(row.canonical) != row.hash:
        return Damage.HASH
    try:
        entry = parse_entry(row.canonical)
    except AbsahError:
        return Damage.FORM
    if columns_of(entry) != (row.tag, row.actor, row.subject, row.at_text):
        return Damage.COLUMNS
    return None


def assess_ledger(rows: Iterable[StoredEntry], /) -> LedgerReport:
    """Recompute every hash, in one pass and constant memory but for the damaged rows."""
    count, damaged = 0, []
    for row in rows:
        count += 1
        if damage := _damage_of(row):
            damaged.append(DamagedEntry(number=row.number, damage=damage))
    return LedgerReport(rows=count, damaged=tuple(damaged))
