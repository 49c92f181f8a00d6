"""The authenticator app of a key: its picture, and the first code that shows that it was read."""

from http import HTTPStatus
from typing import Final

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from absah.kernel.errors import AbsahError
from absah.kernel.messages import Explanation, explain
from absah.signing.factors import Secret
from absah_site.accounts.access import actor_of, requires_role
from absah_site.accounts.forms import CodeForm
from absah_site.allowance import within_allowance
from absah_site.enrolment import actions
from absah_site.enrolment.actions import AppTicket
from absah_site.language import current_language
from absah_site.problems import status_of
from absah_site.registration.forms.person import SignForm
from absah_site.roles import Role

_QR_SCALE: Final = 5


def binding(ticket: AppTicket, /) -> dict[str, object]:
    """What the picture and its form need (`registration/app_binding.html`)."""
    return {
        "qr": _picture_of(ticket),
        "secret": " ".join(ticket.secret[at : at + 4] for at in range(0, len(ticket.secret), 4)),
        "ticket": ticket.sealed(),
        "code_form": CodeForm(),
    }


def _picture_of(ticket: AppTicket) -> SafeString:
    """What an authenticator app reads from the screen: a QR drawn in the page, kept nowhere."""
    label = ticket.holder.partition(":")[2]
    address = f"otpauth://totp/Absah:{label}?secret={ticket.secret}&issuer=Absah"
    drawn = segno.make(address, error="m").svg_inline(scale=_QR_SCALE, omitsize=True, svgclass="qr", lineclass=None)
    return mark_safe(drawn)  # noqa: S308  (segno's own drawing of letters and digits)


@sensitive_post_parameters("code", "ticket")
@never_cache
@require_POST
@within_allowance
def confirm_app(request: HttpRequest) -> HttpResponse:
    """The first code. Who holds the ticket has seen the picture: nobody need be signed in after an activation."""
    ticket = AppTicket.read(request.POST.get("ticket", "")[:2000])
    form = CodeForm(request.POST)
    refusal: Explanation | None = None
    status = HTTPStatus.BAD_REQUEST
    if form.is_valid():
        try:
            actions.confirm_app(ticket, form.cleaned_data["code"])
        except AbsahError as error:
            refusal, status = explain(error, current_language()), status_of(error)
        else:
            messages.success(request, _("Your authenticator app is bound to your key."))
            return redirect("signing:mine")
    page = binding(ticket) | {"code_form": form, "refusal": refusal}
    return render(request, "registration/app_shown.html", page, status=status)


@sensitive_post_parameters("passphrase")
@requires_role(Role.SIGNER)
@require_http_methods(["GET", "HEAD", "POST"])
def bind_app(request: HttpRequest) -> HttpResponseBase:
    """Bind one later, or again where the first never showed a code."""
    form = SignForm(request.POST or None)
    refusal, status = None, HTTPStatus.BAD_REQUEST if request.method == "POST" else HTTPStatus.OK
    if form.is_valid():
        try:
            ticket = actions.bind_app(Secret(form.cleaned_data["passphrase"]), by=actor_of(request))
        except AbsahError as error:
            refusal, status = explain(error, current_language()), status_of(error)
        else:
            return render(request, "registration/app_shown.html", binding(ticket))
    return render(request, "registration/app_new.html", {"form": form, "refusal": refusal}, status=status)
