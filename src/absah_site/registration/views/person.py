"""The person's own steps behind a link: pictures, then who I am and what I agree to.

The token comes in the address of the mail, moves into a cookie of these pages at once and so stays out of the
browser's history. Nothing happens by opening a link: scanners of mail open them too.
"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Concatenate, Final, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from absah.adapters.identity_pictures import LARGEST_BYTES, LARGEST_MIB, PictureTooLarge
from absah.enrolment.consent_text import consent_text
from absah.enrolment.invitation import InvitationToken, InvitationUnknown, Purpose
from absah.kernel.errors import AbsahError
from absah.kernel.messages import Explanation, explain
from absah_site import composition
from absah_site.accounts.access import find_actor
from absah_site.allowance import within_allowance
from absah_site.enrolment import actions as enrolment
from absah_site.enrolment.access import invited
from absah_site.enrolment.access.dossiers import EvidenceKind
from absah_site.enrolment.access.invited import Invited
from absah_site.language import current_language
from absah_site.link_cookies import LinkCookie
from absah_site.problems import PageUnknown, status_of
from absah_site.registration.forms.person import IdentityForm, PictureForm

LINK: Final = LinkCookie("undangan", "/undangan/")

P = ParamSpec("P")
_Step = Callable[Concatenate[HttpRequest, InvitationToken, Invited, P], HttpResponse]
_View = Callable[Concatenate[HttpRequest, P], HttpResponse]


@never_cache
@require_safe
@within_allowance
def arrive(request: HttpRequest, token: str) -> HttpResponse:
    """A link was opened: keep its token for these pages, and go to where it leads."""
    parsed = InvitationToken.parse(token)
    found = _invited(request, parsed)
    response = redirect(
        "registration:pictures" if found.purpose is Purpose.COMPLETE_IDENTITY else "registration:lesson"
    )
    LINK.keep(response, parsed)
    return response


def _invited(request: HttpRequest, token: InvitationToken) -> Invited:
    now = composition.clock().now()
    return invited.invited_with(token, find_actor(request, now=now), now=now)


def behind_link(purpose: Purpose, /) -> Callable[[_Step[P]], _View[P]]:
    """A page of the steps that a link of this purpose opens."""

    def decorate(step: _Step[P]) -> _View[P]:
        @wraps(step)
        @never_cache
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            token = LINK.token(request)
            found = _invited(request, token)
            if found.purpose is not purpose:
                raise InvitationUnknown
            return step(request, token, found, *args, **kwargs)

        return guarded

    return decorate


@require_safe
@behind_link(Purpose.COMPLETE_IDENTITY)
def pictures(request: HttpRequest, _token: InvitationToken, found: Invited) -> HttpResponse:
    """Step 1: the identity card and the face."""
    return _pictures(request, found)


def _pictures(
    request: HttpRequest,
    found: Invited,
    *,
    refusal: Explanation | None = None,
    about: str = "",
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    page = {
        "invited": found,
        "kinds": [(kind.value, kind.value in found.pictures, _picture_form(kind)) for kind in _WANTED],
        "ready": {kind.value for kind in _WANTED} <= found.pictures,
        "refusal": refusal,
        "about": about,
        "largest": LARGEST_MIB,
    }
    return render(request, "registration/pictures.html", page, status=status)


def _picture_form(kind: EvidenceKind) -> PictureForm:
    """A telephone opens the camera of that side: the card is in front of the person, the face behind the screen."""
    form = PictureForm(auto_id=f"{kind.value}_%s")
    form.fields["picture"].widget.attrs["capture"] = "user" if kind is EvidenceKind.SELFIE else "environment"
    return form


_WANTED: Final = (EvidenceKind.CARD, EvidenceKind.SELFIE)


@require_POST
@within_allowance
@behind_link(Purpose.COMPLETE_IDENTITY)
def picture(request: HttpRequest, token: InvitationToken, found: Invited, kind: str) -> HttpResponse:
    """Take in one picture."""
    if kind not in {wanted.value for wanted in _WANTED}:
        raise PageUnknown
    form = PictureForm(request.POST, request.FILES)
    if not form.is_valid():
        return _pictures(request, found, about=kind, status=HTTPStatus.BAD_REQUEST)
    try:
        if form.cleaned_data["picture"].size > LARGEST_BYTES:
            raise PictureTooLarge(limit=LARGEST_MIB)
        enrolment.attach_picture(token, EvidenceKind(kind), form.content)
    except AbsahError as error:
        words = explain(error, current_language())
        return _pictures(request, found, refusal=words, about=kind, status=status_of(error))
    return redirect("registration:pictures")


@sensitive_post_parameters("nik", "born", "phone")
@require_http_methods(["GET", "HEAD", "POST"])
@within_allowance
@behind_link(Purpose.COMPLETE_IDENTITY)
def identity(request: HttpRequest, token: InvitationToken, found: Invited) -> HttpResponse:
    """Step 2: who I am, and what I agree to."""
    if not {kind.value for kind in _WANTED} <= found.pictures:
        return redirect("registration:pictures")
    if request.method != "POST":
        return _identity(request, found, _fresh())
    form = IdentityForm(request.POST)
    if not form.is_valid():
        return _identity(request, found, form, status=HTTPStatus.BAD_REQUEST)
    data = form.cleaned_data
    try:
        enrolment.complete_identity(
            token, form.identity, consent_version=data["version"], consent_digest=data["digest"]
        )
    except AbsahError as error:
        return _identity(request, found, form, refusal=explain(error, current_language()), status=status_of(error))
    response = redirect("registration:sent")
    LINK.drop(response)
    return response


def _fresh() -> IdentityForm:
    text = consent_text()
    return IdentityForm(initial={"version": text.version, "digest": text.digest})


def _identity(
    request: HttpRequest,
    found: Invited,
    form: IdentityForm,
    *,
    refusal: Explanation | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    text = consent_text()
    page = {"invited": found, "form": form, "text": text, "paragraphs": paragraphs(text), "refusal": refusal}
    return render(request, "registration/identity.html", page, status=status)


def paragraphs(text: object, /) -> tuple[list[str], list[str]]:
    """The opening and the numbered sentences of a text, in the reader's language."""
    words: str = getattr(text, "english" if current_language().value == "en" else "indonesian")
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    numbered = [line.partition(". ")[2] for line in lines if line[0].isdigit()]
    return [line for line in lines if not line[0].isdigit()], numbered


@never_cache
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """What happens now."""
    return render(request, "registration/sent.html")
