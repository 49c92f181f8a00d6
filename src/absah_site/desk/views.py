"""The leader's desk: choose by filter, look over, authorise once, watch or go away, try again, take home."""

from uuid import UUID

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from absah.kernel.errors import AbsahError
from absah.kernel.messages import explain
from absah_site import composition
from absah_site.accounts.access import actor_of, requires_role
from absah_site.actors import Account
from absah_site.desk import access, actions
from absah_site.desk.access import PAGE, Bundle, ItemState
from absah_site.desk.forms import AuthoriseForm, ElsewhereAuthoriseForm
from absah_site.dossiers.access import lists
from absah_site.dossiers.access.lists import Sieve
from absah_site.dossiers.actions.signing import signs_elsewhere
from absah_site.dossiers.forms.preparing import KINDS
from absah_site.dossiers.views.opening import question_page
from absah_site.language import current_language
from absah_site.numbers_asked import page_in
from absah_site.problems import RequestMalformed, status_of
from absah_site.relay.access import needs_both_factors
from absah_site.roles import Role
from absah_site.signing import access as signatures

_AT_ONCE = 200


@requires_role(Role.SIGNER)
@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: HttpRequest) -> HttpResponseBase:
    """What waits, to be chosen by filter or one by one; and the bundles of late."""
    actor = actor_of(request)
    given = request.POST if request.method == "POST" else request.GET
    kind = given.get("jenis", "")
    sieve = Sieve(kind=kind if kind in KINDS else "", words=given.get("cari", "").strip()[:80])
    if request.method == "POST":
        chosen = lists.waiting_within(actor, sieve, actions.MOST) if given.get("act") == "all" else _chosen(request)
        return redirect("desk:bundle", actions.gather(chosen, by=actor))
    inbox = lists.inbox_of(actor, sieve, 1, size=_AT_ONCE)
    page = {
        "inbox": inbox,
        "sieve": sieve,
        "most": actions.MOST,
        "kinds": [(one, words, inbox.by_kind[one]) for one, words in KINDS.items() if one in inbox.by_kind],
        "bundles": access.bundles_of(actor),
        "now": composition.clock().now(),
    }
    return render(request, "desk/desk.html", page)


def _chosen(request: HttpRequest) -> tuple[UUID, ...]:
    try:
        return tuple(UUID(word) for word in request.POST.getlist("d"))
    except ValueError:
        raise RequestMalformed from None


@sensitive_post_parameters("passphrase", "totp")
@requires_role(Role.SIGNER)
@require_http_methods(["GET", "HEAD", "POST"])
def bundle(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Before the act: the preview and the form. After it: how far each document is."""
    actor = actor_of(request)
    found = access.bundle_for(actor, identifier)
    if found.authorised_at is not None:
        return _progress(request, found)
    form = _form(request, actor)
    refusal: AbsahError | None = None
    if request.method == "POST" and form.is_valid():
        said = {"agrees": form.cleaned_data["agrees"], "has_read": form.cleaned_data["has_read"]}
        try:
            actions.authorise_bundle(identifier, form.factors(), by=actor, **said)
        except actions.AuthorisedAlready:
            return redirect("desk:bundle", identifier)
        except AbsahError as error:
            refusal = error
        else:
            return redirect("desk:bundle", identifier)
    return _preview(request, found, form, refusal)


def _form(request: HttpRequest, actor: Account) -> AuthoriseForm:
    """What is asked of the signer: the factors of a key that is here, or of one held elsewhere."""
    if signs_elsewhere(actor):
        return ElsewhereAuthoriseForm(request.POST or None, both=needs_both_factors())
    return AuthoriseForm(request.POST or None)


def _preview(request: HttpRequest, found: Bundle, form: AuthoriseForm, refusal: AbsahError | None) -> HttpResponseBase:
    actor = actor_of(request)
    elsewhere = signs_elsewhere(actor)
    actions.announce(found.id, by=actor)
    number = _number(request, found.count(ItemState.CHOSEN))
    page = {
        "bundle": found,
        "form": form,
        "code": access.code_of(found),
        "pages": access.pages_in(actor, found),
        "chosen": access.shown(actor, found, (ItemState.CHOSEN,), number),
        "aside": access.shown(actor, found, (ItemState.ASIDE,), 1),
        "number_aside": found.count(ItemState.ASIDE),
        "number": number,
        "last": max(-(-found.count(ItemState.CHOSEN) // PAGE), 1),
        "count": found.count(ItemState.CHOSEN),
        "passkeys": () if elsewhere else signatures.passkeys_of(actor),
        "asks_code": not elsewhere or needs_both_factors(),
    }
    if refusal is None:
        return render(request, "desk/preview.html", page)
    page["refusal"] = explain(refusal, current_language())
    return render(request, "desk/preview.html", page, status=status_of(refusal))


@requires_role(Role.SIGNER)
@require_safe
def question(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """What the browser asks the passkey about the whole list."""
    actor = actor_of(request)
    return question_page(lambda: actions.ask_passkey(identifier, by=actor), actor)


def _number(request: HttpRequest, count: int) -> int:
    return page_in(request.GET, "hal", last=-(-count // PAGE))


def _progress(request: HttpRequest, found: Bundle) -> HttpResponseBase:
    actor = actor_of(request)
    word = request.GET.get("keadaan", "")
    states = (ItemState(word),) if word in {one.value for one in ItemState} else ()
    done, failed = found.count(ItemState.DONE), found.count(ItemState.FAILED)
    total = done + failed + found.count(ItemState.VALUED)
    listed = sum(number for state, number in found.counts.items() if not states or state in states)
    number = _number(request, listed)
    page = {
        "bundle": found,
        "total": total,
        "ended": done + failed,
        "done": done,
        "failed": failed,
        "waiting": found.count(ItemState.VALUED),
        "aside": found.count(ItemState.ASIDE),
        "pace": access.pace_of(found, now=composition.clock().now()),
        "percent": 100 * (done + failed) // max(total, 1),
        "shown": access.shown(actor, found, states, number),
        "state": word,
        "number": number,
        "last": max(-(-listed // PAGE), 1),
    }
    return render(request, "desk/progress.html", page)


@requires_role(Role.SIGNER)
@require_POST
def aside(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Put a document aside, or among those to be signed; `take:all` takes in all that lie aside."""
    act, _, which = request.POST.get("act", "").partition(":")
    if (act, which) == ("take", "all"):
        actions.take_all_in(identifier, by=actor_of(request))
        return redirect("desk:bundle", identifier)
    try:
        dossier = UUID(which)
    except ValueError:
        raise RequestMalformed from None
    actions.put_aside(identifier, (dossier,), aside=act == "aside", by=actor_of(request))
    return redirect("desk:bundle", identifier)


@requires_role(Role.SIGNER)
@require_POST
def pause(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Stand still, or go on."""
    act = actions.go_on if request.POST.get("act") == "on" else actions.pause
    act(identifier, by=actor_of(request))
    return redirect("desk:bundle", identifier)


@requires_role(Role.SIGNER)
@require_POST
def again(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Gather what failed for another act."""
    return redirect("desk:bundle", actions.gather_failed(identifier, by=actor_of(request)))


@requires_role(Role.SIGNER)
@require_safe
def take_home(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """What is done, as ZIP with a manifest."""
    actor = actor_of(request)
    found = access.bundle_for(actor, identifier)
    response = StreamingHttpResponse(access.zipped(actor, found), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="kumpulan-{str(identifier)[:8]}.zip"'
    return response
