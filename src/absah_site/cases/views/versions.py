"""The versions of a procedure, and two of them side by side."""

from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from absah.cases.procedure import compare, versions_of
from absah_site import composition
from absah_site.accounts.access import actor_of, requires_role
from absah_site.cases import access
from absah_site.numbers_asked import number_in
from absah_site.roles import Role


@requires_role(Role.AGREEMENT_OFFICER, Role.AUDITOR)
@require_safe
def versions(request: HttpRequest, identifier: UUID, case: UUID) -> HttpResponseBase:
    """Every version that was submitted; the last two compared, or those asked for."""
    opened = access.case_for(actor_of(request), identifier, case, now=composition.clock().now())
    found = versions_of(opened.case)
    old, new = _asked(request, "dari", len(found) - 1, len(found)), _asked(request, "ke", len(found), len(found))
    page = {
        "found": opened.found,
        "side": opened.found.side,
        "case": opened.case,
        "case_id": case,
        "versions": found,
        "old": old,
        "new": new,
        "changes": compare(opened.case, found[old - 1].values, found[new - 1].values) if old and new else (),
    }
    return render(request, "cases/versions.html", page)


def _asked(request: HttpRequest, name: str, usual: int, most: int) -> int:
    """The number of a version; 0 where there is none."""
    number = number_in(request.GET, name, otherwise=usual)
    return number if 1 <= number <= most else 0
