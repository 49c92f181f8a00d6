"""The other party: its key, what it was sent, what it sent."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from absah.audit.checkpoint import Checkpoint, parse_checkpoint
from absah.audit.log_keys import LogId, log_id
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
    mail: str = field(default="", repr=False)
    sent_size: int = 0
    sent_at: Instant | None = None
    acknowledged_size: int = 0
    acknowledged_at: Instant | None = None
    tried_at: Instant | None = None
    trouble: str = ""

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


def _moment(kept: datetime | None) -> Instant | None:
    return None if kept is None else instant(kept)


def _value(row: Row) -> Counterpart:
    return Counterpart(
        id=row.public_id,
        name=row.name,
        address=row.address,
        key=bytes(row.key),
        sent_size=int(row.sent_size),
        sent_at=_moment(row.sent_at),
        mail=row.mail,
        acknowledged_size=int(row.acknowledged_size),
        acknowledged_at=_moment(row.acknowledged_at),
        tried_at=_moment(row.tried_at),
        trouble=row.trouble,
    )


def add(found: Counterpart, /, *, named_by: str, now: Instant) -> None:
    """Begin to watch a log."""
    Row.objects.create(
        public_id=found.id,
        name=found.name,
        address=found.address,
        mail=found.mail,
        key=found.key,
        named_by=named_by,
        named_at=now,
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
    """Remember up to where our log was given to the other party. It never goes back."""
    Row.objects.filter(public_id=public_id, sent_size__lte=size).update(sent_size=size, sent_at=now)


def note_acknowledged(public_id: UUID, size: int, /, *, now: Instant) -> bool:
    """Remember up to where the other party says it keeps our log. It never goes back; False when that was known."""
    rows = Row.objects.filter(public_id=public_id, acknowledged_size__lt=size)
    return rows.update(acknowledged_size=size, acknowledged_at=now, trouble="") == 1


def note_tried(public_id: UUID, trouble: str, /, *, now: Instant) -> None:
    """Remember how the last push went: the code of what went wrong, or nothing."""
    Row.objects.filter(public_id=public_id).update(tried_at=now, trouble=trouble)


def change(public_id: UUID, /, *, address: str, mail: str) -> None:
    """Whereto checkpoints go from now on."""
    Row.objects.filter(public_id=public_id).update(address=address, mail=mail, trouble="")


def pin(public_id: UUID, key: bytes, /) -> None:
    """From now on its log has this key."""
    Row.objects.filter(public_id=public_id).update(key=key)


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


def has_sent(public_id: UUID, verdict: str, /) -> bool:
    """Whether anything that the other party sent was judged like this."""
    return Received.objects.filter(counterpart__public_id=public_id, verdict=verdict).exists()


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
