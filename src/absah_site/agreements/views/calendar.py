"""The dates of an agreement, the addresses under which calendar programs read them, and the list of holidays."""

from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from absah.kernel.clock import legal_date
from absah.kernel.errors import AbsahError
from absah_site import composition
from absah_site.accounts.access import actor_of, requires_role
from absah_site.agreements import access
from absah_site.agreements.actions import decrees, feeds
from absah_site.agreements.actions.papers import let_out
from absah_site.agreements.forms.calendar import DecreeForm
from absah_site.agreements.views.opening import READERS, form_page, open_agreement, page_of
from absah_site.language import current_language
from absah_site.numbers_asked import number_in
from absah_site.problems import RequestMalformed

_YEARS: Final = 8


@requires_role(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """What lies ahead, day by day; and the own addresses for calendar programs."""
    found, actor, now = open_agreement(request, identifier), actor_of(request), composition.clock().now()
    if request.method == "POST":
        if request.POST.get("act") == "revoke":
            feeds.revoke_address(found, _identifier(request.POST.get("address", "")), now=now, by=actor)
        else:
            feeds.make_address(found, language=current_language(), now=now, by=actor)
        return redirect("agreements:calendar", identifier)
    base = composition.config().base_url
    addresses = [(one, f"{base}/kalender/{feeds.token_of(one)}.ics") for one in feeds.addresses_of(found, actor)]
    page = page_of(found, entries=access.entries_of(found), addresses=addresses)
    return render(request, "agreements/calendar.html", page)


def _identifier(written: str) -> UUID:
    try:
        return UUID(written)
    except ValueError:
        raise RequestMalformed from None


@requires_role(*READERS)
@require_safe
def feed(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """The dates as a file, once."""
    found = open_agreement(request, identifier)
    let_out(found, "calendar", found.listed.first_number, by=actor_of(request))
    body = access.feed(found, host=request.get_host(), now=composition.clock().now(), language=current_language())
    return _ical(body)


@require_safe
def subscription(request: HttpRequest, token: str) -> HttpResponseBase:
    """The dates for a calendar program, which signs in nowhere: its address is signed, and may be revoked."""
    body = feeds.feed_behind(token, host=request.get_host(), now=composition.clock().now())
    response = _ical(body)
    response.headers["Cache-Control"] = "private, max-age=900"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _ical(body: bytes) -> HttpResponse:
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="perjanjian.ics"'
    return response


@requires_role(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def holidays(request: HttpRequest) -> HttpResponseBase:
    """The holidays that dates are counted with, year by year, and what decrees changed in the published list."""
    now, actor = composition.clock().now(), actor_of(request)
    today = legal_date(now)
    form = DecreeForm(request.POST or None)
    refusal: AbsahError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            decrees.note_decree(decrees.decree_of(**form.cleaned_data, now=now, by=actor), by=actor)
        except AbsahError as error:
            refusal = error
        else:
            return redirect("agreements:holidays")
    years = range(today.year - 1, today.year + _YEARS + 1)
    asked = number_in(request.GET, "tahun", otherwise=today.year)
    year = asked if asked in years else today.year
    work = access.work_calendar(today)
    page = {
        "year": year,
        "years": years,
        "list": [one for one in work.holidays if one.day.year == year],
        "final": year in work.final_years,
        "version": work.version,
        "decrees": access.decreed(),
        "form": form,
        "may_note": access.may_note_decrees(actor),
    }
    return form_page(request, "agreements/holidays.html", page, refusal)
