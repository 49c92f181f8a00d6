"""The usage report: its figures frozen and typeset in one click, and computed again by whoever accepts it."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django.db import transaction

from absah.adapters.usage_report import press_report, read_report
from absah.agreements.face import face_of
from absah.cases.case import Case, CasePaper, CaseStepped, Entry
from absah.cases.letters import SIGNED, TYPESET
from absah.cases.usage_report import ReportDisagrees, ReportUnreadable, YearBefore, check_period, year_of
from absah.cases.visits import last_paper
from absah.kernel.clock import Instant
from absah.kernel.dates import day_word
from absah_site import composition
from absah_site.actors import Actor, Operator
from absah_site.agreements import access as agreements
from absah_site.agreements.actions.papers import Upload
from absah_site.cases import access
from absah_site.cases.access import OpenedCase
from absah_site.cases.access.usage import usage_data
from absah_site.cases.actions.cases import add_paper
from absah_site.jobs.actions import Work, enqueue

#: What `absah_site.cases.apps` registers.
REPORT_JOB: Final = "cases:usage-report"
_WORKER: Final = Operator(name="worker")
_FROZEN: Final = "frozen"


def check_year(opened: OpenedCase, _fields: Mapping[str, str]) -> None:
    """The year has months that are over: said before anybody waits for the counting. Raises MonthRuns."""
    year_of(int(opened.case.values["year"]), today=opened.found.today)


def check_year_of_agreement(opened: OpenedCase, _fields: Mapping[str, str]) -> None:
    """The year is none before the agreement. Raises YearBefore."""
    signed = opened.found.agreement.signed_on
    if signed is not None and int(opened.case.values["year"]) < signed.year:
        raise YearBefore(year=opened.case.values["year"], signed=day_word(signed))


def ask_for_report(opened: OpenedCase, _case: Case, _now: Instant, _by: Actor) -> None:
    """Counting takes longer than a page may: the worker does it, and says how far it is."""
    enqueue(REPORT_JOB, f"case:{opened.found.id}:{opened.listed.id}")


def carry_out_report(work: Work) -> str:
    """Count, typeset, and add the report with its workbook and data to the case, all or nothing."""
    _, agreement, identifier = work.reference.split(":")
    now = composition.clock().now()
    opened = access.opened(agreements.agreement_for(_WORKER, UUID(agreement), now=now), UUID(identifier))
    if opened.case.state != _FROZEN or is_made(opened.case):
        return "nothing to do"
    data = usage_data(opened.found, opened.case, told=work.progress)
    party = face_of(opened.found.agreement).first
    made = press_report(data, party, made_on=opened.found.today, trial=composition.config().trial)
    year, side = opened.case.values["year"], opened.case.last_by
    with transaction.atomic():
        for name, content, what in (
            (f"laporan-{year}.xlsx", made.xlsx, "workbook"),
            (f"laporan-{year}.json", made.json, "data"),
            (f"laporan-{year}.pdf", made.pdf, TYPESET),
        ):
            file = Upload(name=name, content=content)
            add_paper(opened.found.id, opened.listed.id, file, what, now=now, by=_WORKER, side=side)
    return str(sum(row.count for row in data.rows))


def is_made(case: Case, /) -> bool:
    """Whether there is a report since the figures were frozen last."""
    since = max((at for at, entry in enumerate(case.entries) if _froze(entry)), default=0)
    return any(isinstance(entry, CasePaper) and entry.what == TYPESET for entry in case.entries[since:])


def _froze(entry: Entry) -> bool:
    return isinstance(entry, CaseStepped) and entry.act == "freeze"


def check_usage_report(opened: OpenedCase, _fields: Mapping[str, str]) -> None:
    """The report that was delivered agrees with its own rows, and covers no month that still ran when it was made."""
    paper = last_paper(opened.case, SIGNED)
    if paper is None:
        raise ReportUnreadable(problem=SIGNED)
    data = read_report(composition.documents().read(paper.sha256))
    check_period(data, today=opened.found.today)
    if data.first[:4] != opened.case.values.get("year"):
        raise ReportDisagrees(figure=data.first[:4])
