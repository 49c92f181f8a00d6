"""Behind the link in the mail: the person chooses a name and a password, and goes on to sign in.

The token comes in the address of the mail and moves into a cookie of this page at once.
"""

from http import HTTPStatus
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from absah.enrolment.invitation import InvitationToken
from absah.kernel.errors import AbsahError
from absah.kernel.messages import Explanation, explain
from absah_site.allowance import within_allowance
from absah_site.language import current_language
from absah_site.link_cookies import LinkCookie
from absah_site.outside import actions
from absah_site.outside.actions import Chosen
from absah_site.outside.forms import WelcomeForm
from absah_site.problems import status_of

_LINK: Final = LinkCookie("selamat", "/selamat-datang/")


@never_cache
@require_safe
@within_allowance
def arrive(_request: HttpRequest, token: str) -> HttpResponse:
    """A link was opened: keep its token for the page, and go there. A link that opens nothing says so."""
    parsed = InvitationToken.parse(token)
    actions.welcomed(parsed)
    response = redirect("outside:account")
    _LINK.keep(response, parsed)
    return response


@sensitive_post_parameters("new", "again")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@within_allowance
def make_account(request: HttpRequest) -> HttpResponse:
    """The form."""
    token = _LINK.token(request)
    person = actions.welcomed(token)
    form = WelcomeForm(request.POST or None)
    refusal: Explanation | None = None
    status = HTTPStatus.BAD_REQUEST if request.method == "POST" else HTTPStatus.OK
    if form.is_valid():
        data = form.cleaned_data
        try:
            actions.make_account(token, Chosen(username=data["username"], password=data["new"]))
        except AbsahError as error:
            refusal, status = explain(error, current_language()), status_of(error)
        else:
            messages.success(request, _("Your account is ready. Sign in, and bind a second factor."))
            response = redirect("accounts:sign-in")
            _LINK.drop(response)
            return response
    page = {"person": person, "form": form, "refusal": refusal, "bare_shell": True}
    return render(request, "outside/welcome.html", page, status=status)
