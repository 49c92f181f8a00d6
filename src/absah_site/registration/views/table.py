"""The queue and the table at which verifikators and the registration authority decide."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from absah.enrolment.identity_checks import BY_EYE, Matter
from absah.enrolment.states import Stage
from absah.kernel.errors import AbsahError
from absah.kernel.messages import Explanation, explain
from absah_site import composition
from absah_site.accounts.access import actor_of, requires_role
from absah_site.actors import Account
from absah_site.enrolment import actions as enrolment
from absah_site.enrolment.access import dossiers, handling, queues
from absah_site.enrolment.access.dossiers import Dossier, EvidenceKind
from absah_site.language import current_language
from absah_site.numbers_asked import number_in
from absah_site.problems import PageUnknown, status_of
from absah_site.registration import actions
from absah_site.registration.access import service_due_of
from absah_site.registration.forms.checking import DecisionForm, RevealForm
from absah_site.registration.forms.handling import GiveBackForm, HelpForm
from absah_site.registration.forms.people import LetterForm
from absah_site.roles import Role

_PAGE: Final = 25
_ESCALATED: Final = "eskalasi"
STAFF: Final = (Role.VERIFIKATOR, Role.RA, Role.AGENCY_ADMIN)

TABS: Final[dict[str, tuple[Promise, tuple[Stage, ...]]]] = {
    "periksa": (gettext_lazy("To verify"), (Stage.COMPLETED,)),
    "putuskan": (gettext_lazy("To approve"), (Stage.VERIFIED,)),
    "pemohon": (gettext_lazy("With the applicant"), (Stage.ENTERED, Stage.APPROVED)),
    "selesai": (gettext_lazy("Done"), (Stage.ACTIVATED, Stage.REJECTED, Stage.WITHDRAWN)),
}
MATTERS: Final[dict[Matter, tuple[Promise, Promise]]] = {
    Matter.NIK: (
        gettext_lazy("NIK and date of birth agree"),
        gettext_lazy("The person typed both; digits were compared"),
    ),
    Matter.NIP: (gettext_lazy("NIP has the right form"), gettext_lazy("It begins with the same date of birth")),
    Matter.ADDRESS: (
        gettext_lazy("Address is at an official domain"),
        gettext_lazy("Compared with the agency's domains"),
    ),
    Matter.POPULATION: (gettext_lazy("Population register"), gettext_lazy("NIK, name and date of birth together")),
    Matter.LETTER: (gettext_lazy("Recommendation letter"), gettext_lazy("It must itself be signed electronically")),
    Matter.PICTURES: (gettext_lazy("Both pictures are there"), gettext_lazy("Identity card and selfie")),
    Matter.ONE_CERTIFICATE: (gettext_lazy("No other certificate in use"), gettext_lazy("One person, one certificate")),
    Matter.NAMESAKE: (gettext_lazy("Nobody else of this name"), gettext_lazy("At the same agency")),
    Matter.CARD: (gettext_lazy("The card says what was entered"), gettext_lazy("Compare name and NIK with your eyes")),
    Matter.FACE: (gettext_lazy("The face is that of the card"), gettext_lazy("Compare with your eyes")),
}
DETAILS: Final[dict[tuple[Matter, str], Promise]] = {
    (Matter.NIP, "none"): gettext_lazy("None was entered"),
    (Matter.NIP, "differs"): gettext_lazy("Its date of birth is another than that of the NIK"),
    (Matter.ADDRESS, "no-domains"): gettext_lazy("The agency has not named its domains"),
    (Matter.POPULATION, "match"): gettext_lazy("The register says they belong together"),
    (Matter.POPULATION, "differs"): gettext_lazy("The register says they do not belong together"),
    (Matter.POPULATION, "unreachable"): gettext_lazy("The register did not answer"),
    (Matter.POPULATION, "not-asked"): gettext_lazy("Nobody was asked here"),
    (Matter.LETTER, "none"): gettext_lazy("No letter was uploaded"),
    (Matter.LETTER, ""): gettext_lazy("It carries no signature that verifies"),
}


@requires_role(*STAFF, Role.RA_COORDINATOR)
@require_safe
def queue(request: HttpRequest) -> HttpResponseBase:
    """What waits, what waits for somebody else, and what is done. A coordinator sees how it moves and opens none."""
    actor = actor_of(request)
    counters = queues.counters_for(actor)
    opens = not actor.roles.isdisjoint(STAFF)
    mine = queues.decides_at(actor) if opens else (Stage.VERIFIED,)
    oversees = Role.RA_COORDINATOR in actor.roles
    chosen = request.GET.get("tab", "") or next(
        (tab for tab, (_w, stages) in TABS.items() if stages[0] in mine), "pemohon"
    )
    if chosen not in TABS and not (oversees and chosen == _ESCALATED):
        raise PageUnknown
    start = number_in(request.GET, "dari")
    if chosen == _ESCALATED:
        found = queues.escalated_queue(actor, offset=start, limit=_PAGE + 1)
    else:
        found = queues.queue_of(actor, TABS[chosen][1], offset=start, limit=_PAGE + 1)
    turns = handling.turns_of((row.id for row in found), actor)
    escalated = [(_ESCALATED, _("Escalated"), queues.count_escalated(actor))] if oversees else []
    waiting = [counters[stage] for stage in mine]
    page = {
        "tabs": [
            (tab, words, sum(counters[one].number for one in stages if one in counters))
            for tab, (words, stages) in TABS.items()
        ]
        + escalated,
        "chosen": chosen,
        "rows": [(row, turns[row.id]) for row in found[:_PAGE]],
        "before": max(start - _PAGE, 0) if start else None,
        "after": start + _PAGE if len(found) > _PAGE else None,
        "mine": sum(one.number for one in waiting),
        "oldest": min((one.oldest for one in waiting if one.oldest), default=None),
        "may_enter": not actor.roles.isdisjoint({Role.VERIFIKATOR, Role.AGENCY_ADMIN}),
        "opens": opens,
        "oversees": oversees,
        "now": composition.clock().now(),
    }
    return render(request, "registration/queue.html", page)


@requires_role(*STAFF)
@require_safe
def request(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """One request: data at the left, pictures at the right, the list between, and the decision."""
    return _table(request, dossiers.dossier_for(actor_of(request), identifier))


def _table(
    request: HttpRequest,
    dossier: Dossier,
    *,
    form: DecisionForm | None = None,
    refusal: Explanation | None = None,
    nik: str = "",
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    actor = actor_of(request)
    chosen = frozenset(request.POST.getlist("compared"))
    page = {
        "dossier": dossier,
        "checks": [
            (check, *MATTERS[check.matter], _detail(check.matter, check.detail), check.matter.value in chosen)
            for check in dossier.checks
        ],
        "by_eye": {matter.value for matter in BY_EYE},
        "open": [MATTERS[check.matter][0] for check in dossier.open_checks],
        "may_decide": dossiers.may_decide(actor, dossier),
        "duty": dossiers.has_duty(actor, dossier),
        "mine": dossier.handling.officer == str(actor.public_id),
        "due": service_due_of(dossier.request.request),
        "help_form": HelpForm(auto_id="id_help_%s"),  # beside the decision, which gives a reason too
        "give_back_form": GiveBackForm(),
        "may_enter": not actor.roles.isdisjoint({Role.VERIFIKATOR, Role.AGENCY_ADMIN}),
        "form": form or DecisionForm(),
        "letter_form": LetterForm(),
        "reveal_form": RevealForm(),
        "refusal": refusal,
        "nik": nik,
        "now": composition.clock().now(),
    }
    return render(request, "registration/request.html", page, status=status)


def _detail(matter: Matter, detail: str) -> object:
    return DETAILS.get((matter, detail), detail)


@requires_role(Role.VERIFIKATOR, Role.RA)
@require_POST
def decide(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Accept, send back or reject. A refusal shows the table again, with all that was ticked and typed."""
    actor = actor_of(request)
    dossier = dossiers.dossier_for(actor, identifier)
    form = DecisionForm(request.POST)
    step = _STEPS.get(request.POST.get("decision", ""))
    if step is None or not form.is_valid():
        return _table(request, dossier, form=form, status=HTTPStatus.BAD_REQUEST)
    try:
        told = step(dossier, form, actor)
    except AbsahError as error:
        words = explain(error, current_language())
        fresh = dossiers.dossier_for(actor, identifier)
        return _table(request, fresh, form=form, refusal=words, status=status_of(error))
    messages.success(request, told)
    if dossier.after or dossier.before:
        return redirect("registration:request", dossier.after or dossier.before)
    return redirect("registration:queue")


