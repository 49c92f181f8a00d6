"""Setting a password through a link: of a new account, or forgotten.

The token comes in the address of the mail and moves into a cookie of these pages at once, so that it stays out of the
browser's history. Nothing happens by opening the link: scanners of mail open it too.
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
from absah_site import composition
from absah_site.accounts import actions
from absah_site.accounts.forms import ForgottenForm, NewPasswordForm
from absah_site.allowance import within_allowance
from absah_site.language import current_language
from absah_site.link_cookies import LinkCookie
from absah_site.problems import status_of

_LINK: Final = LinkCookie("sandi", "/kata-sandi/")


@never_cache
@require_safe
@within_allowance
def arrive(_request: HttpRequest, token: str) -> HttpResponse:
    """A link was opened: keep its token for the page, and go there."""
    parsed = InvitationToken.parse(token)
    actions.owner_of_link(parsed, now=composition.clock().now())
    response = redirect("accounts:set-password")
    _LINK.keep(response, parsed)
    return response


@sensitive_post_parameters("new", "again")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@within_allowance
def set_password(request: HttpRequest) -> HttpResponse:
    """The person behind the link sets a password."""
    token = _LINK.token(request)
    username = actions.owner_of_link(token, now=composition.clock().now())
    form = NewPasswordForm(request.POST or None)
    refusal: Explanation | None = None
    status = HTTPStatus.BAD_REQUEST if request.method == "POST" else HTTPStatus.OK
    if form.is_valid():
        try:
            actions.set_password(token, form.cleaned_data["new"])
        except AbsahError as error:
            refusal, status = explain(error, current_language()), status_of(error)
        else:
            messages.success(request, _("Your password is set. Sign in with it."))
            response = redirect("accounts:sign-in")
            _LINK.drop(response)
            return response
    page = {"form": form, "username": username, "refusal": refusal}
    return render(request, "accounts/set_password.html", page, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@within_allowance
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a link. The answer is the same whether there is such an account or not."""
    form = ForgottenForm(request.POST or None)
    sent = form.is_valid()
    if sent:
        actions.ask_password_link(form.cleaned_data["username"])
    return render(request, "accounts/forgotten.html", {"form": form, "sent": sent})
