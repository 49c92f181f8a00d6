"""The page of jobs, for those who run the services."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from absah_site import composition
from absah_site.accounts.access import actor_of, requires_role
from absah_site.jobs import access, actions
from absah_site.jobs.access import State
from absah_site.roles import Permission, Role


@requires_role(Role.CA, Role.OPERATOR, Role.AUDITOR)
@require_safe
def overview(request: HttpRequest) -> HttpResponseBase:
    """What failed, what waits or runs, what was done."""
    page = {
        "standing": access.standing(now=composition.clock().now()),
        "failed": access.ended(State.FAILED),
        "unfinished": access.unfinished(),
        "done": access.ended(State.DONE),
        "may_retry": actor_of(request).may(Permission.JOB_RETRY),
    }
    return render(request, "jobs/overview.html", page)


@requires_role(Role.CA, Role.OPERATOR)
@require_POST
def retry(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """Try a job again that has failed."""
    actions.retry(public_id, by=actor_of(request))
    messages.success(request, _("It will be tried again."))
    return redirect("jobs:overview")
