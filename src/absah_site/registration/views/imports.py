"""Many people at once: upload a list, see what is wrong, then let it be entered and watch."""

from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from absah.enrolment.people_list import COLUMNS, NEEDED
from absah.kernel.errors import AbsahError
from absah.kernel.messages import Explanation, explain, explain_code
from absah_site.accounts.access import actor_of, requires_role
from absah_site.enrolment import actions as enrolment
from absah_site.enrolment.access import finding, imports
from absah_site.enrolment.access.imports import ImportState
from absah_site.language import current_language
from absah_site.problems import status_of
from absah_site.registration import actions
from absah_site.registration.forms.people import LetterForm
from absah_site.registration.views.entering import ENTERS
from absah_site.registration.views.letters import take_letter
from absah_site.uploaded_lists import ListForm, answer_upload, empty_list, marked_columns

_NEWEST: Final = 10


@requires_role(*ENTERS)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponseBase:
    """The form; a list that was read leads to what was found in it."""
    actor = actor_of(request)
    return answer_upload(
        request,
        ListForm(finding.agency_choices(actor), request.POST or None, request.FILES or None),
        lambda content, agency: enrolment.check_list(content, agency=agency, by=actor),
        template="registration/import_new.html",
        follows="registration:import",
        page={"columns": marked_columns(COLUMNS, NEEDED), "newest": imports.lists_for(actor, limit=_NEWEST)},
    )


@requires_role(*ENTERS)
@require_safe
def example(request: HttpRequest) -> HttpResponseBase:  # noqa: ARG001  (a view takes its request)
    """An empty list with the right columns."""
    return empty_list(COLUMNS, "daftar-pegawai.csv")


@requires_role(*ENTERS)
@require_safe
def listed(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """What was found, or how far it is."""
    return _listed(request, imports.list_for(actor_of(request), identifier))


def _listed(
    request: HttpRequest,
    found: ImportState,
    *,
    refusal: Explanation | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    language = current_language()
    rows = [
        (row.number, [(column, explain_code(code, parameters, language)) for column, code, parameters in row.problems])
        for row in imports.troubled_rows(found)
    ]
    done = found.entered + found.refused
    page = {
        "found": found,
        "rows": rows,
        "done": done,
        "of": found.ready + done,
        "troubled": found.wrong + found.refused,
        "refusal": refusal,
        "letter_form": LetterForm(),
        "may_bring_letter": found.state == "checked" or found.letter_signed_by is None,
    }
    response = render(request, "registration/import.html", page, status=status)
    if found.state == "running":
        response.headers["Refresh"] = "3"  # without scripts the page looks again by itself
    return response


@requires_role(*ENTERS)
@require_POST
def letter(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """One letter that recommends everybody on the list."""
    return take_letter(request, identifier, actions.attach_letter_to_list, back="registration:import")


@requires_role(*ENTERS)
@require_POST
def begin(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Enter what can be entered."""
    actor = actor_of(request)
    try:
        enrolment.begin_list(identifier, by=actor)
    except AbsahError as error:
        words = explain(error, current_language())
        return _listed(request, imports.list_for(actor, identifier), refusal=words, status=status_of(error))
    return redirect("registration:import", identifier)
