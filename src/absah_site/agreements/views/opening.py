"""What the views of agreements share: opening one, and showing a form again with what refused it."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from absah.kernel.clock import legal_date
from absah.kernel.errors import AbsahError
from absah.kernel.messages import explain
from absah_site import composition
from absah_site.accounts.access import actor_of
from absah_site.agreements import access
from absah_site.agreements.access import OpenedAgreement
from absah_site.day_fields import is_likely
from absah_site.language import current_language
from absah_site.problems import RequestMalformed, status_of
from absah_site.roles import Role

READERS: Final = (Role.AGREEMENT_OFFICER, Role.AUDITOR)


def open_agreement(request: HttpRequest, identifier: UUID) -> OpenedAgreement:
    """The agreement of this address, as this person sees it: today, or with `?per=YYYY-MM-DD` as it was on a day."""
    now, per = composition.clock().now(), request.GET.get("per", "")
    if not per or request.method == "POST":
        return access.agreement_for(actor_of(request), identifier, now=now)
    try:
        day = date.fromisoformat(per)
    except ValueError:
        raise RequestMalformed from None
    if not is_likely(day):
        raise RequestMalformed
    return access.agreement_as_of(actor_of(request), identifier, min(day, legal_date(now)))


def page_of(found: OpenedAgreement, **more: Any) -> dict[str, Any]:
    """What every page of one agreement shows."""
    return {
        "found": found,
        "agreement": found.agreement,
        "side": found.side,
        "today": found.today,
        "per": found.today < legal_date(composition.clock().now()),
        **more,
    }


def form_page(request: HttpRequest, template: str, page: dict[str, Any], refusal: AbsahError | None) -> HttpResponse:
    """A form again, with what refused it. Nothing typed is lost."""
    if refusal is None:
        return render(request, template, page)
    page["refusal"] = explain(refusal, current_language())
    return render(request, template, page, status=status_of(refusal))
