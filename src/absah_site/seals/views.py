"""The page of seals: those who may seal draw the code of the day, the registration authority makes new ones."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from absah.kernel.errors import AbsahError
from absah.kernel.messages import Explanation, explain
from absah_site.accounts.access import actor_of, requires_role
from absah_site.enrolment.access import agency as known_agency
from absah_site.enrolment.access import agency_ids
from absah_site.language import current_language
from absah_site.problems import status_of
from absah_site.roles import Role
from absah_site.seals import access, actions
from absah_site.seals.actions import DrawnActivation
from absah_site.seals.forms import SealForm


@requires_role(Role.AGENCY_ADMIN, Role.RA, Role.AUDITOR)
@require_safe
def listed(request: HttpRequest) -> HttpResponseBase:
    """The seals that a person looks after."""
    return _listed(request)


def _listed(
    request: HttpRequest,
    *,
    drawn: DrawnActivation | None = None,
    form: SealForm | None = None,
    refusal: Explanation | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    actor = actor_of(request)
    mine = access.agencies_of(actor)
    page = {
        "seals": [
            (one, known_agency(UUID(one.seal.agency)).agency.name, one.seal.agency in mine)
            for one in access.seals_for(actor)
        ],
        "drawn": drawn,
        "form": (form or SealForm(_agencies())) if Role.RA in actor.roles else None,
        "refusal": refusal,
    }
    response = render(request, "seals/list.html", page, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _agencies() -> dict[str, str]:
    return {str(one): known_agency(one).agency.name for one in agency_ids()}


@requires_role(Role.AGENCY_ADMIN)
@require_POST
def activate(request: HttpRequest, number: str) -> HttpResponseBase:
    """A code of the day, shown once."""
    try:
        return _listed(request, drawn=actions.activate(number, by=actor_of(request)))
    except AbsahError as error:
        return _listed(request, refusal=explain(error, current_language()), status=status_of(error))


@requires_role(Role.RA)
@require_POST
def make(request: HttpRequest) -> HttpResponseBase:
    """A new seal."""
    form = SealForm(_agencies(), request.POST)
    if not form.is_valid():
        return _listed(request, form=form, status=HTTPStatus.BAD_REQUEST)
    data = form.cleaned_data
    try:
        actions.make_seal(UUID(data["agency"]), data["name"], by=actor_of(request))
    except AbsahError as error:
        return _listed(request, form=form, refusal=explain(error, current_language()), status=status_of(error))
    messages.success(request, _("The seal is made."))
    return redirect("seals:list")