def _accept(dossier: Dossier, form: DecisionForm, actor: Account) -> str:
    if dossier.stage is Stage.VERIFIED:
        actions.approve(dossier.request.id, by=actor)
        return _("Approved. The person has been told.")
    enrolment.verify_checked(dossier.request.id, compared=form.matters, by=actor)
    return _("Verified. The registration authority now decides.")


def _send_back(dossier: Dossier, form: DecisionForm, actor: Account) -> str:
    actions.send_back(dossier.request.id, form.reasons, by=actor)
    return _("Sent back. The person gets the reason and another link.")


def _reject(dossier: Dossier, form: DecisionForm, actor: Account) -> str:
    enrolment.reject_request(dossier.request.id, form.reasons, by=actor)
    return _("Rejected. The person gets the reason.")


_STEPS: Final[dict[str, Callable[[Dossier, DecisionForm, Account], str]]] = {
    "accept": _accept,
    "send-back": _send_back,
    "reject": _reject,
}


@requires_role(Role.VERIFIKATOR, Role.RA)
@require_http_methods(["POST"])
def reveal(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Show the NIK once, for a purpose that is written down."""
    actor = actor_of(request)
    form = RevealForm(request.POST)
    dossier = dossiers.dossier_for(actor, identifier)
    if not form.is_valid():
        return _table(request, dossier, status=HTTPStatus.BAD_REQUEST)
    nik = enrolment.reveal_nik(identifier, purpose=form.cleaned_data["purpose"], by=actor)
    return _table(request, dossier, nik=nik.digits)


@requires_role(Role.VERIFIKATOR, Role.RA)
@require_safe
def evidence(request: HttpRequest, identifier: UUID, kind: str) -> HttpResponseBase:
    """A file of the request."""
    if kind not in set(EvidenceKind):
        raise PageUnknown
    kept, content = enrolment.view_evidence(identifier, EvidenceKind(kind), by=actor_of(request))
    response = HttpResponse(content, content_type=kept.media_type)
    response.headers["Content-Disposition"] = f'inline; filename="{kind}.{"pdf" if kind == "letter" else "jpg"}"'
    response.headers["Cache-Control"] = "no-store"
    return response
