"""The holder's page, and the page behind the QR of a signature."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from absah.enrolment.subscriber import SubscriberUnknown
from absah_site import composition
from absah_site.accounts.access import actor_of, requires_role
from absah_site.pki.access import CertificateUnknown
from absah_site.pki.actions import report_key_lost
from absah_site.signing import access


@requires_role()
@require_safe
def mine(request: HttpRequest) -> HttpResponseBase:
    """My certificates, and every use of my key. For people without one: how to get it."""
    try:
        held = access.my_certificate(actor_of(request).public_id, now=composition.clock().now())
    except SubscriberUnknown:
        held = None
    return render(request, "signing/mine.html", {"mine": held})


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


@require_safe
def signature(request: HttpRequest, identifier: UUID) -> HttpResponse:
    """What this signature is: who, when, which certificate. Never the file."""
    page = {"signature": access.public_signature(identifier), "bare_shell": True}
    response = render(request, "signing/signature.html", page)
    # The state of the certificate may change at any moment.
    response.headers["Cache-Control"] = "no-store"
    return response
