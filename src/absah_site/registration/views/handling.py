"""Requests that do not move: taken, given to another, escalated. No page here decides anything."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from absah.kernel.errors import AbsahError
from absah.kernel.messages import Explanation, explain
from absah_site.accounts.access import actor_of, requires_role
from absah_site.enrolment import actions as enrolment
from absah_site.enrolment.access import handling
from absah_site.language import current_language
from absah_site.problems import PageUnknown, status_of
from absah_site.registration.access import service_due_of
from absah_site.registration.forms.handling import AssignmentForm, GiveBackForm, HelpForm
from absah_site.roles import Role


@requires_role(Role.RA_COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def assign(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """How a request moved so far, and to whom it is given."""
    actor = actor_of(request)
    refusal: Explanation | None = None
    status = HTTPStatus.OK
    found = handling.handled_request_for(actor, identifier)
    form = _form(request, found)
    if request.method == "POST":
        status = HTTPStatus.BAD_REQUEST
        if form.is_valid():
            data = form.cleaned_data
            officer = UUID(data["officer"]) if data["officer"] else None
            try:
                enrolment.assign_request(identifier, officer, data["reason"], seen=data["seen"], by=actor)
            except AbsahError as error:
                refusal, status = explain(error, current_language()), status_of(error)
                found = handling.handled_request_for(actor, identifier)
            else:
                messages.success(request, _("Done. The officers have been told."))
                return redirect("registration:queue")
    page = {"found": found, "form": form, "refusal": refusal, "due": service_due_of(found.request.request)}
    return render(request, "registration/handling.html", page, status=status)


def _form(request: HttpRequest, found: handling.HandledRequest) -> AssignmentForm:
    has = found.handling.officer
    return AssignmentForm(
        request.POST if request.method == "POST" else None,
        eligible=found.eligible,
        taken=has is not None,
        seen=has or "",
    )


@requires_role(Role.VERIFIKATOR, Role.RA)
@require_POST
def turn(request: HttpRequest, identifier: UUID, step: str) -> HttpResponseBase:
    """An officer takes a request, gives it back, or says why it does not move."""
    actor = actor_of(request)
    match step:
        case "ambil":
            enrolment.take_request(identifier, by=actor)
            told = _("It is yours: nobody else decides it now.")
        case "lepas":
            give_back = GiveBackForm(request.POST)
            reason = give_back.cleaned_data["reason"] if give_back.is_valid() else ""
            enrolment.assign_request(identifier, None, reason, seen=actor.public_id, by=actor)
            told = _("Given back. Every officer with this duty can decide it again.")
        case "bantuan":
            asked = HelpForm(request.POST)
            enrolment.ask_for_help(identifier, asked.cleaned_data["reason"] if asked.is_valid() else "", by=actor)
            told = _("The coordinator has been told.")
        case _:
            raise PageUnknown
    messages.success(request, told)
    return redirect("registration:request", identifier)
