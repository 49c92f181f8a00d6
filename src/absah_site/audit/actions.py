"""Writing the ledger: in the transaction of the fact, or not at all."""

from collections.abc import Collection, Mapping, Sequence

from django.db import DatabaseError, connection, transaction
from django.db.transaction import TransactionManagementError

from absah.audit.commitment import SALT_BYTES, Commitment, Salt, commit
from absah.audit.entry import Entry, FactValue
from absah.audit.tags import Tag
from absah.kernel.clock import Instant
from absah.kernel.errors import NotAllowed, Unavailable
from absah.kernel.rng import Rng
from absah_site.audit import store


class LedgerNotWritten(Unavailable):
    """The ledger did not take a row, so what it was about did not happen."""

    code = "audit.not-written"


class RowsNotLetGo(NotAllowed):
    """The database keeps the rows: no archived part holds them, or the role we run as may not delete any."""

    code = "audit.rows-not-let-go"


def _refuse_outside_transaction() -> None:
    if not connection.in_atomic_block:
        raise TransactionManagementError("a ledger row is written in the transaction of the fact it records")


def record(*, at: Instant, tag: Tag, actor: str, subject: str, facts: Mapping[str, FactValue] | None = None) -> None:
    """Add a row to the ledger.

    `actor` and `subject` are references (`user:<public id>`, `certificate:<serial>`, `system:cli`); facts are opaque
    ids, counts, codes and commitments. What looks like a NIK, a NIP or an address is refused (`audit.fact-not-opaque`).
    Outside a transaction this is a programming error. Raises LedgerNotWritten, which undoes the fact as well; on
    PostgreSQL that may be where the transaction ends, as the row goes there with COMMIT (`rows.insert_last`).
    """
    record_all([Entry.of(at=at, tag=tag, actor=actor, subject=subject, facts=facts or {})])


def record_all(entries: Sequence[Entry], /) -> None:
    """The same for rows of many facts of one transaction, in their order. Raises LedgerNotWritten."""
    _refuse_outside_transaction()
    try:
        store.append(entries, refusal=LedgerNotWritten)
    except DatabaseError as problem:
        raise LedgerNotWritten from problem


def let_go(numbers: Collection[int], /) -> int:
    """Remove rows that an archived part of the log holds: the only way out of the ledger, in the caller's transaction.

    The database looks itself whether such a part was recorded. Raises RowsNotLetGo.
    """
    _refuse_outside_transaction()
    try:
        with transaction.atomic():
            return store.remove(numbers)
    except DatabaseError as problem:
        raise RowsNotLetGo from problem


def commit_to(value: str, /, *, person: str, rng: Rng) -> Commitment:
    """Make a commitment for a fact about a person (a reference), and keep its salt where it can be erased."""
    _refuse_outside_transaction()
    salt = Salt(rng.token(SALT_BYTES))
    commitment = commit(value, salt)
    store.keep_salt(commitment, salt, person=person)
    return commitment


@transaction.atomic
def erase_salts(person: str, /) -> int:
    """Forget what opens every commitment about a person (UU 27/2022). The rows stay. Returns how many were erased."""
    return store.erase_salts(person)
