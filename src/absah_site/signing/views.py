"""The holder's page, and the page behind the QR of a signature."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from absah.enrolment.subscriber import SubscriberUnknown
from absah_site import composition
from absah_site.accounts.access import actor_of, requires_role
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


@require_safe
def signature(request: HttpRequest, identifier: UUID) -> HttpResponse:
    """What this signature is: who, when, which certificate. Never the file."""
    page = {"signature": access.public_signature(identifier), "bare_shell": True}
    response = render(request, "signing/signature.html", page)
    # The state of the certificate may change at any moment.
    response.headers["Cache-Control"] = "no-store"
    return response
