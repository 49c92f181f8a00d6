"""The page of the connection: which service, who we are there, does it answer."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from absah.kernel.errors import AbsahError
from absah.kernel.messages import Explanation, explain
from absah.signing.factors import Secret
from absah_site.accounts.access import actor_of, requires_role
from absah_site.language import current_language
from absah_site.national import access, actions
from absah_site.national.actions import Looked
from absah_site.national.forms import CredentialForm
from absah_site.problems import status_of
from absah_site.roles import Role


@sensitive_post_parameters("password")
@requires_role(Role.AGENCY_ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def connection(request: HttpRequest) -> HttpResponseBase:
    """How it stands; a new name and password."""
    form = CredentialForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        actions.enter_credential(data["username"], Secret(data["password"]), by=actor_of(request))
        messages.success(request, _("The name and password are kept, sealed. Now see whether the service takes them."))
        return redirect("national:connection")
    status = HTTPStatus.BAD_REQUEST if request.method == "POST" else HTTPStatus.OK
    return _page(request, form, status=status)


@requires_role(Role.AGENCY_ADMIN)
@require_POST
def look(request: HttpRequest) -> HttpResponseBase:
    """Whether it answers, and knows us."""
    try:
        return _page(request, CredentialForm(), looked=actions.look(by=actor_of(request)))
    except AbsahError as error:
        return _page(request, CredentialForm(), refusal=explain(error, current_language()), status=status_of(error))


def _page(
    request: HttpRequest,
    form: CredentialForm,
    *,
    looked: Looked | None = None,
    refusal: Explanation | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    page = {"standing": access.standing(), "form": form, "looked": looked, "refusal": refusal}
    return render(request, "national/connection.html", page, status=status)
