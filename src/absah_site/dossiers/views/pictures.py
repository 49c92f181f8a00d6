"""Pictures of pages, and the documents themselves, for whoever may open the dossier."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from absah_site import composition
from absah_site.accounts.access import actor_of, requires_role
from absah_site.dossiers.access import opening
from absah_site.dossiers.actions import following
from absah_site.dossiers.views.opening import opened
from absah_site.validation import access as verification
from absah_site.validation.views.checking import verdict_page


@requires_role()
@require_safe
def picture(request: HttpRequest, identifier: UUID, number: int, side: str) -> HttpResponseBase:
    """A page of the newest version: `baca`, `dekat` (twice as large) or `kecil`."""
    if side not in opening.SIDES:
        raise Http404
    view = opening.page_of(opened(request, identifier).dossier, number, opening.SIDES[side])
    return HttpResponse(view.picture, content_type="image/webp")


@requires_role()
@require_POST
def check(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """The verdict on the newest version, as anybody gets it who has the file."""
    dossier = opened(request, identifier).dossier
    now = composition.clock().now()
    found = verification.examine(opening.document_of(dossier), name=dossier.subject.title, password=None, now=now)
    return verdict_page(request, found)


@requires_role()
@require_POST
def fetch(request: HttpRequest, identifier: UUID, sha256: str) -> HttpResponseBase:
    """A version as a file. A button, because it is written down who took it."""
    found = opened(request, identifier)
    content = following.fetch(found, sha256, by=actor_of(request))
    name = (found.dossier.subject.number or found.dossier.subject.title).replace("/", "-")[:80]
    response = HttpResponse(content, content_type="application/pdf")
    disposition = content_disposition_header(as_attachment=True, filename=f"{name}.pdf")
    response.headers["Content-Disposition"] = disposition or "attachment"
    return response
