"""Pages about webhooks: the list of an agency, one with what was brought to it, its settings and secrets."""

import json
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from absah.kernel.errors import AbsahError
from absah.kernel.messages import Explanation, explain
from absah.notices.webhooks.events import Event
from absah_site import composition
from absah_site.accounts.access import actor_of, requires_role
from absah_site.enrolment.access import agency as known_agency
from absah_site.language import current_language
from absah_site.numbers_asked import page_in
from absah_site.problems import status_of
from absah_site.receivers.forms import EVENT_NAMES, HookForm, RegistrationForm, initial_of
from absah_site.roles import Role
from absah_site.rotation import Overlap, OverlapForm
from absah_site.webhooks import access, actions
from absah_site.webhooks.access import KeptDelivery, KeptHook

_NAMES = {event.value: name for event, name in EVENT_NAMES.items()}
_MOVES = {"jeda": actions.pause_hook, "lanjut": actions.resume_hook, "hapus": actions.remove_hook}


def _told(delivery: KeptDelivery) -> tuple[KeptDelivery, str]:
    return delivery, str(_NAMES.get(delivery.event, delivery.event))


@requires_role(Role.AGENCY_ADMIN)
@require_safe
def listed(request: HttpRequest) -> HttpResponseBase:
    """The webhooks that a person looks after."""
    actor = actor_of(request)
    found = access.hooks_for(actor)
    counts = access.counts_of(found)
    names = {one: known_agency(UUID(one)).agency.name for one in {hook.agency for hook in found}}
    page = {
        "hooks": [(hook, names[hook.agency], counts.get(hook.id, {})) for hook in found],
        "may_register": bool(access.agencies_of(actor)),
    }
    return render(request, "receivers/list.html", page)


@requires_role(Role.AGENCY_ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponseBase:
    """A new webhook; its secret is shown once."""
    actor = actor_of(request)
    agencies = {one: known_agency(UUID(one)).agency.name for one in access.agencies_of(actor)}
    if request.method != "POST":
        form = RegistrationForm(agencies, initial={"everything": True})
        return render(request, "receivers/register.html", {"form": form})
    form = RegistrationForm(agencies, request.POST)
    if not form.is_valid():
        return render(request, "receivers/register.html", {"form": form}, status=HTTPStatus.BAD_REQUEST)
    try:
        drawn = actions.register_hook(UUID(form.cleaned_data["agency"]), form.wanted(), by=actor)
    except AbsahError as error:
        page = {"form": form, "refusal": explain(error, current_language())}
        return render(request, "receivers/register.html", page, status=status_of(error))
    return _one(request, drawn.hook, secret=drawn.secret)


@requires_role(Role.AGENCY_ADMIN)
@require_safe
def one(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """A webhook: how it fares, what was brought to it, its settings."""
    return _one(request, access.hook_for(actor_of(request), identifier))


def _one(
    request: HttpRequest,
    hook: KeptHook,
    *,
    secret: str = "",
    form: HookForm | None = None,
    refusal: Explanation | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    number = page_in(request.GET, "halaman")
    only = "dead" if request.GET.get("hanya") == "gagal" else ""
    found, more = access.log_for(hook, state=only, page=number)
    now = composition.clock().now()
    page = {
        "hook": hook,
        "agency": known_agency(UUID(hook.agency)).agency.name,
        "events": [str(EVENT_NAMES[event]) for event in Event if event in hook.events],
        "counts": access.counts_of([hook]).get(hook.id, {}),
        "log": [_told(one) for one in found],
        "only": only,
        "number": number,
        "before": number - 1,
        "after": number + 1 if more else 0,
        "secrets": access.secrets_for(hook),
        "now": now,
        "rests": hook.rests_until is not None and hook.rests_until > now,
        "secret": secret,
        "form": form or HookForm(initial=initial_of(hook)),
        "secret_form": OverlapForm(_("The old secret signs along")),
        "refusal": refusal,
    }
    response = render(request, "receivers/one.html", page, status=status)
    if secret:
        response.headers["Cache-Control"] = "no-store"
    return response


def _refused(request: HttpRequest, identifier: UUID, error: AbsahError, form: HookForm | None = None) -> HttpResponse:
    hook = access.hook_for(actor_of(request), identifier)
    refusal = explain(error, current_language())
    return _one(request, hook, form=form, refusal=refusal, status=status_of(error))


@requires_role(Role.AGENCY_ADMIN)
@require_POST
def change(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Another name, address or choice of events."""
    actor = actor_of(request)
    hook = access.hook_for(actor, identifier)
    form = HookForm(request.POST)
    if not form.is_valid():
        return _one(request, hook, form=form, status=HTTPStatus.BAD_REQUEST)
    try:
        actions.change_hook(identifier, form.wanted(), by=actor)
    except AbsahError as error:
        return _refused(request, identifier, error, form)
    messages.success(request, _("The settings are changed."))
    return redirect("receivers:one", identifier)


@requires_role(Role.AGENCY_ADMIN)
@require_POST
def draw(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """A new secret, shown once."""
    try:
        overlap = Overlap.chosen(request.POST.get("overlap", ""))
        drawn = actions.draw_secret(identifier, overlap=overlap, by=actor_of(request))
    except AbsahError as error:
        return _refused(request, identifier, error)
    return _one(request, drawn.hook, secret=drawn.secret)


@requires_role(Role.AGENCY_ADMIN)
@require_POST
def test(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Send a test; its delivery shows what comes of it."""
    try:
        sent = actions.send_test(identifier, by=actor_of(request))
    except AbsahError as error:
        return _refused(request, identifier, error)
    return redirect("receivers:delivery", sent)


@requires_role(Role.AGENCY_ADMIN)
@require_POST
def move(request: HttpRequest, identifier: str, move: str) -> HttpResponseBase:
    """Pause, go on, remove."""
    known = UUID(identifier)
    try:
        _MOVES[move](known, by=actor_of(request))
    except AbsahError as error:
        return _refused(request, known, error)
    if move == "hapus":
        messages.success(request, _("The webhook is removed."))
        return redirect("receivers:list")
    messages.success(request, _("The webhook is paused.") if move == "jeda" else _("The webhook goes on."))
    return redirect("receivers:one", known)


@requires_role(Role.AGENCY_ADMIN)
@require_POST
def send_all_again(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Send again all that was given up."""
    try:
        number = actions.send_all_again(identifier, by=actor_of(request))
    except AbsahError as error:
        return _refused(request, identifier, error)
    said = ngettext("One delivery is sent again.", "%(number)d deliveries are sent again.", number)
    messages.success(request, said % {"number": number})
    return redirect("receivers:one", identifier)


@requires_role(Role.AGENCY_ADMIN)
@require_safe
def delivery(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """One delivery: what was sent, and what came of it."""
    found = access.delivery_for(actor_of(request), identifier)
    page = {"told": _told(found), "body": json.dumps(json.loads(found.body), indent=2, ensure_ascii=False)}
    return render(request, "receivers/delivery.html", page)


@requires_role(Role.AGENCY_ADMIN)
@require_POST
def send_again(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Send one again that was given up."""
    actor = actor_of(request)
    found = access.delivery_for(actor, identifier)
    try:
        actions.send_again(identifier, by=actor)
    except AbsahError as error:
        return _refused(request, found.hook.id, error)
    messages.success(request, _("The delivery is sent again."))
    return redirect("receivers:delivery", identifier)
