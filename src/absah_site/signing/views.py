"""The holder's page, and the page behind the QR of a signature."""

import json
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from absah.enrolment.subscriber import SubscriberUnknown
from absah.kernel.errors import AbsahError
from absah.kernel.messages import explain
from absah_site import composition
from absah_site.accounts.access import actor_of, requires_role
from absah_site.language import current_language
from absah_site.numbers_asked import page_in
from absah_site.pki.access import CertificateUnknown
from absah_site.pki.actions import report_key_lost
from absah_site.problems import RequestMalformed, status_of
from absah_site.signing import access, actions
from absah_site.signing.forms import BindForm


@requires_role()
@require_safe
def mine(request: HttpRequest) -> HttpResponseBase:
    """My certificates, and every use of my key. For people without one: how to get it."""
    try:
        number = page_in(request.GET, "hal")
        held = access.my_certificate(actor_of(request).public_id, now=composition.clock().now(), page=number)
    except SubscriberUnknown:
        return render(request, "signing/mine.html", {"mine": None})
    page = {"mine": held, "number": number, "last": max(-(-held.all_uses // access.PAGE), 1)}
    return render(request, "signing/mine.html", page)


@requires_role()
@require_POST
def key_lost(request: HttpRequest, serial: str) -> HttpResponseBase:
    """The holder's key is lost or in other hands: on hold at once."""
    actor = actor_of(request)
    mine = access.my_certificate(actor.public_id, now=composition.clock().now())
    if serial not in {held.certificate.serial for held in mine.certificates}:
        raise CertificateUnknown
    report_key_lost(serial, owner=actor.public_id, by=actor)
    messages.success(request, _("Your certificate is suspended. Nothing is signed with it from now on."))
    return redirect("signing:mine")


@sensitive_post_parameters("passphrase", "totp")
@requires_role()
@require_http_methods(["GET", "HEAD", "POST"])
def passkeys(request: HttpRequest) -> HttpResponseBase:
    """Which passkeys may agree for the own key, and one more of them."""
    actor = actor_of(request)
    form = BindForm(request.POST or None)
    refusal, status = None, HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        try:
            actions.bind_passkey(form.factors(), form.cleaned_data["answer"], by=actor)
        except AbsahError as error:
            refusal, status = explain(error, current_language()), status_of(error)
        else:
            messages.success(request, _("From now on this passkey can agree to your signatures, with the passphrase."))
            return redirect("signing:passkeys")
    question = access.binding_question(actor)
    page = {
        "form": form,
        "refusal": refusal,
        "bound": access.passkeys_of(actor),
        "question": None if question is None else json.dumps(question),
    }
    return render(request, "signing/passkeys.html", page, status=status)


@requires_role()
@require_POST
def release(request: HttpRequest, code: str) -> HttpResponseBase:
    """One of them no longer may."""
    try:
        credential_id = bytes.fromhex(code)
    except ValueError:
        raise RequestMalformed from None
    actions.release_passkey(credential_id, by=actor_of(request))
    messages.success(request, _("This passkey agrees to nothing any more. Codes of the app still work."))
    return redirect("signing:passkeys")


@require_safe
def signature(request: HttpRequest, identifier: UUID) -> HttpResponse:
    """What this signature is: who, when, which certificate. Never the file."""
    page = {"signature": access.public_signature(identifier), "bare_shell": True}
    response = render(request, "signing/signature.html", page)
    # The state of the certificate may change at any moment.
    response.headers["Cache-Control"] = "no-store"
    return response
