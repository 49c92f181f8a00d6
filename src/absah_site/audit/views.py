"""The ledger, for auditors: read only."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from absah.kernel.messages import render as render_message
from absah_site.accounts.access import requires_role
from absah_site.audit import access
from absah_site.language import current_language
from absah_site.roles import Role


@requires_role(Role.AUDITOR)
@require_http_methods(["GET", "HEAD", "POST"])
def ledger(request: HttpRequest) -> HttpResponseBase:
    """The newest rows; the button recomputes the hash of every row."""
    report = access.verify_ledger() if request.method == "POST" else None
    damaged = [
        (row.number, render_message(row.damage.value, current_language())) for row in (report.damaged if report else ())
    ]
    page = {"rows": access.latest_entries(), "report": report, "damaged": damaged}
    response: HttpResponse = render(request, "audit/ledger.html", page)
    return response
