"""The page that answers whether a document is genuine: by the document, or by the fingerprint of one we keep."""

import re
from typing import Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from absah.kernel.errors import AbsahError, BadInput, NotAllowed, NotFound
from absah.kernel.messages import explain
from absah_site import composition
from absah_site.allowance import within_allowance
from absah_site.language import current_language
from absah_site.limits import LARGEST_DOCUMENT_MIB
from absah_site.problems import status_of, wants_json
from absah_site.validation import access
from absah_site.validation.access import Examination
from absah_site.validation.views.incoming import document_in_form, name_in_form, password_in_form
from absah_site.validation.views.telling import report_as_json

_SHA256: Final = re.compile(r"[0-9a-f]{64}")


class FingerprintMalformed(BadInput):
    """What was pasted is no SHA-256: 64 hexadecimal digits, perhaps with spaces or colons between them."""

    code = "web.fingerprint-malformed"


def _form(request: HttpRequest, refusal: AbsahError | None = None) -> HttpResponse:
    """The form, with the reason why it is here again, if there is one."""
    code = "" if refusal is None else refusal.code
    page = {
        "largest": LARGEST_DOCUMENT_MIB,
        "refusal": refusal and explain(refusal, current_language()),
        "ask_password": "password" in code or "encrypted" in code,
        "send": "kirim" in request.GET,  # even where the platform knows the document: its pages are wanted
        "by_fingerprint": isinstance(refusal, FingerprintMalformed | NotFound),
    }
    return render(request, "validation/check.html", page, status=None if refusal is None else status_of(refusal))


def verdict_page(request: HttpRequest, found: Examination, *, kept: bool = False) -> HttpResponse:
    """The verdict on a document. `kept`: it was known by its fingerprint, and nobody sent it."""
    report = found.report
    page = {"report": report, "found": found, "kept": kept, "offer": access.offer(found)}
    response = render(request, "validation/verdict.html", page)
    response.headers["Cache-Control"] = "no-store"
    return response


@csrf_exempt  # the page has no session to abuse and changes nothing; so it can set no cookie, and programs may ask it
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """The form, and the verdict on what it sent. JSON for who asks for it."""
    if request.method != "POST":
        return _form(request)
    try:
        return _checked(request)
    except (BadInput, NotAllowed) as error:
        if wants_json(request):
            raise
        response = _form(request, error)
    response.headers["Cache-Control"] = "no-store"
    return response


@within_allowance
def _checked(request: HttpRequest) -> HttpResponse:
    document, password = document_in_form(request), password_in_form(request)
    now = composition.clock().now()
    if wants_json(request):
        return report_as_json(access.report_on(document, password=password, now=now))
    found = access.examine(document, name=name_in_form(request), password=password, now=now)
    return verdict_page(request, found, kept=False)


@require_safe
@within_allowance
def by_fingerprint(request: HttpRequest) -> HttpResponse:
    """What was pasted into the field for a fingerprint leads to the page of that document, if we keep it."""
    sha256 = "".join(request.GET.get("sha256", "").split()).replace(":", "").lower()
    if not _SHA256.fullmatch(sha256):
        return _form(request, FingerprintMalformed())
    return redirect("validation:kept", sha256=sha256)


@require_safe
@within_allowance
def kept(request: HttpRequest, sha256: str) -> HttpResponse:
    """The verdict on a document that this platform keeps, without its pages."""
    try:
        found = access.examine_kept(sha256, now=composition.clock().now())
    except NotFound as error:
        return _form(request, error)
    return verdict_page(request, found, kept=True)


@require_safe
@within_allowance
def is_known(request: HttpRequest, sha256: str) -> HttpResponse:  # noqa: ARG001  (a view takes its request)
    """Whether a document need not be sent: asked by the page's script with the SHA-256 it computed."""
    known = access.is_kept(sha256)
    result = reverse("validation:kept", kwargs={"sha256": sha256}) if known else None
    response = JsonResponse({"known": known, "result": result})
    response.headers["Cache-Control"] = "no-store"
    return response
