"""Activation with an own key: the request is uploaded, the certificate taken home, the agreement signed elsewhere."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from absah.enrolment.invitation import InvitationToken, Purpose
from absah.enrolment.subscriber_agreement_text import subscriber_agreement
from absah.kernel.errors import AbsahError
from absah.kernel.messages import Explanation, explain
from absah_site import composition
from absah_site.accounts.access import actor_of, find_actor, requires_role
from absah_site.allowance import within_allowance
from absah_site.enrolment import access as enrolment
from absah_site.enrolment import actions
from absah_site.enrolment.access.invited import Invited
from absah_site.language import current_language
from absah_site.problems import status_of
from absah_site.registration.access import own_chain
from absah_site.registration.actions import unsigned_agreement
from absah_site.registration.forms.person import OwnKeyForm
from absah_site.registration.views.person import LINK, behind_link
from absah_site.roles import Role


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@within_allowance
@behind_link(Purpose.ACTIVATE)
def activate(request: HttpRequest, token: InvitationToken, found: Invited) -> HttpResponse:
    """The request of a key that the person made elsewhere."""
    if not found.lesson:
        return redirect("registration:lesson")
    actor = find_actor(request, now=composition.clock().now())
    has_account = actor is not None or enrolment.open_account_of(found.subscriber) is not None
    if request.method != "POST":
        return _form(request, found, OwnKeyForm(has_account=has_account))
    form = OwnKeyForm(request.POST, request.FILES, has_account=has_account)
    if not form.is_valid():
        return _form(request, found, form, status=HTTPStatus.BAD_REQUEST)
    try:
        made = actions.activate_own_key(token, form.content, form.sign_in(actor))
    except AbsahError as error:
        return _form(request, found, form, refusal=explain(error, current_language()), status=status_of(error))
    response = render(request, "registration/own_key_done.html", {"invited": found, "made": made})
    LINK.drop(response)
    return response


def _form(
    request: HttpRequest,
    found: Invited,
    form: OwnKeyForm,
    *,
    refusal: Explanation | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    text = subscriber_agreement()
    sentences = text.english if current_language().value == "en" else text.indonesian
    page = {"invited": found, "form": form, "sentences": sentences, "text": text, "refusal": refusal}
    return render(request, "registration/own_key.html", page, status=status)


@requires_role(Role.SIGNER)
@require_safe
def chain(request: HttpRequest) -> HttpResponseBase:
    """The certificate in use and those above it, for the program that signs."""
    content = own_chain(enrolment.subscriber_of(actor_of(request).public_id), now=composition.clock().now())
    response = HttpResponse(content, content_type="application/pem-certificate-chain")
    response.headers["Content-Disposition"] = 'attachment; filename="sertifikat-saya.pem"'
    return response


@requires_role(Role.SIGNER)
@require_safe
def unsigned(request: HttpRequest) -> HttpResponseBase:
    """The agreement, to be signed elsewhere and brought back."""
    content = unsigned_agreement(enrolment.subscriber_of(actor_of(request).public_id))
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = 'attachment; filename="perjanjian-untuk-ditandatangani.pdf"'
    return response
