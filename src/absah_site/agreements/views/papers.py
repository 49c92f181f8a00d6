"""The papers of an agreement: their list, and the one door through which they leave."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from absah.agreements.confidentiality import ToOutsider, ToParty
from absah.agreements.parties import Role as Side
from absah.kernel.errors import AbsahError
from absah_site import composition
from absah_site.accounts.access import actor_of, requires_role
from absah_site.agreements import access
from absah_site.agreements.actions.papers import Released, release
from absah_site.agreements.forms.papers import DiscloseForm
from absah_site.agreements.views.opening import READERS, form_page, open_agreement, page_of
from absah_site.roles import Role


@requires_role(*READERS)
@require_safe
def papers(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Every file that belongs to an agreement."""
    found = open_agreement(request, identifier)
    return render(request, "agreements/papers.html", page_of(found, papers=access.papers_of(found)))


@requires_role(Role.AGREEMENT_OFFICER)
@require_POST
def take(request: HttpRequest, identifier: UUID, sha256: str) -> HttpResponseBase:
    """Take a paper as a party. A button, because the passage is recorded."""
    found = open_agreement(request, identifier)
    recipient = ToParty(role=found.side or Side.FIRST)
    released = release(found, sha256, recipient, now=composition.clock().now(), by=actor_of(request))
    return _handed_over(released)


@requires_role(Role.AGREEMENT_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def disclose(request: HttpRequest, identifier: UUID, sha256: str) -> HttpResponseBase:
    """Take a paper for somebody outside both parties (KR-2)."""
    found = open_agreement(request, identifier)
    form = DiscloseForm(request.POST or None)
    refusal: AbsahError | None = None
    if request.method == "POST" and form.is_valid():
        recipient, law = ToOutsider(name=form.cleaned_data["recipient"]), form.cleaned_data["law"]
        try:
            released = release(found, sha256, recipient, law=law, now=composition.clock().now(), by=actor_of(request))
        except AbsahError as error:
            refusal = error
        else:
            return _handed_over(released)
    return form_page(request, "agreements/disclose.html", page_of(found, form=form), refusal)


def _handed_over(released: Released) -> HttpResponse:
    response = HttpResponse(released.content, content_type=released.paper.media_type)
    response.headers["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=released.paper.name) or "attachment"
    )
    response.headers["Cache-Control"] = "no-store"
    return response
