"""Notices and deliveries: rows to values and back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import Count, Max, Min, Q, QuerySet

from absah.adapters.personal_data import PersonalDataVault, Place
from absah.kernel.clock import Instant, instant
from absah.kernel.messages import Language
from absah.notices.content import Content
from absah.notices.kinds import kinds
from absah_site import deliveries
from absah_site.notices.models import Delivery, Notice, Wishes

#: While a courier has a delivery in hand, no other takes it; one that died lets go after this time.
IN_HAND: Final = timedelta(minutes=10)
_MOST_IN_A_MAIL: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptNotice:
    """A notice with what it says; `content` is None once that was erased."""

    id: UUID
    kind: str
    content: Content | None
    created_at: Instant
    read_at: Instant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """A delivery in hand. `attempts` counts this one."""

    id: int
    attempts: int
    recipient: str
    notice: KeptNotice


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalWishes:
    """What a person wishes."""

    language: Language = Language.INDONESIAN
    without: frozenset[str] = frozenset()


def _place(identifier: UUID) -> Place:
    return Place(table="notices_notice", row=str(identifier), field="content")


def _kept(row: Notice, vault: PersonalDataVault) -> KeptNotice:
    kind = kinds().get(row.kind)
    sealed = bytes(row.content)
    content = Content.load(kind, vault.open(sealed, _place(row.pk))) if kind and sealed else None
    return KeptNotice(
        id=row.pk,
        kind=row.kind,
        content=content,
        created_at=instant(row.created_at),
        read_at=None if row.read_at is None else instant(row.read_at),
    )


def was_told(recipient: str, kind: str, occasion: str, /) -> bool:
    """Whether this person was told of this occasion already."""
    return Notice.objects.filter(recipient=recipient, kind=kind, occasion=occasion).exists()


def add(
    identifier: UUID, content: Content, /, *, recipient: str, occasion: str, at: Instant, vault: PersonalDataVault
) -> None:
    """Keep a notice, sealed."""
    Notice.objects.create(
        id=identifier,
        kind=content.kind.name,
        recipient=recipient,
        content=vault.seal(content.dump(), _place(identifier)),
        occasion=occasion,
        shown=not content.kind.private,
        created_at=at,
    )


def last_mailed(recipient: str, kind: str, /) -> tuple[Instant | None, Instant | None]:
    """Of a kind: when the last mail to this person left, and when what waits is due. None where there is none."""
    rows = Delivery.objects.filter(notice__recipient=recipient, notice__kind=kind)
    found = rows.aggregate(
        sent=Max("ended_at", filter=Q(state="sent")), due=Min("due_at", filter=Q(state="waiting", attempts=0))
    )
    last, due = found["sent"], found["due"]
    return (None if last is None else instant(last), None if due is None else instant(due))


def add_delivery(identifier: UUID, /, *, due: Instant) -> None:
    """Ask for a mail."""
    Delivery.objects.create(notice_id=identifier, channel="mail", due_at=due)


def take_due(limit: int, /, *, now: Instant, vault: PersonalDataVault) -> tuple[Errand, ...]:
    """Take deliveries in hand, oldest first: counted as attempts before anything is sent. Inside a transaction."""
    rows = Delivery.objects.filter(state="waiting", due_at__lte=now).order_by("due_at", "pk").select_related("notice")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    taken = list(rows[:limit])
    taken += _gathered_with(taken, rows)
    for row in taken:
        row.attempts += 1
        row.due_at = now + IN_HAND
    Delivery.objects.bulk_update(taken, ["attempts", "due_at"])
    return tuple(
        Errand(id=row.pk, attempts=row.attempts, recipient=row.notice.recipient, notice=_kept(row.notice, vault))
        for row in taken
    )


def _gathered_with(taken: list[Delivery], rows: QuerySet[Delivery]) -> list[Delivery]:
    """What belongs into the same mails as deliveries that were taken."""
    known = {row.pk for row in taken}
    mails = {(row.notice.recipient, row.notice.kind) for row in taken if _is_gathered(row.notice.kind)}
    more: list[Delivery] = []
    for recipient, kind in sorted(mails):
        beside = rows.filter(notice__recipient=recipient, notice__kind=kind).exclude(pk__in=known)
        more += beside[:_MOST_IN_A_MAIL]
    return more


def _is_gathered(name: str) -> bool:
    kind = kinds().get(name)
    return kind is not None and kind.gathered


def end_delivery(identifier: int, state: str, /, *, at: Instant, error: str = "") -> None:
    """A delivery is over."""
    deliveries.end(Delivery.objects.filter(pk=identifier), state, at=at, error=error)


def put_off(identifier: int, /, *, due: Instant, error: str) -> None:
    """A delivery is tried again."""
    deliveries.put_off(Delivery.objects.filter(pk=identifier), due=due, error=error)


def revive(*, now: Instant) -> int:
    """Deliveries that were given up wait again, as if new. Those whose content is gone do not."""
    return deliveries.revive(Delivery.objects.exclude(notice__content=b""), now=now)


def erase_content(identifier: UUID, /) -> None:
    """Forget what a notice said."""
    Notice.objects.filter(pk=identifier).update(content=b"")


def forget_before(moment: Instant, /, *, limit: int) -> int:
    """Remove old notices with their deliveries, the oldest first. Returns how many notices."""
    old = list(Notice.objects.filter(created_at__lt=moment).order_by("created_at").values_list("pk", flat=True)[:limit])
    Notice.objects.filter(pk__in=old).delete()
    return len(old)


def inbox(recipient: str, /, *, start: int, size: int, vault: PersonalDataVault) -> tuple[KeptNotice, ...]:
    """What a person was told, newest first."""
    rows = Notice.objects.filter(recipient=recipient, shown=True).order_by("-created_at", "-pk")
    return tuple(_kept(row, vault) for row in rows[start : start + size])


def unread(recipient: str, /) -> int:
    """How many notices a person has not opened."""
    return Notice.objects.filter(recipient=recipient, shown=True, read_at__isnull=True).count()


def find(recipient: str, identifier: UUID, /, *, vault: PersonalDataVault) -> KeptNotice | None:
    """One notice of a person."""
    row = Notice.objects.filter(pk=identifier, recipient=recipient, shown=True).first()
    return None if row is None else _kept(row, vault)


def mark_read(recipient: str, identifiers: Iterable[UUID] | None, /, *, at: Instant) -> int:
    """Some, or all (None), of a person's notices were read."""
    rows = Notice.objects.filter(recipient=recipient, read_at__isnull=True)
    if identifiers is not None:
        rows = rows.filter(pk__in=list(identifiers))
    return rows.update(read_at=at)


