"""Rows of attendance, tests and evaluation to values and back."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max

from absah.cases.attendance import AttendedAlready
from absah.cases.quiz import End, QuizTakenAlready
from absah.kernel.clock import Instant, instant
from absah_site.training.models import Attendance, Evaluation, QuizResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Attended:
    """Somebody who was there. `dossier` is the certificate on its way."""

    number: int
    name: str
    unit: str
    post: str
    at: Instant
    evaluated: bool = False
    dossier: UUID | None = None


def add(event: UUID, name: str, unit: str, post: str, same: str, /, *, at: Instant) -> int:
    """Note somebody, and say with which number. Raises AttendedAlready."""
    last = Attendance.objects.filter(event=event).aggregate(last=Max("number"))["last"] or 0
    try:
        with transaction.atomic():
            Attendance.objects.create(event=event, number=last + 1, name=name, unit=unit, post=post, same=same, at=at)
    except IntegrityError:
        raise AttendedAlready from None
    return int(last) + 1


def count(event: UUID, /) -> int:
    """How many attended."""
    return Attendance.objects.filter(event=event).count()


def attended(event: UUID, /) -> tuple[Attended, ...]:
    """Everybody who attended, in the order in which they came."""
    return tuple(_value(row) for row in Attendance.objects.filter(event=event).order_by("number"))


def find(event: UUID, number: int, /) -> Attended | None:
    """One who attended."""
    row = Attendance.objects.filter(event=event, number=number).first()
    return None if row is None else _value(row)


def note_dossier(event: UUID, number: int, dossier: UUID, /) -> None:
    """The certificate of somebody is on its way."""
    Attendance.objects.filter(event=event, number=number).update(dossier=dossier)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One end of a test as somebody took it."""

    number: int
    end: End
    answers: Mapping[str, str]
    right: int


def add_result(event: UUID, taken: Taken, /, *, at: Instant) -> None:
    """Keep what somebody answered, once. Raises QuizTakenAlready."""
    try:
        with transaction.atomic():
            QuizResult.objects.create(
                event=event,
                number=taken.number,
                end=taken.end,
                answers=dict(taken.answers),
                right=taken.right,
                at=at,
            )
    except IntegrityError:
        raise QuizTakenAlready from None


def results(event: UUID, /) -> tuple[Taken, ...]:
    """Every test that was taken at an event."""
    rows = QuizResult.objects.filter(event=event).order_by("number", "end")
    return tuple(Taken(number=row.number, end=End(row.end), answers=row.answers, right=row.right) for row in rows)


def add_evaluation(event: UUID, number: int, marks: tuple[int, ...], comment: str, /) -> bool:
    """Keep what somebody said, once; False where this person has said it before."""
    if not Attendance.objects.filter(event=event, number=number, evaluated=False).update(evaluated=True):
        return False
    Evaluation.objects.create(event=event, marks=list(marks), comment=comment)
    return True


def evaluations(event: UUID, /) -> tuple[tuple[tuple[int, ...], str], ...]:
    """Marks and comments, in no order that tells who."""
    rows = Evaluation.objects.filter(event=event).order_by("comment", "pk")
    return tuple((tuple(row.marks), row.comment) for row in rows)


def _value(row: Attendance) -> Attended:
    return Attended(
        number=row.number,
        name=row.name,
        unit=row.unit,
        post=row.post,
        at=instant(row.at),
        evaluated=row.evaluated,
        dossier=row.dossier,
    )
