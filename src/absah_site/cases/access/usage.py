"""What a usage report rests on: counted by the registers, month by month, and frozen as rows."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Final
from uuid import UUID

from absah.agreements.fulfilment import Accepted, Submitted
from absah.agreements.parties import Span
from absah.cases.case import Case
from absah.cases.usage_report import MOST_LINES, SCHEMA, UsageData, UsageList, UsageRow, year_of
from absah.kernel.clock import Instant, legal_date
from absah_site.agreements import access as agreements
from absah_site.agreements.access import OpenedAgreement
from absah_site.cases.access.counting import count_cases
from absah_site.enrolment import access as enrolment
from absah_site.pki import access as register
from absah_site.signing import access as signing

#: The format that is published today.
FORMAT: Final = "2026"
_SLOTS: Final = ("incidents", "outlook")
#: How many parts the counting has that are worth telling; the last is the typesetting.
_STEPS: Final = 6


def _silent(_done: int, _total: int) -> None:
    """Nobody waits for it."""


def usage_data(found: OpenedAgreement, case: Case, /, *, told: Callable[[int, int], None] = _silent) -> UsageData:
    """The data of a report of a year, counted now, telling how far it is. Raises MonthRuns."""
    year = int(case.values["year"])
    first, last = year_of(year, today=found.today)
    before = Span(first=first.replace(year=year - 1), last=_same_day(last, year - 1))
    days = Span(first=first, last=last)
    values = case.values
    agency, moments = agreements.agency_name(found), agreements.moments_of(days, today=found.today)
    told(0, _STEPS)
    rows = _rows(found, days)
    told(2, _STEPS)
    earlier = _rows(found, before)
    told(4, _STEPS)
    signers, users = signing.users_of(agency, *moments, most=MOST_LINES)
    told(5, _STEPS)
    return UsageData(
        schema=SCHEMA,
        format=FORMAT,
        agency=found.agreement.parties.first.name_on(last),
        numbers=(found.listed.first_number, found.listed.second_number),
        first=first.isoformat(),
        last=last.isoformat(),
        signers=signers,
        rows=rows,
        before=earlier,
        texts=tuple((slot, values.get(slot, "")) for slot in _SLOTS),
        lists=(
            _certificates(found, *moments),
            UsageList(name="users", total=signers, lines=tuple((name, post, str(n)) for name, post, n in users)),
        ),
    )


def _certificates(found: OpenedAgreement, since: Instant, until: Instant) -> UsageList:
    """Part IV: what was issued, and how it stands. Names only: no number of a person."""
    if not found.listed.agency:
        return UsageList(name="certificates", total=0, lines=())
    total, issued = register.issued_list(found.listed.agency, since, until, most=MOST_LINES)
    lines = tuple(
        (
            one.name,
            one.profile,
            legal_date(one.issued_at).isoformat(),
            legal_date(one.not_after).isoformat(),
            one.status,
            legal_date(one.status_at).isoformat(),
        )
        for one in issued
    )
    return UsageList(name="certificates", total=total, lines=lines)


def _same_day(day: date, year: int) -> date:
    return day.replace(year=year, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=year)


def _rows(found: OpenedAgreement, days: Span, /) -> tuple[UsageRow, ...]:
    since, until = agreements.moments_of(days, today=found.today)
    counted: Counter[tuple[str, str, str]] = Counter()
    for month, measure, key, count in (
        *_of_requests(found, since, until),
        *_of_certificates(found, since, until),
        *_of_signatures(found, since, until),
        *count_cases(found, days),
        *_of_duties(found, days),
    ):
        counted[month, measure, key] += count
    return tuple(
        UsageRow(month=month, measure=measure, key=key, count=count)
        for (month, measure, key), count in sorted(counted.items())
    )


_Counted = Iterable[tuple[str, str, str, int]]


def _of_requests(found: OpenedAgreement, since: Instant, until: Instant) -> _Counted:
    try:
        agency = UUID(found.listed.agency)
    except ValueError:
        return ()
    return tuple(
        (month, f"requests.{word}", "", count)
        for month, word, count in enrolment.requests_by_month(agency, since, until)
    )


def _of_certificates(found: OpenedAgreement, since: Instant, until: Instant) -> Iterator[tuple[str, str, str, int]]:
    agency = found.listed.agency
    if not agency:
        return
    for month, profile, count in register.issued_by_month(agency, since, until):
        yield month, "certificates.issued", profile, count
    for month, status, cause, count in register.changes_by_month(agency, since, until):
        if status in {"revoked", "suspended"}:
            yield month, f"certificates.{status}", cause, count


def _of_signatures(found: OpenedAgreement, since: Instant, until: Instant) -> Iterator[tuple[str, str, str, int]]:
    name = agreements.agency_name(found)
    if not name:
        return
    for month, state, application, error, count in signing.uses_by_month(name, since, until):
        if state == "signed":
            yield month, "signatures.signed", application, count
        elif state == "failed":
            yield month, "signatures.failed", error, count


def _of_duties(found: OpenedAgreement, days: Span) -> Iterator[tuple[str, str, str, int]]:
    words = {Submitted: "duties.submitted", Accepted: "duties.accepted"}
    for fact in found.facts:
        word = words.get(type(fact.value))
        if word is not None and fact.value.on in days:
            yield f"{fact.value.on:%Y-%m}", word, fact.stream.split("/")[1], 1
