"""Adding rows of the ledger to the log: one transaction a batch, under the lock of the one row of `ledger_position`.

A row's number is given out before its transaction commits, and so a smaller number may appear later. On PostgreSQL the
watermark therefore moves only past numbers whose transactions have all ended (`Watch`); above it, the log is asked
which rows it has. SQLite has one writer at a time, and numbers appear in their order.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, final

from django.db import connection, transaction

from absah.audit.merkle import CompactRange, Hash, perfect_parts
from absah.audit.setbacks import PATIENCE, find_setbacks
from absah.kernel.clock import Instant, instant
from absah_site.ledger.models import Node, Position
from absah_site.ledger.store import setbacks
from absah_site.ledger.store.nodes import STEP, fetch, place_of

_ADD: Final = """
    INSERT INTO ledger_leaf (position, entry, hash)
    SELECT %s - 1 + row_number() OVER (ORDER BY id), id, hash
    FROM (
        SELECT id, hash FROM audit_entry WHERE id > %s
        AND NOT EXISTS (SELECT 1 FROM ledger_leaf WHERE ledger_leaf.entry = audit_entry.id)
        ORDER BY id LIMIT %s
    ) AS new
    RETURNING position, entry, hash
"""
_NEW: Final = """
    FROM ledger_leaf JOIN audit_entry ON audit_entry.id = ledger_leaf.entry WHERE ledger_leaf.position >= %s
"""
_WAITING: Final = """
    FROM audit_entry WHERE id > %s
    AND NOT EXISTS (SELECT 1 FROM ledger_leaf WHERE ledger_leaf.entry = audit_entry.id)
"""
_WRITERS: Final = """
    SELECT virtualtransaction FROM pg_locks
    WHERE locktype = 'relation' AND relation = 'audit_entry'::regclass AND mode = 'RowExclusiveLock' AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


@final
@dataclass(slots=True)
class Watch:
    """Which number is being waited for, and whose transactions may still hold smaller ones."""

    high: int = 0
    writers: frozenset[str] = field(default_factory=frozenset)

    def decided(self) -> int:
        """A number up to which no further row can appear, or 0. Ask before reading rows, not after."""
        if connection.vendor != "postgresql":
            return 0
        if self.high and self.writers.isdisjoint(_writers()):
            done, self.high = self.high, 0
            return done
        if not self.high:
            self.high = newest_entry()
            # Whoever has taken a number up to this one and not ended holds a lock on the table, from before it took the
            # number until after its rows can be seen.
            self.writers = _writers()
        return 0


def _writers() -> frozenset[str]:
    with connection.cursor() as cursor:
        cursor.execute(_WRITERS)
        return frozenset(str(row[0]) for row in cursor.fetchall())


def newest_entry() -> int:
    """The largest number of a row of the ledger."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM audit_entry")
        return int(cursor.fetchone()[0] or 0)


def size() -> int:
    """How many entries the log has."""
    row = Position.objects.filter(pk=1).first()
    return 0 if row is None else int(row.size)


def first_waiting() -> int | None:
    """The smallest number of a row that is not in the log. Only reads."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id {_WAITING} ORDER BY id LIMIT 1", [_watermark()])
        found = cursor.fetchone()
        return None if found is None else int(found[0])


def count_waiting() -> int:
    """How many rows are not in the log."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) {_WAITING}", [_watermark()])
        return int(cursor.fetchone()[0])


def _watermark() -> int:
    """Asked for alone: a plan for a number that is not known would read the whole ledger."""
    row = Position.objects.filter(pk=1).first()
    return 0 if row is None else int(row.watermark)


@transaction.atomic
def add_batch(watch: Watch, /, *, limit: int) -> int:
    """Put the next rows into the log. Returns how many; 0 as well when another sequencer is at it."""
    position = _locked()
    if position is None:
        return 0
    decided = watch.decided()
    added = _add(position, limit)
    grown = CompactRange(_frontier(position.size))
    nodes = [
        Node(place=place_of(level // STEP, number), hash=found)
        for _, _, leaf in added
        for level, number, found in grown.append(leaf)
        if level % STEP == 0
    ]
    Node.objects.bulk_create(nodes, batch_size=500)
    if connection.vendor != "postgresql":
        position.watermark = max([position.watermark, *(entry for _, entry, _ in added)])
    elif decided and len(added) < limit:
        position.watermark = max(position.watermark, decided)
    _note_setbacks(position)
    position.size = grown.size
    position.save(update_fields=["size", "watermark", "latest"])
    return len(added)


def _note_setbacks(position: Position) -> None:
    """Keep which of the new entries are dated before an earlier one, and the latest date of all."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT min(audit_entry.at), max(audit_entry.at) {_NEW}", [position.size])
        first, last = cursor.fetchone()
    if last is None:
        return
    latest = None if position.latest is None else instant(position.latest)
    newest = _moment(last) if latest is None else max(latest, _moment(last))
    if _moment(first) < newest - PATIENCE:  # or there is none: nearly always
        setbacks.keep(find_setbacks(_times_from(position.size), latest))
    position.latest = newest


def _times_from(begin: int) -> Iterator[tuple[int, Instant]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT position, at {_NEW} ORDER BY position", [begin])
        for place, at in cursor.fetchall():
            yield int(place), _moment(at)


def _moment(kept: datetime | str) -> Instant:
    """As the database gives it: SQLite knows no zones, has all in UTC, and gives extremes as text."""
    at = datetime.fromisoformat(kept) if isinstance(kept, str) else kept
    return instant(at if at.tzinfo is not None else at.replace(tzinfo=UTC))


def lock() -> None:
    """Keep every sequencer from adding rows and signing heads until the transaction ends."""
    Position.objects.get_or_create(pk=1)
    rows = Position.objects.filter(pk=1)
    (rows.select_for_update() if connection.vendor == "postgresql" else rows).first()


def _locked() -> Position | None:
    rows = Position.objects.filter(pk=1)
    if connection.vendor == "postgresql":
        rows = rows.select_for_update(skip_locked=True)
    found = rows.first()
    if found is None:  # somebody else is at it, or nobody ever was
        Position.objects.get_or_create(pk=1)
        found = rows.first()
    return found


def _add(position: Position, limit: int) -> list[tuple[int, int, Hash]]:
    """The next leaves, in their order: position, the number of the row, hash."""
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [position.size, position.watermark, limit])
        return sorted((int(place), int(entry), Hash(bytes(found))) for place, entry, found in cursor.fetchall())


def _frontier(count: int) -> Iterator[tuple[int, Hash]]:
    parts = list(perfect_parts(0, count))
    known = fetch(parts)
    return ((level, known[level, number]) for level, number in parts)
