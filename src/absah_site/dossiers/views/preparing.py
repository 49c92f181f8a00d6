"""Preparing a document in four steps: the file and what it is, who signs, where, and off it goes."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from absah.kernel.errors import AbsahError
from absah_site.accounts.access import actor_of, requires_role
from absah_site.dossiers.access import people
from absah_site.dossiers.actions import preparing
from absah_site.dossiers.actions.preparing import Upload
from absah_site.dossiers.forms.preparing import AboutForm, Candidates, NewForm, ReplaceForm, seat_forms
from absah_site.dossiers.views.opening import form_page, opened
from absah_site.limits import LARGEST_DOCUMENT_MIB
from absah_site.roles import Role

PREPARERS = (Role.SIGNER, Role.AGENCY_ADMIN, Role.AGREEMENT_OFFICER)


@requires_role(*PREPARERS)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """A document, and what it is."""
    form = NewForm(request.POST or None, request.FILES or None)
    refusal: AbsahError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            made = preparing.create(_uploaded(form), form.subject(), form.way(), by=actor_of(request))
        except AbsahError as error:
            refusal = error
        else:
            return redirect("dossiers:people", made.id)
    return form_page(request, "dossiers/new.html", {"form": form, "largest": LARGEST_DOCUMENT_MIB}, refusal)


def _uploaded(form: NewForm | ReplaceForm) -> Upload:
    sent: Any = form.cleaned_data["file"]
    return Upload(content=sent.read())


@requires_role(*PREPARERS)
@require_http_methods(["GET", "HEAD", "POST"])
def about(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Another title, number, day or message, while nobody has been asked."""
    found = opened(request, identifier)
    subject, way = found.dossier.subject, found.dossier.way
    initial = {
        "title": subject.title,
        "number": subject.number,
        "kind": subject.kind,
        "classification": subject.classification.value,
        "urgency": subject.urgency.value,
        "message": subject.message,
        "deadline": way.deadline,
        "notice": way.notice,
        "certify": way.certify,
    }
    form = AboutForm(request.POST or None, initial=initial)
    refusal: AbsahError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            preparing.describe(identifier, form.subject(), form.way(), by=actor_of(request))
        except AbsahError as error:
            refusal = error
        else:
            return redirect("dossiers:people", identifier)
    return form_page(request, "dossiers/about.html", {"found": found, "form": form}, refusal)


@requires_role(*PREPARERS)
@require_http_methods(["GET", "HEAD", "POST"])
def seats(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Who is asked, for what, in which turn."""
    found, actor = opened(request, identifier), actor_of(request)
    candidates = Candidates(
        signers=people.signers_for(actor), sealers=people.sealers_for(actor), mandates=people.mandates_for(actor)
    )
    rows = seat_forms(request.POST or None, found.dossier, candidates)
    refusal: AbsahError | None = None
    valid = [row.is_valid() for row in rows] if request.method == "POST" else [False]
    if all(valid):
        wanted = tuple(seat for row in rows if (seat := row.wanted()) is not None)
        try:
            preparing.seat_people(identifier, wanted, by=actor)
        except AbsahError as error:
            refusal = error
        else:
            more = request.POST.get("act") == "more"
            return redirect("dossiers:people" if more else "dossiers:places", identifier)
    page = {"found": found, "rows": rows}
    return form_page(request, "dossiers/people.html", page, refusal)


@requires_role(*PREPARERS)
@require_http_methods(["GET", "HEAD", "POST"])
def replace_document(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """The mended document, after it was sent back; or another one before it is sent."""
    found = opened(request, identifier)
    form = ReplaceForm(request.POST or None, request.FILES or None)
    refusal: AbsahError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            preparing.replace_document(identifier, _uploaded(form), by=actor_of(request))
        except AbsahError as error:
            refusal = error
        else:
            return redirect("dossiers:places", identifier)
    page = {"found": found, "form": form, "largest": LARGEST_DOCUMENT_MIB}
    return form_page(request, "dossiers/replace.html", page, refusal)


@requires_role(*PREPARERS)
@require_POST
def send(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Off it goes."""
    try:
        preparing.send(identifier, by=actor_of(request))
    except AbsahError as error:
        return form_page(request, "dossiers/overview.html", {"found": opened(request, identifier)}, error)
    messages.success(request, _("The document is on its way. Whoever is asked first has been told."))
    return redirect("dossiers:overview", identifier)
