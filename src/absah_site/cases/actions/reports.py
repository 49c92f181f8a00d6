"""The usage report: its figures frozen and typeset in one click, and computed again by whoever accepts it."""

from collections.abc import Mapping
from typing import Final

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
from absah_site.cases.actions.cases import add_paper

_REPORT: Final = "report"


def make_usage_report(opened: OpenedCase, case: Case, now: Instant, by: Actor) -> None:
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


def check_usage_report(opened: OpenedCase, _fields: Mapping[str, str]) -> None:
    """The report that was delivered agrees with its own rows, and covers no month that still ran when it was made."""
    paper = next((each for each in reversed(opened.case.papers) if each.what == _REPORT), None)
    if paper is None:
        raise ReportUnreadable(problem=_REPORT)
    data = read_report(composition.documents().read(paper.sha256))
    check_period(data, today=opened.found.today)
    if data.first[:4] != opened.case.values.get("year"):
        raise ReportDisagrees(figure=data.first[:4])
