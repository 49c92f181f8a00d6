"""Lists of requests and people, a page at a time. No query count grows with the number of rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet

from absah.enrolment.name_words import LONGEST_WORD, words_of
from absah.enrolment.naming import PersonName
from absah.enrolment.request import Kind
from absah.enrolment.states import Stage, SubscriberState
from absah.enrolment.subscriber import SubscriberNumber
from absah.kernel.clock import Instant, instant
from absah_site.enrolment.models import EnrolmentRequest, NameWord, Subscriber
from absah_site.enrolment.store import handling


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How many requests of a stage there are, and since when the oldest waits."""

    stage: Stage
    number: int
    oldest: Instant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRow:
    """A request as a list shows it."""

    id: UUID
    kind: Kind
    stage: Stage
    name: PersonName
    number: SubscriberNumber
    post: str
    unit: str
    agency: str
    since: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """A person as a list shows one."""

    id: UUID
    number: SubscriberNumber
    name: PersonName
    post: str
    unit: str
    agency_id: UUID
    agency: str
    state: SubscriberState
    state_cause: str
    state_at: Instant | None
    differs_since: Instant | None = None


#: The column that says since when a request of a stage waits.
_SINCE = {
    Stage.ENTERED: "entered_at",
    Stage.COMPLETED: "completed_at",
    Stage.VERIFIED: "verified_at",
    Stage.APPROVED: "approved_at",
    Stage.ACTIVATED: "activated_at",
    Stage.REJECTED: "rejected_at",
    Stage.WITHDRAWN: "withdrawn_at",
}


def _at(agencies: frozenset[UUID] | None) -> QuerySet[EnrolmentRequest]:
    """Requests of these agencies; of all where None is given."""
    rows = EnrolmentRequest.objects.all()
    return rows if agencies is None else rows.filter(agency_id__in=agencies)


def waiting(agencies: frozenset[UUID] | None, stages: tuple[Stage, ...], /) -> dict[Stage, Waiting]:
    """The open requests of some stages, counted in one query: a part for each stage, which its index answers alone."""
    first, *others = (_counted(agencies, stage) for stage in stages)
    found = {row["state"]: row for row in first.union(*others, all=True)}
    return {stage: _waiting(stage, found.get(stage.value)) for stage in stages}


def _counted(agencies: frozenset[UUID] | None, stage: Stage) -> QuerySet[EnrolmentRequest, Any]:
    rows = _at(agencies).filter(state=stage.value).order_by().values("state")
    return rows.annotate(number=Count("*"), oldest=Min(_SINCE[stage]))


def _waiting(stage: Stage, row: Mapping[str, Any] | None) -> Waiting:
    if row is None:
        return Waiting(stage=stage, number=0, oldest=None)
    oldest = row["oldest"]
    return Waiting(stage=stage, number=row["number"], oldest=None if oldest is None else instant(oldest))


def requests_page(
    agencies: frozenset[UUID] | None,
    stages: tuple[Stage, ...],
    /,
    *,
    offset: int,
    limit: int,
    newest_first: bool = False,
) -> tuple[RequestRow, ...]:
    """Requests of some stages, those that wait longest first."""
    order = ("-entered_at", "-pk") if newest_first else ("entered_at", "pk")
    # A question for each stage: the index has them in order by stage, and several together would be sorted whole.
    found: list[EnrolmentRequest] = []
    for stage in stages:
        rows = _at(agencies).filter(state=stage.value).select_related("subscriber", "agency")
        found.extend(rows.order_by(*order)[: offset + limit])
    found.sort(key=lambda row: (row.entered_at, row.pk), reverse=newest_first)
    return tuple(_request_row(row) for row in found[offset : offset + limit])


def escalated_page(agencies: frozenset[UUID] | None, /, *, offset: int, limit: int) -> tuple[RequestRow, ...]:
    """Requests that were escalated and still wait, those that were entered first."""
    rows = handling.escalated_now(agencies).select_related("subscriber", "agency").order_by("entered_at", "pk")
    return tuple(_request_row(row) for row in rows[offset : offset + limit])


def count_escalated(agencies: frozenset[UUID] | None, /) -> int:
    """How many of those there are."""
    return handling.escalated_now(agencies).count()


def requests_of(subscriber: UUID, /, *, limit: int) -> tuple[RequestRow, ...]:
    """The requests of one person, the newest first."""
    rows = EnrolmentRequest.objects.filter(subscriber_id=subscriber).select_related("subscriber", "agency")
    return tuple(_request_row(row) for row in rows.order_by("-entered_at", "-pk")[:limit])


