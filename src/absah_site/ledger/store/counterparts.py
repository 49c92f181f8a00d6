"""The other party: its key, what it was sent, what it sent."""

from dataclasses import dataclass
from uuid import UUID

from absah.audit.checkpoint import Checkpoint, parse_checkpoint
from absah.audit.heads import LogId, log_id
from absah.kernel.clock import Instant, instant
from absah_site.ledger.models import Counterpart as Row
from absah_site.ledger.models import Received


@dataclass(frozen=True, slots=True, kw_only=True)
class Counterpart:
    """Another instance whose log we watch."""

    id: UUID
    name: str
    address: str
    key: bytes
    sent_size: int
    sent_at: Instant | None

    @property
    def log(self) -> LogId:
        """The name of its log."""
        return log_id(self.key)

    @property
    def subject(self) -> str:
        """How the ledger names it."""
        return f"counterpart:{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A checkpoint of the other party that we keep, and its bytes as they came."""

    checkpoint: Checkpoint
    document: bytes
    verdict: str
    received_at: Instant


def _value(row: Row) -> Counterpart:
    return Counterpart(
        id=row.public_id,
        name=row.name,
        address=row.address,
        key=bytes(row.key),
        sent_size=int(row.sent_size),
        sent_at=None if row.sent_at is None else instant(row.sent_at),
    )


def add(found: Counterpart, /, *, named_by: str, now: Instant) -> None:
    """Begin to watch a log."""
    Row.objects.create(
        public_id=found.id, name=found.name, address=found.address, key=found.key, named_by=named_by, named_at=now
    )


def counterparts() -> tuple[Counterpart, ...]:
    """All of them."""
    return tuple(map(_value, Row.objects.order_by("name", "pk")))


def find(public_id: UUID, /) -> Counterpart | None:
    """By its id."""
    row = Row.objects.filter(public_id=public_id).first()
    return None if row is None else _value(row)


def find_by_key(key: bytes, /) -> Counterpart | None:
    """Whose log has this key."""
    row = Row.objects.filter(key=key).order_by("pk").first()
    return None if row is None else _value(row)


def note_sent(public_id: UUID, size: int, /, *, now: Instant) -> None:
    """Remember up to where the other party knows our log. It never goes back."""
    Row.objects.filter(public_id=public_id, sent_size__lte=size).update(sent_size=size, sent_at=now)


def keep(public_id: UUID, found: Checkpoint, document: bytes, verdict: str, /, *, now: Instant) -> bool:
    """Keep a checkpoint. False when we have it."""
    head = found.signed.head
    _, new = Received.objects.get_or_create(
        counterpart=Row.objects.get(public_id=public_id),
        size=head.size,
        root=head.root,
        defaults={"at": head.at, "document": document, "verdict": verdict, "received_at": now},
    )
    return new


def kept(public_id: UUID, /, *, limit: int | None = None) -> tuple[Kept, ...]:
    """What the other party sent, newest first."""
    rows = Received.objects.filter(counterpart__public_id=public_id).order_by("-size", "-pk")
    return tuple(
        Kept(
            checkpoint=parse_checkpoint(bytes(row.document)),
            document=bytes(row.document),
            verdict=row.verdict,
            received_at=instant(row.received_at),
        )
        for row in (rows if limit is None else rows[:limit])
    )
