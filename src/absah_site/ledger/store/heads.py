"""Signed heads, their stamps, and who wants one."""

from absah.audit.heads import SignedHead, TreeHead, log_id
from absah.audit.merkle import Hash
from absah.kernel.clock import Instant, instant
from absah_site.ledger.models import Head, Stamp, Wish


def _value(row: Head) -> SignedHead:
    stamp: Stamp | None = getattr(row, "stamp", None)
    key = bytes(row.key)
    head = TreeHead(log=log_id(key), size=int(row.size), root=Hash(bytes(row.root)), at=instant(row.at))
    return SignedHead(
        head=head, signature=bytes(row.signature), key=key, timestamp=b"" if stamp is None else bytes(stamp.token)
    )


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
    return None if row is None else _value(row)


def newest_head() -> tuple[int, SignedHead, int] | None:
    """Number, head, and the newest wish it answers."""
    row = Head.objects.select_related("stamp").order_by("-pk").first()
    return None if row is None else (int(row.pk), _value(row), int(row.answers))


def heads(*, limit: int) -> tuple[SignedHead, ...]:
    """The newest, newest first."""
    return tuple(map(_value, Head.objects.select_related("stamp").order_by("-pk")[:limit]))


def every_head() -> tuple[tuple[int, SignedHead], ...]:
    """All of them, by size."""
    rows = Head.objects.select_related("stamp").order_by("size", "pk")
    return tuple((int(row.pk), _value(row)) for row in rows)


def head_of_size(size: int, /) -> SignedHead | None:
    """The newest head over so many entries."""
    row = Head.objects.select_related("stamp").filter(size=size).order_by("-pk").first()
    return None if row is None else _value(row)


def head_covering(position: int, /) -> SignedHead | None:
    """The first head that covers an entry."""
    row = Head.objects.select_related("stamp").filter(size__gt=position).order_by("size", "pk").first()
    return None if row is None else _value(row)


def head_for_archive() -> SignedHead | None:
    """The newest head that is time-stamped; where none is, the newest."""
    row = Head.objects.select_related("stamp").filter(stamp__isnull=False).order_by("-pk").first()
    if row is not None:
        return _value(row)
    newest = newest_head()
    return None if newest is None else newest[1]


def wish(*, asked_by: str, at: Instant) -> None:
    """Ask for a head."""
    Wish.objects.create(asked_by=asked_by, asked_at=at)


def newest_wish() -> int:
    """The number of the newest wish, or 0."""
    row = Wish.objects.order_by("-pk").first()
    return 0 if row is None else int(row.pk)
