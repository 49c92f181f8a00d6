"""The assessment of compliance beside its timeline: both answers, tests of the register, sample and seed."""

from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from absah_site import composition
from absah_site.accounts.access import actor_of, requires_role
from absah_site.cases import access
from absah_site.cases.access.assessments import assessment_of
from absah_site.roles import Role


@requires_role(Role.AGREEMENT_OFFICER, Role.AUDITOR)
@require_safe
def assessment(request: HttpRequest, identifier: UUID, case: UUID) -> HttpResponseBase:
    """Self-assessment and assessor side by side."""
    opened = access.case_for(actor_of(request), identifier, case, now=composition.clock().now())
    page = {
        "found": opened.found,
        "side": opened.found.side,
        "case": opened.case,
        "case_id": case,
        "assessment": assessment_of(opened),
    }
    return render(request, "cases/assessment.html", page)
