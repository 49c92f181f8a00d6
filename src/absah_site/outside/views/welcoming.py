"""Behind the link in the mail: the person chooses a name and a password, and goes on to sign in."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from absah.enrolment.invitation import InvitationToken
from absah.kernel.errors import AbsahError
from absah.kernel.messages import Explanation, explain
from absah_site.language import current_language
from absah_site.outside import actions
from absah_site.outside.actions import Chosen
from absah_site.outside.forms import WelcomeForm
from absah_site.problems import status_of


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def make_account(request: HttpRequest, token: str) -> HttpResponseBase:
    """The form. A link that opens nothing says so."""
    secret = InvitationToken.parse(token)
    person = actions.welcomed(secret)
    form = WelcomeForm(request.POST or None)
    refusal: Explanation | None = None
    status = HTTPStatus.BAD_REQUEST if request.method == "POST" else HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.make_account(secret, Chosen(username=data["username"], password=data["password"]))
        except AbsahError as error:
            refusal, status = explain(error, current_language()), status_of(error)
        else:
            messages.success(request, _("Your account is ready. Sign in, and bind a second factor."))
            return redirect("accounts:sign-in")
    page = {"person": person, "form": form, "refusal": refusal, "bare_shell": True}
    response = render(request, "outside/welcome.html", page, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response
