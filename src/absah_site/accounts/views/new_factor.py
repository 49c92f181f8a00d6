"""A new second factor through a link, after the old ones were reset.

As with passwords, the token moves from the address into a cookie of these pages, and opening the link does nothing.
The page asks for the password too: whoever reads somebody's mail does not get in by it.
"""

from http import HTTPStatus
from typing import Final
from urllib.parse import quote, urlencode

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
from absah_site.accounts.forms import NewFactorForm
from absah_site.allowance import address_of, within_allowance
from absah_site.language import current_language
from absah_site.link_cookies import LinkCookie
from absah_site.problems import status_of

_LINK: Final = LinkCookie("faktor", "/faktor-baru/")


@never_cache
@require_safe
@within_allowance
def arrive(_request: HttpRequest, token: str) -> HttpResponse:
    """A link was opened: keep its token for the page, and go there."""
    parsed = InvitationToken.parse(token)
    actions.check_link(parsed)
    response = redirect("accounts:new-factor")
    _LINK.keep(response, parsed)
    return response


@sensitive_post_parameters("password", "code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@within_allowance
def set_factor(request: HttpRequest) -> HttpResponse:
    """The person behind the link shows the password and binds a new app."""
    token = _LINK.token(request)
    username = actions.check_link(token).username
    secret = actions.offered_app(request, token)
    form = NewFactorForm(request.POST or None)
    refusal: Explanation | None = None
    status = HTTPStatus.BAD_REQUEST if request.method == "POST" else HTTPStatus.OK
    if form.is_valid():
        try:
            codes = actions.set_factor(request, token, **form.cleaned_data, address=address_of(request))
        except AbsahError as error:
            refusal, status = explain(error, current_language()), status_of(error)
        else:
            messages.success(request, _("The app is bound. Sign in with your password and its next code."))
            done = render(request, "accounts/new_factor_done.html", {"codes": codes})
            _LINK.drop(done)
            return done
    page = {
        "form": form,
        "username": username,
        "refusal": refusal,
        "letters": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "address": app_address(username, secret),
    }
    return render(request, "accounts/new_factor.html", page, status=status)


def app_address(username: str, secret: str, /) -> str:
    """What authenticator apps read. The issuer says that this code opens the site; signing has another."""
    issuer = f"Absah {composition.config().name}"
    label = quote(f"{issuer}:{username}")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': issuer}, quote_via=quote)}"
