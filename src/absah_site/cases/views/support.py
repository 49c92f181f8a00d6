"""The support desk, and the way from a failed verification to a ticket."""

from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from absah.agreements.parties import Role as Side
from absah.cases.support import suggested_class
from absah_site import composition
from absah_site.accounts.access import actor_of, requires_role
from absah_site.agreements import access as agreements
from absah_site.cases.access import support
from absah_site.roles import Role

_READERS: Final = (Role.AGREEMENT_OFFICER, Role.AUDITOR)


@requires_role(*_READERS)
@require_safe
def desk(request: HttpRequest) -> HttpResponseBase:
    """Every ticket that waits, what is due first at the head, and how long support takes."""
    now, actor = composition.clock().now(), actor_of(request)
    page = {
        "desk": support.desk_for(actor, now=now),
        "now": now,
        "may_open": Role.AGREEMENT_OFFICER in actor.roles,
    }
    return render(request, "cases/desk.html", page)


@requires_role(Role.AGREEMENT_OFFICER)
@require_safe
def new_ticket(request: HttpRequest) -> HttpResponseBase:
    """From a failed verification to a ticket: the agreement is chosen, the class of the problem suggested."""
    actor = actor_of(request)
    suggested = suggested_class(request.GET.get("alasan", "")[:600].split(","))
    own = [one for one in agreements.agreements_for(actor) if agreements.side_of(actor, one) is Side.FIRST]
    if len(own) == 1:
        address = reverse("cases:open", args=[own[0].id, "support"])
        return redirect(f"{address}?{urlencode({'class': suggested})}")
    return render(request, "cases/support.html", {"agreements": own, "suggested": suggested})
