"""The usage report: its figures frozen and typeset in one click, and computed again by whoever accepts it."""

from collections.abc import Callable, Mapping
from typing import Final

from django.db import transaction

from absah.adapters.usage_report import press_report, read_report
from absah.agreements.face import face_of
from absah.cases.case import Case
from absah.cases.usage_report import ReportDisagrees, ReportUnreadable, check_period
from absah.kernel.clock import Instant
from absah_site import composition
from absah_site.actors import Actor
from absah_site.agreements.actions.papers import Upload
from absah_site.cases.access import OpenedCase
from absah_site.cases.access.usage import usage_data
from absah_site.cases.actions import assessments
from absah_site.cases.actions.cases import add_paper, take_step

_REPORT: Final = "report"


@transaction.atomic
def step_with_work(opened: OpenedCase, act: str, fields: Mapping[str, str], /, *, now: Instant, by: Actor) -> Case:
    """Take a step, with what the kind says is checked before it and made with it."""
    asked = opened.case.kind.asked_at(act)
    if asked.checks:
        _CHECKS[asked.checks](opened)
    case = take_step(opened.found.id, opened.listed.id, act, fields, now=now, by=by)
    if asked.makes:
        _MAKERS[asked.makes](opened, case, now, by)
    return case


def _make_usage_report(opened: OpenedCase, case: Case, now: Instant, by: Actor) -> None:
    """Freeze the figures, typeset them, and add the report with its workbook and data to the case."""
    found, identifier = opened.found, opened.listed.id
    data = usage_data(found, case)
    party = face_of(found.agreement).first
    made = press_report(data, party, made_on=found.today, trial=composition.config().trial)
    year = case.values["year"]
    for name, content, what in (
        (f"laporan-{year}.xlsx", made.xlsx, "workbook"),
        (f"laporan-{year}.json", made.json, "data"),
        (f"laporan-{year}.pdf", made.pdf, _REPORT),
    ):
        add_paper(found.id, identifier, Upload(name=name, content=content), what, now=now, by=by)


def _check_usage_report(opened: OpenedCase) -> None:
    """The report that was delivered agrees with its own rows, and covers no month that still ran when it was made."""
    paper = next((each for each in reversed(opened.case.papers) if each.what == _REPORT), None)
    if paper is None:
        raise ReportUnreadable(problem=_REPORT)
    data = read_report(composition.documents().read(paper.sha256))
    check_period(data, today=opened.found.today)
    if data.first[:4] != opened.case.values.get("year"):
        raise ReportDisagrees(figure=data.first[:4])


_MAKERS: Final[Mapping[str, Callable[[OpenedCase, Case, Instant, Actor], None]]] = {
    "usage-report": _make_usage_report,
    "sample": assessments.make_sample,
    "assessment-report": assessments.make_report,
}
_CHECKS: Final[Mapping[str, Callable[[OpenedCase], None]]] = {"usage-report": _check_usage_report}
