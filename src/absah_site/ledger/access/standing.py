"""How the log is: how long, how far behind, its newest heads, and who watches it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from absah.audit.heads import SignedHead
from absah.audit.setbacks import Setback
from absah.audit.tags import LedgerTag
from absah.kernel.clock import Instant
from absah.kernel.errors import NotFound
from absah_site.audit.access import entry, newest_tagged
from absah_site.directory import Contact
from absah_site.ledger.store import counterparts, heads, leaves, parts, sequence, setbacks
from absah_site.ledger.store.counterparts import Counterpart, Kept

#: A verdict on what they sent, and a trouble with what we sent, that people have to look at.
CONTRADICTS: Final = "audit.received-forked"
CONTESTED: Final = "ledger.checkpoint-forked"


class CounterpartNotFound(NotFound):
    """There is no such counterpart."""

    code = "ledger.counterpart-not-found"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogStanding:
    """Entries in the log, how many rows wait for their place and since when, and when the newest head was signed.

    `setbacks` is how often the time of an entry ran backwards, `archived` how many entries, from the first on, live in
    files of archived parts.
    """

    size: int
    waiting: int
    setbacks: int
    archived: int
    waits_since: Instant | None
    head_at: Instant | None

    def late(self, *, now: Instant) -> int:
        """For how many seconds the oldest row has waited."""
        return 0 if self.waits_since is None else max(int((now - self.waits_since).total_seconds()), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A counterpart, the newest of what it sent, and whether anything it sent contradicted the rest."""

    counterpart: Counterpart
    newest: Kept | None
    contradicts: bool

    @property
    def contested(self) -> bool:
        """Whether one of the two logs contradicts itself, as the other sees it."""
        return self.contradicts or self.counterpart.trouble == CONTESTED


def known_size() -> int:
    """How many entries this log has, or is known to have lost: what a head may cover without being a surprise."""
    taken_over = newest_tagged(LedgerTag.HEAD_TAKEN_OVER)
    admitted = 0 if taken_over is None else int(str(dict(taken_over.facts)["size"]))
    return max(sequence.size(), admitted)


def is_watched() -> bool:
    """Whether another party has a head of this log."""
    return any(one.sent_size for one in counterparts.counterparts())


def log_standing() -> LogStanding:
    """At this moment."""
    newest, waiting = heads.newest_head(), sequence.first_waiting()
    return LogStanding(
        size=sequence.size(),
        waiting=0 if waiting is None else sequence.count_waiting(),
        setbacks=setbacks.count(),
        archived=parts.archived(),
        waits_since=None if waiting is None else entry(waiting).at,
        head_at=None if newest is None else newest[1].head.at,
    )


def newest_head() -> SignedHead | None:
    """The newest signed head."""
    newest = heads.newest_head()
    return None if newest is None else newest[1]


def recent_heads(*, limit: int = 30) -> tuple[SignedHead, ...]:
    """The newest, newest first."""
    return heads.heads(limit=limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetbackView:
    """Entries whose time runs backwards, and the row that the first of them is."""

    found: Setback
    row: int | None

    @property
    def number(self) -> int:
        """How many entries."""
        return self.found.end - self.found.begin


def time_setbacks(*, limit: int = 20) -> tuple[SetbackView, ...]:
    """The newest entries whose time lies before that of an earlier one."""
    return tuple(SetbackView(found=one, row=leaves.entry_at(one.begin)) for one in setbacks.newest(limit=limit))


def rows_set_back(rows: Collection[int], /) -> frozenset[int]:
    """Which of these rows bear a time that runs backwards."""
    places = leaves.positions_of(rows)
    if not places:
        return frozenset()
    runs = setbacks.covering(min(places.values()), max(places.values()) + 1)
    return frozenset(row for row, place in places.items() if any(one.begin <= place < one.end for one in runs))


def watched() -> tuple[Watched, ...]:
    """Every counterpart."""
    found = []
    for one in counterparts.counterparts():
        newest = counterparts.kept(one.id, limit=1)
        contradicts = counterparts.has_sent(one.id, CONTRADICTS)
        found.append(Watched(counterpart=one, newest=newest[0] if newest else None, contradicts=contradicts))
    return tuple(found)


def contact_of(public_id: str, /) -> Contact | None:
    """A counterpart as the courier needs it."""
    found = counterparts.find(UUID(public_id))
    return None if found is None else Contact(name=found.name, address=found.mail)


def counterpart(public_id: UUID, /) -> Counterpart:
    """By its id."""
    found = counterparts.find(public_id)
    if found is None:
        raise CounterpartNotFound
    return found


def checkpoints_of(public_id: UUID, /) -> tuple[Kept, ...]:
    """All that a counterpart sent, newest first."""
    return counterparts.kept(public_id)
