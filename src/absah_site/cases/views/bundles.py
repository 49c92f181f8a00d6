"""The evidence bundle of an agreement: for the own house and its auditors, or through the door for somebody else."""

from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from absah.agreements.parties import Span
from absah.kernel.errors import AbsahError
from absah.kernel.messages import explain
from absah_site import composition
from absah_site.accounts.access import actor_of, requires_role
from absah_site.agreements import access as agreements
from absah_site.cases.actions import bundles
from absah_site.cases.forms.bundles import BundleForm
from absah_site.language import current_language
from absah_site.problems import status_of
from absah_site.roles import Role


@requires_role(Role.AGREEMENT_OFFICER, Role.AUDITOR)
@require_http_methods(["GET", "HEAD", "POST"])
def bundle(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Ask for a bundle. A button, because the passage is recorded."""
    now, actor = composition.clock().now(), actor_of(request)
    found = agreements.agreement_for(actor, identifier, now=now)
    form = BundleForm(request.POST if request.method == "POST" else None)
    page: dict[str, Any] = {"found": found, "side": found.side, "form": form, "subject": bundles.subject_of(found)}
    if request.method != "POST" or not form.is_valid():
        return render(request, "cases/bundle.html", page)
    data = form.cleaned_data
    first = data["first"] or min(fact.value.on for fact in found.life_facts)
    try:
        days = Span(first=first, last=data["last"] or found.today)
        made = bundles.make_bundle(found, days, now=now, by=actor, outsider=data["recipient"], law=data["law"])
    except AbsahError as error:
        page["refusal"] = explain(error, current_language())
        return render(request, "cases/bundle.html", page, status=status_of(error))
    name = f"bundel-{made.index[:16]}.zip"
    response = FileResponse(made.stream, as_attachment=True, filename=name, content_type="application/zip")
    response.headers["Cache-Control"] = "no-store"
    return response
