"""Roles for a time at an agency: who acts for whom, until when."""

from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from absah.kernel.clock import JAKARTA, Instant, instant
from absah.kernel.errors import AbsahError
from absah.kernel.messages import Explanation, explain
from absah_site import composition
from absah_site.accounts.access import account_named, actor_of, delegations_at, requires_role
from absah_site.accounts.actions import Delegation, delegate_role, end_role
from absah_site.accounts.forms import DelegationForm
from absah_site.actors import Account
from absah_site.enrolment.access import agencies
from absah_site.language import current_language
from absah_site.pages.templatetags.absah import role_name
from absah_site.problems import status_of
from absah_site.roles import Acting, Role, permission_to_grant

_SUBSTITUTES: Final = (Role.AGENCY_ADMIN, Role.AGREEMENT_OFFICER, Role.PRIVACY_OFFICER)
"""Verifikators are appointed by letter, signers hold certificates of their own: neither is handed over like this."""


@requires_role(Role.AGENCY_ADMIN, Role.CA)
@require_http_methods(["GET", "HEAD", "POST"])
def delegations(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Who holds which role for a time; giving one, and ending one early."""
    actor, now = actor_of(request), composition.clock().now()
    found = agencies.agency_for(actor, identifier)
    given = request.POST if request.method == "POST" and "end" not in request.POST else None
    form = DelegationForm(given, roles=_roles(actor, str(identifier)))
    refusal: Explanation | None = None
    status = HTTPStatus.OK
    try:
        if "end" in request.POST:
            _end(request, str(identifier))
            messages.success(request, _("Ended."))
            return redirect("registration:delegations", identifier)
        if form.is_valid():
            _give(form.cleaned_data, str(identifier), actor, now)
            messages.success(request, _("The role is given for this time. It ends by itself."))
            return redirect("registration:delegations", identifier)
    except AbsahError as error:
        refusal, status = explain(error, current_language()), status_of(error)
    page = {"agency": found, "delegations": delegations_at(str(identifier), now=now), "form": form, "refusal": refusal}
    return render(request, "registration/delegations.html", page | {"now": now}, status=status)


def _roles(actor: Account, agency: str) -> list[tuple[str, str]]:
    return [
        (one.value, str(role_name(one))) for one in _SUBSTITUTES if actor.may(permission_to_grant(one, agency), agency)
    ]


def _give(data: dict[str, Any], agency: str, actor: Account, now: Instant) -> None:
    away = account_named(data["acting_for"], now=now).public_id if data["acting_for"] else None
    wanted = Delegation(
        role=Role(data["role"]),
        acting=Acting(data["acting"]),
        since=max(_begin_of(data["since"]), now),
        until=_begin_of(data["until"] + timedelta(days=1)),
        agency=agency,
        acting_for=away,
    )
    person = account_named(data["username"], now=now).public_id
    delegate_role(person, wanted, by=actor, clock=composition.clock())


def _begin_of(day: date) -> Instant:
    return instant(datetime.combine(day, time(), JAKARTA))


def _end(request: HttpRequest, agency: str) -> None:
    username, _between, role = request.POST["end"].partition(":")
    current = delegations_at(agency, now=composition.clock().now())
    for one in current:
        if (str(one.person), one.role.value) == (username, role):
            end_role(one.person, one.role, by=actor_of(request), clock=composition.clock(), agency=agency)
