"""The page on which the logos are changed, and the pictures themselves."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from absah.adapters.logo_pictures import LARGEST_MIB
from absah.kernel.errors import AbsahError
from absah.kernel.messages import explain
from absah_site.accounts.access import actor_of, requires_role
from absah_site.branding import access, actions
from absah_site.branding.access import Place
from absah_site.branding.forms import LogoForm
from absah_site.language import current_language
from absah_site.problems import status_of
from absah_site.roles import Permission, roles_with

_YEAR = 365 * 24 * 60 * 60
_KEEPERS = tuple(sorted(roles_with(Permission.BRANDING_CHANGE)))


@requires_role(*_KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def branding(request: HttpRequest) -> HttpResponseBase:
    """Both places; what is sent changes one of them."""
    refusal, status, sent = None, HTTPStatus.OK, request.POST.get("place", "")
    form = LogoForm(request.POST, request.FILES) if request.method == "POST" else LogoForm()
    if request.method == "POST" and sent in set(Place):
        place = Place(sent)
        try:
            if request.POST.get("act") == "remove":
                actions.remove_logo(place, by=actor_of(request))
            elif form.is_valid():
                actions.put_logo(place, form.cleaned_data["picture"].read(), by=actor_of(request))
            else:
                status = HTTPStatus.BAD_REQUEST
        except AbsahError as error:
            refusal, status = explain(error, current_language()), status_of(error)
        if status is HTTPStatus.OK:
            messages.success(request, _("Every page shows it from now on."))
            return redirect("branding:branding")
    page = {
        "places": [
            (Place.AGENCY, _("Logo of the agency")),
            (Place.ISSUER, _("Logo of the certification body")),
        ],
        "sent": sent,
        "form": form,
        "fresh": LogoForm(),
        "refusal": refusal,
        "largest": LARGEST_MIB,
    }
    return render(request, "branding/branding.html", page, status=status)


@require_safe
def picture(_request: HttpRequest, place: str, version: str) -> HttpResponse:
    """A logo. Its address changes with the picture, so it may be kept."""
    if place not in set(Place):
        raise Http404
    response = HttpResponse(access.picture_of(Place(place)), content_type="image/png")
    response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    response.headers["ETag"] = f'"{version}"'
    return response
