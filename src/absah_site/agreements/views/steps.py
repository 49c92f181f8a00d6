"""Steps of the life of an agreement, each with its form."""

from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from absah.agreements.events import ReadingConfirmed
from absah.agreements.questions import Confirmation
from absah.kernel.errors import AbsahError
from absah_site import composition
from absah_site.accounts.access import actor_of, requires_role
from absah_site.agreements.actions import life
from absah_site.agreements.actions.life import NotYourSide
from absah_site.agreements.forms.steps import CHANGES, FORMS, ConfirmReadingForm
from absah_site.agreements.views.opening import form_page, open_agreement, page_of
from absah_site.problems import PageUnknown
from absah_site.roles import Role


@requires_role(Role.AGREEMENT_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_reading(request: HttpRequest, identifier: UUID, question: str) -> HttpResponseBase:
    """Settle how an ambiguous clause is read."""
    found = open_agreement(request, identifier)
    asked = found.agreement.model.question(question)
    form = ConfirmReadingForm(asked, request.POST or None)
    refusal = None
    if request.method == "POST" and form.is_valid():
        now = composition.clock().now()
        try:
            confirmation = Confirmation(question=question, on=found.today, **form.cleaned_data)
            event = ReadingConfirmed(on=found.today, recorded_at=now, confirmation=confirmation)
            life.record_event(identifier, event, by=actor_of(request))
        except AbsahError as error:
            refusal = error
        else:
            return redirect("agreements:overview", identifier)
    return form_page(request, "agreements/confirm_reading.html", page_of(found, question=asked, form=form), refusal)


@requires_role(Role.AGREEMENT_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, identifier: UUID, act: str) -> HttpResponseBase:
    """Record a step of life, or a change of a party, through its form."""
    if act not in FORMS:
        raise PageUnknown
    found = open_agreement(request, identifier)
    form = FORMS[act](request.POST or None, initial={"on": found.today})
    refusal: AbsahError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            if found.side is None:
                raise NotYourSide(kind=act)
            life.record_event(
                identifier, form.event(by=found.side, now=composition.clock().now()), by=actor_of(request)
            )
        except AbsahError as error:
            refusal = error
        else:
            return redirect("agreements:overview", identifier)
    named = found.agreement.model.life.named(act)
    page = page_of(found, form=form, step=named[0] if named else None, change=CHANGES.get(act))
    return form_page(request, "agreements/act.html", page, refusal)
