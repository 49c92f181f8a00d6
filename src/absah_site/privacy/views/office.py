"""What waits for the data protection officer: requests by their clock, breaches, the record of processing."""

import csv
from http import HTTPStatus
from io import StringIO
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from absah.kernel.clock import instant
from absah.kernel.errors import AbsahError
from absah.kernel.messages import Language, catalogue, explain
from absah.privacy.breach import Breach
from absah.privacy.processing import processings, spoken_record
from absah.privacy.requests import Granted, Ground, Refused
from absah_site import composition
from absah_site.accounts.access import account, actor_of, requires_role
from absah_site.actors import Account
from absah_site.enrolment.access import agency, agency_ids
from absah_site.language import current_language
from absah_site.privacy import access, actions
from absah_site.privacy.forms import AnswerForm, AuthorityForm, BreachForm
from absah_site.problems import status_of
from absah_site.roles import Permission, Role


def _wish(value: str) -> str:
    return catalogue(current_language())[f"privacy.wish.{value}"]["text"]


@requires_role(Role.PRIVACY_OFFICER)
@require_safe
def queue(request: HttpRequest) -> HttpResponseBase:
    """Requests, the most urgent first."""
    found = [(one, _wish(one.wish.value)) for one in access.requests_for(actor_of(request))]
    page = {
        "open": [pair for pair in found if pair[0].is_open],
        "answered": [pair for pair in found if not pair[0].is_open],
        "now": composition.clock().now(),
    }
    return render(request, "privacy/queue.html", page)


@requires_role(Role.PRIVACY_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def request_page(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """One request, and its answer."""
    actor, language, now = actor_of(request), current_language(), composition.clock().now()
    found = access.request_for(actor, identifier)
    form = AnswerForm(request.POST if request.method == "POST" else None, language=language)
    refusal, status = None, HTTPStatus.OK
    if form.is_valid():
        words, ground = form.cleaned_data["words"], form.cleaned_data["ground"]
        refused = form.cleaned_data["decision"] == "refused"
        given = Refused(ground=Ground(ground), words=words) if refused else Granted(words=words)
        try:
            actions.answer(identifier, given, by=actor, at=now)
        except AbsahError as error:
            refusal, status = explain(error, language), status_of(error)
        else:
            messages.success(request, _("The answer is kept, and the person is told."))
            return redirect("privacy:queue")
    page = {
        "found": found,
        "wish": _wish(found.wish.value),
        "person": account(found.person, now=now),
        "form": form,
        "refusal": refusal,
        "now": now,
        "own": found.person == actor.public_id,
    }
    return render(request, "privacy/request.html", page, status=status)


def _agencies(actor: Account) -> tuple[tuple[str, str], ...]:
    """The agencies that an officer records breaches for; whoever does so everywhere may mean all of them."""
    where = access.agencies_of(actor, Permission.PRIVACY_BREACH)
    found = agency_ids() if where is None else tuple(UUID(one) for one in sorted(where))
    named = tuple((str(one), agency(one).agency.name) for one in found)
    return named if where is not None else (("", _("Everybody here")), *named)


@requires_role(Role.PRIVACY_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def breaches(request: HttpRequest) -> HttpResponseBase:
    """Failures with their clocks; recording one."""
    actor, language, now = actor_of(request), current_language(), composition.clock().now()
    given = request.POST if request.method == "POST" else None
    form = BreachForm(given, agencies=_agencies(actor), language=language)
    refusal, status = None, HTTPStatus.OK
    if form.is_valid():
        breach = Breach(
            noticed_at=instant(form.cleaned_data["noticed_at"]),
            data=tuple(form.cleaned_data["kinds"]),
            how=form.cleaned_data["how"],
            handling=form.cleaned_data["handling"],
        )
        try:
            actions.record_breach(breach, agency=form.cleaned_data["agency"], by=actor, at=now)
        except AbsahError as error:
            refusal, status = explain(error, language), status_of(error)
        else:
            messages.success(request, _("The record is kept. Now tell the people and the authority."))
            return redirect("privacy:breaches")
    page = {
        "found": access.breaches_for(actor),
        "form": form,
        "authority_form": AuthorityForm(auto_id=False),
        "refusal": refusal,
        "now": now,
    }
    return render(request, "privacy/breaches.html", page, status=status)


@requires_role(Role.PRIVACY_OFFICER)
@require_POST
def tell_people(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Everybody whom it concerns gets a notice and a mail."""
    actions.tell_people(identifier, by=actor_of(request), at=composition.clock().now())
    messages.success(request, _("The people are being told."))
    return redirect("privacy:breaches")


@requires_role(Role.PRIVACY_OFFICER)
@require_POST
def tell_authority(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """The authority was told in writing."""
    form = AuthorityForm(request.POST)
    if form.is_valid():
        reference = form.cleaned_data["reference"]
        actions.tell_authority(identifier, reference, by=actor_of(request), at=composition.clock().now())
        messages.success(request, _("It is recorded that the authority was told."))
    else:
        messages.error(request, _("Write the number and date of the letter."))
    return redirect("privacy:breaches")


@requires_role(Role.PRIVACY_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def record(request: HttpRequest) -> HttpResponseBase:
    """The record of processing; the button gives it as a table for spreadsheets."""
    language = current_language()
    if request.method == "POST":
        actions.export_record(by=actor_of(request), at=composition.clock().now())
        answer = HttpResponse(_as_csv(language), content_type="text/csv; charset=utf-8")
        answer.headers["Content-Disposition"] = 'attachment; filename="catatan-pemrosesan.csv"'
        return answer
    page = {"processings": spoken_record(language)}
    return render(request, "privacy/record.html", page)


def _as_csv(language: Language) -> str:
    written = StringIO()
    rows = csv.writer(written)
    rows.writerow(["processing", "purpose", "ground", "people", "recipients", "data", "class", "protection", "until"])
    for one in processings():
        about = [one.title, one.purpose, one.people, one.recipients]
        title, purpose, people, recipients = (words.said(language) for words in about)
        for data in one.fields:
            name, until = data.name.said(language), data.retention.until.said(language)
            kind = [name, data.sensitivity.value, data.protection.value, until]
            rows.writerow([title, purpose, one.ground, people, recipients, *kind])
    return written.getvalue()
