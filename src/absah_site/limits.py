"""How much a visitor may send.

The length is checked before a byte of the body is read. WSGI bodies have a declared length; Django reads no further.
"""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

from absah_site.problems import RequestMalformed, UploadTooLarge, render_problem

LARGEST_DOCUMENT: Final = 50 * 1024 * 1024  # bytes
_FORM_AROUND: Final = 64 * 1024
LARGEST_DOCUMENT_MIB: Final = LARGEST_DOCUMENT // (1024 * 1024)


class UploadLimitMiddleware:
    """Refuses a body larger than the largest document and its form (413)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            return render_problem(request, RequestMalformed())
        if length > LARGEST_DOCUMENT + _FORM_AROUND:
            return render_problem(request, UploadTooLarge(limit=LARGEST_DOCUMENT_MIB))
        return self.get_response(request)
