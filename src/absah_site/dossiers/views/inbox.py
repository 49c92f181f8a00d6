"""What waits for a person: the inbox, reading, agreeing with two factors, and the other answers."""

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from absah.kernel.errors import AbsahError
from absah.kernel.messages import explain
from absah.kernel.rng import opaque_id
from absah.workflow.dossier import Dossier, SignedAlready
from absah.workflow.matching import match_code
from absah.workflow.parts import Seat
from absah_site import composition
from absah_site.accounts.access import actor_of, requires_role
from absah_site.dossiers.access import lists, people, places
from absah_site.dossiers.access.lists import PAGE, Sieve
from absah_site.dossiers.access.opening import READING, safe_page
from absah_site.dossiers.actions import answering, bundles, following, questions, signing
from absah_site.dossiers.actions.signing import Affirmation
from absah_site.dossiers.forms.preparing import KINDS
from absah_site.dossiers.forms.signing import ElsewhereForm, ForwardForm, ReasonForm, SignForm
from absah_site.dossiers.views import sealing
from absah_site.dossiers.views.opening import form_page, number_asked, opened, question_page, words_asked
from absah_site.language import current_language
from absah_site.relay.access import needs_both_factors
from absah_site.relay.actions import send_code
from absah_site.roles import Role
from absah_site.signing import access as signatures

ANSWERERS: Final = (Role.SIGNER, Role.AGENCY_ADMIN)
"""Who may be asked for an answer: signers, and those who confirm the agency's seal."""
_ACTS: Final = "acts"
_READ: Final = "read"
_MOST_REMEMBERED: Final = 200


