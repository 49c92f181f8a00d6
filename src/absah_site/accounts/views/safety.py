"""Security: password, passkeys, authenticator app, recovery codes, open sessions. Changes ask for a factor again."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from absah.kernel.errors import AbsahError
from absah.kernel.messages import explain
from absah_site import composition
from absah_site.accounts import access, actions
from absah_site.accounts.access import actor_of, requires_role
from absah_site.accounts.forms import CodeForm, ConfirmForm, NewPasskeyForm, PasskeyForm, PasswordForm
from absah_site.accounts.views.new_factor import app_address
from absah_site.allowance import address_of
from absah_site.destinations import destination
from absah_site.language import current_language
from absah_site.numbers_asked import whole_number
from absah_site.problems import status_of

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def _confirmed(view: View[P]) -> View[P]:
    """A view for people who have shown a password or a factor a short while ago; others do so first."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if actions.confirmed_recently(request, now=composition.clock().now()):
            return view(request, *args, **kwargs)
        back = request.get_full_path() if request.method in {"GET", "HEAD"} else reverse("accounts:safety")
        return redirect(f"{reverse('accounts:confirm')}?{urlencode({'next': back})}")

    return guarded


def _refused(request: HttpRequest, template: str, page: dict[str, object], error: AbsahError) -> HttpResponse:
    return render(request, template, page | {"refusal": explain(error, current_language())}, status=status_of(error))


@requires_role()
@require_safe
def safety(request: HttpRequest) -> HttpResponseBase:
    """How this person signs in, and where this person is signed in."""
    actor = actor_of(request)
    page = {
        "ways": access.ways_of(actor.public_id),
        "sessions": access.sessions_of(actor, request),
        "reset": access.open_resets(frozenset({actor.public_id})).get(actor.public_id),
    }
    return render(request, "accounts/safety.html", page)


@sensitive_post_parameters("password", "code")
@requires_role()
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponseBase:
    """The password, a code or a passkey again."""
    actor = actor_of(request)
    back = destination(request, reverse("accounts:safety"))
    ways = access.ways_of(actor.public_id)
    given = next((name for name in ("answer", "code", "password") if name in request.POST), "")
    typed = {"answer": PasskeyForm, "code": CodeForm, "password": ConfirmForm}
    sent = typed[given](request.POST) if given else None
    page: dict[str, object] = {
        "form": sent if given == "password" else ConfirmForm(),
        "code_form": sent if given == "code" else CodeForm(),
        "ways": ways,
        "next": back,
    }
    refusal: AbsahError | None = None
    if sent is not None and sent.is_valid():
        try:
            shown = actions.Shown(**sent.cleaned_data)
            actions.confirm(request, shown, by=actor, address=address_of(request), at=composition.clock().now())
            return redirect(back)
        except AbsahError as error:
            refusal = error
    page["question"] = json.dumps(access.passkey_question(actor.public_id)) if ways.passkeys else ""
    if refusal is not None:
        return _refused(request, "accounts/confirm.html", page, refusal)
    return render(request, "accounts/confirm.html", page)


@sensitive_post_parameters("old", "new", "again")
@requires_role()
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponseBase:
    """Another password."""
    form = PasswordForm(request.POST or None)
    if form.is_valid():
        try:
            actions.change_password(
                request,
                by=actor_of(request),
                old=form.cleaned_data["old"],
                new=form.cleaned_data["new"],
                address=address_of(request),
                at=composition.clock().now(),
            )
        except AbsahError as error:
            return _refused(request, "accounts/password.html", {"form": form}, error)
        messages.success(request, _("The password is changed. Other sessions were ended."))
        return redirect("accounts:safety")
    return render(request, "accounts/password.html", {"form": form})


@requires_role()
@_confirmed
@require_http_methods(["GET", "HEAD", "POST"])
def add_app(request: HttpRequest) -> HttpResponseBase:
    """Bind an authenticator app: shown as a QR code and as letters, proven by its first code."""
    actor = actor_of(request)
    if access.ways_of(actor.public_id).app is not None:
        return redirect("accounts:safety")
    form = CodeForm(request.POST or None)
    secret = actions.propose_app(request, by=actor)
    page: dict[str, object] = {
        "form": form,
        "letters": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "address": app_address(actor.username, secret),
    }
    if form.is_valid():
        try:
            codes = actions.add_app(request, form.cleaned_data["code"], by=actor, at=composition.clock().now())
        except AbsahError as error:
            return _refused(request, "accounts/add_app.html", page, error)
        messages.success(request, _("The authenticator app is bound. It is asked for at the next sign-in."))
        return _codes_or_safety(request, codes)
    return render(request, "accounts/add_app.html", page)


def _codes_or_safety(request: HttpRequest, codes: tuple[str, ...]) -> HttpResponseBase:
    if codes:
        return render(request, "accounts/recovery_codes.html", {"codes": codes})
    return redirect("accounts:safety")


@requires_role()
@_confirmed
@require_http_methods(["GET", "HEAD", "POST"])
def add_passkey(request: HttpRequest) -> HttpResponseBase:
    """Bind a passkey of this device, or of a key in the hand."""
    actor = actor_of(request)
    form = NewPasskeyForm(request.POST or None)
    refusal: AbsahError | None = None
    if form.is_valid():
        try:
            codes = actions.add_passkey(
                form.cleaned_data["name"], form.cleaned_data["answer"], by=actor, at=composition.clock().now()
            )
        except AbsahError as error:
            refusal = error
        else:
            messages.success(request, _("The passkey is bound. From now on you can sign in with it alone."))
            return _codes_or_safety(request, codes)
    page: dict[str, object] = {"form": form, "wanted": json.dumps(access.passkey_request(actor.public_id))}
    if refusal is not None:
        return _refused(request, "accounts/add_passkey.html", page, refusal)
    return render(request, "accounts/add_passkey.html", page)


@requires_role()
@_confirmed
@require_POST
def remove_factor(request: HttpRequest, identifier: int) -> HttpResponseBase:
    """Take a passkey or the app away."""
    actions.remove_factor(identifier, by=actor_of(request), at=composition.clock().now())
    messages.success(request, _("It is removed and no longer opens this account."))
    return redirect("accounts:safety")


@requires_role()
@_confirmed
@require_POST
def renew_recovery_codes(request: HttpRequest) -> HttpResponseBase:
    """New recovery codes, shown once; those before them are void."""
    return _codes_or_safety(request, actions.renew_recovery_codes(by=actor_of(request), at=composition.clock().now()))


@requires_role()
@require_POST
def refuse_reset(request: HttpRequest) -> HttpResponseBase:
    """The person still has the second factor, and did not ask for another."""
    actor = actor_of(request)
    actions.refuse_factor_reset(actor.public_id, agency="", by=actor)
    messages.success(request, _("Refused. Your second factor stays as it is."))
    return redirect("accounts:safety")


@requires_role()
@require_POST
def end_sessions(request: HttpRequest) -> HttpResponseBase:
    """End one other session, or all of them. No factor is asked: ending makes nothing less safe."""
    asked = request.POST.get("session", "")
    identifier = whole_number(asked)
    if identifier is None and asked != "others":
        return redirect("accounts:safety")
    number = actions.end_sessions(request, by=actor_of(request), identifier=identifier, at=composition.clock().now())
    said = ngettext("One session was ended.", "%(number)d sessions were ended.", number)
    messages.success(request, said % {"number": number})
    return redirect("accounts:safety")