def neighbours(
    agencies: frozenset[UUID] | None, stage: Stage, entered_at: Instant, request: UUID, /
) -> tuple[UUID | None, UUID | None]:
    """The request before and the one after in the queue of a stage."""
    rows = _at(agencies).filter(state=stage.value)
    before = rows.filter(entered_at__lte=entered_at).exclude(pk=request).order_by("-entered_at", "-pk")
    after = rows.filter(entered_at__gte=entered_at).exclude(pk=request).order_by("entered_at", "pk")
    first, second = (found.values_list("pk", flat=True).first() for found in (before, after))
    return first, second


def _request_row(row: EnrolmentRequest) -> RequestRow:
    stage = Stage(row.state)
    since = getattr(row, _SINCE[stage]) or row.entered_at
    return RequestRow(
        id=row.pk,
        kind=Kind(row.kind),
        stage=stage,
        name=_name(row.subscriber),
        number=SubscriberNumber(row.subscriber.number),
        post=row.subscriber.post,
        unit=row.subscriber.unit,
        agency=row.agency.name,
        since=instant(since),
    )


def _name(row: Subscriber) -> PersonName:
    return PersonName(full=row.name, titles_before=row.titles_before, titles_after=row.titles_after)


def people_page(
    agencies: frozenset[UUID] | None,
    /,
    *,
    words: str = "",
    exact: dict[str, object] | None = None,
    state: SubscriberState | None = None,
    offset: int,
    limit: int,
) -> tuple[PersonRow, ...]:
    """People by name: those whose names hold words that begin so, or those with exactly this number or index."""
    rows = Subscriber.objects.select_related("agency")
    if agencies is not None:
        rows = rows.filter(agency_id__in=agencies)
    if state is not None:
        rows = rows.filter(state=state.value)
    if exact:
        rows = rows.filter(**exact)
    wanted = words_of(words)
    if wanted and state is None and not exact:
        return _named_page(wanted, agencies, offset=offset, limit=limit)
    for word in wanted:
        rows = rows.filter(pk__in=_with_word(word, agencies).values("subscriber_id"))
    order = ("-state_at", "pk") if state in {SubscriberState.LEFT, SubscriberState.SUSPENDED} else ("name", "pk")
    return tuple(_person_row(row) for row in rows.order_by(*order)[offset : offset + limit])


def _named_page(
    words: tuple[str, ...], agencies: frozenset[UUID] | None, *, offset: int, limit: int
) -> tuple[PersonRow, ...]:
    """Which people have all these words, in the order of their names, from an index alone; then those people."""
    first, *others = (_with_word(word, agencies).values_list("name", "subscriber_id") for word in words)
    found = first.intersection(*others) if others else first.distinct()
    order = [subscriber for _, subscriber in found.order_by("name", "subscriber_id")[offset : offset + limit]]
    rows = Subscriber.objects.select_related("agency").in_bulk(order)
    return tuple(_person_row(rows[subscriber]) for subscriber in order if subscriber in rows)


def _with_word(word: str, agencies: frozenset[UUID] | None) -> QuerySet[NameWord]:
    """Where a word begins so. Words are a-z and 0-9 only, so a range is a prefix in any collation."""
    found = NameWord.objects.filter(word__gte=word, word__lte=word.ljust(LONGEST_WORD, "z"))
    return found if agencies is None else found.filter(agency_id__in=agencies)


def _person_row(row: Subscriber) -> PersonRow:
    return PersonRow(
        id=row.pk,
        number=SubscriberNumber(row.number),
        name=_name(row),
        post=row.post,
        unit=row.unit,
        agency_id=row.agency_id,
        agency=row.agency.name,
        state=SubscriberState(row.state),
        state_cause=row.state_cause,
        state_at=None if row.state_at is None else instant(row.state_at),
        differs_since=None if row.differs_since is None else instant(row.differs_since),
    )


def moved_page(agencies: frozenset[UUID] | None, /, *, limit: int) -> tuple[PersonRow, ...]:
    """Who left, is suspended, or differs from the own certificate, the newest first."""
    rows = Subscriber.objects.select_related("agency")
    if agencies is not None:
        rows = rows.filter(agency_id__in=agencies)
    moved = rows.filter(~Q(state=SubscriberState.REGISTERED.value)).order_by("-state_at", "pk")[:limit]
    differing = rows.filter(differs_since__isnull=False).order_by("-differs_since", "pk")[:limit]
    found = {row.pk: _person_row(row) for row in (*differing, *moved)}
    return tuple(found.values())[:limit]


def people_with_numbers(numbers: Iterable[str], /) -> dict[str, PersonRow]:
    """People by their numbers, in one query."""
    rows = Subscriber.objects.select_related("agency").filter(number__in=list(numbers))
    return {row.number: _person_row(row) for row in rows}


def namesakes(agency: UUID, name: str, /, *, besides: UUID) -> int:
    """How many others at an agency have exactly this name."""
    return Subscriber.objects.filter(agency_id=agency, name__iexact=name).exclude(pk=besides).count()
