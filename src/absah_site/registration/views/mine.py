"""What a holder does with the own key and certificate."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from absah.enrolment.consent_text import consent_text
from absah.enrolment.subscriber_agreement_text import subscriber_agreement
from absah.kernel.errors import AbsahError
from absah.kernel.messages import Explanation, explain
from absah.signing.factors import Secret
from absah_site import composition
from absah_site.accounts.access import actor_of, requires_role
from absah_site.enrolment import access as enrolment
from absah_site.enrolment import actions
from absah_site.enrolment.access import RegisteredSubscriber, mine
from absah_site.language import current_language
from absah_site.problems import status_of
from absah_site.registration.actions import keep_signed_agreement, sign_agreement
from absah_site.registration.forms.person import AskForm, PassphraseForm, SignedForm, SignForm
from absah_site.registration.views.person import paragraphs
from absah_site.roles import Role


@sensitive_post_parameters()
@requires_role(Role.SIGNER)
@require_http_methods(["GET", "HEAD", "POST"])
def passphrase(request: HttpRequest) -> HttpResponseBase:
    """Change it with the old one. Forgotten: a new key."""
    form = PassphraseForm(request.POST or None)
    refusal, status = None, HTTPStatus.BAD_REQUEST if request.method == "POST" else HTTPStatus.OK
    if form.is_valid():
        data = form.cleaned_data
        try:
            actions.change_passphrase(Secret(data["old"]), Secret(data["passphrase"]), by=actor_of(request))
        except AbsahError as error:
            refusal, status = explain(error, current_language()), status_of(error)
        else:
            messages.success(request, _("Your passphrase is changed. The old one opens nothing any more."))
            return redirect("signing:mine")
    return render(request, "registration/passphrase.html", {"form": form, "refusal": refusal}, status=status)


@requires_role(Role.SIGNER)
@require_http_methods(["GET", "HEAD", "POST"])
def renewal(request: HttpRequest) -> HttpResponseBase:
    """Ask for the renewal, near the end."""
    return _ask(request, "renewal")


@requires_role(Role.SIGNER)
@require_http_methods(["GET", "HEAD", "POST"])
def replacement(request: HttpRequest) -> HttpResponseBase:
    """Ask for a new key: the passphrase is forgotten, or the certificate has ended."""
    return _ask(request, "replacement")


def _ask(request: HttpRequest, kind: str) -> HttpResponse:
    actor = actor_of(request)
    found = enrolment.subscriber_of(actor.public_id)
    text = consent_text()
    form = AskForm(request.POST or None, initial={"version": text.version, "digest": text.digest})
    refusal: Explanation | None = None
    status = HTTPStatus.BAD_REQUEST if request.method == "POST" else HTTPStatus.OK
    if form.is_valid():
        consent = (form.cleaned_data["version"], form.cleaned_data["digest"])
        ask = actions.ask_renewal if kind == "renewal" else actions.start_replacement
        try:
            ask(found.number.text, by=actor, consent=consent)
        except AbsahError as error:
            refusal, status = explain(error, current_language()), status_of(error)
        else:
            messages.success(request, _("Asked for. Your verifikator looks at it; you get a mail at each step."))
            return redirect("signing:mine")
    page = {"form": form, "kind": kind, "text": text, "paragraphs": paragraphs(text), "refusal": refusal}
    if kind == "renewal":
        page["opens"] = mine.renewal_opens_later(found, now=composition.clock().now())
    return render(request, "registration/ask.html", page, status=status)


@sensitive_post_parameters()
@requires_role(Role.SIGNER)
@require_http_methods(["GET", "HEAD", "POST"])
def agreement(request: HttpRequest) -> HttpResponseBase:
    """The agreement that my key signed; where it was cut off, it is signed now."""
    found = enrolment.subscriber_of(actor_of(request).public_id)
    kept = mine.agreement_of(found)
    if found.credential is None:
        return _agreement_elsewhere(request, found, kept)
    form = SignForm(request.POST or None)
    refusal, status = None, HTTPStatus.BAD_REQUEST if request.method == "POST" else HTTPStatus.OK
    if not kept and form.is_valid():
        try:
            sign_agreement(found, Secret(form.cleaned_data["passphrase"]))
        except AbsahError as error:
            refusal, status = explain(error, current_language()), status_of(error)
        else:
            return redirect("registration:agreement")
    page = _agreement_page(kept, form, refusal)
    return render(request, "registration/agreement.html", page, status=HTTPStatus.OK if kept else status)


def _agreement_page(kept: str, form: SignForm | SignedForm, refusal: Explanation | None) -> dict[str, object]:
    sentences = subscriber_agreement().sentences(current_language())
    return {"kept": kept, "form": form, "refusal": refusal, "sentences": sentences}


def _agreement_elsewhere(request: HttpRequest, found: RegisteredSubscriber, kept: str) -> HttpResponse:
    """The key is with its holder: the agreement goes out unsigned and comes back signed."""
    form = SignedForm(request.POST or None, request.FILES or None)
    refusal, status = None, HTTPStatus.BAD_REQUEST if request.method == "POST" else HTTPStatus.OK
    if not kept and form.is_valid():
        try:
            keep_signed_agreement(found, form.content)
        except AbsahError as error:
            refusal, status = explain(error, current_language()), status_of(error)
        else:
            return redirect("registration:agreement")
    page = _agreement_page(kept, form, refusal) | {"elsewhere": True}
    return render(request, "registration/agreement.html", page, status=HTTPStatus.OK if kept else status)


@requires_role(Role.SIGNER)
@require_safe
def agreement_file(request: HttpRequest) -> HttpResponseBase:
    """The signed agreement itself."""
    kept = mine.agreement_of(enrolment.subscriber_of(actor_of(request).public_id))
    response = HttpResponse(composition.documents().read(kept), content_type="application/pdf")
    response.headers["Content-Disposition"] = 'attachment; filename="perjanjian-pemilik-sertifikat.pdf"'
    return response
