"""Errors of the tree become a page (or JSON) with code, cause and next step, in the reader's language.

One table: the class decides the HTTP status, a few codes decide otherwise. What is not of the tree becomes
`web.internal`, without detail, and is logged.
"""

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import render

from absah.kernel.errors import (
    AbsahError,
    BadInput,
    NotAllowed,
    NotFound,
    RuleBroken,
    Unavailable,
    WrongState,
)
from absah.kernel.messages import explain
from absah_site.language import current_language

log = logging.getLogger(__name__)

_BY_CLASS: Final[tuple[tuple[type[AbsahError], HTTPStatus], ...]] = (
    (BadInput, HTTPStatus.BAD_REQUEST),
    (NotAllowed, HTTPStatus.FORBIDDEN),
    (NotFound, HTTPStatus.NOT_FOUND),
    (WrongState, HTTPStatus.CONFLICT),
    (RuleBroken, HTTPStatus.UNPROCESSABLE_ENTITY),
    (Unavailable, HTTPStatus.SERVICE_UNAVAILABLE),
)
_BY_CODE: Final[dict[str, HTTPStatus]] = {
    "accounts.sign-in-needed": HTTPStatus.UNAUTHORIZED,
    "accounts.too-many-attempts": HTTPStatus.TOO_MANY_REQUESTS,
    "pdf.too-large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "web.media-type-refused": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "web.method-refused": HTTPStatus.METHOD_NOT_ALLOWED,
    "web.too-large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "web.too-many-questions": HTTPStatus.TOO_MANY_REQUESTS,
    "web.internal": HTTPStatus.INTERNAL_SERVER_ERROR,
}


#: Statuses with a header that an error's parameter fills (RFC 9110 §10.2).
_HEADERS: Final[dict[HTTPStatus, dict[str, str]]] = {
    HTTPStatus.TOO_MANY_REQUESTS: {"seconds": "Retry-After"},
    HTTPStatus.METHOD_NOT_ALLOWED: {"allowed": "Allow"},
}


class RequestMalformed(BadInput):
    """The browser sent something that is not a request of ours."""

    code = "web.bad-request"


class MethodRefused(BadInput):
    """The address answers another method. Parameter: allowed."""

    code = "web.method-refused"


class FormExpired(NotAllowed):
    """The form has no valid token: it is old, or came from another site."""

    code = "web.form-expired"


class PageForbidden(NotAllowed):
    """The page is closed to this visitor."""

    code = "web.forbidden"


class PageUnknown(NotFound):
    """There is no such page."""

    code = "web.not-found"


class UploadTooLarge(BadInput):
    """More bytes than we read. The parameter is the limit in MiB."""

    code = "web.too-large"


class Internal(Unavailable):
    """Our own fault. The details are in the log only."""

    code = "web.internal"


def status_of(error: AbsahError, /) -> HTTPStatus:
    """The HTTP status of an error."""
    if error.code in _BY_CODE:
        return _BY_CODE[error.code]
    for parent, status in _BY_CLASS:
        if isinstance(error, parent):
            return status
    return HTTPStatus.INTERNAL_SERVER_ERROR


def wants_json(request: HttpRequest, /) -> bool:
    """Whether the client asks for JSON rather than a page; programs that come to `/api/` always do."""
    preferred = request.get_preferred_type(["text/html", "application/json", "application/problem+json"])
    return request.path.startswith("/api/") or preferred in {"application/json", "application/problem+json"}


def render_problem(request: HttpRequest, error: AbsahError, /, *, status: HTTPStatus | None = None) -> HttpResponse:
    """A page, or problem details as RFC 9457 has them."""
    status = status or status_of(error)
    words = explain(error, current_language())
    response: HttpResponse
    if wants_json(request):
        response = JsonResponse(
            {
                "type": "about:blank",
                "title": words.cause,
                "status": int(status),
                "detail": words.next_step,
                "code": words.code,
            },
            status=status,
            content_type="application/problem+json",
            json_dumps_params={"ensure_ascii": False},
        )
    else:
        ours = status is HTTPStatus.INTERNAL_SERVER_ERROR
        response = render(request, "problem.html", {"problem": words, "bare_shell": ours}, status=status)
    response.headers["Cache-Control"] = "no-store"
    for parameter, header in _HEADERS.get(status, {}).items():
        if parameter in error.parameters:
            response.headers[header] = str(error.parameters[parameter])
    return response


class ProblemMiddleware:
    """Catches what views raise, and gives words to the method that one does not answer: Django's refusal has none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed):
            return render_problem(request, MethodRefused(allowed=response.headers["Allow"]))
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """An error of the tree becomes its page; everything else goes on to Django, and ends at `server_error`."""
        if not isinstance(exception, AbsahError):
            return None
        status = status_of(exception)
        log.log(logging.ERROR if status >= HTTPStatus.INTERNAL_SERVER_ERROR else logging.INFO, "%s", exception.code)
        return render_problem(request, exception, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  (Django's signature)
    """For `handler400`."""
    return render_problem(request, RequestMalformed())


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  (Django's signature)
    """For `handler403`."""
    return render_problem(request, PageForbidden())


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  (Django's signature)
    """For `CSRF_FAILURE_VIEW`."""
    return render_problem(request, FormExpired())


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  (Django's signature)
    """For `handler404`."""
    return render_problem(request, PageUnknown())


def server_error(request: HttpRequest) -> HttpResponse:
    """For `handler500`. Asks neither the database nor the signer: one of them may be the cause."""
    return render_problem(request, Internal())
