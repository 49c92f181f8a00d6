"""The register of what steps make and check: kinds name it (`makes`, `checks`), this table says which code does it."""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias
from uuid import UUID

from django.db import transaction

from absah.agreements.graphs import Transition
from absah.cases.case import Case
from absah.cases.kind import load_kind
from absah.kernel.clock import Instant
from absah_site.actors import Actor
from absah_site.agreements.access import OpenedAgreement
from absah_site.agreements.actions.papers import Upload
from absah_site.cases import access
from absah_site.cases.access import OpenedCase
from absah_site.cases.actions import (
    assessments,
    evaluations,
    events,
    force_majeure,
    letters,
    life,
    procedures,
    reports,
    security,
    statements,
    tickets,
    visits,
)
from absah_site.cases.actions.cases import take_step
from absah_site.jobs import access as jobs
from absah_site.jobs.access import Job

Maker: TypeAlias = Callable[[OpenedCase, Case, Instant, Actor], None]
Checker: TypeAlias = Callable[[OpenedCase, Mapping[str, str]], None]

MAKERS: Final[dict[str, Maker]] = {
    "usage-report": reports.ask_for_report,
    "sample": assessments.make_sample,
    "assessment-report": assessments.make_report,
    "visits": visits.ask_for_visits,
    "statements": visits.read_documents,
    "check-summary": visits.make_summary,
    "force-majeure": force_majeure.begin,
    "oral-notice": force_majeure.tell_orally,
    "written-notice": force_majeure.tell_in_writing,
    "force-majeure-over": force_majeure.end,
    "minutes": evaluations.make_minutes,
    "evaluation": evaluations.keep_evaluation,
    "procedure": procedures.make_procedure,
    "assistance-minutes": procedures.make_minutes,
    "security-report": security.make_report,
    "controls-report": security.make_report,
    "incident-report": security.make_report,
    "expert-statement": statements.make_statement,
}
CHECKS: Final[Mapping[str, Checker]] = {
    "usage-report": reports.check_usage_report,
    "report-year": reports.check_year,
    "year-of-agreement": reports.check_year_of_agreement,
    "visits-allowed": visits.check_visits_allowed,
    "judgements": visits.check_judged,
    "flow": procedures.check_flow,
    "findings": security.check_findings,
    "risk": security.check_accepted,
    "nothing-open": security.check_nothing_open,
    "controls": security.check_list,
    "told-after": security.check_moments,
    "incident-told": security.check_told,
    "assessed-findings": assessments.check_findings_written,
    "test-condition": events.check_test_condition,
    "has-test": events.check_has_test,
}

#: What a form is filled in with beforehand, by kind and act.
PRESETS: Final[Mapping[tuple[str, str], Callable[[OpenedCase], Mapping[str, str]]]] = {
    ("system-check", "judge"): visits.preset_judgements,
}


def register_maker(name: str, maker: Maker, /) -> None:
    """Let an app that stands on cases make something with a step. Once, when it is loaded."""
    MAKERS[name] = maker


#: What the worker makes of a case, by its kind.
JOBS: Final[Mapping[str, str]] = {"usage-report": reports.REPORT_JOB, "system-check": visits.VISIT_JOB}


def being_made(opened: OpenedCase, /) -> Job | None:
    """What the worker makes of this case now, or could not make."""
    kind = JOBS.get(opened.case.kind.name)
    found = None if kind is None else jobs.newest_about(kind, f"case:{opened.found.id}:{opened.listed.id}")
    return None if found is None or found.state is jobs.State.DONE else found


def preset(opened: OpenedCase, step: Transition, /) -> Mapping[str, str]:
    """What the form of a step holds beforehand: what was said at the opening; all, where only fields change."""
    case = opened.case
    found = PRESETS.get((case.kind.name, step.act))
    if found is not None:
        return found(opened)
    if step.target == case.state:
        return case.values
    return {name: case.values[name] for name in case.kind.opening.names if name in case.values}


@transaction.atomic
def open_with_work(  # noqa: PLR0913  (every one is named)
    found: OpenedAgreement,
    kind: str,
    subject: str,
    fields: Mapping[str, str],
    upload: Upload | None,
    /,
    *,
    now: Instant,
    by: Actor,
) -> UUID:
    """Open a case, with the file that came with it and what its kind says is made with it."""
    identifier = tickets.open_with_file(found.id, kind, subject, fields, upload, now=now, by=by)
    asked = load_kind(kind).opening
    opened = access.opened(found, identifier)
    if asked.checks:
        CHECKS[asked.checks](opened, fields)
    if asked.makes:
        MAKERS[asked.makes](opened, opened.case, now, by)
    return identifier


@transaction.atomic
def step_with_work(opened: OpenedCase, act: str, fields: Mapping[str, str], /, *, now: Instant, by: Actor) -> Case:
    """Take a step, with what the kind says is checked before it and made with it."""
    asked = opened.case.kind.asked_at(act)
    if asked.checks:
        CHECKS[asked.checks](opened, fields)
    if asked.life and asked.letter:
        life.check_life(opened, act)
    case = take_step(opened.found.id, opened.listed.id, act, fields, now=now, by=by)
    if asked.letter:
        letters.write_letter(opened, case, now, by)
    elif asked.life:
        life.move_life(opened, case, now, by)
    if asked.makes:
        MAKERS[asked.makes](opened, case, now, by)
    return case
