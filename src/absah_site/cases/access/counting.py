"""What cases of a year come to in the usage report: parts VII to XI, by the words of their kinds."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Final, TypeAlias
from uuid import UUID

from absah.agreements.calendar import WorkCalendar
from absah.agreements.parties import Span
from absah.agreements.words import party_word
from absah.cases.case import Case
from absah.cases.security import findings_of
from absah.cases.support_times import time_of
from absah.cases.visits import STATEMENTS, judgements, last_paper, read_statements
from absah.kernel.clock import legal_date
from absah_site import composition
from absah_site.agreements import access as agreements
from absah_site.agreements.access import OpenedAgreement
from absah_site.cases.store import cases

#: Measure, key, number.
Count: TypeAlias = tuple[str, str, int]
#: Month, measure, key, number.
Counted: TypeAlias = tuple[str, str, str, int]

#: Who knows what an event came to (measure and number): the app of events says so when it is loaded.
_OF_EVENTS: list[Callable[[UUID, Mapping[str, str]], Mapping[str, int]]] = []


def register_event_figures(count: Callable[[UUID, Mapping[str, str]], Mapping[str, int]], /) -> None:
    """Let the app of events say how many took part in one, and what they gained."""
    _OF_EVENTS.append(count)


def count_cases(found: OpenedAgreement, days: Span, /) -> Iterator[Counted]:
    """Everything that the cases opened in some days come to."""
    calendar = agreements.work_calendar(found.today)
    for listed in cases.listed(found.id):
        day = legal_date(listed.opened_at)
        counter = _COUNTERS.get(listed.kind)
        if counter is None or day not in days:
            continue
        for measure, key, number in counter(cases.read(listed), listed.id, calendar):
            yield f"{day:%Y-%m}", measure, key, number


def _chosen(case: Case, name: str) -> str:
    """What a choice says, in the language of the report."""
    value = case.values.get(name, "")
    chosen = case.kind.fields[name].choice(value)
    return value if chosen is None else chosen.text


def _tickets(case: Case, _id: UUID, calendar: WorkCalendar) -> Iterable[Count]:
    problem = _chosen(case, "class")
    yield "tickets.opened", problem, 1
    time = time_of(case, calendar)
    if time.first is not None:
        yield "tickets.answered", problem, 1
        yield "tickets.first-minutes", problem, _minutes(time.first)
    if time.solved is not None:
        yield "tickets.solved", problem, 1
        yield "tickets.solution-minutes", problem, _minutes(time.solved)
        for role, length in time.lay.items():
            party = party_word(role).text
            yield "tickets.lay", party, 1
            yield "tickets.lay-minutes", party, _minutes(length)


def _minutes(length: timedelta) -> int:
    return round(length.total_seconds() / 60)


def _events(case: Case, identifier: UUID, _calendar: WorkCalendar) -> Iterable[Count]:
    if case.state in case.kind.proves:
        form = _chosen(case, "form")
        yield "events.held", form, 1
        yield "events.hours", form, int(case.values["hours"])
        for measure, number in [found for count in _OF_EVENTS for found in count(identifier, case.values).items()]:
            yield f"events.{measure}", form, number


def _promotions(case: Case, _id: UUID, _calendar: WorkCalendar) -> Iterable[Count]:
    if case.state in case.kind.proves:
        channel = _chosen(case, "channel")
        yield "promotions.done", channel, 1
        yield "promotions.reach", channel, int(case.values["reach"])


def _checks(case: Case, _id: UUID, _calendar: WorkCalendar) -> Iterable[Count]:
    if case.state not in case.kind.proves:
        return
    column = case.kind.fields["judged"].columns[1]
    for said in judgements(case).values():
        chosen = column.choice(said)
        yield "checks.logos", said if chosen is None else chosen.text, 1
    paper = last_paper(case, STATEMENTS)
    if paper is not None:
        for one in read_statements(composition.documents().read(paper.sha256)):
            yield "checks.documents", "tidak lengkap" if one.lacking else "pada setiap halaman", 1


def _procedures(case: Case, _id: UUID, _calendar: WorkCalendar) -> Iterable[Count]:
    if case.state in case.kind.proves:
        yield "procedures.in-force", f"{case.values['number']} {case.values['name']}"[:200], 1


def _security(case: Case, _id: UUID, _calendar: WorkCalendar) -> Iterable[Count]:
    if "method" not in case.values:
        return
    yield "assessments.made", _chosen(case, "method"), 1
    severity, status = case.kind.fields["findings"].columns[2], case.kind.fields["findings"].columns[5]
    for one in findings_of(case.values):
        words = [column.choice(key) for column, key in ((severity, one.severity), (status, one.status))]
        yield "findings.recorded", ", ".join(each.text for each in words if each is not None), 1


def _compliance(case: Case, _id: UUID, _calendar: WorkCalendar) -> Iterable[Count]:
    if case.state in case.kind.proves:
        yield "assessments.made", case.kind.text, 1


def _incidents(case: Case, _id: UUID, _calendar: WorkCalendar) -> Iterable[Count]:
    yield "incidents.opened", f"{_chosen(case, 'class')}, {_chosen(case, 'severity')}", 1


_COUNTERS: Final[Mapping[str, Callable[[Case, UUID, WorkCalendar], Iterable[Count]]]] = {
    "support": _tickets,
    "event": _events,
    "promotion": _promotions,
    "system-check": _checks,
    "procedure": _procedures,
    "security-assessment": _security,
    "compliance": _compliance,
    "incident": _incidents,
}
