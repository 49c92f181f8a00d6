"""Following what was sent: who has it, since when, what happened; reminding, taking back."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from absah.workflow.life import State
from absah_site import composition
from absah_site.accounts.access import actor_of, requires_role
from absah_site.dossiers.access import lists, opening
from absah_site.dossiers.access.figures import figures_for
from absah_site.dossiers.access.lists import PAGE
from absah_site.dossiers.access.trail import trail_pdf
from absah_site.dossiers.actions import following
from absah_site.dossiers.views.opening import number_asked, opened, words_asked
from absah_site.dossiers.views.preparing import PREPARERS
from absah_site.roles import Role


@requires_role(*PREPARERS)
@require_safe
def sent(request: HttpRequest) -> HttpResponseBase:
    """Everything this person prepared, by state."""
    word = request.GET.get("keadaan", "")
    state = State(word) if word in {one.value for one in State} else None
    number, words = number_asked(request, 10_000), words_asked(request)
    found = lists.sent_by(actor_of(request), state, words, number)
    page = {
        "sent": found,
        "words": words,
        "state": state,
        "number": number,
        "last": max(-(-found.matching // PAGE), 1),
        "states": [(one, found.counts[one]) for one in State if one in found.counts],
        "total": sum(found.counts.values()),
        "may_see_figures": Role.AGENCY_ADMIN in actor_of(request).roles,
    }
    return render(request, "dossiers/sent.html", page)


@requires_role(Role.AGENCY_ADMIN)
@require_safe
def figures(request: HttpRequest) -> HttpResponseBase:
    """How long documents wait, and how many are signed: pictures with tables."""
    found = figures_for(actor_of(request))
    names = [_("to 1"), _("to 3"), _("to 7"), _("to 14"), _("longer")]
    finished, waiting = sum(found.finished), sum(found.waiting)
    page = {
        "signed": found.signed,
        "total": sum(found.signed.values()),
        "finished": list(zip(names, found.finished, strict=True)),
        "waiting": list(zip(names, found.waiting, strict=True)),
        "quick": 100 * sum(found.finished[:2]) // max(finished, 1),
        "number_finished": finished,
        "number_waiting": waiting,
    }
    return render(request, "dossiers/figures.html", page)


@requires_role()
@require_safe
def overview(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """One document: who has it, how long, all versions, everything that happened."""
    found = opened(request, identifier)
    page = {"found": found, "history": opening.history_of(found), "now": composition.clock().now()}
    return render(request, "dossiers/overview.html", page)


@requires_role()
@require_safe
def trail(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Everything that happened, as PDF/A."""
    found = opened(request, identifier)
    response = HttpResponse(trail_pdf(found), content_type="application/pdf")
    response.headers["Content-Disposition"] = 'attachment; filename="jejak.pdf"'
    return response


@requires_role(*PREPARERS)
@require_POST
def remind(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Remind whoever is asked."""
    following.remind(identifier, by=actor_of(request))
    messages.success(request, _("Whoever is asked has been reminded."))
    return redirect("dossiers:overview", identifier)


@requires_role(*PREPARERS)
@require_POST
def cancel(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Take it back."""
    following.cancel(identifier, request.POST.get("reason", "")[:500], by=actor_of(request))
    messages.success(request, _("The document was taken back. Nobody is asked any more."))
    return redirect("dossiers:overview", identifier)
