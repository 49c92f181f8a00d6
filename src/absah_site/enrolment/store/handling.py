"""Assignments and escalations: rows to values and back.

An assignment counts while its request is still in the wait that it was made for and its officer's account is in use;
nobody has to end it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from absah.enrolment.assignment import waits_since
from absah.enrolment.request import Completed, OfficerId, Undecided
from absah.enrolment.states import Stage
from absah.kernel.clock import Instant, instant
from absah_site.enrolment.models import Assignment, EnrolmentRequest, Escalation

#: The column that says when a request began to wait.
_SINCE: Final = {Stage.COMPLETED: "completed_at", Stage.VERIFIED: "verified_at"}


def _of_this_wait(prefix: str = "request__") -> Q:
    """That a row belongs to the wait in which its request is now."""
    either = Q()
    for stage, column in _SINCE.items():
        either |= Q(**{"stage": stage.value, f"{prefix}state": stage.value, "since": F(f"{prefix}{column}")})
    return either


class Cause(StrEnum):
    """Why a request was escalated."""

    OVERDUE = "overdue"
    ASKED = "asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A request was given to somebody, or back to all (None), by whom and why."""

    officer: UUID | None
    name: str
    given_by: str
    at: Instant
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalated:
    """A request was escalated; `due` where it waited too long, `by` (a name) where somebody asked."""

    cause: Cause
    due: Instant | None
    by: str
    at: Instant
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """What was done to get a request decided, the newest first; `officer` has it now."""

    officer: OfficerId | None = None
    name: str = ""
    given: tuple[Given, ...] = ()
    escalated: tuple[Escalated, ...] = ()


def _stage_of(request: Undecided) -> str:
    return (Stage.COMPLETED if isinstance(request, Completed) else Stage.VERIFIED).value


def officer_of(request: UUID, /) -> tuple[OfficerId, str] | None:
    """Who has a request now, and this officer's name; None: it lies open."""
    row = _current().filter(request_id=request).first()
    return None if row is None or row.officer is None else (OfficerId(str(row.officer_id)), row.officer.display_name)


def _current() -> QuerySet[Assignment]:
    rows = Assignment.objects.filter(_of_this_wait(), ended_at__isnull=True, officer__is_active=True)
    return rows.select_related("officer")


def officers_of(requests: Iterable[UUID], /) -> dict[UUID, tuple[OfficerId, str]]:
    """Who has which of some requests now, in one query."""
    return {
        row.request_id: (OfficerId(str(row.officer_id)), row.officer.display_name)
        for row in _current().filter(request_id__in=list(requests))
        if row.officer is not None
    }


def requests_of(officer: UUID, /) -> tuple[UUID, ...]:
    """The requests that an officer has now, those that wait longest first."""
    return tuple(
        _current().filter(officer__public_id=officer).order_by("since", "pk").values_list("request_id", flat=True)
    )


def escalated_among(requests: Iterable[UUID], /) -> frozenset[UUID]:
    """Which of some requests were escalated in the wait in which they are, in one query."""
    rows = Escalation.objects.filter(_of_this_wait(), request_id__in=list(requests))
    return frozenset(rows.values_list("request_id", flat=True))


def handling_of(request: UUID, /) -> Handling:
    """All of it, about one request."""
    now = officer_of(request)
    given = Assignment.objects.filter(request_id=request).select_related("officer", "given_by").order_by("-at", "-pk")
    escalated = Escalation.objects.filter(request_id=request).select_related("by").order_by("-at", "-pk")
    return Handling(
        officer=None if now is None else now[0],
        name="" if now is None else now[1],
        given=tuple(
            Given(
                officer=row.officer_id,
                name="" if row.officer is None else row.officer.display_name,
                given_by=row.given_by.display_name,
                at=instant(row.at),
                reason=row.reason,
            )
            for row in given
        ),
        escalated=tuple(
            Escalated(
                cause=Cause(row.cause),
                due=None if row.due is None else instant(row.due),
                by="" if row.by is None else row.by.display_name,
                at=instant(row.at),
                reason=row.reason,
            )
            for row in escalated
        ),
    )


def give(request: UUID, state: Undecided, officer: OfficerId | None, /, *, by: UUID, at: Instant, reason: str) -> None:
    """Give a request to an officer, or back to all (None). Who had it before has it no longer."""
    Assignment.objects.filter(request_id=request, ended_at__isnull=True).update(ended_at=at)
    Assignment.objects.create(
        request_id=request,
        stage=_stage_of(state),
        since=waits_since(state),
        officer_id=None if officer is None else UUID(officer),
        given_by_id=by,
        at=at,
        reason=reason,
    )


def escalate(request: UUID, state: Undecided, escalated: Escalated, /, *, by: UUID | None) -> bool:
    """Note that a request was escalated. False: it was, in this wait and for this cause."""
    _row, made = Escalation.objects.get_or_create(
        request_id=request,
        since=waits_since(state),
        cause=escalated.cause.value,
        defaults={
            "stage": _stage_of(state),
            "due": escalated.due,
            "by_id": by,
            "at": escalated.at,
            "reason": escalated.reason,
        },
    )
    return made


def long_waiting(stage: Stage, before: Instant, /, *, limit: int) -> tuple[UUID, ...]:
    """Requests that have waited in a stage since before a moment and were not found overdue, the longest first."""
    column = _SINCE[stage]
    found = Escalation.objects.filter(request_id=OuterRef("pk"), since=OuterRef(column), cause=Cause.OVERDUE.value)
    rows = EnrolmentRequest.objects.filter(~Exists(found), **{"state": stage.value, f"{column}__lte": before})
    return tuple(rows.order_by(column, "pk").values_list("pk", flat=True)[:limit])


def escalated_now(agencies: frozenset[UUID] | None, /) -> QuerySet[EnrolmentRequest]:
    """What was escalated in the wait in which it is: looked for among what waits, which stays little."""
    found = Q()
    for stage, column in _SINCE.items():
        escalated = Escalation.objects.filter(request_id=OuterRef("pk"), since=OuterRef(column), stage=stage.value)
        found |= Q(Exists(escalated), state=stage.value)
    rows = EnrolmentRequest.objects.filter(found, state__in=[stage.value for stage in _SINCE])
    return rows if agencies is None else rows.filter(agency_id__in=agencies)
