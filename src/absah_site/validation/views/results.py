"""What a result leads to: pictures of its pages, its report as a file, and the page for those it was shared with."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from absah_site import composition
from absah_site.allowance import within_allowance
from absah_site.problems import PageUnknown
from absah_site.validation import access, actions
from absah_site.validation.access import ReportForm

_PDF: Final = "application/pdf"
_RECEIPT: Final = "absah-receipt.pdf"


def _private(content: bytes, media_type: str, file_name: str = "") -> HttpResponse:
    """Something for this reader alone: no cache keeps it, nothing in it is run."""
    response = HttpResponse(content, content_type=media_type)
    response.headers["Cache-Control"] = "no-store"
    if file_name:
        response.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return response


@require_safe
def picture(request: HttpRequest, ticket: str, name: str) -> HttpResponse:  # noqa: ARG001  (a view takes its request)
    """The picture of a page of the document that was checked."""
    return _private(access.picture(ticket, name), "image/webp")


@require_safe
def report_file(request: HttpRequest, ticket: str, form: str) -> HttpResponse:  # noqa: ARG001  (a view takes its request)
    """The report to keep: JSON, or XML as ETSI TS 119 102-2 has it."""
    try:
        wanted = ReportForm(form)
    except ValueError:
        raise PageUnknown from None
    return _private(access.report_file(ticket, wanted), f"application/{wanted}", f"absah-report.{wanted}")


@csrf_exempt  # whoever holds the ticket may have it, and the page that offers it sets no cookie
@require_POST
@within_allowance
def receipt(request: HttpRequest, ticket: str) -> HttpResponse:  # noqa: ARG001  (a view takes its request)
    """The receipt on the document that was checked: pressed and sealed now, which leaves a row in the ledger."""
    return _private(actions.pressed_receipt(access.written_receipt(ticket)), _PDF, _RECEIPT)


@csrf_exempt  # the page that offers it sets no cookie
@require_POST
@within_allowance
def shared_receipt(request: HttpRequest, identifier: str) -> HttpResponse:  # noqa: ARG001  (a view takes its request)
    """The receipt on a result that somebody shared."""
    result = access.shared_result(identifier, now=composition.clock().now())
    address = composition.config().base_url + reverse("validation:shared", args=[identifier])
    written = access.written_shared_receipt(result, address=address)
    return _private(actions.pressed_receipt(written), _PDF, _RECEIPT)


@csrf_exempt  # what is kept is what we signed ourselves, and the page that offers it sets no cookie
@require_POST
@within_allowance
def share(request: HttpRequest) -> HttpResponse:
    """Keep a result, and lead to the page to pass on."""
    return redirect("validation:shared", actions.share_result(request.POST.get("offer", "")).id)


@require_safe
def shared(request: HttpRequest, identifier: str) -> HttpResponse:
    """A result that somebody shared: what was said about which file, and when."""
    result = access.shared_result(identifier, now=composition.clock().now())
    address = composition.config().base_url + request.path
    response = render(request, "validation/shared.html", {"result": result, "address": address})
    response.headers["X-Robots-Tag"] = "noindex"
    return response
