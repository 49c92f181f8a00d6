"""Pages for everyone, with the published files and the language switch; the desk."""

from http import HTTPStatus
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from absah.kernel.messages import Language
from absah.privacy.processing import spoken_record
from absah_site import composition
from absah_site.accounts.access import actor_of, requires_role
from absah_site.config import Role as InstanceRole
from absah_site.destinations import destination
from absah_site.language import current_language
from absah_site.limits import LARGEST_DOCUMENT_MIB
from absah_site.pages.counters import counters_for
from absah_site.pages.health import assess_health
from absah_site.pages.trust import anchors
from absah_site.problems import RequestMalformed, wants_json
from absah_site.repository.access import Shelf, names_on

_YEAR: Final = 365 * 24 * 60 * 60  # seconds


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The first page: check a document, or sign in."""
    return render(request, "pages/home.html", {"largest": LARGEST_DOCUMENT_MIB})


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """How to read a result, and whom to call."""
    return render(request, "pages/help.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What happens to documents and data."""
    return render(request, "pages/privacy.html", {"processings": spoken_record(current_language())})


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """What works for whom, and where to report what does not."""
    return render(request, "pages/accessibility.html")


@require_safe
def trust(request: HttpRequest) -> HttpResponse:
    """Where trust comes from: the anchors with their fingerprints, and the published files."""
    config = composition.config()
    page = {
        "anchors": anchors(config.trust),
        "certificates": names_on(config.repository, Shelf.CA),
        "lists": names_on(config.repository, Shelf.CRL),
    }
    return render(request, "pages/trust.html", page)


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """How the instance is: 200, or 503 when a part is ill. JSON for monitoring."""
    config = composition.config()
    signer = None if config.role is InstanceRole.AGENCY else composition.signer()
    found = assess_health(repository=config.repository, signer=signer, now=composition.clock().now())
    status = HTTPStatus.OK if found.well else HTTPStatus.SERVICE_UNAVAILABLE
    response: HttpResponse
    if wants_json(request):
        response = JsonResponse(found.to_dict(), status=status)
    else:
        response = render(request, "pages/health.html", {"health": found, "bare_shell": True}, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


@csrf_exempt  # public pages set no cookie; a foreign site could at worst change the language of a page
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Switch the language and come back."""
    try:
        chosen = Language(request.POST.get("language", ""))
    except ValueError:
        raise RequestMalformed from None
    response = redirect(destination(request, reverse("pages:home")))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen.value,
        max_age=_YEAR,
        secure=bool(settings.SESSION_COOKIE_SECURE),
        httponly=True,
        samesite="Lax",
    )
    return response


@requires_role()
@require_safe
def desk(request: HttpRequest) -> HttpResponseBase:
    """What waits for this person."""
    now = composition.clock().now()
    return render(request, "pages/desk.html", {"today": now, "counters": counters_for(actor_of(request), now=now)})
