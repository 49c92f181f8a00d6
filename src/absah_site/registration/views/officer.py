"""One account, for whoever looks after accounts: its second factor, and closing it."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from absah.kernel.errors import AbsahError
from absah.kernel.messages import Explanation, explain
from absah_site import composition
from absah_site.accounts import actions
from absah_site.accounts.access import (
    LostHow,
    NotPermitted,
    Reason,
    account,
    actor_of,
    open_resets,
    requires_role,
    ways_of,
)
from absah_site.accounts.forms import ClosingForm, LostFactorForm
from absah_site.actors import Account
from absah_site.enrolment.access import agencies
from absah_site.language import current_language
from absah_site.problems import PageUnknown, status_of
from absah_site.roles import Role


@requires_role(Role.AGENCY_ADMIN, Role.CA)
@require_http_methods(["GET", "HEAD", "POST"])
def of_agency(request: HttpRequest, identifier: UUID, person: UUID) -> HttpResponseBase:
    """Somebody with an account at an agency."""
    found = agencies.agency_for(actor_of(request), identifier)
    return _page(request, str(identifier), person, {"agency": found})


@requires_role(Role.CA)
@require_http_methods(["GET", "HEAD", "POST"])
def of_authority(request: HttpRequest, person: UUID) -> HttpResponseBase:
    """Somebody with an account at the certification body."""
    return _page(request, "", person, {})


def _page(request: HttpRequest, agency: str, person: UUID, more: dict[str, Any]) -> HttpResponseBase:
    actor, now = actor_of(request), composition.clock().now()
    found = account(person, now=now)
    may_close = _may(actions.check_may_close, found, agency, actor)
    may_reset = _may(actions.check_may_reset, found, agency, actor)
    if not (may_close or may_reset):
        raise NotPermitted(permission="accounts:reset-factors")
    refusal: Explanation | None = None
    status = HTTPStatus.OK
    if request.method == "POST":
        step = _STEPS.get(request.POST.get("step", ""))
        if step is None:
            raise PageUnknown
        try:
            told = step(request, found, agency, actor)
        except AbsahError as error:
            refusal, status = explain(error, current_language()), status_of(error)
        else:
            messages.success(request, told)
            return redirect(_list_of(agency) if step is _close else request.path)
    reset = open_resets(frozenset({person})).get(person)
    language = current_language()
    page = {
        "person": found,
        "roles": sorted(found.roles),
        "ways": ways_of(person),
        "reset": reset,
        "asked_here": reset is not None and reset.asked_by == actor.reference,
        "obstacles": [(one.what.said(language), one.number, one.link) for one in actions.obstacles(found)],
        "may_close": may_close,
        "may_reset": may_reset,
        "closing_form": ClosingForm(),
        "lost_form": LostFactorForm(),
        "refusal": refusal,
        "list": _list_of(agency),
    }
    return render(request, "registration/officer.html", page | more, status=status)


def _list_of(agency: str) -> str:
    return f"/instansi/{agency}/petugas/" if agency else "/otoritas/petugas/"


def _may(check: Callable[..., None], person: Account, agency: str, by: Account) -> bool:
    try:
        check(person, agency, by=by)
    except AbsahError:
        return False
    return True


def _ask(request: HttpRequest, person: Account, agency: str, actor: Account) -> str:
    form = LostFactorForm(request.POST)
    why = LostHow(form.cleaned_data["why"]) if form.is_valid() else LostHow.LOST
    actions.ask_factor_reset(person.public_id, why, agency=agency, by=actor)
    return _("Asked. The person has been told; another officer approves it here.")


def _approve(_request: HttpRequest, person: Account, agency: str, actor: Account) -> str:
    actions.approve_factor_reset(person.public_id, agency=agency, by=actor)
    return _("Approved. The old factors are gone, and a link for a new one is on its way to the person.")


def _refuse(_request: HttpRequest, person: Account, agency: str, actor: Account) -> str:
    actions.refuse_factor_reset(person.public_id, agency=agency, by=actor)
    return _("Refused. The second factor stays as it is.")


def _resend(_request: HttpRequest, person: Account, agency: str, actor: Account) -> str:
    actions.resend_factor_link(person.public_id, agency=agency, by=actor)
    return _("A new link is on its way. Older ones open nothing any more.")


def _close(request: HttpRequest, person: Account, agency: str, actor: Account) -> str:
    form = ClosingForm(request.POST)
    if not form.is_valid():
        raise PageUnknown
    closing = actions.Closing(person=person.public_id, agency=agency, reason=Reason(form.cleaned_data["reason"]))
    actions.close_account(closing, by=actor)
    return _("The account of %(name)s is closed.") % {"name": person.display_name}


_STEPS: Final[dict[str, Callable[[HttpRequest, Account, str, Account], str]]] = {
    "minta": _ask,
    "setujui": _approve,
    "tolak": _refuse,
    "tautan": _resend,
    "tutup": _close,
}
