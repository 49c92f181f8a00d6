"""Dossiers by the hundred: inboxes, what somebody sent round, what an agency keeps. Each answer is one page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Case, Count, Exists, F, IntegerField, Min, OuterRef, Q, QuerySet, Value, When

from absah.kernel.clock import Instant, instant
from absah.workflow.life import State
from absah.workflow.parts import Classification, Part, SeatState, Urgency
from absah_site.dossiers import models


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A dossier in a list. `seat` is the reader's own, 0 where there is none; `since` when its state was reached."""

    id: UUID
    title: str
    number: str
    kind: str
    classification: Classification
    urgency: Urgency
    state: State
    pages: int
    owner_name: str
    deadline: date | None
    created_at: Instant
    since: Instant | None = None
    seat: int = 0
    part: Part | None = None
    round: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Sieve:
    """What an inbox is filtered by; empty filters nothing."""

    kind: str = ""
    urgent: bool = False
    part: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How many dossiers wait for a person, and since when the oldest does."""

    number: int
    oldest: Instant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """A page of an inbox, and how many wait in all: by kind, by part, urgent ones, the oldest."""

    lines: tuple[Line, ...]
    matching: int
    total: int
    urgent: int
    by_kind: Mapping[str, int]
    by_part: Mapping[str, int]
    oldest: Instant | None


_RANK = Case(
    *(When(dossier__urgency=urgency.value, then=Value(-urgency.rank)) for urgency in Urgency),
    output_field=IntegerField(),
)


def inbox(account: UUID, sieve: Sieve, /, *, offset: int, limit: int) -> Inbox:
    """What waits for a person: urgent first, then by deadline, then by age."""
    waiting = _waiting(account)
    counts = waiting.values("dossier__kind", "part", "dossier__urgency").annotate(number=Count("pk")).order_by()
    by_kind: dict[str, int] = {}
    by_part: dict[str, int] = {}
    urgent = total = 0
    for one in counts:
        total += one["number"]
        by_kind[one["dossier__kind"]] = by_kind.get(one["dossier__kind"], 0) + one["number"]
        by_part[one["part"]] = by_part.get(one["part"], 0) + one["number"]
        urgent += one["number"] if one["dossier__urgency"] != Urgency.ORDINARY.value else 0
    oldest = waiting.order_by("since").values_list("since", flat=True).first()
    kept = _sieved(waiting, sieve)
    rows = (
        kept.select_related("dossier")
        .annotate(rank=_RANK)
        .order_by("rank", F("dossier__deadline").asc(nulls_last=True), "since", "pk")
    )
    return Inbox(
        lines=tuple(_own_line(row) for row in rows[offset : offset + limit]),
        matching=total if sieve == Sieve() else kept.count(),
        total=total,
        urgent=urgent,
        by_kind=by_kind,
        by_part=by_part,
        oldest=None if oldest is None else instant(oldest),
    )


def waiting_ids(account: UUID, sieve: Sieve, /, *, limit: int) -> tuple[UUID, ...]:
    """The dossiers that a sieve lets through, oldest first."""
    rows = _sieved(_waiting(account), sieve).order_by("since", "pk").values_list("dossier_id", flat=True)
    return tuple(rows[:limit])


def waiting(account: UUID, /) -> Waiting:
    """How many wait for a person, and since when."""
    found = _waiting(account).aggregate(number=Count("pk"), oldest=Min("since"))
    return Waiting(number=found["number"], oldest=None if found["oldest"] is None else instant(found["oldest"]))


def _waiting(account: UUID) -> "QuerySet[models.Seat]":
    return models.Seat.objects.filter(account=account, state=SeatState.TURN.value).exclude(part=Part.COPY.value)


def _sieved(seats: "QuerySet[models.Seat]", sieve: Sieve) -> "QuerySet[models.Seat]":
    if sieve.kind:
        seats = seats.filter(dossier__kind=sieve.kind)
    if sieve.urgent:
        seats = seats.exclude(dossier__urgency=Urgency.ORDINARY.value)
    if sieve.part:
        seats = seats.filter(part=sieve.part)
    if sieve.words:
        seats = seats.filter(Q(dossier__title__icontains=sieve.words) | Q(dossier__number__icontains=sieve.words))
    return seats


def seats_history(account: UUID, words: str, /, *, offset: int, limit: int) -> tuple[tuple[Line, ...], int]:
    """What a person has dealt with, and the copies received, the newest first; and how many there are."""
    dealt = [SeatState.DONE.value, SeatState.DECLINED.value, SeatState.FORWARDED.value]
    rows = models.Seat.objects.filter(
        Q(account=account) & (Q(state__in=dealt) | Q(part=Part.COPY.value, dossier__state=State.COMPLETED.value))
    ).select_related("dossier")
    rows = _sieved(rows, Sieve(words=words))
    return tuple(_own_line(row) for row in rows.order_by("-since", "-pk")[offset : offset + limit]), rows.count()


def newest_signed(account: UUID, /) -> UUID | None:
    """The dossier that a person signed last."""
    rows = models.Seat.objects.filter(account=account, state=SeatState.DONE.value, record__isnull=False)
    return rows.order_by("-since", "-pk").values_list("dossier_id", flat=True).first()


def owned(
    account: UUID, state: State | None, words: str, /, *, offset: int, limit: int
) -> tuple[tuple[Line, ...], int]:
    """What a person has prepared, the newest first, and how many there are."""
    rows = models.Dossier.objects.filter(owner=account)
    rows = rows if state is None else rows.filter(state=state.value)
    rows = rows.filter(Q(title__icontains=words) | Q(number__icontains=words)) if words else rows
    found = rows.order_by("-created_at", "-pk")[offset : offset + limit]
    return tuple(_line(row) for row in found), rows.count()


def owned_counts(account: UUID, /) -> dict[State, int]:
    """How many of a person's dossiers are in each state."""
    rows = models.Dossier.objects.filter(owner=account).values("state").annotate(number=Count("pk")).order_by()
    return {State(row["state"]): row["number"] for row in rows}


