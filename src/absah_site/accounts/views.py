"""The door: sign in, sign out."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from absah.kernel.messages import explain
from absah_site import composition
from absah_site.accounts import actions
from absah_site.accounts.actions import CredentialsWrong, TooManyAttempts
from absah_site.accounts.forms import SignInForm
from absah_site.allowance import address_of
from absah_site.language import current_language
from absah_site.problems import status_of


def _destination(request: HttpRequest) -> str:
    """Where to go after signing in: an address of this site that was asked for, or the desk."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return asked
    return reverse("pages:desk")


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page."""
    destination = _destination(request)
    if request.user.is_authenticated:
        return redirect(destination)
    form = SignInForm(request.POST or None)
    refusal, status = None, HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        try:
            actions.sign_in(
                request,
                username=form.cleaned_data["username"],
                password=form.cleaned_data["password"],
                address=address_of(request),
                clock=composition.clock(),
            )
        except (CredentialsWrong, TooManyAttempts) as error:
            refusal, status = explain(error, current_language()), status_of(error)
        else:
            return redirect(destination)
    page = {"form": form, "refusal": refusal, "next": destination}
    return render(request, "accounts/sign_in.html", page, status=status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Close the session. A form only: nobody is signed out by a link in a mail."""
    actions.sign_out(request, clock=composition.clock())
    return redirect("pages:home")
