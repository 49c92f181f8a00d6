"""The door: sign in, the second lock, sign out, and the form that was sent too late."""

import json
from http import HTTPStatus

from allauth.socialaccount.providers.openid_connect import views as openid_connect
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from absah.kernel.errors import NotAllowed
from absah.kernel.messages import Explanation, explain
from absah_site import composition, kept_forms
from absah_site.accounts import access, actions
from absah_site.accounts.actions import CredentialsWrong, FactorLinkNeeded, FactorWrong, SignInOver, TooManyAttempts
from absah_site.accounts.forms import CodeForm, PasskeyForm, SignInForm
from absah_site.allowance import address_of
from absah_site.destinations import destination
from absah_site.language import current_language
from absah_site.problems import status_of

_REFUSALS = (CredentialsWrong, FactorLinkNeeded, FactorWrong, TooManyAttempts)


def _destination(request: HttpRequest) -> str:
    """Where to go after signing in: an address of this site that was asked for, or the desk."""
    return destination(request, reverse("pages:desk"))


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """The sign-in page."""
    destination = _destination(request)
    if request.user.is_authenticated:
        return redirect(destination)
    form = SignInForm(request.POST or None)
    refusal: NotAllowed | None = None
    if request.method == "POST" and form.is_valid():
        try:
            return actions.sign_in(
                request,
                username=form.cleaned_data["username"],
                password=form.cleaned_data["password"],
                address=address_of(request),
                destination=destination,
                clock=composition.clock(),
            )
        except _REFUSALS as error:
            refusal = error
    return _door(request, form, destination, refusal)


def _door(request: HttpRequest, form: SignInForm, destination: str, refusal: NotAllowed | None = None) -> HttpResponse:
    page = {
        "form": form,
        "refusal": None if refusal is None else explain(refusal, current_language()),
        "next": destination,
        "keeps": destination == reverse("accounts:resume"),
        "providers": composition.config().sign_on,
    }
    return render(
        request, "accounts/sign_in.html", page, status=HTTPStatus.OK if refusal is None else status_of(refusal)
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def passkey(request: HttpRequest) -> HttpResponseBase:
    """The question for any passkey of this site (GET, for the script of the sign-in page), and its answer."""
    if request.method != "POST":
        return JsonResponse(access.passkey_question(None))
    form, destination = PasskeyForm(request.POST), _destination(request)
    if not form.is_valid():
        return _door(request, SignInForm(), destination, FactorWrong())
    try:
        return actions.sign_in_with_passkey(
            request,
            form.cleaned_data["answer"],
            address=address_of(request),
            destination=destination,
            clock=composition.clock(),
        )
    except _REFUSALS as error:
        return _door(request, SignInForm(), destination, error)


@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_lock(request: HttpRequest) -> HttpResponseBase:
    """The second factor: a code, or a passkey."""
    try:
        user = actions.second_lock(request).login.user
    except SignInOver:
        return redirect("accounts:sign-in")
    refusal: Explanation | None = None
    status = HTTPStatus.OK
    given = "answer" if request.POST.get("answer") else "code"
    form = CodeForm(request.POST if request.method == "POST" and given == "code" else None)
    answered = PasskeyForm(request.POST)
    if request.method == "POST" and (answered if given == "answer" else form).is_valid():
        try:
            return actions.open_second_lock(
                request,
                code=form.cleaned_data["code"] if given == "code" else "",
                answer=answered.cleaned_data["answer"] if given == "answer" else None,
                address=address_of(request),
                clock=composition.clock(),
            )
        except _REFUSALS as error:
            refusal, status = explain(error, current_language()), status_of(error)
    ways = access.ways_of(user.public_id)
    page = {
        "form": form,
        "refusal": refusal,
        "question": json.dumps(access.passkey_question(user.public_id)) if ways.passkeys else "",
        "codes": ways.takes_codes,
    }
    return render(request, "accounts/second_lock.html", page, status=status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Close the session. A form only: nobody is signed out by a link in a mail."""
    actions.sign_out(request, clock=composition.clock())
    return redirect("pages:home")


@access.requires_role()
@require_http_methods(["GET", "HEAD"])
def resume(request: HttpRequest) -> HttpResponseBase:
    """The form that was sent after the session had ended, to be sent again by its person."""
    actor = access.actor_of(request)
    kept = kept_forms.find(request, actor.public_id, now=composition.clock().now())
    if kept is None:
        return redirect("pages:desk")
    return render(request, "accounts/resume.html", {"kept": kept})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_on(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """On to a provider of single sign-on. A button only: no link sends anybody there."""
    if request.method != "POST":
        return redirect("accounts:sign-in")
    on: HttpResponseBase = openid_connect.login(request, provider_id)
    return on


def at_the_door(_request: HttpRequest) -> HttpResponseBase:
    """Where a sign-on that was given up at the provider ends."""
    return redirect("accounts:sign-in")
