"""The table of people with their certificates, the calendar of ends, and how the last looks at the service went."""

from datetime import date, timedelta
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from absah.enrolment.wire_status import WireStatus
from absah.kernel.clock import legal_date
from absah.kernel.errors import AbsahError
from absah.kernel.messages import Explanation, explain, explain_code
from absah_site import composition
from absah_site.accounts.access import actor_of, requires_role
from absah_site.enrolment.access.queues import agencies_where
from absah_site.language import current_language
from absah_site.national.access import standing
from absah_site.numbers_asked import page_in
from absah_site.outside import access, actions
from absah_site.outside.access import PAGE, KnownHolder, Sieve
from absah_site.outside.forms import SieveForm
from absah_site.outside.words import STANDINGS
from absah_site.roles import Permission, Role

OFFICERS: Final = (Role.VERIFIKATOR, Role.AGENCY_ADMIN)
_NOT_KEPT: Final = ("problem", "status", "number", "says", "field", "file")


@requires_role(*OFFICERS)
@require_safe
def listed(request: HttpRequest) -> HttpResponseBase:
    """People by name, as far as they are asked for."""
    actor = actor_of(request)
    form = SieveForm(request.GET or None)
    today = legal_date(composition.clock().now())
    sieve = _sieve(form, today) if form.is_valid() else Sieve()
    page = page_in(request.GET, "halaman")
    found, number = access.holders_for(actor, sieve, page)
    calendar = access.calendar_for(actor)
    shown = {
        "rows": [_row(one, today) for one in found],
        "number": number,
        "page": page,
        "last": max(-(-number // PAGE), 1),
        "form": form,
        "asked": _asked_again(request),
        "counts": [(word, STANDINGS[word], count) for word, count in sorted(access.counts_for(actor).items())],
        "calendar": calendar,
        "most": max((count for _month, count in calendar), default=0),
        "rounds": [(one, _words(one.problem)) for one in access.rounds(limit=5)],
        "connected": standing().is_connected,
    }
    return render(request, "outside/list.html", shown)


def _sieve(form: SieveForm, today: date) -> Sieve:
    data = form.cleaned_data
    days = data["hari"]
    return Sieve(
        words=data["cari"].strip(),
        status=WireStatus(data["status"]) if data["status"] else None,
        troubled=data["gagal"],
        ending_before=today + timedelta(days=int(days)) if days else None,
    )


def _asked_again(request: HttpRequest) -> str:
    """What was asked of the table, for the links to its other pages."""
    asked = request.GET.copy()
    asked.pop("halaman", None)
    return asked.urlencode()


def _row(one: KnownHolder, today: date) -> dict[str, object]:
    newest = one.newest
    end = None if newest is None else newest.value.not_after
    is_issued = newest is not None and one.status is WireStatus.ISSUE
    return {
        "holder": one,
        "newest": newest,
        "standing": newest.value.standing(today=today) if newest is not None and is_issued else one.status,
        "left": None if end is None else (end - today).days,
        "problem": _words(one.problem),
    }


def _words(code: str) -> Explanation | None:
    """What a code means. Which status, or which words of the service, it was about is not kept."""
    return explain_code(code, dict.fromkeys(_NOT_KEPT, "…"), current_language()) if code else None


@requires_role(*OFFICERS)
@require_POST
def look_now(request: HttpRequest) -> HttpResponseBase:
    """Ask the service about everybody, now."""
    actor = actor_of(request)
    number = actions.look_now(agencies_where(actor, Permission.SUBSCRIBER_REGISTER), by=actor)
    said = ngettext("One person is being looked up.", "{number} people are being looked up.", number)
    messages.success(request, said.format(number=number))
    return redirect("outside:list")


@requires_role(*OFFICERS)
@require_POST
def welcome(request: HttpRequest, number: str) -> HttpResponseBase:
    """Send a person the link to make an account."""
    try:
        actions.welcome(number, by=actor_of(request))
    except AbsahError as error:
        words = explain(error, current_language())
        messages.error(request, f"{words.cause} {words.next_step}")
    else:
        messages.success(request, _("The link is on its way. It lives for 24 hours and works once."))
    return redirect("outside:list")
