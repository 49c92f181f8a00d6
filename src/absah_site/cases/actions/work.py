"""The register of what steps make and check: kinds name it (`makes`, `checks`), this table says which code does it."""

from collections.abc import Callable, Mapping
from typing import Final

from django.db import transaction

from absah.agreements.graphs import Transition
from absah.cases.case import Case
from absah.kernel.clock import Instant
from absah_site.actors import Actor
from absah_site.cases.access import OpenedCase
from absah_site.cases.actions import assessments, letters, life, reports, visits
from absah_site.cases.actions.cases import take_step

MAKERS: Final[Mapping[str, Callable[[OpenedCase, Case, Instant, Actor], None]]] = {
    "usage-report": reports.make_usage_report,
    "sample": assessments.make_sample,
    "assessment-report": assessments.make_report,
    "visits": visits.ask_for_visits,
    "statements": visits.read_documents,
    "check-summary": visits.make_summary,
}
CHECKS: Final[Mapping[str, Callable[[OpenedCase, Mapping[str, str]], None]]] = {
    "usage-report": reports.check_usage_report,
    "visits-allowed": visits.check_visits_allowed,
    "judgements": visits.check_judged,
}

#: What a form is filled in with beforehand, by kind and act.
PRESETS: Final[Mapping[tuple[str, str], Callable[[OpenedCase], Mapping[str, str]]]] = {
    ("system-check", "judge"): visits.preset_judgements,
}


def preset(opened: OpenedCase, step: Transition, /) -> Mapping[str, str]:
    """What the form of a step holds beforehand; where it changes nothing but fields, what stands there now."""
    found = PRESETS.get((opened.case.kind.name, step.act))
    if found is not None:
        return found(opened)
    return opened.case.values if step.target == opened.case.state else {}


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
