"""What a person was told, how this person wishes to be told, and how the courier fares."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from absah_site import composition
from absah_site.accounts.access import actor_of, requires_role
from absah_site.inbox.forms import WishesForm
from absah_site.language import current_language
from absah_site.notices import access, actions
from absah_site.numbers_asked import page_in
from absah_site.roles import Role


@requires_role()
@require_safe
def notices(request: HttpRequest) -> HttpResponseBase:
    """What this person was told, newest first."""
    number, language = page_in(request.GET, "halaman"), current_language()
    found, more = access.inbox(actor_of(request).reference, page=number)
    told = [(one, one.content.said(language) if one.content else None) for one in found]
    page = {"told": told, "number": number, "before": number - 1, "after": number + 1 if more else 0}
    return render(request, "inbox/notices.html", page)


@requires_role()
@require_http_methods(["GET", "HEAD", "POST"])
def notice(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """One notice. Opening it by its button marks it read and goes on to its page; looking changes nothing."""
    actor = actor_of(request)
    found = access.notice(actor.reference, identifier)
    told = found.content.said(current_language()) if found.content else None
    if request.method == "POST":
        actions.mark_read(identifier, by=actor, at=composition.clock().now())
        return redirect(told.link if told and told.link else "inbox:notices")
    return render(request, "inbox/notice.html", {"notice": found, "told": told})


@requires_role()
@require_POST
def read_all(request: HttpRequest) -> HttpResponseBase:
    """Everything is read."""
    number = actions.mark_all_read(by=actor_of(request), at=composition.clock().now())
    said = ngettext("One notice marked as read.", "%(number)d notices marked as read.", number)
    messages.success(request, said % {"number": number})
    return redirect("inbox:notices")


@requires_role()
@require_http_methods(["GET", "HEAD", "POST"])
def wishes(request: HttpRequest) -> HttpResponseBase:
    """How this person wishes to be told."""
    actor = actor_of(request)
    given = request.POST if request.method == "POST" else None
    form = WishesForm(given, reader=current_language(), wished=access.wishes(actor.reference))
    if form.is_valid():
        actions.keep_wishes(form.wished(), by=actor, at=composition.clock().now())
        messages.success(request, _("Your wishes are kept."))
        return redirect("inbox:wishes")
    return render(request, "inbox/wishes.html", {"form": form})


@requires_role(Role.OPERATOR, Role.AGENCY_ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def deliveries(request: HttpRequest) -> HttpResponseBase:
    """How the courier fares; the button tries again what was given up."""
    if request.method == "POST":
        number = actions.revive_dead(by=actor_of(request), at=composition.clock().now())
        said = ngettext("One mail is tried again.", "%(number)d mails are tried again.", number)
        messages.success(request, said % {"number": number})
        return redirect("inbox:deliveries")
    config = composition.config()
    page = {"backlog": access.backlog(), "way": config.mail_way.value, "mail": config.mail}
    return render(request, "inbox/deliveries.html", page)
