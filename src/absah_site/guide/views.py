"""The first steps as a page, and the two that no other page has: check what I signed, forge a copy of it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from absah_site import composition
from absah_site.accounts.access import actor_of, requires_role
from absah_site.dossiers.access.opening import document_of
from absah_site.dossiers.views.opening import opened
from absah_site.guide import access, actions
from absah_site.guide.words import TRIALS
from absah_site.validation.access import examine
from absah_site.validation.views.checking import verdict_page


@requires_role()
@require_safe
def first_steps(request: HttpRequest) -> HttpResponseBase:
    """Every step, how far this person came, and whom else the demonstration can be tried as."""
    access.check_demonstration()
    own = actor_of(request).username
    order = list(TRIALS)
    found = sorted((one for one in access.people() if one.role in TRIALS), key=lambda one: order.index(one.role))
    people = [(one, *TRIALS[one.role], one.username == own) for one in found]
    return render(request, "guide/first_steps.html", {"people": people, "whole": True})


@requires_role()
@require_POST
def check(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """The verdict on a document of one's own, as anybody would get it who has the file."""
    access.check_demonstration()
    dossier, now = opened(request, identifier).dossier, composition.clock().now()
    found = examine(document_of(dossier), name=dossier.subject.title, password=None, now=now)
    actions.note_checked(by=actor_of(request), at=now)
    return verdict_page(request, found)


@requires_role()
@require_POST
def forge(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """The verdict on a copy in which one bit was changed. The document stays."""
    access.check_demonstration()
    dossier, now = opened(request, identifier).dossier, composition.clock().now()
    found = examine(access.forged(document_of(dossier)), name=dossier.subject.title, password=None, now=now)
    actions.note_forged(by=actor_of(request), at=now)
    return verdict_page(request, found)


@requires_role()
@require_POST
def put_away(request: HttpRequest) -> HttpResponseBase:
    """Show the steps on no page any more, or again."""
    actor = actor_of(request)
    if request.POST.get("act") == "again":
        actions.bring_back(by=actor)
        return redirect("guide:first-steps")
    actions.put_away(by=actor, at=composition.clock().now())
    return redirect("pages:desk")
