"""Where the code in a signature leads: the document's number, title, signers and verdict; the file only if public."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from absah_site.allowance import within_allowance
from absah_site.dossiers.access import public
from absah_site.signing.views import signature as signature_page


@require_safe
@within_allowance
def by_code(request: HttpRequest, identifier: UUID) -> HttpResponse:
    """The document of a signature. One that stands on none of ours, or is confidential, has a page of its own."""
    found = public.document_with(identifier)
    if found is None:
        return signature_page(request, identifier)
    page = {"public": found, "dossier": found.dossier, "record": identifier, "bare_shell": True}
    response = render(request, "dossiers/public.html", page)
    response.headers["Cache-Control"] = "no-store"  # a certificate may change its state at any moment
    return response


@require_safe
@within_allowance
def file(_request: HttpRequest, identifier: UUID) -> HttpResponse:
    """The document, if anybody may have it."""
    dossier, content = public.file_with(identifier)
    name = (dossier.subject.number or dossier.subject.title).replace("/", "-")[:80]
    response = HttpResponse(content, content_type="application/pdf")
    disposition = content_disposition_header(as_attachment=True, filename=f"{name}.pdf")
    response.headers["Content-Disposition"] = disposition or "attachment"
    return response
