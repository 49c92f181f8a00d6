"""A new agreement, its typeset text, the signatures under it, and agreements that were signed before."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from absah.agreements.drafting import copy_for, draft_from_model
from absah.agreements.events import Drafted
from absah.agreements.parties import DatedName, Parties
from absah.kernel.errors import AbsahError
from absah_site import composition
from absah_site.accounts.access import actor_of, requires_role
from absah_site.actors import Account
from absah_site.agreements import access
from absah_site.agreements.actions import life, signing
from absah_site.agreements.actions.papers import Upload, let_out
from absah_site.agreements.forms.drafting import (
    ANCHORS,
    AdoptForm,
    DraftForm,
    HandInForm,
    PartyForm,
    SignHereForm,
    parties_of,
)
from absah_site.agreements.views.opening import READERS, form_page, open_agreement, page_of
from absah_site.enrolment import access as enrolment
from absah_site.roles import Permission, Role


def _agencies(actor: Account) -> tuple[tuple[str, str], ...]:
    """The agencies that a person may draft for: the own ones, or for the certification body all of them."""
    where = actor.agencies_where(Permission.AGREEMENT_DRAFT)
    names = {str(identifier): enrolment.agency(identifier).agency.name for identifier in enrolment.agency_ids()}
    if where is None:
        return (*names.items(), ("", "-"))
    return tuple((key, name) for key, name in names.items() if key in where)


@requires_role(Role.AGREEMENT_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: HttpRequest) -> HttpResponseBase:
    """Begin an agreement from a model, or with the text of another."""
    actor, now = actor_of(request), composition.clock().now()
    copies = tuple((str(line.id), line.title) for line in access.agreements_for(actor))
    sent = request.POST or None
    form = DraftForm(sent, agencies=_agencies(actor), copies=copies)
    parties = {role: PartyForm(sent, prefix=role.value, initial={"anchor": ANCHORS[role]}) for role in ANCHORS}
    first, second = parties.values()
    refusal: AbsahError | None = None
    if request.method == "POST" and all([form.is_valid(), first.is_valid(), second.is_valid()]):
        try:
            drafted = _drafted(form, parties_of(first, second), actor)
            identifier = life.draft(drafted, agency=form.cleaned_data["agency"], by=actor)
        except AbsahError as error:
            refusal = error
        else:
            return redirect("agreements:overview", identifier)
    page = {"form": form, "first": first, "second": second, "today": now}
    return form_page(request, "agreements/draft.html", page, refusal)


def _drafted(form: DraftForm, parties: Parties, actor: Account) -> Drafted:
    data, now = form.cleaned_data, composition.clock().now()
    kind, _, name = data["begins_with"].partition(":")
    issuer = (DatedName(name=data["issuer"], since=data["on"]),)
    if kind == "copy":
        source = access.agreement_for(actor, UUID(name), now=now).life_facts[0].value
        return copy_for(source, parties=parties, on=data["on"], now=now)
    return draft_from_model(name, parties=parties, issuer=issuer, on=data["on"], now=now, stated_day=data["stated_day"])


@requires_role(*READERS)
@require_safe
def file(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """The agreement as it is to be signed next, or as both have signed it."""
    found = open_agreement(request, identifier)
    let_out(found, "agreement-text", found.listed.first_number, by=actor_of(request))
    response = HttpResponse(signing.present_document(found), content_type="application/pdf")
    response.headers["Content-Disposition"] = 'attachment; filename="perjanjian.pdf"'
    return response


@sensitive_post_parameters("passphrase", "totp")
@requires_role(Role.AGREEMENT_OFFICER, Role.SIGNER)
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """The next signature: with the own key, or by a file that was signed elsewhere."""
    found = open_agreement(request, identifier)
    handed_in = "file" in request.FILES or request.POST.get("act") == "hand-in"
    own = SignHereForm(None if handed_in else request.POST or None)
    other = HandInForm(request.POST, request.FILES) if handed_in else HandInForm()
    refusal: AbsahError | None = None
    if request.method == "POST" and (other if handed_in else own).is_valid():
        try:
            _sign(request, identifier, own, other, handed_in=handed_in)
        except AbsahError as error:
            refusal = error
        else:
            return redirect("agreements:overview", identifier)
    page = page_of(found, awaited=signing.awaited(found), own=own, other=other)
    return form_page(request, "agreements/sign.html", page, refusal)


def _sign(request: HttpRequest, identifier: UUID, own: SignHereForm, other: HandInForm, *, handed_in: bool) -> None:
    actor = actor_of(request)
    if handed_in:
        signing.hand_in(identifier, _uploaded(other), by=actor)
        return
    signing.sign_here(identifier, own.factors(), by=actor)


@requires_role(Role.AGREEMENT_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def adopt(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Take over an agreement that was signed before."""
    found = open_agreement(request, identifier)
    form = AdoptForm(request.POST or None, request.FILES or None, initial={"signed_on": found.agreement.dated})
    refusal: AbsahError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            signing.adopt(identifier, _uploaded(form), signed_on=form.cleaned_data["signed_on"], by=actor_of(request))
        except AbsahError as error:
            refusal = error
        else:
            return redirect("agreements:overview", identifier)
    return form_page(request, "agreements/adopt.html", page_of(found, form=form), refusal)


def _uploaded(form: forms.Form) -> Upload:
    sent: Any = form.cleaned_data["file"]
    return Upload(name=sent.name or "", content=sent.read())