@requires_role(*ANSWERERS)
@require_safe
def inbox(request: HttpRequest) -> HttpResponseBase:
    """Documents that wait, the most urgent first."""
    sieve = Sieve(
        kind=request.GET.get("jenis", "") if request.GET.get("jenis", "") in KINDS else "",
        urgent=bool(request.GET.get("segera")),
        part="initial" if request.GET.get("paraf") else "",
        words=words_asked(request),
    )
    number = number_asked(request, 10_000)
    found = lists.inbox_of(actor_of(request), sieve, number)
    page = {
        "inbox": found,
        "sieve": sieve,
        "number": number,
        "last": max(-(-found.matching // PAGE), 1),
        "now": composition.clock().now(),
        "kinds": [(kind, words, found.by_kind[kind]) for kind, words in KINDS.items() if kind in found.by_kind],
    }
    return render(request, "dossiers/inbox.html", page)


@requires_role(*ANSWERERS)
@require_safe
def history(request: HttpRequest) -> HttpResponseBase:
    """What this person has dealt with."""
    number, words = number_asked(request, 10_000), words_asked(request)
    found = lists.dealt_with(actor_of(request), words, number)
    page = {"dealt": found, "words": words, "number": number, "last": max(-(-found.matching // PAGE), 1)}
    return render(request, "dossiers/dealt.html", page)


@requires_role()
@require_safe
def read(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """The document, page by page, before anything is asked. That the last page was reached is remembered."""
    found, actor = opened(request, identifier), actor_of(request)
    number = number_asked(request, found.dossier.pages)
    if found.is_asked and number == found.dossier.pages:
        following.note_read(found, by=actor)
        _remember(request, _READ, _key(found.dossier), "1")
    here = [one for one in found.dossier.signing_seats if one.spot is not None and one.spot.page == number]
    page = {
        "found": found,
        "number": number,
        "numbers": _near(number, found.dossier.pages),
        "view": safe_page(found, number, READING),
        "size": places.sizes_of(found.dossier)[number - 1] if here else None,
        "problem": _problem(found.seat) if found.is_asked and found.seat is not None else None,
        "was_read": _was_read(request, found.dossier),
        "here": here,
    }
    return render(request, "dossiers/read.html", page)


def _near(number: int, pages: int) -> list[int]:
    """Page numbers worth a link: the first, the last, and those beside this one. 0 stands for a gap."""
    wanted = sorted({1, pages, *range(max(number - 2, 1), min(number + 2, pages) + 1)})
    shown: list[int] = []
    for one in wanted:
        shown += [0, one] if shown and one - shown[-1] > 1 else [one]
    return shown


def _problem(seat: Seat) -> object:
    """What is wrong with the certificate that would sign, in words; None where it can be used."""
    try:
        signing.check_ready(seat)
    except AbsahError as error:
        return explain(error, current_language())
    return None


@requires_role(*ANSWERERS)
@require_POST
def begin(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """On to agreeing: the code for the other screen is sent now."""
    found, actor = opened(request, identifier), actor_of(request)
    if not found.is_asked:
        found.dossier.turn_of(actor.public_id)  # says why not
    act = opaque_id(composition.rng())
    signing.begin(found, act, by=actor)
    _remember(request, _ACTS, _key(found.dossier), str(act))
    return redirect("dossiers:sign", identifier)


@sensitive_post_parameters("passphrase", "totp")
@requires_role(*ANSWERERS)
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """The affirmation, the code, both factors."""
    found, actor = opened(request, identifier), actor_of(request)
    act = request.session.get(_ACTS, {}).get(_key(found.dossier))
    if found.seat is not None and found.seat.record is not None:  # signed: by another device, or the answer was lost
        return redirect("dossiers:done", identifier)
    if not found.is_asked or act is None:
        return redirect("dossiers:read", identifier)
    if found.seals:
        return sealing.page(request, found, UUID(act), was_read=_was_read(request, found.dossier))
    elsewhere = signing.signs_elsewhere(actor)
    form = _sign_form(request, found.dossier.round, elsewhere=elsewhere)
    refusal: AbsahError | None = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        has_read = data["has_read"] or _was_read(request, found.dossier)
        said = Affirmation(seen=data["seen"], has_read=has_read, agrees=data["agrees"])
        try:
            factors = form.factors()
            act_of = signing.sign if factors.passkey is None else bundles.sign_by_passkey
            act_of(identifier, said, factors, by=actor)
        except SignedAlready:  # the other tab was quicker: show what it made
            return redirect("dossiers:done", identifier)
        except AbsahError as error:
            refusal = error
        else:
            return redirect("dossiers:done", identifier)
    page = {
        "found": found,
        "form": form,
        "code": match_code([found.dossier.original.sha256], UUID(act)),
        "mine": signatures.my_certificate(actor.public_id, now=composition.clock().now()),
        "now": composition.clock().now(),
        "was_read": _was_read(request, found.dossier),
        "passkeys": () if elsewhere else signatures.passkeys_of(actor),
        "elsewhere": elsewhere,
        "both": elsewhere and needs_both_factors(),
    }
    return form_page(request, "dossiers/sign.html", page, refusal)


@requires_role(*ANSWERERS)
@require_POST
def code(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """A one-time code of the national service, for who signs there."""
    found, actor = opened(request, identifier), actor_of(request)
    if found.is_asked:
        try:
            messages.success(request, _("The service says: {words}").format(words=send_code(1, by=actor)))
        except AbsahError as error:
            said = explain(error, current_language())
            messages.error(request, f"{said.cause} {said.next_step}")
    return redirect("dossiers:sign", identifier)


@requires_role(*ANSWERERS)
@require_safe
def question(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """What the browser asks the passkey: the document is prepared now, and the question names it."""
    found, actor = opened(request, identifier), actor_of(request)
    wanted = {identifier: found.dossier.round}
    return question_page(lambda: questions.ask_passkey(str(identifier), wanted, by=actor), actor)


@requires_role()
@require_safe
def done(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """The receipt."""
    found = opened(request, identifier)
    if found.seat is None or found.seat.record is None:
        return redirect("dossiers:read", identifier)
    waiting = lists.waiting_for(actor_of(request).public_id).number
    return render(request, "dossiers/done.html", {"found": found, "waiting": waiting})


@requires_role(*ANSWERERS)
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, identifier: UUID, how: str) -> HttpResponseBase:
    """Decline, or send back to be mended: with a reason."""
    found, actor = opened(request, identifier), actor_of(request)
    form = ReasonForm(request.POST or None, initial={"seen": found.dossier.round})
    refusal: AbsahError | None = None
    if request.method == "POST" and form.is_valid():
        act = answering.decline if how == "decline" else answering.send_back
        try:
            act(identifier, form.cleaned_data["reason"], seen=form.cleaned_data["seen"], by=actor)
        except AbsahError as error:
            refusal = error
        else:
            return redirect("dossiers:inbox")
    return form_page(request, "dossiers/answer.html", {"found": found, "form": form, "how": how}, refusal)


@requires_role(*ANSWERERS)
@require_http_methods(["GET", "HEAD", "POST"])
def forward(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Let somebody else sign instead, where the sender allowed it."""
    found, actor = opened(request, identifier), actor_of(request)
    others = tuple(one for one in people.signers_for(actor) if one.account != actor.public_id)
    form = ForwardForm(request.POST or None, initial={"seen": found.dossier.round}, people=others)
    refusal: AbsahError | None = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            answering.forward(identifier, UUID(data["person"]), data["reason"], seen=data["seen"], by=actor)
        except AbsahError as error:
            refusal = error
        else:
            return redirect("dossiers:inbox")
    return form_page(request, "dossiers/forward.html", {"found": found, "form": form}, refusal)


def _sign_form(request: HttpRequest, seen: int, *, elsewhere: bool) -> SignForm:
    """What is asked of the signer: the factors of a key that is here, or of one held elsewhere."""
    data, initial = request.POST or None, {"seen": seen}
    if elsewhere:
        return ElsewhereForm(data, initial=initial, both=needs_both_factors())
    return SignForm(data, initial=initial)


def _key(dossier: Dossier) -> str:
    """What a session remembers something about: this document in this round."""
    return f"{dossier.id.hex}.{dossier.round}"


def _remember(request: HttpRequest, what: str, key: str, value: str) -> None:
    kept = {name: one for name, one in request.session.get(what, {}).items() if name != key}
    request.session[what] = dict([*kept.items(), (key, value)][-_MOST_REMEMBERED:])


def _was_read(request: HttpRequest, dossier: Dossier) -> bool:
    return _key(dossier) in request.session.get(_READ, {})
