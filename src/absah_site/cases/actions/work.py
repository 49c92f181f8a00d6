"""The register of what steps make and check: kinds name it (`makes`, `checks`), this table says which code does it."""

from collections.abc import Callable, Mapping
from typing import Final

from django.db import transaction

from absah.cases.case import Case
from absah.kernel.clock import Instant
from absah_site.actors import Actor
from absah_site.cases.access import OpenedCase
from absah_site.cases.actions import assessments, reports
from absah_site.cases.actions.cases import take_step

MAKERS: Final[Mapping[str, Callable[[OpenedCase, Case, Instant, Actor], None]]] = {
    "usage-report": reports.make_usage_report,
    "sample": assessments.make_sample,
    "assessment-report": assessments.make_report,
}
CHECKS: Final[Mapping[str, Callable[[OpenedCase], None]]] = {
    "usage-report": reports.check_usage_report,
}


@transaction.atomic
def step_with_work(opened: OpenedCase, act: str, fields: Mapping[str, str], /, *, now: Instant, by: Actor) -> Case:
    """Take a step, with what the kind says is checked before it and made with it."""
    asked = opened.case.kind.asked_at(act)
    if asked.checks:
        CHECKS[asked.checks](opened)
    case = take_step(opened.found.id, opened.listed.id, act, fields, now=now, by=by)
    if asked.makes:
        MAKERS[asked.makes](opened, case, now, by)
    return case
