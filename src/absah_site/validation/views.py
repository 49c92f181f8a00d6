"""The public page that answers whether a document is genuine."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from absah.kernel.errors import BadInput, NotAllowed
from absah.kernel.messages import explain
from absah.kernel.messages import render as render_message
from absah.validation.report import Report
from absah_site import composition
from absah_site.language import current_language
from absah_site.limits import LARGEST_DOCUMENT, LARGEST_DOCUMENT_MIB
from absah_site.problems import UploadTooLarge, status_of, wants_json
from absah_site.validation import access


class NoDocument(BadInput):
    """The form came without a file."""

    code = "web.no-document"


class OneDocument(BadInput):
    """More than one file came at once."""

    code = "web.one-document"


def _document(request: HttpRequest) -> bytes:
    """The bytes of the one file that was sent."""
    sent = [file for name in request.FILES for file in request.FILES.getlist(name)]
    if not sent:
        raise NoDocument
    if len(sent) > 1:
        raise OneDocument
    (document,) = sent
    content: bytes = document.read()
    if len(content) > LARGEST_DOCUMENT:
        raise UploadTooLarge(limit=LARGEST_DOCUMENT_MIB)
    return content


def _answer(request: HttpRequest, report: Report) -> HttpResponse:
    if wants_json(request):
        language = current_language()
        words = {
            "verdict": render_message(report.verdict_message, language),
            "sentence": render_message(report.sentence_message, language),
            "next": render_message(report.next_message, language),
        }
        return JsonResponse(report.to_dict() | {"words": words}, json_dumps_params={"ensure_ascii": False})
    return render(request, "validation/verdict.html", {"report": report})


@csrf_exempt  # the page has no session to abuse and changes nothing; so it can set no cookie, and programs may ask it
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """The form, and the verdict on what it sent. JSON for who asks for it."""
    if request.method != "POST":
        return render(request, "validation/check.html", {"largest": LARGEST_DOCUMENT_MIB})
    try:
        password = request.POST.get("password") or None
        report = access.report_on(_document(request), password=password, now=composition.clock().now())
    except (BadInput, NotAllowed) as error:
        if wants_json(request):
            raise
        page = {
            "largest": LARGEST_DOCUMENT_MIB,
            "refusal": explain(error, current_language()),
            "ask_password": "password" in error.code or "encrypted" in error.code,
        }
        response = render(request, "validation/check.html", page, status=status_of(error))
    else:
        response = _answer(request, report)
    response.headers["Cache-Control"] = "no-store"
    return response
