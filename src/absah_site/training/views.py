"""The pages of attendance."""

from typing import Any, Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from absah.cases.attendance import SHOWN
from absah.cases.quiz import End, is_open, quiz_of
from absah.kernel.errors import AbsahError
from absah.kernel.messages import explain
from absah_site import composition
from absah_site.accounts.access import actor_of, requires_role
from absah_site.cases import access as cases
from absah_site.dossiers.access.people import signers_for
from absah_site.language import current_language
from absah_site.problems import status_of
from absah_site.roles import Role
from absah_site.training import access
from absah_site.training.actions import attending, certificates
from absah_site.training.forms import AttendForm, EvaluationForm, QuizForm, SignerForm

_READERS: Final = (Role.AGREEMENT_OFFICER, Role.AUDITOR)


@requires_role(*_READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def room(request: HttpRequest, identifier: UUID, case: UUID) -> HttpResponseBase:
    """The screen of the room: the code while the event runs; who came, what they said, the certificates afterwards."""
    now, actor = composition.clock().now(), actor_of(request)
    found = access.room_of(cases.case_for(actor, identifier, case, now=now))
    people = signers_for(actor) if found.opened.found.side is not None else ()
    form = SignerForm(people, request.POST or None)
    refusal: AbsahError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            certificates.ask_for_certificates(identifier, case, UUID(form.cleaned_data["signer"]), by=actor)
        except AbsahError as error:
            refusal = error
        else:
            return redirect("training:room", identifier, case)
    page: dict[str, Any] = {
        "room": found,
        "found": found.opened.found,
        "side": found.opened.found.side,
        "case": found.opened.case,
        "case_id": case,
        "signers": people,
        "form": form,
    }
    if found.runs and found.opened.found.side is not None:
        ticket = access.ticket_for(case, now=now)
        page["address"] = request.build_absolute_uri(reverse("training:attend", args=[case, ticket]))
    response = _page(request, "training/room.html", page, refusal)
    if "address" in page:
        response.headers["Refresh"] = str(int(SHOWN.total_seconds()) // 2)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def attend(request: HttpRequest, event: UUID, ticket: str) -> HttpResponseBase:
    """Being there: the page behind the code on the screen. No account is needed."""
    opened = access.enter(event, ticket, now=composition.clock().now())
    form, refusal = AttendForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            link = attending.attend(event, ticket, data["name"], data["unit"], data["post"])
        except AbsahError as error:
            refusal = error
        else:
            return redirect("training:mine", event, link)
    return _page(request, "training/attend.html", {"case": opened.case, "form": form, "bare_shell": True}, refusal)


@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest, event: UUID, link: str) -> HttpResponseBase:
    """A participant's own page: the test, the evaluation, and the certificate once it is signed."""
    person = access.participant(event, link)
    opened = access.event(event, now=composition.clock().now())
    form, refusal = EvaluationForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            attending.evaluate(event, link, form.marks, form.cleaned_data["comment"])
        except AbsahError as error:
            refusal = error
        else:
            return redirect("training:mine", event, link)
    page = {
        "case": opened.case,
        "person": person,
        "form": form,
        "event": event,
        "link": link,
        "has_certificate": access.certificate_of(person) is not None,
        "outcome": access.outcome_of(opened, person),
        "open_ends": access.open_ends(opened, person),
        "quiz": quiz_of(opened.case.values),
        "bare_shell": True,
    }
    return _page(request, "training/mine.html", page, refusal)


@require_http_methods(["GET", "HEAD", "POST"])
def quiz(request: HttpRequest, event: UUID, link: str, end: str) -> HttpResponseBase:
    """One end of the test: the questions while it is open, and afterwards what was answered."""
    person = access.participant(event, link)
    opened = access.event(event, now=composition.clock().now())
    questions, wanted = quiz_of(opened.case.values), End(end) if end in set(End) else None
    if questions is None or wanted is None:
        raise Http404
    taken = access.taken_by(opened, person, wanted)
    if taken is None and not is_open(wanted, opened.case.state):
        return redirect("training:mine", event, link)
    form, refusal = QuizForm(questions, request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            attending.take_test(event, link, wanted, form.cleaned_data)
        except AbsahError as error:
            refusal = error
        else:
            return redirect("training:quiz", event, link, end)
    page = {
        "case": opened.case,
        "end": wanted,
        "form": form,
        "event": event,
        "link": link,
        "taken": taken,
        "quiz": questions,
        "bare_shell": True,
    }
    return _page(request, "training/quiz.html", page, refusal)


@require_safe
def certificate(_request: HttpRequest, event: UUID, link: str) -> HttpResponse:
    """The signed certificate of a participant."""
    content = access.certificate_of(access.participant(event, link))
    if content is None:
        raise Http404
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = 'attachment; filename="sertifikat.pdf"'
    return response


def _page(request: HttpRequest, template: str, page: dict[str, Any], refusal: AbsahError | None) -> HttpResponseBase:
    status = 200
    if refusal is not None:
        page["refusal"], status = explain(refusal, current_language()), status_of(refusal)
    response = render(request, template, page, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response