def past_deadline(today: date, /, *, limit: int) -> tuple[UUID, ...]:
    """Dossiers that still go round after their last day."""
    rows = models.Dossier.objects.filter(state=State.CIRCULATING.value, deadline__lt=today)
    return tuple(rows.order_by("deadline").values_list("id", flat=True)[:limit])


def last_day_within(first: date, last: date, /, *, limit: int) -> tuple[UUID, ...]:
    """Dossiers that go round and whose last day lies between two days, both included."""
    rows = models.Dossier.objects.filter(state=State.CIRCULATING.value, deadline__gte=first, deadline__lte=last)
    return tuple(rows.order_by("deadline").values_list("id", flat=True)[:limit])


def claimed_before(moment: Instant, /, *, limit: int) -> tuple[UUID, ...]:
    """Dossiers whose signature was begun before a moment and never ended."""
    rows = models.Dossier.objects.filter(claimed_at__lte=moment)
    return tuple(rows.order_by("claimed_at").values_list("id", flat=True)[:limit])


def signed_by_all(*, limit: int) -> tuple[UUID, ...]:
    """Dossiers that still go round though nobody is asked any more: their last step was cut off."""
    asked = models.Seat.objects.filter(
        dossier=OuterRef("pk"), state__in=[SeatState.WAITING.value, SeatState.TURN.value]
    ).exclude(part=Part.COPY.value)
    rows = models.Dossier.objects.filter(state=State.CIRCULATING.value, claimed_at__isnull=True)
    return tuple(rows.exclude(Exists(asked)).values_list("id", flat=True)[:limit])


def with_record(record: UUID, /) -> UUID | None:
    """The dossier in which a signature was made."""
    return models.Seat.objects.filter(record=record).values_list("dossier_id", flat=True).first()


def _line(row: models.Dossier) -> Line:
    return Line(
        id=row.pk,
        title=row.title,
        number=row.number,
        kind=row.kind,
        classification=Classification(row.classification),
        urgency=Urgency(row.urgency),
        state=State(row.state),
        pages=row.pages,
        owner_name=row.owner_name,
        deadline=row.deadline,
        created_at=instant(row.created_at),
        round=row.round,
    )


def _own_line(row: models.Seat) -> Line:
    line = _line(row.dossier)
    return Line(
        **{name: getattr(line, name) for name in line.__slots__ if name not in {"since", "seat", "part"}},
        since=None if row.since is None else instant(row.since),
        seat=row.number,
        part=Part(row.part),
    )


def is_elsewhere(sha256: str, dossier: UUID, /) -> bool:
    """Whether another dossier has a version with these bytes."""
    return models.Version.objects.filter(sha256=sha256).exclude(dossier_id=dossier).exists()


def finished_after(moment: Instant | None, /, *, limit: int) -> tuple[tuple[UUID, Instant], ...]:
    """Dossiers that all have signed, from a moment on, in the order in which they ended."""
    rows = models.Dossier.objects.filter(state=State.COMPLETED.value, ended_at__isnull=False)
    rows = rows if moment is None else rows.filter(ended_at__gte=moment)
    found = rows.order_by("ended_at", "pk").values_list("id", "ended_at")[:limit]
    return tuple((identifier, instant(ended)) for identifier, ended in found if ended is not None)
