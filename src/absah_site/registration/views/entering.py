"""The verifikator enters people, one by one, and sends links."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from absah.kernel.errors import AbsahError
from absah.kernel.messages import Explanation, explain
from absah_site.accounts.access import actor_of, requires_role
from absah_site.enrolment import actions as enrolment
from absah_site.enrolment.access import finding
from absah_site.language import current_language
from absah_site.problems import status_of
from absah_site.registration import actions
from absah_site.registration.forms.people import EntryForm
from absah_site.registration.views.letters import take_letter
from absah_site.roles import Role

ENTERS = (Role.VERIFIKATOR, Role.AGENCY_ADMIN)


@requires_role(*ENTERS)
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponseBase:
    """The form, and what was sent in it."""
    actor = actor_of(request)
    agencies = finding.agencies_to_enter_at(actor)
    if request.method != "POST":
        return _form(request, EntryForm(agencies))
    form = EntryForm(agencies, request.POST)
    if not form.is_valid():
        return _form(request, form, status=HTTPStatus.BAD_REQUEST)
    try:
        identifier = enrolment.enter_and_invite(form.cleaned_data["applicant"], agency=form.agency, by=actor)
    except AbsahError as error:
        return _form(request, form, refusal=explain(error, current_language()), status=status_of(error))
    messages.success(request, _("Entered. The person has been sent a link that lives for 24 hours."))
    return redirect("registration:request", identifier)


def _form(
    request: HttpRequest, form: EntryForm, *, refusal: Explanation | None = None, status: int = HTTPStatus.OK
) -> HttpResponse:
    return render(request, "registration/enter.html", {"form": form, "refusal": refusal}, status=status)


@requires_role(*ENTERS)
@require_POST
def letter(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Take in the recommendation letter."""
    return take_letter(request, identifier, actions.attach_letter, back="registration:request")


@requires_role(*ENTERS)
@require_POST
def invite(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Send another link."""
    enrolment.invite(identifier, by=actor_of(request))
    messages.success(request, _("A new link is on its way. Older ones open nothing any more."))
    return redirect("registration:request", identifier)


@requires_role(*ENTERS)
@require_POST
def cancel(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Take a request back."""
    enrolment.cancel_request(identifier, by=actor_of(request))
    messages.success(request, _("Withdrawn. The person can be entered again."))
    return redirect("registration:queue")
