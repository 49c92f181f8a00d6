"""What applications asked: one row for each attempt."""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.db.models import Avg, Max, Q, Sum
from django.db.models.functions import TruncDate

from absah.kernel.clock import JAKARTA, Instant, instant
from absah_site.applications.models import Addition, Use


class UseState(StrEnum):
    """Begun; done; refused, with a code; or unknown: it was passed on, and a person has to find out."""

    BEGUN = "begun"
    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"


_NOT_REFUSED: Final = (UseState.BEGUN.value, UseState.DONE.value)
_OPEN: Final = (UseState.BEGUN.value, UseState.UNKNOWN.value)
_MOST_ALIKE: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedUse:
    """One attempt. `code` is that of our refusal, `number` what the wire was told.

    What only reads is written once for all `calls` of a second that came to the same, with their mean time.
    """

    id: UUID
    application: UUID
    operation: str
    state: UseState
    began_at: Instant
    ended_at: Instant | None = None
    milliseconds: int = 0
    holder: str = ""
    code: str = ""
    number: int = 0
    files: int = 0
    input_sha256: str = ""
    outputs: tuple[str, ...] = ()
    signatures: tuple[str, ...] = ()
    factors: str = ""
    asked: str = ""
    shown: str = ""
    repeats: UUID | None = None
    calls: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOfUse:
    """What an application asked on a day (Jakarta)."""

    day: date
    done: int
    refused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How often something happened, when last, and how long it took on average (ms)."""

    word: str
    number: int
    count: int
    last: Instant
    milliseconds: int


def _value(row: Use) -> RecordedUse:
    return RecordedUse(
        id=row.pk,
        application=row.application_id,
        operation=row.operation,
        state=UseState(row.state),
        began_at=instant(row.began_at),
        ended_at=None if row.ended_at is None else instant(row.ended_at),
        milliseconds=row.milliseconds,
        holder=row.holder,
        code=row.code,
        number=row.number,
        files=row.files,
        input_sha256=row.input_sha256,
        outputs=tuple(row.outputs),
        signatures=tuple(row.signatures),
        factors=row.factors,
        asked=row.asked,
        shown=row.shown,
        repeats=row.repeats_id,
        calls=row.calls,
    )


def _row(use: RecordedUse) -> Use:
    return Use(
        id=use.id,
        application_id=use.application,
        operation=use.operation,
        state=use.state.value,
        began_at=use.began_at,
        ended_at=use.ended_at,
        milliseconds=use.milliseconds,
        holder=use.holder,
        code=use.code,
        number=use.number,
        files=use.files,
        input_sha256=use.input_sha256,
        outputs=list(use.outputs),
        signatures=list(use.signatures),
        factors=use.factors,
        asked=use.asked,
        shown=use.shown,
        repeats_id=use.repeats,
        calls=use.calls,
    )


def add(*uses: RecordedUse) -> None:
    """Write attempts down."""
    Use.objects.bulk_create([_row(use) for use in uses])


def conclude(use: RecordedUse, /) -> bool:
    """Write down how an attempt ended, or that nobody knows. False if it ended already."""
    rows = Use.objects.filter(pk=use.id, state__in=_OPEN)
    changed = rows.update(
        state=use.state.value,
        ended_at=use.ended_at,
        milliseconds=use.milliseconds,
        code=use.code,
        number=use.number,
        outputs=list(use.outputs),
        factors=use.factors,
    )
    return changed == 1


def extend_signatures(use: UUID, signatures: tuple[str, ...], /) -> None:
    """Further signatures are about to be made for the same attempt."""
    Use.objects.filter(pk=use, state=UseState.BEGUN.value).update(signatures=list(signatures))


def add_additions(use: UUID, added: Iterable[bytes], /, *, until: Instant) -> None:
    """Keep for minutes what was added to each file, deflated: half of it is the empty room for the signature."""
    Addition.objects.bulk_create(
        [
            Addition(use_id=use, position=place, added=zlib.compress(one, level=1), ends_at=until)
            for place, one in enumerate(added)
        ]
    )


def additions_of(use: UUID, /, *, now: Instant) -> tuple[bytes, ...]:
    """What was added to each file, while it is kept."""
    rows = Addition.objects.filter(use_id=use, ends_at__gt=now).order_by("position")
    return tuple(zlib.decompress(row.added) for row in rows)


def drop_additions(*, before: Instant) -> int:
    """Forget what is over its time. Returns how many there were."""
    dropped, _ = Addition.objects.filter(ends_at__lte=before).delete()
    return dropped


def same_asked(application: UUID, asked: str, /, *, since: Instant) -> tuple[RecordedUse, ...]:
    """The attempts that asked the same and were not refused, the newest first, repetitions left out."""
    rows = Use.objects.filter(
        application_id=application, asked=asked, state__in=_NOT_REFUSED, began_at__gte=since, repeats__isnull=True
    )
    return tuple(map(_value, rows.order_by("-began_at")[:_MOST_ALIKE]))


def unknown_alike(application: UUID, asked: str, /) -> bool:
    """Whether the same was asked before and nobody knows what became of it, however long ago."""
    rows = Use.objects.filter(application_id=application, asked=asked, state=UseState.UNKNOWN.value)
    return rows.exists()


def was_repeated(use: UUID, /) -> bool:
    """Whether its answer was given again."""
    return Use.objects.filter(repeats_id=use, state=UseState.DONE.value).exists()


def begun_before(moment: Instant, /) -> tuple[RecordedUse, ...]:
    """Those that nobody concluded."""
    rows = Use.objects.filter(state=UseState.BEGUN.value, began_at__lte=moment).order_by("began_at")
    return tuple(_value(row) for row in rows[:1000])


def unknown() -> tuple[RecordedUse, ...]:
    """Those of which nobody knows what became of them, the oldest first."""
    rows = Use.objects.filter(state=UseState.UNKNOWN.value).order_by("began_at")
    return tuple(_value(row) for row in rows[:1000])


def files_since(application: UUID, operations: tuple[str, ...], moment: Instant, /) -> int:
    """How many signing calls were not refused since a moment."""
    rows = Use.objects.filter(application_id=application, began_at__gte=moment, operation__in=operations)
    return rows.exclude(state=UseState.REFUSED.value).count()


def newest(application: UUID, /, *, limit: int, operations: tuple[str, ...] | None = None) -> tuple[RecordedUse, ...]:
    """The newest first."""
    rows = Use.objects.filter(application_id=application).order_by("-began_at", "-pk")
    rows = rows if operations is None else rows.filter(operation__in=operations)
    return tuple(_value(row) for row in rows[:limit])


def about_file(application: UUID, input_sha256: str, /, *, limit: int) -> tuple[RecordedUse, ...]:
    """What was asked for a file, the newest first."""
    rows = Use.objects.filter(application_id=application, input_sha256=input_sha256).order_by("-began_at", "-pk")
    return tuple(_value(row) for row in rows[:limit])


def last_use_of(applications: tuple[UUID, ...], /) -> dict[UUID, Instant]:
    """When each was heard of last."""
    rows = Use.objects.filter(application_id__in=applications).values("application_id").annotate(last=Max("began_at"))
    return {row["application_id"]: instant(row["last"]) for row in rows}


def by_day(application: UUID, /, *, since: datetime) -> tuple[DayOfUse, ...]:
    """Attempts by day, the oldest first; days without one are left out."""
    rows = (
        Use.objects.filter(application_id=application, began_at__gte=since)
        .annotate(day=TruncDate("began_at", tzinfo=JAKARTA))
        .values("day")
        .annotate(done=Sum("calls", filter=Q(state="done")), refused=Sum("calls", filter=Q(state="refused")))
        .order_by("day")
    )
    return tuple(DayOfUse(day=row["day"], done=row["done"] or 0, refused=row["refused"] or 0) for row in rows)


def by_operation(application: UUID, /, *, since: datetime) -> tuple[Tally, ...]:
    """What was asked and done, the most frequent first."""
    rows = Use.objects.filter(application_id=application, began_at__gte=since, state=UseState.DONE.value)
    counted = rows.values_list("operation").annotate(Sum("calls"), Max("began_at"), Avg("milliseconds"))
    return _most_frequent(_tally(word, 0, *figures) for word, *figures in counted)


def by_code(application: UUID, /, *, since: datetime) -> tuple[Tally, ...]:
    """What was refused and why, the most frequent first."""
    rows = Use.objects.filter(application_id=application, began_at__gte=since, state=UseState.REFUSED.value)
    counted = rows.values_list("code", "number").annotate(Sum("calls"), Max("began_at"), Avg("milliseconds"))
    return _most_frequent(_tally(word, number, *figures) for word, number, *figures in counted)


def _tally(word: str, number: int, count: int, last: datetime, took: float | None) -> Tally:
    return Tally(word=word, number=number, count=count, last=instant(last), milliseconds=round(took or 0))


def _most_frequent(tallies: Iterable[Tally]) -> tuple[Tally, ...]:
    return tuple(sorted(tallies, key=lambda one: (-one.count, one.word)))
