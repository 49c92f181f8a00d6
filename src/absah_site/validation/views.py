"""The public page that answers whether a document is genuine."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from absah_site.limits import LARGEST_DOCUMENT_MIB


@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """The form."""
    return render(request, "validation/check.html", {"largest": LARGEST_DOCUMENT_MIB})
