"""Signed heads, their stamps, and who wants one."""

from collections.abc import Iterable

from django.db.models import Max

from absah.audit.heads import SignedHead, TreeHead
from absah.audit.log_keys import Handover, log_id
from absah.audit.merkle import Hash
from absah.kernel.clock import Instant, instant
from absah_site.ledger.models import Head, Stamp, Wish
from absah_site.ledger.store import handovers


def _values(rows: Iterable[Head]) -> tuple[SignedHead, ...]:
    known = handovers.handovers()
    return tuple(_value(row, known) for row in rows)


def _value(row: Head, known: tuple[Handover, ...]) -> SignedHead:
    stamp: Stamp | None = getattr(row, "stamp", None)
    key = bytes(row.key)
    head = TreeHead(log=log_id(key), size=int(row.size), root=Hash(bytes(row.root)), at=instant(row.at))
    return SignedHead(
        head=head,
        signature=bytes(row.signature),
        key=key,
        timestamp=b"" if stamp is None else bytes(stamp.token),
        handovers=handovers.chain_to(head.log, known),
    )


def _one(row: Head | None) -> SignedHead | None:
    return None if row is None else _value(row, handovers.handovers())


def add_head(signed: SignedHead, /, *, answers: int) -> int:
    """Keep a head. Returns its number."""
    head = signed.head
    row = Head.objects.create(
        size=head.size, root=head.root, at=head.at, signature=signed.signature, key=signed.key, answers=answers
    )
    return int(row.pk)


def add_stamp(number: int, token: bytes, /) -> None:
    """Keep the time-stamp of a head."""
    Stamp.objects.create(head_id=number, token=token)


def find_head(number: int, /) -> SignedHead | None:
    """A head by its number."""
    row = Head.objects.select_related("stamp").filter(pk=number).first()
    return _one(row)


def newest_head() -> tuple[int, SignedHead, int] | None:
    """Number, head, and the newest wish it answers."""
    row = Head.objects.select_related("stamp").order_by("-pk").first()
    return None if row is None else (int(row.pk), _value(row, handovers.handovers()), int(row.answers))


def newest_moment() -> tuple[Instant, int] | None:
    """When the newest head was signed, and the newest wish it answers."""
    row = Head.objects.order_by("-pk").values_list("at", "answers").first()
    return None if row is None else (instant(row[0]), int(row[1]))


def heads(*, limit: int) -> tuple[SignedHead, ...]:
    """The newest, newest first."""
    return _values(Head.objects.select_related("stamp").order_by("-pk")[:limit])


def every_head() -> tuple[tuple[int, SignedHead], ...]:
    """All of them, by size."""
    rows = list(Head.objects.select_related("stamp").order_by("size", "pk"))
    return tuple(zip((int(row.pk) for row in rows), _values(rows), strict=True))


def head_covering(position: int, /) -> SignedHead | None:
    """The first head that covers an entry."""
    row = Head.objects.select_related("stamp").filter(size__gt=position).order_by("size", "pk").first()
    return _one(row)


def head_for_archive() -> SignedHead | None:
    """The newest head that is time-stamped; where none is, the newest."""
    row = Head.objects.select_related("stamp").filter(stamp__isnull=False).order_by("-pk").first()
    if row is not None:
        return _one(row)
    newest = newest_head()
    return None if newest is None else newest[1]


def wish(*, asked_by: str, at: Instant) -> None:
    """Ask for a head."""
    Wish.objects.create(asked_by=asked_by, asked_at=at)


def newest_wish() -> int:
    """The number of the newest wish, or 0."""
    return int(Wish.objects.aggregate(newest=Max("pk"))["newest"] or 0)
