"""The archive's pages: found by a word, each document with its dates, taken along with its metadata."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from absah.kernel.clock import legal_date
from absah_site import composition
from absah_site.accounts.access import actor_of, requires_role
from absah_site.archive import access, actions
from absah_site.archive.access import PAGE
from absah_site.numbers_asked import page_in
from absah_site.roles import Role


@requires_role(Role.AGENCY_ADMIN)
@require_safe
def archive(request: HttpRequest) -> HttpResponseBase:
    """Finished documents, the newest first, or those with the words asked for."""
    words = request.GET.get("cari", "").strip()[:120]
    number = page_in(request.GET, "hal")
    found = access.search_for(actor_of(request), words, number)
    page = {
        "found": found,
        "words": words,
        "number": number,
        "last": max(-(-found.matching // PAGE), 1),
        "today": legal_date(composition.clock().now()),
    }
    return render(request, "archive/archive.html", page)


@requires_role(Role.AGENCY_ADMIN)
@require_safe
def entry(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """One document and its dates."""
    found = access.entry_for(actor_of(request), identifier)
    today = legal_date(composition.clock().now())
    return render(request, "archive/entry.html", {"entry": found, "due": found.keeping.due(today).value})


@requires_role(Role.AGENCY_ADMIN)
@require_POST
def act(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Begin or end a hold, renew the proof, destroy what is over its time."""
    actor, what, reason = actor_of(request), request.POST.get("act", ""), request.POST.get("reason", "")
    if what in {"hold", "release"}:
        actions.hold(identifier, reason, begins=what == "hold", by=actor)
        messages.success(request, _("The legal hold is written down."))
    elif what == "destroy":
        actions.destroy(identifier, reason, by=actor)
        messages.success(request, _("The document is destroyed. What it was stays written down."))
    else:
        access.entry_for(actor, identifier)
        actions.renew(identifier)
        messages.success(request, _("The proof was looked at and renewed where that proves longer."))
    return redirect("archive:entry", identifier)


@requires_role(Role.AGENCY_ADMIN)
@require_POST
def export(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """The document with its metadata."""
    actor = actor_of(request)
    found = access.entry_for(actor, identifier)
    response = HttpResponse(access.exported(actor, found), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="arsip-{str(identifier)[:8]}.zip"'
    return response
