"""Checkpoints of both parties."""

from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from absah.audit.checkpoint import LARGEST_FILE
from absah.kernel.errors import AbsahError, NotFound
from absah.kernel.messages import Explanation, explain
from absah_site import composition
from absah_site.accounts.access import actor_of, requires_role
from absah_site.actors import Account
from absah_site.allowance import within_allowance
from absah_site.language import current_language
from absah_site.ledger import access, actions
from absah_site.ledger.forms import CounterpartForm, NewKeyForm, ReceivedForm, WaysForm
from absah_site.ledger.views.reading import as_file
from absah_site.problems import UploadTooLarge, status_of
from absah_site.roles import Permission, Role

_READERS = (Role.AGREEMENT_OFFICER, Role.AUDITOR)


class NothingSigned(NotFound):
    """No head was signed yet, or no checkpoint of this size is kept."""

    code = "ledger.nothing-signed"


@requires_role(*_READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def checkpoints(request: HttpRequest) -> HttpResponseBase:
    """Our log and its heads, and the parties that watch it; naming a party."""
    actor = actor_of(request)
    form = CounterpartForm(request.POST, request.FILES) if request.method == "POST" else CounterpartForm()
    refusal, status = None, HTTPStatus.OK
    if form.is_bound and form.is_valid():
        try:
            made = _name(form, actor)
        except AbsahError as error:
            refusal, status = explain(error, current_language()), status_of(error)
        else:
            messages.success(request, _("From now on their checkpoints are kept here."))
            return redirect("ledger:counterpart", public_id=made)
    elif form.is_bound:
        status = HTTPStatus.BAD_REQUEST
    standing, watched = access.log_standing(), access.watched()
    page = {
        "standing": standing,
        "late": standing.late(now=composition.clock().now()),
        "newest": access.newest_head(),
        "heads": access.recent_heads(limit=10),
        "watched": watched,
        "contested": any(one.contested for one in watched),
        "form": form,
        "refusal": refusal,
        "may_exchange": actor.may(Permission.LEDGER_EXCHANGE),
    }
    return render(request, "ledger/checkpoints.html", page, status=status)


def _name(form: CounterpartForm, actor: Account) -> UUID:
    data = form.cleaned_data
    name, first = data["name"].strip(), data["first"].read()
    return actions.name_counterpart(name, data["address"], first, mail=data["mail"], by=actor).id


@requires_role(Role.AGREEMENT_OFFICER)
@require_POST
def sign_now(request: HttpRequest) -> HttpResponseBase:
    """A head, as soon as the sequencer comes by."""
    actions.ask_for_head(by=actor_of(request))
    messages.success(request, _("A head is signed within a second or two. Load the page again to see it."))
    return redirect("ledger:checkpoints")


@requires_role(Role.AGREEMENT_OFFICER)
@require_safe
def own_checkpoint(request: HttpRequest) -> HttpResponseBase:
    """Our newest head with everything since the beginning: for a party that begins to watch, or an auditor."""
    found = actions.checkpoint_for(None, by=actor_of(request))
    if found is None:
        raise NothingSigned
    return as_file(found.to_bytes(), f"titik-{found.size}.json")


@requires_role(Role.AGREEMENT_OFFICER)
@require_POST
def checkpoint_for(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """Our newest head with what this party does not have yet."""
    actor = actor_of(request)
    access.standing.counterpart(public_id)
    found = actions.checkpoint_for(public_id, by=actor)
    if found is None:
        raise NothingSigned
    actions.note_downloaded(public_id, found, by=actor)
    return as_file(found.to_bytes(), f"titik-{found.since.size}-{found.size}.json")


@requires_role(*_READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def counterpart(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """What one party sent and what it has of ours; handing in the next."""
    form = ReceivedForm(request.POST, request.FILES) if request.method == "POST" else ReceivedForm()

    def keep(actor: Account) -> None:
        actions.receive_checkpoint(form.cleaned_data["file"].read(), by=actor)
        messages.success(request, _("The checkpoint is kept."))

    return _done_or_shown(request, public_id, form, keep)


@requires_role(Role.AGREEMENT_OFFICER)
@require_POST
def ways(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """Whereto our checkpoints go."""
    form = WaysForm(request.POST)

    def change(actor: Account) -> None:
        data = form.cleaned_data
        actions.change_counterpart(public_id, address=data["address"], mail=data["mail"], by=actor)
        messages.success(request, _("From the next head on, checkpoints go there."))

    return _done_or_shown(request, public_id, form, change)


@requires_role(Role.AGREEMENT_OFFICER)
@require_POST
def new_key(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """Their log has a new key."""
    form = NewKeyForm(request.POST, request.FILES)

    def pin(actor: Account) -> None:
        actions.pin_new_key(public_id, form.cleaned_data["first"].read(), by=actor)
        messages.success(request, _("Their new key is pinned."))

    return _done_or_shown(request, public_id, form, pin)


@requires_role(Role.AGREEMENT_OFFICER)
@require_POST
def confirmed(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """They said, by letter or telephone, that they keep what we sent."""
    access.standing.counterpart(public_id)
    actions.confirm_receipt(public_id, by=actor_of(request))
    return redirect("ledger:counterpart", public_id=public_id)


def _done_or_shown(
    request: HttpRequest, public_id: UUID, form: Form, act: Callable[[Account], None], /
) -> HttpResponseBase:
    """Do what a form of the page asks for, or show the page with what is wrong."""
    found, actor = access.standing.counterpart(public_id), actor_of(request)
    refusal: Explanation | None = None
    status = HTTPStatus.OK
    if form.is_bound and form.is_valid():
        try:
            act(actor)
        except AbsahError as error:
            refusal, status = explain(error, current_language()), status_of(error)
        else:
            return redirect("ledger:counterpart", public_id=public_id)
    elif form.is_bound:
        status = HTTPStatus.BAD_REQUEST
    newest, kept = access.newest_head(), access.standing.checkpoints_of(public_id)
    page = {
        "counterpart": found,
        "kept": kept,
        "contested": any(one.verdict == access.standing.CONTRADICTS for one in kept),
        "newest": newest,
        "form": form if isinstance(form, ReceivedForm) else ReceivedForm(),
        "ways": form
        if isinstance(form, WaysForm)
        else WaysForm(initial={"address": found.address, "mail": found.mail}),
        "new_key": form if isinstance(form, NewKeyForm) else NewKeyForm(),
        "refusal": refusal,
        "may_exchange": actor.may(Permission.LEDGER_EXCHANGE),
    }
    return render(request, "ledger/counterpart.html", page, status=status)


@requires_role(*_READERS)
@require_safe
def kept_checkpoint(request: HttpRequest, public_id: UUID, size: int) -> HttpResponseBase:  # noqa: ARG001  (Django's)
    """A file as the party sent it: for `absah audit verify --checkpoint` on their side."""
    for one in access.standing.checkpoints_of(public_id):
        if one.checkpoint.size == size:
            return as_file(one.document, f"titik-{size}.json")
    raise NothingSigned


@csrf_exempt  # the signature in the body is the permission; there is no session
@require_POST
@within_allowance
def receive(request: HttpRequest) -> HttpResponse:
    """A checkpoint that another instance pushes."""
    if int(request.headers.get("Content-Length") or 0) > LARGEST_FILE:
        raise UploadTooLarge(limit=LARGEST_FILE // 2**20)
    kept = actions.receive_checkpoint(request.read(LARGEST_FILE + 1))
    return JsonResponse({"kept": kept.checkpoint.size, "verdict": kept.verdict})