def settle(recipient: str, kinds_told: Iterable[str], occasion: str, /, *, at: Instant) -> None:
    """What was told of an occasion is over: read, and no mail leaves any more."""
    rows = Notice.objects.filter(recipient=recipient, kind__in=list(kinds_told), occasion=occasion)
    rows.filter(read_at__isnull=True).update(read_at=at)
    deliveries.end(Delivery.objects.filter(notice__in=rows), "dropped", at=at, error="settled")


def wishes(recipient: str, /) -> PersonalWishes:
    """What a person wishes, or what everybody gets."""
    row = Wishes.objects.filter(pk=recipient).first()
    if row is None:
        return PersonalWishes()
    return PersonalWishes(language=Language(row.language), without=frozenset(row.without))


def keep_wishes(recipient: str, wished: PersonalWishes, /) -> None:
    """Remember what a person wishes."""
    values = {"language": wished.language.value, "without": sorted(wished.without)}
    Wishes.objects.update_or_create(pk=recipient, defaults=values)


def count_by_state() -> Mapping[str, tuple[int, Instant | None]]:
    """For each state: how many deliveries, and since when the oldest waits."""
    rows = (
        Delivery.objects.exclude(state__in=("sent", "dropped"))
        .values("state")
        .annotate(number=Count("pk"), oldest=Min("notice__created_at"))
    )
    return {row["state"]: (row["number"], instant(row["oldest"])) for row in rows}
