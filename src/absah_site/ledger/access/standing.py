"""How the log is: how long, how far behind, its newest heads, and who watches it."""

from dataclasses import dataclass
from uuid import UUID

from absah.audit.heads import SignedHead
from absah.kernel.clock import Instant
from absah.kernel.errors import NotFound
from absah_site.audit.access import entry
from absah_site.ledger.store import counterparts, heads, sequence
from absah_site.ledger.store.counterparts import Counterpart, Kept


class CounterpartNotFound(NotFound):
    """There is no such counterpart."""

    code = "ledger.counterpart-not-found"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogStanding:
    """Entries in the log, since when the oldest row waits for its place, and when the newest head was signed."""

    size: int
    waits_since: Instant | None
    head_at: Instant | None

    def late(self, *, now: Instant) -> int:
        """For how many seconds the oldest row has waited."""
        return 0 if self.waits_since is None else max(int((now - self.waits_since).total_seconds()), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A counterpart and the newest of what it sent."""

    counterpart: Counterpart
    newest: Kept | None


def log_standing() -> LogStanding:
    """At this moment."""
    newest, waiting = heads.newest_head(), sequence.first_waiting()
    return LogStanding(
        size=sequence.size(),
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


def watched() -> tuple[Watched, ...]:
    """Every counterpart."""
    found = []
    for one in counterparts.counterparts():
        newest = counterparts.kept(one.id, limit=1)
        found.append(Watched(counterpart=one, newest=newest[0] if newest else None))
    return tuple(found)


def counterpart(public_id: UUID, /) -> Counterpart:
    """By its id."""
    found = counterparts.find(public_id)
    if found is None:
        raise CounterpartNotFound
    return found


def checkpoints_of(public_id: UUID, /) -> tuple[Kept, ...]:
    """All that a counterpart sent, newest first."""
    return counterparts.kept(public_id)
