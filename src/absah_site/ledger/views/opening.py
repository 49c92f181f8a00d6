"""Whether a row is about somebody: for the person, and for whomever the person gives the salt. Nothing is kept."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from absah.kernel.errors import AbsahError
from absah.kernel.messages import Explanation, explain
from absah_site.allowance import within_allowance
from absah_site.language import current_language
from absah_site.ledger import access
from absah_site.ledger.access import Opening
from absah_site.ledger.forms import OpeningForm
from absah_site.problems import status_of


@csrf_exempt  # as for checking documents: there is no session to abuse, nothing changes, and no cookie is set
@sensitive_post_parameters("nama", "nik", "garam")
@require_http_methods(["GET", "HEAD", "POST"])
def whose(request: HttpRequest) -> HttpResponse:
    """The form, and the answer to what it sent: in the body alone, so that no address and no log holds it."""
    if request.method != "POST":
        return _page(request, OpeningForm(initial={"nomor": request.GET.get("nomor")}))
    try:
        return _answered(request)
    except AbsahError as error:
        refusal = explain(error, current_language())
        return _page(request, OpeningForm(request.POST), refusal=refusal, status=status_of(error))


@within_allowance
def _answered(request: HttpRequest) -> HttpResponse:
    form = OpeningForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=HTTPStatus.BAD_REQUEST)
    data = form.cleaned_data
    found = access.open_identity(data["nomor"], name=data["nama"], nik=data["nik"], salt=data["garam"])
    return _page(request, form, found=found, number=data["nomor"])


def _page(
    request: HttpRequest,
    form: OpeningForm,
    *,
    found: Opening | None = None,
    number: int = 0,
    refusal: Explanation | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    page = {"form": form, "found": found, "number": number, "refusal": refusal}
    response = render(request, "ledger/whose.html", page, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response
