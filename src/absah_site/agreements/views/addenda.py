"""Addenda: those of an agreement, a new one, and one on its way through both signatures."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from absah.agreements.amendments import Addendum
from absah.kernel.errors import AbsahError
from absah_site import composition
from absah_site.accounts.access import actor_of, requires_role
from absah_site.agreements import access
from absah_site.agreements.actions import addenda as actions
from absah_site.agreements.actions.papers import Upload, let_out
from absah_site.agreements.forms.addenda import (
    MOST_ROWS,
    ROWS,
    AddendumForm,
    ChangeForm,
    SignedElsewhereForm,
    WithdrawForm,
    addendum_value,
)
from absah_site.agreements.forms.drafting import HandInForm, SignHereForm
from absah_site.agreements.views.opening import READERS, form_page, open_agreement, page_of
from absah_site.roles import Role

_Rows = forms.formset_factory(ChangeForm, extra=ROWS, max_num=MOST_ROWS, absolute_max=MOST_ROWS)


@requires_role(*READERS)
@require_safe
def addenda(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """The addenda of an agreement, and what an addendum of it may do."""
    found = open_agreement(request, identifier)
    allowed = sorted(found.agreement.model.rules.amendments)
    page = page_of(found, addenda=access.addenda(found).items(), allowed=allowed)
    return render(request, "agreements/addenda.html", page)


@requires_role(Role.AGREEMENT_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def draft_addendum(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Propose an addendum, or enter one that both have signed elsewhere."""
    found = open_agreement(request, identifier)
    form = AddendumForm(request.POST or None)
    # A preset clause and kind, as the text page links them.
    preset = [{"clause": request.GET["pasal"], "kind": "change"}] if "pasal" in request.GET else []
    given = {"allowed": found.agreement.model.rules.amendments}
    rows = _Rows(request.POST or None, initial=preset, form_kwargs=given)
    elsewhere = SignedElsewhereForm(request.POST or None, request.FILES or None)
    refusal: AbsahError | None = None
    if request.method == "POST" and all([form.is_valid(), rows.is_valid(), elsewhere.is_valid()]):
        try:
            value = addendum_value(found.agreement, len(access.addenda(found)) + 1, form, rows)
            number = _enter(request, identifier, value, elsewhere)
        except AbsahError as error:
            refusal = error
        else:
            return redirect("agreements:addendum", identifier, number)
    page = page_of(found, form=form, rows=rows, elsewhere=elsewhere)
    return form_page(request, "agreements/addendum_draft.html", page, refusal)


def _enter(request: HttpRequest, identifier: UUID, value: Addendum, elsewhere: SignedElsewhereForm) -> int:
    now, by = composition.clock().now(), actor_of(request)
    sent: Any = elsewhere.cleaned_data["file"]
    if sent is None:
        return actions.draft_addendum(identifier, value, now=now, by=by)
    upload = Upload(name=sent.name or "", content=sent.read())
    signed_on = elsewhere.cleaned_data["signed_on"]
    return actions.adopt_addendum(identifier, value, upload, signed_on=signed_on, now=now, by=by)


@sensitive_post_parameters("passphrase", "totp")
@requires_role(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def addendum(request: HttpRequest, identifier: UUID, number: int) -> HttpResponseBase:
    """One addendum: what it does, who signs next, and the open duties in its way."""
    found = open_agreement(request, identifier)
    paper = access.addendum_of(found, number)
    act = "hand-in" if "file" in request.FILES else request.POST.get("act", "")
    own = SignHereForm(request.POST if act == "sign" else None)
    other = HandInForm(request.POST, request.FILES) if act == "hand-in" else HandInForm()
    back = WithdrawForm(request.POST if act == "withdraw" else None)
    refusal: AbsahError | None = None
    if request.method == "POST" and {"sign": own, "hand-in": other}.get(act, back).is_valid():
        try:
            _take(request, identifier, number, own=own, other=other, back=back)
        except AbsahError as error:
            refusal = error
        else:
            return redirect("agreements:addendum", identifier, number)
    page = page_of(found, number=number, paper=paper, effects=access.effects_of(found, paper))
    return form_page(request, "agreements/addendum.html", page | {"own": own, "other": other, "back": back}, refusal)


def _take(
    request: HttpRequest, identifier: UUID, number: int, *, own: SignHereForm, other: HandInForm, back: WithdrawForm
) -> None:
    by = actor_of(request)
    if own.is_bound:
        actions.sign_addendum_here(identifier, number, own.factors(), by=by)
    elif other.is_bound:
        sent: Any = other.cleaned_data["file"]
        actions.hand_in_addendum(identifier, number, sent.read(), by=by)
    else:
        reason = back.cleaned_data["reason"]
        actions.withdraw_addendum(identifier, number, reason, now=composition.clock().now(), by=by)


@requires_role(*READERS)
@require_safe
def addendum_file(request: HttpRequest, identifier: UUID, number: int) -> HttpResponseBase:
    """The addendum as it is to be signed next, or as both have signed it."""
    found = open_agreement(request, identifier)
    let_out(found, "agreement-text", found.listed.first_number, by=actor_of(request))
    body = actions.addendum_document(found, access.addendum_of(found, number))
    response = HttpResponse(body, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="adendum-{number}.pdf"'
    return response
