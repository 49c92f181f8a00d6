"""The interface for programs: a document in, the report as JSON out. Refusals are problem details (RFC 9457).

No account; the same limits as the page. The address and the fields are stable; `docs/reference/verify-api.md` has them.
"""

from functools import cache
from importlib.resources import files

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from absah.kernel.errors import BadInput
from absah_site import composition
from absah_site.allowance import within_allowance
from absah_site.problems import MethodRefused
from absah_site.validation import access
from absah_site.validation.views.incoming import NoDocument, document_in_form, password_in_form, within_limit
from absah_site.validation.views.telling import report_as_json


class MediaTypeRefused(BadInput):
    """The body is neither a form with a file nor a PDF by itself."""

    code = "web.media-type-refused"


@csrf_exempt  # no session is looked at, nothing is changed
@sensitive_post_parameters("password")
def verify(request: HttpRequest) -> HttpResponse:
    """POST a document: as `multipart/form-data` (document, password), or as `application/pdf` by itself."""
    if request.method != "POST":
        raise MethodRefused(allowed="POST")
    return _verified(request)


@within_allowance
def _verified(request: HttpRequest) -> HttpResponse:
    match request.content_type:
        case "multipart/form-data":
            document, password = document_in_form(request), password_in_form(request)
        case "application/pdf" | "application/octet-stream":
            document, password = _body(request), None
        case _:
            raise MediaTypeRefused
    return report_as_json(access.report_on(document, password=password, now=composition.clock().now()))


def _body(request: HttpRequest) -> bytes:
    """The body by itself. Its declared length was looked at before it was read (`absah_site.limits`)."""
    content = within_limit(request.read())
    if not content:
        raise NoDocument
    return content


@require_safe
def description(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  (a view takes its request)
    """What the interface is, as OpenAPI 3.1."""
    return HttpResponse(_openapi(), content_type="application/json")


@cache
def _openapi() -> bytes:
    return (files("absah_site.validation") / "openapi.json").read_bytes()
