"""Letters of cases: the register of their numbers, the signature under one, and one as ZIP for an e-office."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from absah.agreements.parties import Role as Side
from absah.kernel.errors import AbsahError
from absah.kernel.messages import explain
from absah_site import composition
from absah_site.accounts.access import actor_of, requires_role
from absah_site.agreements import access as agreements
from absah_site.agreements.actions.papers import let_out
from absah_site.cases import access
from absah_site.cases.access import letters
from absah_site.cases.actions import letters as actions
from absah_site.cases.actions import signing
from absah_site.cases.forms.letters import PatternForm, SignedFileForm, SignLetterForm
from absah_site.language import current_language
from absah_site.problems import RequestMalformed, status_of
from absah_site.roles import Role

_READERS = (Role.AGREEMENT_OFFICER, Role.AUDITOR)


@requires_role(*_READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def book(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """The letters' register of the own party for a year, and how it numbers them."""
    now, actor = composition.clock().now(), actor_of(request)
    found = agreements.agreement_for(actor, identifier, now=now)
    side = found.side or Side.FIRST
    pattern = letters.pattern_of(found, side)
    usual = {"text": pattern.text, "unit": pattern.unit, "classification": pattern.classification}
    form = PatternForm(request.POST or None, initial=usual)
    if request.method == "POST" and form.is_valid():
        actions.change_pattern(found, form.cleaned_data["pattern"], now=now, by=actor)
        return redirect("cases:book", identifier)
    year = found.today.year
    taken = letters.register_of(found, side, year)
    next_one = pattern.number(max((each.sequence or 0 for each in taken), default=0) + 1, found.today)
    page = {"found": found, "side": found.side, "year": year, "taken": taken, "form": form, "next": next_one}
    return render(request, "cases/book.html", page)


@sensitive_post_parameters("passphrase", "totp")
@requires_role(*_READERS, Role.SIGNER)
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, identifier: UUID, case: UUID, act: str) -> HttpResponseBase:
    """The signature under what a case wrote: with the own key, or by a file that was signed elsewhere."""
    now, actor = composition.clock().now(), actor_of(request)
    opened = access.case_for(actor, identifier, case, now=now)
    if not opened.case.kind.asked_at(act).signs:
        raise RequestMalformed
    step = opened.case.kind.graph.named(act)[0]
    if request.method != "POST" and opened.case.state not in step.sources:
        return redirect("cases:case", identifier, case)
    handed_in = "file" in request.FILES or request.POST.get("act") == "hand-in"
    own = SignLetterForm(None if handed_in else request.POST or None)
    other = SignedFileForm(request.POST, request.FILES) if handed_in else SignedFileForm()
    refusal: AbsahError | None = None
    if request.method == "POST" and (other if handed_in else own).is_valid():
        try:
            if handed_in:
                sent: Any = other.cleaned_data["file"]
                signing.hand_in(identifier, case, act, sent.read(), by=actor)
            else:
                signing.sign_here(opened, act, own.factors(), by=actor)
        except AbsahError as error:
            refusal = error
        else:
            return redirect("cases:case", identifier, case)
    page: dict[str, Any] = {
        "found": opened.found,
        "side": opened.found.side,
        "opened": opened,
        "case": opened.case,
        "kind": opened.case.kind,
        "step": step,
        "own": own,
        "other": other,
    }
    if refusal is None:
        return render(request, "cases/sign.html", page)
    page["refusal"] = explain(refusal, current_language())
    return render(request, "cases/sign.html", page, status=status_of(refusal))


@requires_role(*_READERS, Role.SIGNER)
@require_safe
def document(request: HttpRequest, identifier: UUID, case: UUID) -> HttpResponseBase:
    """The file that awaits a signature, to be read or signed elsewhere."""
    actor = actor_of(request)
    opened = access.case_for(actor, identifier, case, now=composition.clock().now())
    let_out(opened.found, "letter", opened.case.number, by=actor)
    return _file(signing.document_to_sign(opened), "application/pdf", f"{opened.case.number}.pdf")


@requires_role(Role.AGREEMENT_OFFICER)
@require_safe
def bundle(request: HttpRequest, identifier: UUID, case: UUID, act: str) -> HttpResponseBase:
    """A letter as ZIP: its PDF, the fields that register it in an e-office, and its attachments."""
    now, actor = composition.clock().now(), actor_of(request)
    opened = access.case_for(actor, identifier, case, now=now)
    content = actions.letter_bundle(opened, act, now=now, by=actor)
    return _file(content, "application/zip", f"{opened.case.number}-{act}.zip")


def _file(content: bytes, media_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
