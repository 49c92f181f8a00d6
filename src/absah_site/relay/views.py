"""Signatures whose outcome nobody knows: what was sent, what is known, and the three ways out."""

from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from absah.kernel.errors import AbsahError
from absah.kernel.messages import Explanation, explain, explain_code
from absah_site.accounts.access import actor_of, requires_role
from absah_site.language import current_language
from absah_site.problems import status_of
from absah_site.relay import access, actions
from absah_site.relay.access import KnownErrand
from absah_site.relay.forms import FoundForm, ReleaseForm
from absah_site.roles import Role


def _words(errand: KnownErrand) -> Explanation | None:
    """Why it is open. Only the word that belongs to the sentence was kept."""
    if not errand.problem:
        return None
    told = dict.fromkeys(("number", "says", "status", "wait", "seconds", "left"), "…") | {"problem": errand.detail}
    return explain_code(errand.problem, told, current_language())


@requires_role(Role.AGENCY_ADMIN)
@require_safe
def listed(request: HttpRequest) -> HttpResponseBase:
    """What waits, the oldest first; what was decided."""
    actor = actor_of(request)
    page = {
        "waiting": [(one, _words(one)) for one in access.waiting_for(actor)],
        "decided": access.decided_for(actor),
    }
    return render(request, "relay/list.html", page)


@requires_role(Role.AGENCY_ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """One of them. Posting brings the signed document."""
    actor = actor_of(request)
    form = FoundForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        content = bytes(form.cleaned_data["document"].read())
        return _decided(
            request,
            identifier,
            lambda: actions.accept_upload(identifier, content, by=actor),
            _("The document is kept."),
        )
    status = HTTPStatus.BAD_REQUEST if request.method == "POST" else HTTPStatus.OK
    return _page(request, identifier, form, status=status)


@requires_role(Role.AGENCY_ADMIN)
@require_POST
def look_for(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """See whether it can be had."""
    actor = actor_of(request)
    done = _("The signed document was found, verified and kept.")
    return _decided(request, identifier, lambda: actions.look_for(identifier, by=actor), done)


@requires_role(Role.AGENCY_ADMIN)
@require_POST
def release(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Give it free."""
    actor = actor_of(request)
    form = ReleaseForm(request.POST)
    if not form.is_valid():
        return _page(request, identifier, FoundForm(), releasing=form, status=HTTPStatus.BAD_REQUEST)
    done = _("It is free: the signer may sign again.")
    return _decided(request, identifier, lambda: actions.release(identifier, by=actor), done)


@requires_role(Role.AGENCY_ADMIN)
@require_POST
def document(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """The signed document that was found."""
    found = actions.take_document(identifier, by=actor_of(request))
    name = f"{identifier}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(found, content_type="application/pdf", headers=headers)


def _decided(request: HttpRequest, identifier: UUID, act: Callable[[], object], done: str) -> HttpResponseBase:
    try:
        act()
    except AbsahError as error:
        refusal = explain(error, current_language())
        return _page(request, identifier, FoundForm(), refusal=refusal, status=status_of(error))
    messages.success(request, done)
    return redirect("relay:list")


def _page(
    request: HttpRequest,
    identifier: UUID,
    form: FoundForm,
    *,
    releasing: ReleaseForm | None = None,
    refusal: Explanation | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    errand = access.errand_for(actor_of(request), identifier)
    page = {
        "errand": errand,
        "why": _words(errand),
        "aside": access.kept_answer(errand) is not None,
        "form": form,
        "releasing": releasing or ReleaseForm(),
        "refusal": refusal,
    }
    return render(request, "relay/one.html", page, status=status)
