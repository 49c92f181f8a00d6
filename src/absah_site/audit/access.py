"""Reading the ledger."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from absah.audit.commitment import Commitment, Salt
from absah.audit.entry import Entry, parse_entry
from absah.audit.ledger import LedgerReport, assess_ledger
from absah.audit.tags import Tag
from absah.kernel.clock import Instant
from absah.kernel.errors import NotFound
from absah_site.audit import store

_PAGE = 100


def entries_about(subject: str, /, *, limit: int = _PAGE) -> tuple[Entry, ...]:
    """What happened to one thing, newest first."""
    return tuple(entry for _, entry in store.latest(subject=subject, actor=None, limit=limit))


def latest_entries(*, limit: int = _PAGE) -> tuple[tuple[int, Entry], ...]:
    """The newest rows with their numbers, newest first: for auditors."""
    return store.latest(subject=None, actor=None, limit=limit)


def every_entry() -> Iterator[tuple[int, bytes, bytes]]:
    """The whole ledger, oldest first: number, canonical bytes, hash. For whoever keeps it after us."""
    for row in store.stored_entries():
        yield row.number, row.canonical, row.hash


@dataclass(frozen=True, slots=True, kw_only=True)
class EntrySearch:
    """What to look for. `until` is the last row that counts, `before` the row at which the last page ended."""

    subject: str = ""
    actor: str = ""
    area: str = ""
    until: int | None = None
    before: int | None = None


class EntryUnknown(NotFound):
    """The ledger has no row of this number."""

    code = "audit.entry-unknown"


def find_entries(search: EntrySearch, /, *, limit: int = _PAGE) -> tuple[tuple[int, Entry], ...]:
    """Rows with their numbers, newest first: for auditors."""
    return store.find(
        subject=search.subject,
        actor=search.actor,
        area=search.area,
        below=min((one for one in (search.before, _after(search.until)) if one is not None), default=None),
        limit=limit,
    )


def _after(number: int | None) -> int | None:
    return None if number is None else number + 1


def entries_concerning(
    references: tuple[str, ...], /, *, before: int | None, limit: int
) -> tuple[tuple[int, Entry], ...]:
    """What somebody, under each of these names, did and what was done about him, newest first."""
    found: dict[int, Entry] = {}
    for reference in references:
        found.update(store.find(subject=reference, actor="", area="", below=before, limit=limit))
        found.update(store.find(subject="", actor=reference, area="", below=before, limit=limit))
    return tuple(sorted(found.items(), reverse=True)[:limit])


def newest_tagged(tag: Tag, /) -> Entry | None:
    """The last time that something of this kind happened."""
    return store.newest_tagged(tag)


def row_number(moment: Instant, /) -> int:
    """The last row that was written up to a moment; 0 when there was none. Halves the ledger some twenty times."""
    low, high = 0, store.newest_number()
    while low < high:
        middle = (low + high + 1) // 2
        found = store.first_from(middle)
        if found is not None and found[1] <= moment:
            low = max(middle, found[0])
        else:
            high = middle - 1
    return low


def entry(number: int, /) -> Entry:
    """One row. Raises EntryUnknown."""
    found = store.canonical_of((number,))
    if number not in found:
        raise EntryUnknown
    return parse_entry(found[number])


def canonical_of(number: int, /) -> bytes:
    """The bytes of one row. Raises KeyError."""
    return store.canonical_of((number,))[number]


def rows_of(numbers: Collection[int], /) -> dict[int, bytes]:
    """The bytes of rows, by their numbers; those that are gone are not there."""
    return store.canonical_of(numbers)


def verify_ledger() -> LedgerReport:
    """Recompute the hash of every row. What `absah audit verify` does."""
    return assess_ledger(store.stored_entries())


def commitments_about(person: str, /) -> tuple[tuple[Commitment, Salt], ...]:
    """What was committed to about a person, with what opens it: for this person only."""
    return store.salts_of(person)
