"""Which row is which entry."""

from collections.abc import Collection, Iterator

from django.db import connection

from absah.audit.merkle import Hash
from absah.kernel.clock import Instant
from absah_site.ledger.models import Leaf, Node

_CHUNK = 2_000


def position_of(entry: int, /) -> int | None:
    """The place of a row in the log."""
    found = Leaf.objects.filter(entry=entry).values_list("position", flat=True).first()
    return None if found is None else int(found)


def hash_at(position: int, /) -> Hash | None:
    """The hash of an entry."""
    found = Leaf.objects.filter(pk=position).values_list("hash", flat=True).first()
    return None if found is None else Hash(bytes(found))


def positions_of(entries: Collection[int], /) -> dict[int, int]:
    """The places of rows that are in the log, by the numbers of the rows."""
    wanted = list(entries)
    found: dict[int, int] = {}
    for start in range(0, len(wanted), _CHUNK):
        some = Leaf.objects.filter(entry__in=wanted[start : start + _CHUNK])
        found.update((int(entry), int(position)) for entry, position in some.values_list("entry", "position"))
    return found


def entry_at(position: int, /) -> int | None:
    """The row in a place."""
    found = Leaf.objects.filter(pk=position).values_list("entry", flat=True).first()
    return None if found is None else int(found)


def entries_between(begin: int, end: int, /) -> list[int]:
    """The rows in places `[begin, end)`, in order."""
    rows = Leaf.objects.filter(position__gte=begin, position__lt=end).order_by("position")
    return list(rows.values_list("entry", flat=True))


def first_since(moment: Instant, begin: int, /) -> int:
    """The first place from `begin` on whose row is there and not older than a moment; behind the last if none is."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(ledger_leaf.position) FROM ledger_leaf JOIN audit_entry ON audit_entry.id = ledger_leaf.entry"
            " WHERE ledger_leaf.position >= %s AND audit_entry.at >= %s",
            [begin, connection.ops.adapt_datetimefield_value(moment)],
        )
        found = cursor.fetchone()[0]
        if found is None:
            cursor.execute("SELECT max(position) + 1 FROM ledger_leaf")
            found = cursor.fetchone()[0]
    return int(found or 0)


def every_leaf() -> Iterator[tuple[int, int, Hash]]:
    """Position, row, hash; in order, a chunk at a time."""
    rows = Leaf.objects.order_by("position").values_list("position", "entry", "hash")
    for position, entry, found in rows.iterator(chunk_size=_CHUNK):
        yield position, entry, Hash(bytes(found))


def nodes_of(places: list[int], /) -> dict[int, Hash]:
    """Kept nodes."""
    return {int(row.pk): Hash(bytes(row.hash)) for row in Node.objects.filter(pk__in=places)}
