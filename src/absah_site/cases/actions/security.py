"""Security assessments, lists of controls and incidents: what is checked before their steps, and their reports."""

from collections.abc import Mapping
from typing import Final

from absah.adapters.summary_press import Summary, SummaryTable, press_summary
from absah.cases.case import Case
from absah.cases.fields import read_moment, read_rows
from absah.cases.kind import CaseField, FieldKind
from absah.cases.security import (
    accepted_risks,
    check_controls,
    check_incident_told,
    check_not_ahead,
    check_risk,
    check_settled,
    check_told_after,
    findings_of,
)
from absah.kernel.clock import Instant, legal_date
from absah.kernel.dates import moment_word, written_date
from absah_site import composition
from absah_site.actors import Actor
from absah_site.agreements.actions.papers import Upload
from absah_site.cases.access import OpenedCase
from absah_site.cases.actions.cases import add_paper

_TITLES: Final = {
    "security-assessment": "Laporan Penilaian Keamanan",
    "security-controls": "Tinjauan Pengendalian Keamanan",
    "incident": "Laporan Insiden",
}


def check_findings(_opened: OpenedCase, fields: Mapping[str, str]) -> None:
    """Every finding is whole."""
    findings_of(fields)


def check_accepted(opened: OpenedCase, fields: Mapping[str, str]) -> None:
    """The risk is that of a finding."""
    check_risk(opened.case, fields)


def check_nothing_open(opened: OpenedCase, _fields: Mapping[str, str]) -> None:
    """Every finding is fixed, or its risk is owned today."""
    check_settled(opened.case, today=opened.found.today)


def check_list(opened: OpenedCase, _fields: Mapping[str, str]) -> None:
    """Every control is somebody's."""
    check_controls(opened.case.values)


def check_moments(opened: OpenedCase, fields: Mapping[str, str]) -> None:
    """Nobody was told before it was known, and nothing of it lies ahead."""
    check_told_after(opened.case, fields)
    check_not_ahead(opened.case.kind, fields, now=composition.clock().now())


def check_told(opened: OpenedCase, _fields: Mapping[str, str]) -> None:
    """The law's notices went out."""
    check_incident_told(opened.case)


def make_report(opened: OpenedCase, case: Case, now: Instant, by: Actor) -> None:
    """Typeset what the case holds: its short fields as facts, its texts, its tables."""
    listed = opened.found.listed
    facts = [("Nomor", case.number), ("Perjanjian", f"{listed.first_number} dan {listed.second_number}")]
    texts, tables = [], []
    for name, value in case.values.items():
        field = case.kind.fields[name]
        if field.kind is FieldKind.ROWS:
            tables.append(_table(field, value))
        elif field.kind is FieldKind.TEXT:
            texts.append((field.text, value))
        else:
            facts.append((field.text, _said(field, value)))
    risks = tuple((code, written_date(until)) for code, until in accepted_risks(case).items())
    if risks:
        tables.append(SummaryTable(title="Risiko yang diterima", header=("Temuan", "Sampai"), rows=risks))
    summary = Summary(
        title=f"{_TITLES[case.kind.name]}: {case.subject}",
        facts=tuple(facts),
        texts=tuple(texts),
        tables=tuple(tables),
        trial=composition.config().trial,
    )
    day = legal_date(now)
    file = Upload(name=f"{case.kind.name}-{case.number}.pdf", content=press_summary(summary, dated=day))
    add_paper(opened.found.id, opened.listed.id, file, "report", now=now, by=by)


def _table(field: CaseField, value: str) -> SummaryTable:
    return SummaryTable(
        title=field.text,
        header=tuple(column.text for column in field.columns),
        rows=tuple(tuple(map(_said, field.columns, row)) for row in read_rows(value)),
    )


def _said(field: CaseField, value: str) -> str:
    if field.kind is FieldKind.MOMENT and value:
        return moment_word(read_moment(value)).text
    chosen = field.choice(value) if field.kind is FieldKind.CHOICE else None
    return value if chosen is None else chosen.text
