"""Reading the ledger."""

from collections.abc import Collection, Iterator

from absah.audit import commitment as commitments
from absah.audit.commitment import Commitment
from absah.audit.entry import Entry
from absah.audit.ledger import LedgerReport, assess_ledger
from absah_site.audit import store

_PAGE = 100


def entries_about(subject: str, /, *, limit: int = _PAGE) -> tuple[Entry, ...]:
    """What happened to one thing, newest first."""
    return tuple(entry for _, entry in store.latest(subject=subject, actor=None, limit=limit))


def entries_by(actor: str, /, *, limit: int = _PAGE) -> tuple[Entry, ...]:
    """What one actor did, newest first."""
    return tuple(entry for _, entry in store.latest(subject=None, actor=actor, limit=limit))


def latest_entries(*, limit: int = _PAGE) -> tuple[tuple[int, Entry], ...]:
    """The newest rows with their numbers, newest first: for auditors."""
    return store.latest(subject=None, actor=None, limit=limit)


def every_entry() -> Iterator[tuple[int, bytes, bytes]]:
    """The whole ledger, oldest first: number, canonical bytes, hash. For whoever keeps it after us."""
    for row in store.stored_entries():
        yield row.number, row.canonical, row.hash


def canonical_of(number: int, /) -> bytes:
    """The bytes of one row. Raises KeyError."""
    return store.canonical_of((number,))[number]


def rows_of(numbers: Collection[int], /) -> dict[int, bytes]:
    """The bytes of rows, by their numbers; those that are gone are not there."""
    return store.canonical_of(numbers)


def verify_ledger() -> LedgerReport:
    """Recompute the hash of every row. What `absah audit verify` does."""
    return assess_ledger(store.stored_entries())


def opens(commitment: Commitment, value: str, /) -> bool:
    """Whether a commitment was made to this value. False for ever once the salt is erased."""
    salt = store.find_salt(commitment)
    return salt is not None and commitments.opens(commitment, value, salt)
