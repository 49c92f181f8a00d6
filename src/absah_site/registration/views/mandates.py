"""By what authority the people of an agency sign beside their own post: entered with its decree, taken back."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from absah.kernel.clock import legal_date
from absah.kernel.errors import AbsahError
from absah.kernel.messages import explain
from absah_site import composition
from absah_site.accounts.access import actor_of, requires_role
from absah_site.enrolment import actions
from absah_site.enrolment.access import agencies, people_with_accounts
from absah_site.enrolment.access.mandates import mandates_at
from absah_site.language import current_language
from absah_site.problems import RequestMalformed, status_of
from absah_site.registration.forms.mandates import MandateForm
from absah_site.roles import Role


@requires_role(Role.AGENCY_ADMIN, Role.CA)
@require_http_methods(["GET", "HEAD", "POST"])
def mandates(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Those that hold or will, and one more."""
    actor = actor_of(request)
    found = agencies.agency_for(actor, identifier)
    people = {one.id: f"{one.name.with_titles} · {one.post}" for one in people_with_accounts(identifier)}
    form = MandateForm(request.POST if request.method == "POST" and "end" not in request.POST else None, people=people)
    refusal, status = None, HTTPStatus.OK
    try:
        if "end" in request.POST:
            actions.end_mandate(_number(request.POST["end"]), by=actor)
            messages.success(request, _("Ended."))
            return redirect("registration:mandates", identifier)
        if form.is_valid():
            actions.give_mandate(UUID(form.cleaned_data["person"]), form.mandate(), by=actor)
            messages.success(request, _("Entered. Whoever prepares documents can choose it now."))
            return redirect("registration:mandates", identifier)
    except AbsahError as error:
        refusal, status = explain(error, current_language()), status_of(error)
    today = legal_date(composition.clock().now())
    page = {
        "agency": found,
        "mandates": [(one, one.mandate.holds_on(today)) for one in mandates_at(identifier, today=today)],
        "form": form,
        "refusal": refusal,
    }
    return render(request, "registration/mandates.html", page, status=status)


def _number(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise RequestMalformed from None
